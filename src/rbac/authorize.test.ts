import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Authorizer } from './authorize.ts';
import type {
  ClusterRole,
  ClusterRoleBinding,
  PolicyRule,
  RbacObject,
  RbacSubject,
  Role,
  RoleBinding,
  RoleRef,
} from './objects.ts';
import { nameObject, rbacApiVersion, rbacGroup } from './objects.ts';
import type { Permission, ResourcePermission } from './permission.ts';

const apiVersion = rbacApiVersion;
const getPods: PolicyRule = { verbs: ['get'], apiGroups: [''], resources: ['pods'] };
const everything: PolicyRule = { verbs: ['*'], apiGroups: ['*'], resources: ['*'] };
const everyUrl: PolicyRule = { verbs: ['*'], nonResourceURLs: ['*'] };

function role(namespace: string, name: string, ...rules: PolicyRule[]): Role {
  return { apiVersion, kind: 'Role', metadata: { name, namespace }, rules };
}

function clusterRole(name: string, ...rules: PolicyRule[]): ClusterRole {
  return { apiVersion, kind: 'ClusterRole', metadata: { name }, rules };
}

function ref(text: string): RoleRef {
  const [kind, name] = text.split(' ') as [RoleRef['kind'], string];
  return { apiGroup: rbacGroup, kind, name };
}

function binding(namespace: string, name: string, to: string, ...subjects: RbacSubject[]): RoleBinding {
  return { apiVersion, kind: 'RoleBinding', metadata: { name, namespace }, subjects, roleRef: ref(to) };
}

function clusterBinding(name: string, to: string, ...subjects: RbacSubject[]): ClusterRoleBinding {
  return { apiVersion, kind: 'ClusterRoleBinding', metadata: { name }, subjects, roleRef: ref(to) };
}

function request(verb: string, resource: string, namespace = '', name = ''): ResourcePermission {
  return { verb, apiGroup: '', resource, subresource: '', namespace, name };
}

const alice = { name: 'alice', groups: ['devs'] };
const backend = { name: 'system:serviceaccount:a:backend', groups: ['system:serviceaccounts'] };
const userAlice: RbacSubject = { kind: 'User', name: 'alice' };

describe('Authorizer: which bindings apply', () => {
  it.each<[string, RbacSubject, boolean, boolean]>([
    // Subject, then whether it is alice, and whether it is service account a/backend, in a RoleBinding of namespace a.
    ['a user', { kind: 'User', name: 'alice' }, true, false],
    ['a user in another case', { kind: 'User', name: 'Alice' }, false, false],
    ['a star is a literal user', { kind: 'User', name: '*' }, false, false],
    ['a user by the name of a group', { kind: 'User', name: 'devs' }, false, false],
    ['a group', { kind: 'Group', name: 'devs' }, true, false],
    ['a group by the name of a user', { kind: 'Group', name: 'alice' }, false, false],
    ['a service account', { kind: 'ServiceAccount', name: 'backend', namespace: 'a' }, false, true],
    [
      'a service account of another namespace',
      { kind: 'ServiceAccount', name: 'backend', namespace: 'b' },
      false,
      false,
    ],
    ['a service account without namespace', { kind: 'ServiceAccount', name: 'backend' }, false, true],
    [
      'a service account with an empty namespace',
      { kind: 'ServiceAccount', name: 'backend', namespace: '' },
      false,
      true,
    ],
    ['a service account as a user', { kind: 'User', name: 'system:serviceaccount:a:backend' }, false, true],
    ['the groups of a service account', { kind: 'Group', name: 'system:serviceaccounts' }, false, true],
    ['a foreign apiGroup', { kind: 'User', name: 'alice', apiGroup: 'example.com' }, true, false],
    ['an unknown kind', { kind: 'Robot' as 'User', name: 'alice' }, false, false],
  ])('%s', (_, subject, forAlice, forBackend) => {
    const authorizer = new Authorizer([role('a', 'r', getPods), binding('a', 'b', 'Role r', subject)]);

    expect(authorizer.authorize(alice, request('get', 'pods', 'a', 'p')).allowed).toBe(forAlice);
    expect(authorizer.authorize(backend, request('get', 'pods', 'a', 'p')).allowed).toBe(forBackend);
  });

  it('takes the service account of a ClusterRoleBinding only with a namespace', () => {
    const without = clusterBinding('b', 'ClusterRole r', { kind: 'ServiceAccount', name: 'backend' });
    const withOne = clusterBinding('b', 'ClusterRole r', { kind: 'ServiceAccount', name: 'backend', namespace: 'a' });

    expect(
      new Authorizer([clusterRole('r', getPods), without]).authorize(backend, request('get', 'pods', 'a')).allowed,
    ).toBe(false);
    expect(
      new Authorizer([clusterRole('r', getPods), withOne]).authorize(backend, request('get', 'pods', 'a')).allowed,
    ).toBe(true);
  });

  it('takes no name for that of a service account without a namespace', () => {
    const bound = clusterBinding('b', 'ClusterRole r', { kind: 'ServiceAccount', name: 'backend' });
    const odd = { name: 'system:serviceaccount::backend', groups: [] };

    expect(new Authorizer([clusterRole('r', getPods), bound]).authorize(odd, request('get', 'pods', 'a')).allowed).toBe(
      false,
    );
  });

  it('meets each ClusterRoleBinding once in a request without a namespace', () => {
    const paths = [
      ...new Authorizer([clusterRole('r', getPods), clusterBinding('b', 'ClusterRole r', userAlice)]).rulesFor(
        alice,
        '',
      ),
    ];

    expect(paths).toHaveLength(1);
  });

  it('names a binding once, though two of its subjects apply', () => {
    const twice = binding('a', 'b', 'Role r', userAlice, { kind: 'Group', name: 'devs' });
    const paths = [...new Authorizer([role('a', 'r', getPods), twice]).rulesFor(alice, 'a')];

    expect(paths).toHaveLength(1);
  });
});

