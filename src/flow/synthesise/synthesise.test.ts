import { describe, expect, test } from 'vitest';
import { optionsOf, permission, usageOf } from '../../../test/make-usage.ts';
import { nameObject, type PolicyRule, type RbacObject } from '../../rbac/objects.ts';
import { describePermission } from '../../rbac/permission.ts';
import { validateObject } from '../../rbac/validate.ts';
import { newPermissionUsage } from '../aggregate/evidence.ts';
import { verify } from '../evaluate/verify.ts';
import type { Policy } from '../types.ts';
import { roleBytesBound } from './split-rules.ts';
import { synthesise } from './synthesise.ts';

function names(objects: readonly RbacObject[]): string[] {
  return objects.map(nameObject);
}

function rulesOf(policy: Policy, name: string): readonly PolicyRule[] | undefined {
  const found = policy.objects.find((object) => nameObject(object) === name);
  return found !== undefined && 'rules' in found ? found.rules : undefined;
}

describe('where grants are placed', () => {
  test('what was done in a namespace is granted there, however many namespaces there are', () => {
    const usage = usageOf({ used: ['get pods in a p', 'get pods in b p', 'list nodes', 'get /metrics'] });

    const policy = synthesise(usage, optionsOf());

    expect(names(policy.objects)).toEqual([
      'Role a/audicia-sa',
      'RoleBinding a/audicia-sa',
      'Role b/audicia-a.sa',
      'RoleBinding b/audicia-a.sa',
      'ClusterRole audicia-a.sa',
      'ClusterRoleBinding audicia-a.sa',
    ]);
    expect(rulesOf(policy, 'ClusterRole audicia-a.sa')).toEqual([
      { apiGroups: [''], resources: ['nodes'], verbs: ['list'] },
      { nonResourceURLs: ['/metrics'], verbs: ['get'] },
    ]);
  });

  test('what lies in an impossible namespace is left out, unless a permission over all namespaces allows it anyway', () => {
    const used = [
      'list pods',
      'list pods in No',
      'get pods in No p',
      'get x.io one',
      'get x.io in No one',
      'get x.io in No two',
    ];
    const options = optionsOf({ resourceNames: 'Explicit' });

    const { objects, omitted } = synthesise(usageOf({ used }), options);

    expect(omitted.map(({ permission: left, names }) => [describePermission(left), names])).toEqual([
      ['get pods in No', ['p']],
      ['get x.io in No', ['two']],
    ]);
    expect(names(objects)).toEqual(['ClusterRole audicia-a.sa', 'ClusterRoleBinding audicia-a.sa']);
  });

  test('each need of a ClusterRole has its reason', () => {
    const usage = usageOf({ used: ['list pods', 'watch pods', 'list nodes', 'get widgets.x.io w', 'get /metrics'] });

    const policy = synthesise(usage, optionsOf());

    expect(policy.reasons).toEqual([
      'ClusterRole for list nodes: the resource is cluster-scoped.',
      'ClusterRole for list, watch pods: the requests were made over all namespaces.',
      'ClusterRole for get widgets.x.io: the resource is cluster-scoped.',
      'ClusterRole for get /metrics: a path that is no resource lies in no namespace.',
    ]);
  });

  test('a permission over all namespaces makes the same one in a namespace superfluous, name by name', () => {
    const usage = usageOf({
      used: ['list pods', 'list pods in a', 'get x.io in a', 'get x.io one', 'get x.io in a one'],
    });
    const named = usageOf({ used: ['get ys.io one', 'get ys.io in a one', 'get ys.io in a two'] });

    const policy = synthesise(usage, optionsOf());
    const byName = synthesise(named, optionsOf({ resourceNames: 'Explicit' }));

    expect(names(policy.objects)).toEqual(['ClusterRole audicia-a.sa', 'ClusterRoleBinding audicia-a.sa']);
    expect(rulesOf(byName, 'Role a/audicia-sa')?.[0]?.resourceNames).toEqual(['two']);
  });

  test('a namespace by its name lies in a Role of it, unless the subject makes namespaces', () => {
    const reader = usageOf({ used: ['get namespaces in b b'] });
    const maker = usageOf({ used: ['get namespaces in b b', 'create namespaces'] });

    const reading = synthesise(reader, optionsOf());
    const making = synthesise(maker, optionsOf());

    expect(rulesOf(reading, 'Role b/audicia-a.sa')).toEqual([
      { apiGroups: [''], resources: ['namespaces'], verbs: ['get'] },
    ]);
    expect(rulesOf(making, 'ClusterRole audicia-a.sa')).toEqual([
      { apiGroups: [''], resources: ['namespaces'], verbs: ['create'] },
      { apiGroups: [''], resources: ['namespaces'], resourceNames: ['b'], verbs: ['get'] },
    ]);
  });

  test('NamespaceStrict writes no cluster-wide object and lists what that leaves out', () => {
    const usage = usageOf({ used: ['get pods in a p', 'list nodes', 'get /metrics'] });

    const policy = synthesise(usage, optionsOf({ scopeMode: 'NamespaceStrict' }, { shareRoles: true }));

    expect(names(policy.objects)).toEqual(['Role a/audicia-sa', 'RoleBinding a/audicia-sa']);
    expect(policy.omitted.map((entry) => entry.permission)).toEqual([
      permission('list nodes'),
      permission('get /metrics'),
    ]);
    expect(policy.omitted[0]?.reason).toMatch(/ClusterRoleBinding/);
  });

  test.each([
    ['* pods in a'],
    ['get * in a'],
    ['get pods.* in a'],
    ['get */log in a'],
    ['get /logs/*'],
    ['get pods in No_Such'],
  ])('%s is left out: no rule can grant just that', (words) => {
    const policy = synthesise(usageOf({ used: [words, 'list pods in a'] }), optionsOf());

    expect(policy.omitted.map((entry) => entry.permission)).toEqual([permission(words)]);
    expect(rulesOf(policy, 'Role a/audicia-sa')).toEqual([{ apiGroups: [''], resources: ['pods'], verbs: ['list'] }]);
  });
});

