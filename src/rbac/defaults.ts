// The roles and bindings that every cluster has for every authenticated identity: permissions that a policy need not
// repeat. As plugin/pkg/auth/authorizer/rbac/bootstrappolicy/policy.go, v1.34 (and 1.37 where said).
import type { ClusterRole, ClusterRoleBinding, PolicyRule, RbacObject } from './objects.ts';
import { rbacApiVersion, rbacGroup } from './objects.ts';

const publicInfo = ['/healthz', '/livez', '/readyz', '/version', '/version/'];

/** The default grants that every supported version has: what `defaultGrants()` returns. */
export const defaultObjects: readonly RbacObject[] = [
  ...grant(
    'system:basic-user',
    ['system:authenticated'],
    [
      {
        apiGroups: ['authorization.k8s.io'],
        resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'],
        verbs: ['create'],
      },
      { apiGroups: ['authentication.k8s.io'], resources: ['selfsubjectreviews'], verbs: ['create'] },
    ],
  ),
  ...grant(
    'system:discovery',
    ['system:authenticated'],
    [
      {
        nonResourceURLs: ['/api', '/api/*', '/apis', '/apis/*', '/openapi', '/openapi/*', ...publicInfo],
        verbs: ['get'],
      },
    ],
  ),
  ...grant(
    'system:public-info-viewer',
    ['system:authenticated', 'system:unauthenticated'],
    [{ nonResourceURLs: publicInfo, verbs: ['get'] }],
  ),
  ...grant(
    'system:service-account-issuer-discovery',
    ['system:serviceaccounts'],
    [
      {
        nonResourceURLs: [
          '/.well-known/openid-configuration',
          '/.well-known/openid-configuration/',
          '/openid/v1/jwks',
          '/openid/v1/jwks/',
        ],
        verbs: ['get'],
      },
    ],
  ),
];

const sinceOneThirtySeven: readonly RbacObject[] = grant(
  'system:cluster-trust-bundle-discovery',
  ['system:serviceaccounts'],
  [{ apiGroups: ['certificates.k8s.io'], resources: ['clustertrustbundles'], verbs: ['get', 'list', 'watch'] }],
);

/**
 * The default grants of a Kubernetes version such as `1.37` or `v1.37.1`. Of those that came later, only what the version
 * is known to have: without a version, or with one that cannot be read, those of every version.
 */
export function defaultGrants(version = ''): readonly RbacObject[] {
  const [, major, minor] = /^v?(\d{1,3})\.(\d{1,4})/.exec(version) ?? [];
  if (Number(major) === 1 && Number(minor) >= 37) return [...defaultObjects, ...sinceOneThirtySeven];
  return defaultObjects;
}

function grant(
  name: string,
  groups: readonly string[],
  rules: readonly PolicyRule[],
): [ClusterRole, ClusterRoleBinding] {
  const metadata = { name };
  return [
    { apiVersion: rbacApiVersion, kind: 'ClusterRole', metadata, rules },
    {
      apiVersion: rbacApiVersion,
      kind: 'ClusterRoleBinding',
      metadata,
      subjects: groups.map((group) => ({ kind: 'Group', name: group, apiGroup: rbacGroup })),
      roleRef: { apiGroup: rbacGroup, kind: 'ClusterRole', name },
    },
  ];
}
