import { describe, expect, test } from 'vitest';
import { optionsOf, permission, usageOf } from '../../../test/make-usage.ts';
import { type PolicyRule, type RbacObject, type RbacSubject, rbacApiVersion, rbacGroup } from '../../rbac/objects.ts';
import { newPermissionUsage } from '../aggregate/evidence.ts';
import type { Verification } from '../types.ts';
import { unprovenBound, verify } from './verify.ts';

const sa: RbacSubject = { kind: 'ServiceAccount', namespace: 'a', name: 'sa' };

/** A role and its binding in a namespace, or a ClusterRole with a ClusterRoleBinding for `''`. */
function bound(namespace: string, rules: readonly PolicyRule[], subject = sa): RbacObject[] {
  const roleRef = { apiGroup: rbacGroup, name: 'r' };
  const subjects = [subject];
  const metadata = namespace === '' ? { name: 'r' } : { name: 'r', namespace };
  if (namespace !== '') {
    return [
      { apiVersion: rbacApiVersion, kind: 'Role', metadata, rules },
      { apiVersion: rbacApiVersion, kind: 'RoleBinding', metadata, subjects, roleRef: { ...roleRef, kind: 'Role' } },
    ];
  }
  return [
    { apiVersion: rbacApiVersion, kind: 'ClusterRole', metadata, rules },
    {
      apiVersion: rbacApiVersion,
      kind: 'ClusterRoleBinding',
      metadata,
      subjects,
      roleRef: { ...roleRef, kind: 'ClusterRole' },
    },
  ];
}

function rule(verbs: string, resources: string, resourceNames?: readonly string[]): PolicyRule {
  const plain = { apiGroups: [''], resources: resources.split(','), verbs: verbs.split(',') };
  return resourceNames === undefined ? plain : { ...plain, resourceNames };
}

function unproven({ unproven: grants }: Verification): string[] {
  return grants.map(({ object, grant }) => {
    if ('path' in grant) return `${object}: ${grant.verb} ${grant.path}`;
    return `${object}: ${grant.verb} ${grant.resource} in ${grant.namespace} ${grant.anyName ? 'any' : grant.name}`;
  });
}

describe('missing', () => {
  test('each refused request is named, with its name', () => {
    const usage = usageOf({
      used: ['get pods in a p', 'get pods in a q', 'list pods in a', 'get /metrics', 'get /healthz'],
    });
    const objects = bound('a', [rule('get', 'pods', ['p'])]);

    const proof = verify(objects, usage, optionsOf());

    expect(proof.missing).toEqual([
      permission('get pods in a q'),
      permission('list pods in a'),
      permission('get /metrics'),
    ]);
    expect(proof.checked).toBe(5);
  });

  test('a role in one namespace allows nothing in another, nor over all', () => {
    const usage = usageOf({ used: ['list pods', 'list pods in a', 'list pods in b'] });

    const proof = verify(bound('a', [rule('list', 'pods')]), usage, optionsOf());

    expect(proof.missing).toEqual([permission('list pods'), permission('list pods in b')]);
  });

  test('names that were not kept are missed unless any name is granted', () => {
    const usage = usageOf({});
    const entry = newPermissionUsage(permission('get pods in a'));
    for (let i = 0; i < 600; i++) entry.names.add(`p${i}`);
    usage.used.set('x', entry);
    const named = bound('a', [rule('get', 'pods', entry.names.sorted())]);

    expect(verify(named, usage, optionsOf()).missing).toHaveLength(1);
    expect(verify(bound('a', [rule('get', 'pods')]), usage, optionsOf()).missing).toEqual([]);
  });

  test('membership of system:masters hides nothing', () => {
    const usage = usageOf({ user: 'admin', groups: ['system:masters'], used: ['list nodes'] });

    expect(verify([], usage, optionsOf()).missing).toEqual([permission('list nodes')]);
  });

  test('what the policy says it leaves out is listed apart', () => {
    const usage = usageOf({ used: ['list nodes', 'get secrets s'] });
    const omitted = [{ permission: permission('list nodes'), names: [], reason: 'by choice' }];

    const proof = verify([], usage, { ...optionsOf(), omitted });

    expect(proof.omitted).toEqual([permission('list nodes')]);
    expect(proof.missing).toEqual([permission('get secrets s')]);
  });

  test('holding the rules of a written role does instead of escalate', () => {
    const written: PolicyRule[] = [rule('get', 'pods')];
    const inferred = [['escalate', 'escalate roles.rbac.authorization.k8s.io in a r', written]] as const;
    const usage = usageOf({ used: ['get pods in a p'], inferred });

    expect(verify(bound('a', [rule('get', 'pods')]), usage, optionsOf()).missing).toEqual([]);
    expect(verify(bound('a', [rule('get', 'pods', ['p'])]), usage, optionsOf()).missing).toEqual([
      permission('escalate roles.rbac.authorization.k8s.io in a r'),
    ]);
  });
});