describe('names', () => {
  test('Omit drops them, but never from verbs that hand out power', () => {
    const usage = usageOf({ used: ['get secrets in a s', 'impersonate users bob', 'impersonate:user-info users bob'] });

    const policy = synthesise(usage, optionsOf());

    expect(rulesOf(policy, 'Role a/audicia-sa')?.[0]?.resourceNames).toBeUndefined();
    expect(rulesOf(policy, 'ClusterRole audicia-a.sa')?.map((rule) => rule.resourceNames)).toEqual([['bob']]);
  });

  test('Explicit keeps them, and gives them up where a request without a name was seen too', () => {
    const usage = usageOf({ used: ['list pods in a', 'list pods in a p', 'watch pods in a p', 'get pods in a p'] });

    const policy = synthesise(usage, optionsOf({ resourceNames: 'Explicit' }));

    expect(rulesOf(policy, 'Role a/audicia-sa')).toEqual([
      { apiGroups: [''], resources: ['pods'], verbs: ['list'] },
      { apiGroups: [''], resources: ['pods'], resourceNames: ['p'], verbs: ['get', 'watch'] },
    ]);
  });

  test('more names than are kept are granted as any name, with a warning', () => {
    const usage = usageOf({});
    const entry = newPermissionUsage(permission('get secrets in a'));
    for (let i = 0; i < 600; i++) entry.names.add(`s${i}`);
    usage.used.set('x', entry);

    const policy = synthesise(usage, optionsOf({ resourceNames: 'Explicit' }));

    expect(rulesOf(policy, 'Role a/audicia-sa')).toEqual([{ apiGroups: [''], resources: ['secrets'], verbs: ['get'] }]);
    expect(policy.warnings).toEqual([expect.stringContaining('get secrets in a is granted for any name')]);
  });

  test('a role that kubectl could not apply becomes several, of which each is small enough', () => {
    const usage = usageOf({});
    for (let i = 0; i < 4; i++) {
      const entry = newPermissionUsage(permission(`get resource${i} in a`));
      for (let j = 0; j < 512; j++) entry.names.add(`${i}-${String(j).padStart(240, 'x')}`);
      usage.used.set(`${i}`, entry);
    }

    const policy = synthesise(usage, optionsOf({ resourceNames: 'Explicit' }));

    const roles = policy.objects.filter((object) => object.kind === 'Role');
    expect(roles.length).toBeGreaterThan(1);
    for (const role of roles) expect(JSON.stringify(role).length).toBeLessThan(roleBytesBound + 10_000);
    expect(new Set(names(policy.objects)).size).toBe(policy.objects.length);
    expect(roles.flatMap((role) => role.rules.flatMap((rule) => rule.resourceNames ?? []))).toHaveLength(4 * 512);
  });
});

