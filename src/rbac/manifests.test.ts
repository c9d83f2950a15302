import { describe, expect, it } from 'vitest';
import { parseManifests } from './manifests.ts';
import { nameObject } from './objects.ts';

const roleText = `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: r
  namespace: a
rules:
- apiGroups: [""]
  resources: [pods]
  verbs: [get]
`;
const bindingText = `apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: b, namespace: a}
roleRef: {kind: Role, name: r}
subjects:
- {kind: User, name: alice}
- {kind: ServiceAccount, name: s}
`;

describe('parseManifests', () => {
  it('reads several documents and counts what is no RBAC', () => {
    const other = 'apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n';
    const read = parseManifests(`# policy\n---\n${roleText}---\n\n---\n${other}---\n${bindingText}`, 'x.yaml');

    expect(read.problems).toEqual([]);
    expect(read.objects.map(nameObject)).toEqual(['Role a/r', 'RoleBinding a/b']);
    expect(read.ignored).toBe(1);
  });

  it('fills in what the API server would', () => {
    const { objects } = parseManifests(bindingText, 'x.yaml');

    expect(objects).toEqual([
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'RoleBinding',
        metadata: { name: 'b', namespace: 'a' },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'r' },
        subjects: [
          { kind: 'User', name: 'alice', apiGroup: 'rbac.authorization.k8s.io' },
          { kind: 'ServiceAccount', name: 's' },
        ],
      },
    ]);
  });

  it('makes null and missing lists empty', () => {
    const text = 'apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: r}\nrules: null\n';
    const [role] = parseManifests(text, 'x.yaml').objects;

    expect(role).toMatchObject({ rules: [] });
  });

  it('opens lists, those of one kind too, in JSON as well', () => {
    const item = { metadata: { name: 'x', namespace: 'a' }, rules: [] };
    const typed = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleList', items: [item] };
    const text = JSON.stringify({
      apiVersion: 'v1',
      kind: 'List',
      items: [typed, { ...typed, kind: 'Role', ...item }],
    });

    expect(parseManifests(text, 'x.json').objects.map(nameObject)).toEqual(['Role a/x', 'Role a/x']);
  });

  it('says where an object is wrong, and reads the rest', () => {
    const text = `${roleText}---\n${roleText.replace('verbs: [get]', 'verbs: [yes, 1]')}---\n${bindingText}`;
    const read = parseManifests(text, 'x.yaml');

    expect(read.problems).toEqual([
      { file: 'x.yaml', document: 2, line: 19, message: 'rules[0].verbs[1]: Invalid value: 1: must be a string.' },
    ]);
    expect(read.objects.map(nameObject)).toEqual(['Role a/r', 'RoleBinding a/b']);
  });

  it('names the line within a list', () => {
    const text = `apiVersion: v1\nkind: List\nitems:\n- apiVersion: rbac.authorization.k8s.io/v1\n  kind: ClusterRole\n  metadata:\n    name: a/b\n`;

    expect(parseManifests(text, 'x.yaml').problems).toMatchObject([{ line: 7 }]);
  });

  it('reports text that is no YAML, and goes on behind it', () => {
    const read = parseManifests(`a: [1\n---\n${roleText}`, 'x.yaml');

    expect(read.problems).toMatchObject([
      { document: 1, message: expect.stringMatching(/^The document is not YAML: .*\.$/) },
    ]);
    expect(read.objects.map(nameObject)).toEqual(['Role a/r']);
  });

  it('asks for a namespace unless it is given one', () => {
    const text = roleText.replace('  namespace: a\n', '');

    expect(parseManifests(text, 'x.yaml').problems).toMatchObject([{ message: 'metadata.namespace: Required value.' }]);
    expect(parseManifests(text, 'x.yaml', { namespace: 'n' }).objects.map(nameObject)).toEqual(['Role n/r']);
    expect(parseManifests(roleText, 'x.yaml', { namespace: 'n' }).objects.map(nameObject)).toEqual(['Role a/r']);
  });

  it('takes an object of the same kind of another API for another kind', () => {
    const text = roleText.replace('rbac.authorization.k8s.io/v1', 'authorization.openshift.io/v1');

    expect(parseManifests(text, 'x.yaml')).toEqual({ objects: [], ignored: 1, problems: [] });
  });

  it.each([['- 1\n- 2\n'], ['text\n'], ['42']])('reports what is no object: %j', (text) => {
    expect(parseManifests(text, 'x.yaml').problems).toMatchObject([{ message: 'The document is not an object.' }]);
  });

  it('stops at lists within lists within lists', () => {
    let list: unknown = { kind: 'Role' };
    for (let depth = 0; depth < 6; depth += 1) list = { kind: 'List', items: [list] };

    expect(parseManifests(JSON.stringify(list), 'x.json').problems).toMatchObject([
      { message: 'Lists are nested more than 4 deep.' },
    ]);
  });

  it('has nothing to say about nothing', () => {
    expect(parseManifests('\n# empty\n---\n', 'x.yaml')).toEqual({ objects: [], ignored: 0, problems: [] });
  });
});
