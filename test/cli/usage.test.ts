// audicia usage, verify and diff, as a user runs them.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiServerLog, audicia, makeFolder } from './run-audicia.ts';

const folder = makeFolder();
const path = (name: string) => join(folder.path, name);
afterAll(() => folder.remove());

beforeAll(() => {
  const lines = readFileSync(apiServerLog, 'utf8').trimEnd().split('\n');
  writeFileSync(path('first.log'), `${lines.slice(0, 150).join('\n')}\n`);
  writeFileSync(path('second.log'), `${lines.slice(150).join('\n')}\n`);
});

describe('audicia usage', () => {
  it('shows for each subject what it used, was refused and needs beside that', async () => {
    const { code, stdout, stderr } = await audicia(['usage', apiServerLog, '--subject', 'a/sa']);

    expect(code).toBe(0);
    expect(stdout).toMatch(/^ServiceAccount a\/sa\n/);
    expect(stdout).toMatch(/PERMISSION +NAMES +REQUESTS +DAYS +FIRST SEEN +LAST SEEN +USER AGENTS +ALLOWED BY/);
    expect(stdout).toContain('ASKED FOR AND REFUSED');
    expect(stdout).toContain('INFERRED');
    expect(stderr).toContain('What this log could not show:');
  });

  it('--output json holds every subject with its evidence', async () => {
    const { stdout } = await audicia(['usage', apiServerLog, '-o', 'json']);
    const { subjects } = JSON.parse(stdout);
    const [first] = subjects.at(-1).used;

    expect(subjects.map((each: { subject: { name: string } }) => each.subject.name)).toEqual([
      'admin',
      'bob',
      'impersonator',
      'sa',
    ]);
    expect(first.requests).toBeGreaterThan(0);
    expect(first.firstSeen).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(first.sampleAuditID).not.toBe('');
  });

  it('a name that is not there is an error with the nearest ones', async () => {
    const { code, stderr } = await audicia(['usage', apiServerLog, '--subject', 'a/saa']);

    expect(code).toBe(2);
    expect(stderr).toContain('No subject "a/saa"');
    expect(stderr).toContain('ServiceAccount a/sa');
  });

  it('saves, and merging the same again or a half of it counts nothing twice', async () => {
    await audicia(['usage', path('first.log'), '--save', path('first.json')]);
    await audicia(['usage', path('second.log'), '--save', path('second.json')]);
    await audicia(['usage', 'merge', path('first.json'), path('second.json'), '--save', path('both.json')]);
    const again = await audicia(['usage', 'merge', path('second.json'), path('both.json'), path('first.json')]);

    expect(again.code).toBe(0);
    expect(again.stdout).toBe(readFileSync(path('both.json'), 'utf8'));
    expect(readdirSync(folder.path).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('diff shows permissions, not counts, and exits 1 when there are any', async () => {
    const same = await audicia(['usage', 'diff', path('both.json'), path('both.json')]);
    const less = await audicia(['usage', 'diff', path('both.json'), path('first.json')]);

    expect(same).toEqual({ code: 0, stdout: '', stderr: 'No difference in permissions.\n' });
    expect(less.code).toBe(1);
    expect(less.stdout).toMatch(/^ServiceAccount a\/sa$/m);
    expect(less.stdout).toMatch(/^ {2}- /m);
    expect(less.stdout).not.toMatch(/^ {2}\+ /m);
  });

  it.each(['merge', 'diff'])('%s names a file that is no saved usage', async (command) => {
    writeFileSync(path('other.json'), '{}');

    const { code, stderr } = await audicia(['usage', command, path('other.json'), path('other.json')]);

    expect(code).toBe(2);
    expect(stderr).toContain('other.json');
  });
});

describe('audicia verify', () => {
  it('lists what would fail and what has no evidence, for subjects without usage too', async () => {
    const rbac = path('hand-written');
    mkdirSync(rbac);
    writeFileSync(
      join(rbac, 'broad.yaml'),
      `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: broad}
rules: [{apiGroups: [""], resources: [secrets], verbs: [list]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: broad}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: broad}
subjects:
- {kind: ServiceAccount, name: sa, namespace: a}
- {kind: ServiceAccount, name: idle, namespace: b}
`,
    );

    const text = await audicia(['verify', '--rbac', rbac, apiServerLog]);
    const json = await audicia(['verify', '--rbac', rbac, '--log', apiServerLog, '-s', 'b/idle', '-o', 'json']);
    const [idle] = JSON.parse(json.stdout).subjects;

    expect([text.code, json.code]).toEqual([1, 1]);
    expect(text.stdout).toContain('would fail        get namespaces in a (name a)');
    expect(text.stdout).toContain('without evidence  list secrets, granted by ClusterRole broad');
    expect(idle.missing).toEqual([]);
    expect(idle.unproven.map((each: { text: string }) => each.text)).toEqual(['list secrets']);
  });
});

describe('audicia diff', () => {
  it('compares manifests in permissions: another shape is no difference, another permission is', async () => {
    const manifests = (rules: string) => `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: r, namespace: web}
rules: ${rules}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: r, namespace: web}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: r}
subjects: [{kind: User, name: alice, apiGroup: rbac.authorization.k8s.io}]
`;
    const pods = (verbs: string) => `{apiGroups: [""], resources: [pods], verbs: [${verbs}]}`;
    writeFileSync(path('old.yaml'), manifests(`[${pods('get, list')}]`));
    writeFileSync(path('split.yaml'), manifests(`[${pods('list')}, ${pods('get')}]`));
    writeFileSync(path('new.yaml'), manifests(`[${pods('get, watch')}]`));

    const same = await audicia(['diff', path('old.yaml'), path('split.yaml')]);
    const other = await audicia(['diff', path('old.yaml'), path('new.yaml')]);
    const json = await audicia(['diff', path('old.yaml'), path('new.yaml'), '-o', 'json']);

    expect(same.code).toBe(0);
    expect(other).toEqual({
      code: 1,
      stdout: 'User alice\n  + watch pods in web\n  - list pods in web\n',
      stderr: '',
    });
    expect(JSON.parse(json.stdout).subjects[0].added[0].text).toBe('watch pods in web');
  });

  it('does not compare usage with manifests', async () => {
    const { code, stderr } = await audicia(['diff', path('both.json'), path('old.yaml')]);

    expect(code).toBe(2);
    expect(stderr).toContain('is saved usage and the other is not');
  });
});
