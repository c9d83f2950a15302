import { expect, test } from 'vitest';
import { optionsOf, usageOf } from '../../../test/make-usage.ts';
import { isUrlAtom } from '../../rbac/explode.ts';
import { type RbacObject, rbacApiVersion, rbacGroup } from '../../rbac/objects.ts';
import { subjectKey } from '../../rbac/subject.ts';
import { synthesise } from '../synthesise/synthesise.ts';
import { diffPolicies } from './diff-policies.ts';
import type { SubjectGrant } from './explode-policy.ts';

function policyFor(used: readonly string[], shareRoles = false): readonly RbacObject[] {
  return synthesise(usageOf({ used }), optionsOf({ resourceNames: 'Explicit' }, { shareRoles })).objects;
}

function clusterAdmin(user: string): RbacObject[] {
  const rules = [
    { apiGroups: ['*'], resources: ['*'], verbs: ['*'] },
    { nonResourceURLs: ['*'], verbs: ['*'] },
  ];
  const metadata = { name: 'cluster-admin' };
  const roleRef = { apiGroup: rbacGroup, kind: 'ClusterRole', name: 'cluster-admin' } as const;
  const subjects = [{ kind: 'User', name: user, apiGroup: rbacGroup } as const];
  return [
    { apiVersion: rbacApiVersion, kind: 'ClusterRole', metadata, rules },
    { apiVersion: rbacApiVersion, kind: 'ClusterRoleBinding', metadata, subjects, roleRef },
  ];
}

function written(grants: readonly SubjectGrant[]): string[] {
  return grants.map(({ namespace, atom }) => {
    if (isUrlAtom(atom)) return `${atom.verb} ${atom.path}`;
    return `${atom.verb} ${atom.resource} in "${namespace}" ${atom.name ?? 'any'}`;
  });
}

function diff(before: readonly RbacObject[], after: readonly RbacObject[]) {
  return diffPolicies(before, after).subjects.map(({ subject, added, removed }) => {
    return [subjectKey(subject), written(added), written(removed)];
  });
}

test('objects that grant the same do not differ, however they are cut', () => {
  const used = ['get pods in a p', 'get pods in b p'];

  expect(diff(policyFor(used), policyFor(used, true))).toEqual([]);
});

test('a name more, and a verb less', () => {
  const before = policyFor(['get pods in a p', 'list pods in a']);
  const after = policyFor(['get pods in a p', 'get pods in a q']);

  expect(diff(before, after)).toEqual([
    ['system:serviceaccount:a:sa', ['get pods in "a" q'], ['list pods in "a" any']],
  ]);
});

test('a permission that goes from one namespace to the whole cluster is added, and nothing is removed', () => {
  expect(diff(policyFor(['list pods in a']), policyFor(['list pods']))).toEqual([
    ['system:serviceaccount:a:sa', ['list pods in "" any'], []],
  ]);
});

test('replacing cluster-admin removes its stars and adds nothing', () => {
  const after = policyFor(['get pods in a p', 'get /metrics']);

  expect(diff(clusterAdmin('system:serviceaccount:a:sa'), after)).toEqual([
    ['system:serviceaccount:a:sa', [], ['* * in "" any', '* *']],
  ]);
});

test('a subject that only one side knows differs in everything', () => {
  expect(diff([], clusterAdmin('alice'))).toEqual([['alice', ['* * in "" any', '* *'], []]]);
});

test('the order of the objects and of their rules does not show', () => {
  const before = policyFor(['get nodes n']);
  const after = policyFor(['get pods in b p', 'list pods in a', 'get secrets in a s', 'get /metrics', 'list nodes']);
  const reversed = after.toReversed().map((object) => {
    return 'rules' in object ? { ...object, rules: object.rules.toReversed() } : object;
  });

  expect(diff(before, reversed)).toEqual(diff(before, after));
});