describe('Authorizer: which roles count where', () => {
  const objects: RbacObject[] = [
    role('a', 'all', everything, everyUrl),
    clusterRole('all', everything, everyUrl),
    binding('a', 'role', 'Role all', userAlice),
    binding('b', 'cluster-role', 'ClusterRole all', { kind: 'Group', name: 'devs' }),
  ];

  it.each<[string, Permission, boolean]>([
    ['in the namespace of the Role', request('get', 'secrets', 'a', 's'), true],
    ['in the namespace of a RoleBinding to a ClusterRole', request('get', 'secrets', 'b', 's'), true],
    ['in another namespace', request('get', 'secrets', 'c', 's'), false],
    ['cluster-scoped, or in all namespaces', request('list', 'secrets'), false],
    ['the own namespace, whose request carries its own name', request('get', 'namespaces', 'a', 'a'), true],
    ['creating a namespace', request('create', 'namespaces'), false],
    ['URLs behind a RoleBinding', { verb: 'get', path: '/metrics' }, false],
  ])('%s', (_, permission, allowed) => {
    expect(new Authorizer(objects).authorize(alice, permission).allowed).toBe(allowed);
  });

  it('applies a ClusterRoleBinding everywhere, URLs included', () => {
    const authorizer = new Authorizer([
      clusterRole('all', everything, everyUrl),
      clusterBinding('b', 'ClusterRole all', userAlice),
    ]);

    for (const permission of [
      request('list', 'nodes'),
      request('get', 'pods', 'z', 'p'),
      { verb: 'get', path: '/x' },
    ]) {
      expect(authorizer.authorize(alice, permission).allowed).toBe(true);
    }
  });

  it.each<[string, RbacObject[]]>([
    ['a missing Role', [binding('a', 'x', 'Role none', userAlice)]],
    ['a Role of another namespace', [role('b', 'none', everything), binding('a', 'x', 'Role none', userAlice)]],
    ['a missing ClusterRole', [binding('a', 'x', 'ClusterRole none', userAlice)]],
    [
      'a ClusterRole where a Role is meant',
      [clusterRole('none', everything), binding('a', 'x', 'Role none', userAlice)],
    ],
    [
      'a Role behind a ClusterRoleBinding',
      [role('a', 'none', everything), role('', 'none', everything), clusterBinding('x', 'Role none', userAlice)],
    ],
    [
      'a ClusterRole behind a ClusterRoleBinding that says Role',
      [clusterRole('none', everything), clusterBinding('x', 'Role none', userAlice)],
    ],
    ['an unknown kind of role', [role('a', 'none', everything), binding('a', 'x', 'Rolle none', userAlice)]],
  ])('passes over %s, and says so', (_, broken) => {
    const others = [role('a', 'r', getPods), binding('a', 'y', 'Role r', userAlice)];
    const authorizer = new Authorizer([...broken, ...others]);

    const refused = authorizer.authorize(alice, request('get', 'secrets', 'a', 's'));
    expect(refused).toMatchObject({ allowed: false });
    expect(refused.unresolved).toHaveLength(1);
    expect(refused.unresolved[0]).toMatch(/^(Cluster)?Role(Binding) .*x refers to \w+ none, which does not exist\.$/);
    expect(authorizer.authorize(alice, request('get', 'pods', 'a', 'p')).allowed).toBe(true);
  });

  it('takes a namespaced object without a namespace for none at all', () => {
    const authorizer = new Authorizer([clusterRole('r', everything), binding('', 'b', 'ClusterRole r', userAlice)]);

    expect(authorizer.authorize(alice, request('list', 'nodes')).allowed).toBe(false);
  });

  it('lets the later of two objects of the same name hold', () => {
    const bound = binding('a', 'b', 'Role r', userAlice);
    const authorizer = new Authorizer([role('a', 'r', everything), bound, role('a', 'r', getPods)]);

    expect(authorizer.authorize(alice, request('get', 'secrets', 'a', 's')).allowed).toBe(false);
    expect(authorizer.authorize(alice, request('get', 'pods', 'a', 'p')).allowed).toBe(true);
  });
});

