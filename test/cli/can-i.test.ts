// audicia can-i, as a user and as a machine runs it.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { audicia, makeFolder } from './run-audicia.ts';

const folder = makeFolder();
const rbac = join(folder.path, 'rbac');
afterAll(() => folder.remove());

beforeAll(() => {
  mkdirSync(join(rbac, 'web/deep'), { recursive: true });
  writeFileSync(
    join(rbac, 'web/deep/role.yaml'),
    `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: logs, namespace: web}
rules:
- {apiGroups: [""], resources: [pods/log], verbs: [get]}
- {apiGroups: [apps], resources: [deployments/scale], resourceNames: [api], verbs: [patch]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: backend, namespace: web}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: logs}
subjects: [{kind: ServiceAccount, name: backend, namespace: web}]
`,
  );
  const metrics = [
    { kind: 'ClusterRole', metadata: { name: 'metrics' }, rules: [{ nonResourceURLs: ['/metrics'], verbs: ['get'] }] },
    {
      kind: 'ClusterRoleBinding',
      metadata: { name: 'metrics' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'metrics' },
      subjects: [{ kind: 'Group', name: 'system:serviceaccounts:web', apiGroup: 'rbac.authorization.k8s.io' }],
    },
  ].map((object) => ({ apiVersion: 'rbac.authorization.k8s.io/v1', ...object }));
  writeFileSync(join(rbac, 'list.json'), JSON.stringify({ apiVersion: 'v1', kind: 'List', items: metrics }));
  writeFileSync(join(rbac, 'notes.txt'), 'not a manifest');
});

const backend = ['--as', 'system:serviceaccount:web:backend'];

describe('audicia can-i', () => {
  it.each([
    ['get pods/log -n web', 0, 'yes - allowed by RoleBinding "backend/web" of Role "logs"\n'],
    ['get pods --subresource log p -n web', 0, 'yes - allowed by RoleBinding "backend/web" of Role "logs"\n'],
    ['patch deployments.apps/scale api -n web', 0, 'yes - allowed by RoleBinding "backend/web" of Role "logs"\n'],
    ['get /metrics', 0, 'yes - allowed by ClusterRoleBinding "metrics" of ClusterRole "metrics"\n'],
    ['get --path /metrics', 0, 'yes - allowed by ClusterRoleBinding "metrics" of ClusterRole "metrics"\n'],
    ['patch deployments.apps/scale -n web', 1, 'no - nothing allows patch deployments.apps/scale in web'],
    ['get pods -n web', 1, 'no - nothing allows get pods in web'],
    ['get pods/log -n other', 1, 'no - '],
    ['get pods/log', 1, 'no - '],
    ['get /version', 1, 'no - '],
    ['get /version --assume-defaults', 0, 'yes - '],
  ])('%s', async (request, code, answer) => {
    const outcome = await audicia(['can-i', ...request.split(' '), '--rbac', rbac, ...backend]);

    expect({ ...outcome, stdout: outcome.stdout.slice(0, answer.length) }).toEqual({
      code,
      stdout: answer,
      stderr: '',
    });
  });

  it('takes groups as given, and system:masters may do everything', async () => {
    const asked = ['can-i', 'delete', 'nodes', '--rbac', rbac, '--as', 'eve'];

    expect((await audicia(asked)).code).toBe(1);
    expect((await audicia([...asked, '--as-group', 'system:masters'])).stdout).toContain('system:masters');
  });

  it('--quiet answers by its exit status alone, --output json by a document', async () => {
    const asked = ['can-i', 'get', 'pods/log', '-n', 'web', '--rbac', rbac, ...backend];

    expect(await audicia([...asked, '--quiet'])).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(JSON.parse((await audicia([...asked, '--output', 'json'])).stdout)).toEqual({
      allowed: true,
      by: 'RoleBinding "backend/web" of Role "logs"',
    });
  });

  it('a broken document is told with its place; a yes stands, a no is uncertain', async () => {
    const broken = join(folder.path, 'broken');
    mkdirSync(broken);
    writeFileSync(join(broken, 'a.yaml'), 'a: 1\n---\nkind: [\n');
    const asked = ['--rbac', rbac, '--rbac', broken, ...backend];

    const yes = await audicia(['can-i', 'get', '/metrics', ...asked]);
    const no = await audicia(['can-i', 'get', '/nope', ...asked]);

    expect(yes.code).toBe(0);
    expect(yes.stderr).toMatch(/^warning: .*a\.yaml line \d+ \(document 2\): The document is not YAML/);
    expect(no.code).toBe(2);
    const json = await audicia(['can-i', 'get', '/metrics', ...asked, '-o', 'json']);
    expect(JSON.parse(json.stderr).warning.message).toContain('a.yaml line ');
  });

  it.each([
    ['no --as', ['get', 'pods', '--rbac', '.']],
    ['no --rbac', ['get', 'pods', '--as', 'eve']],
    ['no resource', ['get', '--rbac', '.', '--as', 'eve']],
    ['a namespace for a path', ['get', '/metrics', '-n', 'web', '--rbac', '.', '--as', 'eve']],
  ])('%s is a usage error', async (_name, args) => {
    const { code, stdout, stderr } = await audicia(['can-i', ...args]);

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^error: /);
  });
});

describe('audicia can-i --stdin', () => {
  const user = { name: 'system:serviceaccount:web:backend', groups: ['system:serviceaccounts:web'] };
  const ask = (lines: readonly string[]) => audicia(['can-i', '--rbac', rbac, '--stdin'], { input: lines.join('\n') });

  it('answers each line with a line, in order; absent fields count as empty', async () => {
    const full = { verb: 'get', apiGroup: '', resource: 'pods', subresource: 'log', namespace: 'web', name: 'p' };
    const requests = [
      { user, attributes: full },
      { user, attributes: { verb: 'get', resource: 'pods', namespace: 'web' } },
      { user, attributes: { verb: 'get', path: '/metrics' } },
      { user: { name: user.name }, attributes: { verb: 'get', path: '/metrics' } },
      { user: { name: 'eve', groups: ['system:masters'] }, attributes: { verb: 'get', path: '/metrics' } },
    ];

    const { code, stdout } = await ask(requests.map((request) => JSON.stringify(request)));

    expect(code).toBe(0);
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([
      { allowed: true, by: 'RoleBinding "backend/web" of Role "logs"' },
      { allowed: false, by: null },
      { allowed: true, by: 'ClusterRoleBinding "metrics" of ClusterRole "metrics"' },
      { allowed: false, by: null },
      { allowed: true, by: 'the group "system:masters"' },
    ]);
  });

  it('a bad line gets an answer that says why, the others their own, and the end is exit 1', async () => {
    const good = JSON.stringify({ user, attributes: { verb: 'get', path: '/metrics' } });
    const bad = [
      '{',
      '[]',
      JSON.stringify({ user: { name: 1 }, attributes: { verb: 'get', path: '/x' } }),
      JSON.stringify({ user: { name: 'x', groups: 'devs' }, attributes: { verb: 'get', path: '/x' } }),
      JSON.stringify({ user, attributes: { resource: 'pods' } }),
      JSON.stringify({ user, attributes: { verb: 'get' } }),
      JSON.stringify({ user, attributes: { verb: 'get', resource: 'pods', subResource: 'log' } }),
    ];

    const { code, stdout } = await ask([...bad, '', good]);
    const answers = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));

    expect(code).toBe(1);
    expect(answers).toHaveLength(bad.length + 1);
    expect(answers.slice(0, -1).every((answer) => typeof answer.error === 'string')).toBe(true);
    expect(answers.at(-1).allowed).toBe(true);
  });
});
