import { describe, expect, it } from 'vitest';
import { defaultGrants } from './defaults.ts';
import { validateObject } from './validate.ts';

const apiVersion = 'rbac.authorization.k8s.io/v1';
const rule = { verbs: ['get'], apiGroups: [''], resources: ['pods'] };
const role = { apiVersion, kind: 'Role', metadata: { name: 'r', namespace: 'a' }, rules: [rule] };
const clusterRole = { apiVersion, kind: 'ClusterRole', metadata: { name: 'r' }, rules: [rule] };
const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'r' };
const user = { kind: 'User', name: 'alice', apiGroup: 'rbac.authorization.k8s.io' };
const binding = { apiVersion, kind: 'RoleBinding', metadata: { name: 'b', namespace: 'a' }, roleRef, subjects: [user] };
const clusterBinding = { apiVersion, kind: 'ClusterRoleBinding', metadata: { name: 'b' }, roleRef, subjects: [user] };

function named(metadata: Record<string, unknown>): object {
  return { ...role, metadata: { name: 'r', namespace: 'a', ...metadata } };
}

function ruled(kind: object, ...rules: unknown[]): object {
  return { ...kind, rules };
}

function bound(kind: object, ...subjects: unknown[]): object {
  return { ...kind, subjects };
}

describe('validateObject takes', () => {
  it.each<[string, unknown]>([
    ['a Role', role],
    ['a ClusterRole', clusterRole],
    ['a RoleBinding', binding],
    ['a ClusterRoleBinding', clusterBinding],
    ['no rules', { ...role, rules: undefined }],
    ['null rules', { ...role, rules: null }],
    ['no subjects', { ...binding, subjects: [] }],
    ['an odd name', named({ name: 'System:Some Thing é' })],
    ['a very long name', named({ name: 'x'.repeat(5_000) })],
    ['the empty verb', ruled(role, { ...rule, verbs: [''] })],
    ['the empty resource name', ruled(role, { ...rule, resourceNames: [''] })],
    ['names on several resources', ruled(role, { ...rule, resources: ['pods', 'secrets'], resourceNames: ['a'] })],
    [
      'URLs in a ClusterRole',
      ruled(clusterRole, { verbs: ['get'], nonResourceURLs: ['/a'], apiGroups: [], resources: null }),
    ],
    ['a service account without namespace in a RoleBinding', bound(binding, { kind: 'ServiceAccount', name: 'x.y' })],
    [
      'an apiGroup left to its default',
      { ...bound(binding, { kind: 'Group', name: 'g' }), roleRef: { kind: 'Role', name: 'r' } },
    ],
    [
      'labels and annotations',
      named({ labels: { 'a.b/C_d': 'X.y-z', e: '' }, annotations: { 'Upper/Case': 'any: thing\n' } }),
    ],
    ['annotations up to the bound', named({ annotations: { a: 'x'.repeat(262_143) } })],
    [
      'an aggregationRule',
      { ...clusterRole, aggregationRule: { clusterRoleSelectors: [{ matchLabels: { a: 'b' } }] } },
    ],
  ])('%s', (_, object) => {
    expect(validateObject(object)).toEqual([]);
  });

  it('the default objects', () => {
    expect(defaultGrants('1.37').flatMap((object) => validateObject(object))).toEqual([]);
  });
});