describe('Authorizer: what a decision tells', () => {
  const objects = [
    binding('a', 'a', 'Role r', userAlice),
    role('a', 'r', { ...getPods, verbs: ['list'] }, getPods),
    clusterRole('wide', { ...getPods, verbs: ['list', 'get'] }),
    clusterBinding('z', 'ClusterRole wide', userAlice),
    clusterBinding('y', 'ClusterRole wide', { kind: 'Group', name: 'devs' }),
  ];

  it('credits ClusterRoleBindings first, by name, then RoleBindings', () => {
    const decision = new Authorizer(objects).authorize(alice, request('get', 'pods', 'a', 'p'));

    expect(decision.by && nameObject(decision.by.binding)).toBe('ClusterRoleBinding y');
  });

  it('names role and rule, whatever the order of the objects', () => {
    const narrow = objects.slice(0, 2);
    for (const order of [narrow, [...narrow].reverse()]) {
      const { by } = new Authorizer(order).authorize(alice, request('get', 'pods', 'a', 'p'));

      expect(by && [nameObject(by.binding), nameObject(by.role), by.ruleIndex]).toEqual([
        'RoleBinding a/a',
        'Role a/r',
        1,
      ]);
    }
  });

  it('allows system:masters everything before any rule, unless told otherwise', () => {
    const master = { name: 'root', groups: ['system:masters'] };

    expect(new Authorizer([]).authorize(master, { verb: '', path: '/x' })).toEqual({ allowed: true, unresolved: [] });
    expect(new Authorizer([], { privilegedGroup: false }).authorize(master, { verb: '', path: '/x' }).allowed).toBe(
      false,
    );
  });

  it('keeps names such as __proto__ and constructor apart from what every object has', () => {
    const authorizer = new Authorizer([
      clusterBinding('b', 'ClusterRole constructor', { kind: 'User', name: '__proto__' }),
    ]);
    const user = { name: '__proto__', groups: ['constructor'] };

    expect(authorizer.authorize(user, request('get', 'pods', 'toString', 'p')).allowed).toBe(false);
  });
});

describe('allowedNames', () => {
  const rule = fc.record({
    verbs: fc.subarray(['get', 'list', '*']),
    apiGroups: fc.subarray(['', 'apps', '*'], { minLength: 1 }),
    resources: fc.subarray(['pods', 'pods/log', '*/log', 'nodes'], { minLength: 1 }),
    resourceNames: fc.subarray(['', 'p', 'q']),
  });
  const rules = fc.array(rule, { maxLength: 8 });
  const user = { name: 'u', groups: ['g'] };
  const subject: RbacSubject = { kind: 'Group', name: 'g' };

  it('are the names for which authorize allows, in every scope', () => {
    const asked = fc.array(
      fc.record({
        verb: fc.constantFrom('get', 'list'),
        apiGroup: fc.constantFrom('', 'apps'),
        resource: fc.constantFrom('pods', 'nodes'),
        subresource: fc.constantFrom('', 'log'),
        namespace: fc.constantFrom('', 'a', 'b'),
        name: fc.constant(''),
      }),
    );
    fc.assert(
      fc.property(rules, rules, asked, (wide, narrow, requests) => {
        const authorizer = new Authorizer([
          clusterRole('wide', ...wide),
          clusterBinding('missing', 'ClusterRole none', subject),
          clusterBinding('wide', 'ClusterRole wide', subject),
          role('a', 'narrow', ...narrow),
          binding('a', 'narrow', 'Role narrow', subject),
        ]);
        for (const permission of requests) {
          const allowed = authorizer.allowedNames(user, permission);
          for (const name of ['', 'p', 'q', 'other']) {
            const decision = authorizer.authorize(user, { ...permission, name });

            expect(allowed?.has(name) ?? true).toBe(decision.allowed);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('are all for a member of system:masters', () => {
    const master = { name: 'root', groups: ['system:masters'] };

    expect(new Authorizer([]).allowedNames(master, request('get', 'pods', 'a'))).toBeUndefined();
  });
});
