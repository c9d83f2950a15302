import { describe, expect, it } from 'vitest';
import { parseGrant } from './reason.ts';

describe('granting binding from an audit reason', () => {
  it('reads a cluster role binding', () => {
    expect(
      parseGrant(
        'RBAC: allowed by ClusterRoleBinding "system:discovery" of ClusterRole "system:discovery" to Group "system:authenticated"',
      ),
    ).toEqual({
      bindingKind: 'ClusterRoleBinding',
      bindingName: 'system:discovery',
      bindingNamespace: '',
      roleKind: 'ClusterRole',
      roleName: 'system:discovery',
    });
  });

  it('reads a role binding, whose name comes before its namespace', () => {
    expect(parseGrant('RBAC: allowed by RoleBinding "reader/prod" of Role "r" to ServiceAccount "sa/prod"')).toEqual({
      bindingKind: 'RoleBinding',
      bindingName: 'reader',
      bindingNamespace: 'prod',
      roleKind: 'Role',
      roleName: 'r',
    });
  });

  it('reads an access policy of EKS', () => {
    const reason =
      'EKS Access Policy: allowed by ClusterRoleBinding "arn:aws:iam::1:role/x+arn:aws:eks::aws:cluster-access-policy/P" of ClusterRole "arn:y" to User "z"';
    expect(parseGrant(reason)?.bindingName).toBe('arn:aws:iam::1:role/x+arn:aws:eks::aws:cluster-access-policy/P');
  });

  it('undoes the quoting of Go', () => {
    const reason = String.raw`RBAC: allowed by ClusterRoleBinding "a \"b\" \\ \n \u00e9 \U0001f600 \x00" of ClusterRole "of \"x\"" to User "z"`;
    expect(parseGrant(reason)).toMatchObject({ bindingName: 'a "b" \\ \n é 😀 \0', roleName: 'of "x"' });
  });

  it.each([
    '',
    'access granted by IAM permissions.',
    'RBAC: role.rbac.authorization.k8s.io "gone" not found',
    'RBAC: allowed by RoleBinding "no-namespace" of Role "r" to User "z"',
    String.raw`RBAC: allowed by ClusterRoleBinding "\q" of ClusterRole "r" to User "z"`,
    String.raw`RBAC: allowed by ClusterRoleBinding "\UFFFFFFFF" of ClusterRole "r" to User "z"`,
    'RBAC: allowed by ClusterRoleBinding "open of ClusterRole',
  ])('finds none in %j', (reason) => {
    expect(parseGrant(reason)).toBeUndefined();
  });

  it('takes linear time on hostile text', () => {
    const hostile = `RBAC: allowed by ClusterRoleBinding "${'\\"'.repeat(200_000)}`;
    expect(parseGrant(hostile)).toBeUndefined();
  });
});