describe('validateObject refuses', () => {
  it.each<[unknown, string]>([
    ['text', 'The object is not a mapping.'],
    [null, 'The object is not a mapping.'],
    [[role], 'The object is not a mapping.'],
    [
      { ...role, kind: 'Rolle' },
      'kind: Unsupported value: "Rolle": supported values: "Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"',
    ],
    [
      { ...role, apiVersion: 'v1' },
      'apiVersion: Unsupported value: "v1": supported values: "rbac.authorization.k8s.io/v1"',
    ],
    [named({ name: undefined }), 'metadata.name: Required value: name or generateName is required'],
    [named({ name: 'a/b' }), `metadata.name: Invalid value: "a/b": may not contain '/'`],
    [named({ name: '100%' }), `metadata.name: Invalid value: "100%": may not contain '%'`],
    [named({ name: '..' }), `metadata.name: Invalid value: "..": may not be '..'`],
    [named({ name: 1e3 }), 'metadata.name: Invalid value: 1000: must be a string'],
    [named({ namespace: '' }), 'metadata.namespace: Required value'],
    [named({ namespace: 'a.b' }), 'metadata.namespace: Invalid value: "a.b": must not contain dots'],
    [
      named({ namespace: 'x'.repeat(64) }),
      `metadata.namespace: Invalid value: ${JSON.stringify('x'.repeat(64))}: must be no more than 63 bytes`,
    ],
    [
      { ...clusterRole, metadata: { name: 'r', namespace: 'a' } },
      'metadata.namespace: Forbidden: not allowed on this type',
    ],
    [
      named({ labels: { 'a/b/c': '' } }),
      'metadata.labels: Invalid value: "a/b/c": a qualified name must have at most one prefix, set off by a slash',
    ],
    [
      named({ labels: { user: 'system:anonymous' } }),
      `metadata.labels: Invalid value: "system:anonymous": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character`,
    ],
    [
      named({ labels: { a: 'x'.repeat(64) } }),
      `metadata.labels: Invalid value: ${JSON.stringify('x'.repeat(64))}: must be no more than 63 bytes`,
    ],
    [named({ annotations: { '/a': '' } }), 'metadata.annotations: Invalid value: "/a": prefix part must be non-empty'],
    [
      named({ annotations: { a: 'é'.repeat(131_072) } }),
      'metadata.annotations: Too long: may not be more than 262144 bytes',
    ],
    [ruled(role, { ...rule, verbs: [] }), 'rules[0].verbs: Required value: verbs must contain at least one value'],
    [ruled(role, rule, { ...rule, verbs: 'get' }), 'rules[1].verbs: Invalid value: "get": must be a list'],
    [ruled(role, { ...rule, verbs: ['get', true] }), 'rules[0].verbs[1]: Invalid value: true: must be a string'],
    [
      ruled(role, { ...rule, apiGroups: undefined }),
      'rules[0].apiGroups: Required value: resource rules must supply at least one api group',
    ],
    [
      ruled(role, { ...rule, resources: [] }),
      'rules[0].resources: Required value: resource rules must supply at least one resource',
    ],
    [
      ruled(role, { verbs: ['get'], nonResourceURLs: ['/a'] }),
      'rules[0].nonResourceURLs: Invalid value: ["/a"]: namespaced rules cannot apply to non-resource URLs',
    ],
    [
      ruled(clusterRole, { ...rule, nonResourceURLs: ['/a'] }),
      'rules[0].nonResourceURLs: Invalid value: ["/a"]: rules cannot apply to both regular resources and non-resource URLs',
    ],
    [ruled(role, 'get pods'), 'rules[0]: Invalid value: "get pods": must be a mapping'],
    [
      { ...binding, roleRef: { ...roleRef, kind: 'Rolle' } },
      'roleRef.kind: Unsupported value: "Rolle": supported values: "Role", "ClusterRole"',
    ],
    [
      { ...clusterBinding, roleRef: { ...roleRef, kind: 'Role' } },
      'roleRef.kind: Unsupported value: "Role": supported values: "ClusterRole"',
    ],
    [
      { ...binding, roleRef: { ...roleRef, apiGroup: 'x' } },
      'roleRef.apiGroup: Unsupported value: "x": supported values: "rbac.authorization.k8s.io"',
    ],
    [{ ...binding, roleRef: { ...roleRef, name: '' } }, 'roleRef.name: Required value'],
    [{ ...binding, roleRef: { ...roleRef, name: 'a/b' } }, `roleRef.name: Invalid value: "a/b": may not contain '/'`],
    [
      bound(binding, { ...user, kind: 'Robot' }),
      'subjects[0].kind: Unsupported value: "Robot": supported values: "ServiceAccount", "User", "Group"',
    ],
    [
      bound(binding, { ...user, apiGroup: 'x' }),
      'subjects[0].apiGroup: Unsupported value: "x": supported values: "rbac.authorization.k8s.io"',
    ],
    [
      bound(binding, { kind: 'ServiceAccount', name: 'A', namespace: 'a' }),
      `subjects[0].name: Invalid value: "A": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character`,
    ],
    [
      bound(binding, { kind: 'ServiceAccount', name: 'a', apiGroup: 'x' }),
      'subjects[0].apiGroup: Unsupported value: "x": supported values: ""',
    ],
    [bound(clusterBinding, { kind: 'ServiceAccount', name: 'a' }), 'subjects[0].namespace: Required value'],
    [
      { ...clusterRole, aggregationRule: {} },
      'aggregationRule.clusterRoleSelectors: Required value: at least one clusterRoleSelector required if aggregationRule is non-nil',
    ],
    [
      {
        ...clusterRole,
        aggregationRule: { clusterRoleSelectors: [{ matchExpressions: [{ key: 'a', operator: 'In' }] }] },
      },
      "aggregationRule.clusterRoleSelectors[0].matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'",
    ],
  ])('%o', (object, problem) => {
    expect(validateObject(object)).toEqual([problem]);
  });

  it('an empty user name, as the API says it: twice', () => {
    expect(validateObject(bound(binding, { ...user, name: '' }))).toEqual([
      'subjects[0].name: Required value',
      'subjects[0].name: Invalid value: "": user name cannot be empty',
    ]);
  });

  it('members that only every object has', () => {
    expect(validateObject(JSON.parse('{"__proto__": {"kind": "Role"}}'))).toHaveLength(1);
  });
});