describe('unproven', () => {
  const usage = usageOf({
    used: [
      'get pods in a p',
      'list pods',
      'impersonate users bob',
      'get namespaces in a a',
      'get /livez/a',
      'get /livez/b',
    ],
    denied: ['get secrets in a s'],
  });

  test.each([
    ['another verb', bound('a', [rule('delete', 'pods')]), 'Role a/r: delete pods in a any'],
    ['a subresource', bound('a', [rule('get', 'pods/log')]), 'Role a/r: get pods in a any'],
    ['another namespace', bound('b', [rule('get', 'pods')]), 'Role b/r: get pods in b any'],
    ['the whole cluster', bound('', [rule('get', 'pods')]), 'ClusterRole r: get pods in  any'],
    ['one namespace, seen over all', bound('a', [rule('list', 'pods')]), 'Role a/r: list pods in a any'],
    ['a star for verbs', bound('a', [rule('*', 'pods')]), 'Role a/r: * pods in a any'],
    ['a star for resources', bound('a', [rule('get', '*')]), 'Role a/r: get * in a any'],
    ['what was refused', bound('a', [rule('get', 'secrets')]), 'Role a/r: get secrets in a any'],
    ['impersonation of anybody', bound('', [rule('impersonate', 'users')]), 'ClusterRole r: impersonate users in  any'],
    ['namespaces by other names', bound('', [rule('get', 'namespaces', ['b'])]), 'ClusterRole r: get namespaces in  b'],
    ['a URL pattern', bound('', [{ nonResourceURLs: ['/livez/*'], verbs: ['get'] }]), 'ClusterRole r: get /livez/*'],
  ])('%s', (_title, objects, expected) => {
    expect(unproven(verify(objects, usage, optionsOf()))).toEqual([expected]);
  });

  test.each([
    ['any name, where names are omitted', bound('a', [rule('get', 'pods')])],
    ['another name, where names are omitted', bound('a', [rule('get', 'pods', ['q'])])],
    ['the one who was impersonated', bound('', [rule('impersonate', 'users', ['bob'])])],
    ['a namespace by its name', bound('', [rule('get', 'namespaces', ['a'])])],
    ['a rule for URLs in a namespace, which has no effect', bound('a', [{ nonResourceURLs: ['/x'], verbs: ['get'] }])],
    ['a grant to somebody else', bound('', [rule('*', '*')], { kind: 'User', name: 'bob' })],
  ])('not %s', (_title, objects) => {
    expect(unproven(verify(objects, usage, optionsOf()))).toEqual([]);
  });

  test.each([
    ['* pods in a', rule('*', 'pods')],
    ['get * in a', rule('get', '*')],
    ['get */log in a', rule('get', '*/log')],
  ])('a request for %s is no evidence for what the star means in a rule', (words, granted) => {
    expect(verify(bound('a', [granted]), usageOf({ used: [words] }), optionsOf()).unproven).toHaveLength(1);
  });

  test('under Explicit a name needs evidence of its own', () => {
    const options = optionsOf({ resourceNames: 'Explicit' });

    expect(unproven(verify(bound('a', [rule('get', 'pods', ['p', 'q'])]), usage, options))).toEqual([
      'Role a/r: get pods in a q',
    ]);
    expect(unproven(verify(bound('a', [rule('get', 'pods')]), usage, options))).toEqual([
      'Role a/r: get pods in a any',
    ]);
  });

  test('under Safe a harmless URL pattern over two siblings is evidence enough', () => {
    const objects = bound('', [{ nonResourceURLs: ['/livez/*', '/readyz/*'], verbs: ['get'] }]);

    expect(unproven(verify(objects, usage, optionsOf({ wildcards: 'Safe' })))).toEqual([
      'ClusterRole r: get /readyz/*',
    ]);
  });

  test('what comes by a group that all requests carried counts as well', () => {
    const objects = bound('', [rule('get', 'secrets')], { kind: 'Group', name: 'system:serviceaccounts' });

    expect(unproven(verify(objects, usage, optionsOf()))).toEqual(['ClusterRole r: get secrets in  any']);
  });

  test('an inference counts only while it is on', () => {
    const inferred = usageOf({ inferred: [['create-on-update', 'create pods in a p']] });
    const objects = bound('a', [rule('create', 'pods')]);

    expect(verify(objects, inferred, optionsOf()).unproven).toEqual([]);
    expect(verify(objects, inferred, optionsOf({}, { inferences: new Set() })).unproven).toHaveLength(1);
  });

  test('the list is bounded, and says so', () => {
    const many = Array.from({ length: 200 }, (_, i) => `x${i}`);
    const objects = bound('', [{ apiGroups: many, resources: many, verbs: many }]);

    const proof = verify(objects, usage, optionsOf());

    expect(proof.unproven).toHaveLength(unprovenBound);
    expect(proof.unprovenMore).toBe(true);
  });
});