describe('defaults and refusals', () => {
  test('what every identity has is not repeated, and the policy says that nothing is needed', () => {
    const used = ['get /healthz', 'create selfsubjectaccessreviews.authorization.k8s.io'];

    const assumed = synthesise(usageOf({ used }), optionsOf());
    const hardened = synthesise(usageOf({ used }), optionsOf({}, { assumeDefaults: false }));
    const anonymous = synthesise(usageOf({ used, groups: [] }), optionsOf());

    expect(assumed).toMatchObject({ objects: [], reasons: [expect.stringMatching(/^No object is needed/)] });
    expect(hardened.objects).toHaveLength(2);
    expect(anonymous.objects).toHaveLength(2);
  });

  test('refused requests are granted only when asked for', () => {
    const usage = usageOf({ denied: ['get secrets in a s'] });

    expect(synthesise(usage, optionsOf())).toMatchObject({ objects: [], reasons: [expect.stringMatching(/refused/)] });
    expect(synthesise(usage, optionsOf({}, { includeDenied: true })).objects).toHaveLength(2);
  });

  test('a member of system:masters gets the roles it would need, and a warning', () => {
    const usage = usageOf({ user: 'admin', groups: ['system:masters'], used: ['list nodes'] });

    const policy = synthesise(usage, optionsOf());

    expect(names(policy.objects)).toEqual(['ClusterRole audicia-user-admin', 'ClusterRoleBinding audicia-user-admin']);
    expect(policy.warnings).toEqual([expect.stringContaining('system:masters')]);
  });

  test('a service account that cannot exist is bound as the user of its full name', () => {
    const policy = synthesise(usageOf({ user: 'system:serviceaccount:No_Such:sa', used: ['list nodes'] }), optionsOf());

    const binding = policy.objects.find((object) => object.kind === 'ClusterRoleBinding');
    expect(binding?.subjects).toEqual([
      { kind: 'User', name: 'system:serviceaccount:No_Such:sa', apiGroup: 'rbac.authorization.k8s.io' },
    ]);
    expect(policy.objects.flatMap(validateObject)).toEqual([]);
  });
});

describe('inferred permissions', () => {
  const podReader: PolicyRule[] = [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }];

  test('escalate is not granted to who holds every rule that it wrote', () => {
    const inferred = [['escalate', 'escalate roles.rbac.authorization.k8s.io in a r', podReader]] as const;
    const holder = usageOf({ used: ['get pods in a p'], inferred });
    const elsewhere = usageOf({ used: ['get pods in b p'], inferred });

    expect(synthesise(holder, optionsOf()).inferred).toEqual([]);
    expect(synthesise(elsewhere, optionsOf()).inferred).toMatchObject([{ inference: 'escalate', granted: true }]);
  });

  test('rules of a Role do not count for writing a ClusterRole', () => {
    const inferred = [['escalate', 'escalate clusterroles.rbac.authorization.k8s.io r', podReader]] as const;

    const inNamespace = synthesise(usageOf({ used: ['get pods in a p'], inferred }), optionsOf());
    const everywhere = synthesise(usageOf({ used: ['get pods'], inferred }), optionsOf());

    expect(inNamespace.inferred).toMatchObject([{ granted: true }]);
    expect(everywhere.inferred).toEqual([]);
  });

  test('one that is off is proposed and not granted', () => {
    const usage = usageOf({ used: ['patch pods in a p'], inferred: [['create-on-update', 'create pods in a p']] });

    const off = synthesise(usage, optionsOf({}, { inferences: new Set() }));

    expect(off.inferred).toMatchObject([{ inference: 'create-on-update', granted: false }]);
    expect(rulesOf(off, 'Role a/audicia-sa')).toEqual([{ apiGroups: [''], resources: ['pods'], verbs: ['patch'] }]);
  });

  test('one that was seen as a request of its own is no inference', () => {
    const usage = usageOf({ used: ['create pods in a'], inferred: [['create-on-update', 'create pods in a p']] });

    expect(synthesise(usage, optionsOf()).inferred).toEqual([]);
  });

  test('an informer lists and gets what it watches, if asked to', () => {
    const usage = usageOf({ used: ['watch pods', 'get pods p'] });

    const proposed = synthesise(usage, optionsOf());
    const granted = synthesise(usage, optionsOf({}, { inferences: new Set(['informer']) }));

    expect(proposed.inferred.map(({ permission: inferred }) => inferred)).toEqual([
      permission('get pods'),
      permission('list pods'),
    ]);
    expect(rulesOf(granted, 'ClusterRole audicia-a.sa')?.[0]?.verbs).toEqual(['get', 'list', 'watch']);
  });
});

describe('shared roles', () => {
  const used = ['get pods in a', 'get pods in b', 'list pods in c'];

  test('namespaces with the same rules share a ClusterRole, each by a RoleBinding of its own', () => {
    const policy = synthesise(usageOf({ used }), optionsOf({}, { shareRoles: true }));

    expect(policy.objects.map(({ kind, metadata }) => [kind, metadata.namespace])).toEqual([
      ['Role', 'c'],
      ['RoleBinding', 'c'],
      ['ClusterRole', undefined],
      ['RoleBinding', 'a'],
      ['RoleBinding', 'b'],
    ]);
  });

  test('a binding whose role is another one has another name, since roleRef cannot be changed', () => {
    const bindingOf = (shareRoles: boolean) =>
      synthesise(usageOf({ used }), optionsOf({}, { shareRoles })).objects.find(
        ({ kind, metadata }) => kind === 'RoleBinding' && metadata.namespace === 'a',
      )?.metadata.name;

    expect(bindingOf(true)).not.toBe(bindingOf(false));
  });
});

describe('wildcards: Safe', () => {
  test('joins siblings that describe the API server, and nothing else', () => {
    const used = ['get /livez/etcd', 'get /livez/ping', 'get /metrics/a', 'get /metrics/b', 'get /readyz/x'];

    const policy = synthesise(usageOf({ used }), optionsOf({ wildcards: 'Safe' }));

    expect(rulesOf(policy, 'ClusterRole audicia-a.sa')).toEqual([
      { nonResourceURLs: ['/livez/*', '/metrics/a', '/metrics/b', '/readyz/x'], verbs: ['get'] },
    ]);
  });

  test('grants nothing in passing that was refused, and verifies', () => {
    const used = [
      'get /livez/etcd',
      'get /livez/ping',
      'get /readyz/x',
      'get /readyz/x/a',
      'get /readyz/x/b',
      'get /readyz/y',
    ];
    const usage = usageOf({ used, denied: ['get /livez/log', 'get /readyz/z', 'post /readyz/x/c'] });
    const options = optionsOf({ wildcards: 'Safe' });

    const policy = synthesise(usage, options);

    expect(rulesOf(policy, 'ClusterRole audicia-a.sa')).toEqual([
      { nonResourceURLs: ['/livez/etcd', '/livez/ping', '/readyz/x', '/readyz/x/*', '/readyz/y'], verbs: ['get'] },
    ]);
    expect(verify(policy.objects, usage, options)).toMatchObject({ missing: [], unproven: [] });
  });
});

test('a group is bound as a group, and what its members do is judged by their membership', () => {
  const usage = { ...usageOf({ groups: ['system:authenticated'], used: ['list nodes', 'get /api'] }) };
  const group = { ...usage, subject: { kind: 'Group', name: 'devs' } as const };

  const policy = synthesise(group, optionsOf());

  expect(names(policy.objects)).toEqual(['ClusterRole audicia-group-devs', 'ClusterRoleBinding audicia-group-devs']);
  expect(verify(policy.objects, group, optionsOf())).toMatchObject({ missing: [], unproven: [], checked: 2 });
});
