// audicia generate, as a user runs it.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parseManifests } from '../../src/rbac/manifests.ts';
import { apiServerLog, audicia, collect, corpus, makeFolder, startAudicia } from './run-audicia.ts';

const folder = makeFolder();
afterAll(() => folder.remove());

describe('audicia generate', () => {
  it('without --out prints a table that ends in the proof, and writes nothing', async () => {
    const cwd = join(folder.path, 'nothing');
    mkdirSync(cwd);

    const { code, stdout } = await audicia(['generate', apiServerLog], { cwd });

    expect(code).toBe(0);
    expect(stdout).toMatch(/^SUBJECT +REQUESTS +PERMISSIONS +OBJECTS +WINDOW +WARNINGS\n/);
    expect(stdout).toContain('331 events in 1 input');
    expect(stdout).toMatch(/Verified \d+ permissions: 0 missing, 0 without evidence\./);
    expect(stdout).toContain('Nothing was written.');
    expect(readdirSync(cwd)).toEqual([]);
  });

  it('writes manifests that the API takes, which verify finds sound and minimal; a second run changes nothing', async () => {
    const out = join(folder.path, 'policies');

    const first = await audicia(['generate', apiServerLog, '--out', out]);
    const files = readdirSync(out, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.yaml'));
    const problems = files.flatMap((name) => parseManifests(readFileSync(join(out, name), 'utf8'), name).problems);
    const second = await audicia(['generate', apiServerLog, '--out', out]);
    const verified = await audicia(['verify', '--rbac', out, apiServerLog]);

    expect(first.code).toBe(0);
    expect(files).toContain('rbac/a/sa-rbac.yaml');
    expect(problems).toEqual([]);
    expect(second.stdout).toContain(`(0 new, 0 changed, ${files.length} unchanged)`);
    expect(verified.code).toBe(0);
  });

  it('--out - has stdout to itself for one YAML stream', async () => {
    const { code, stdout, stderr } = await audicia(['generate', apiServerLog, '--out', '-']);
    const { objects, problems } = parseManifests(stdout, 'stdout');

    expect(code).toBe(0);
    expect(problems).toEqual([]);
    expect(objects.length).toBeGreaterThan(4);
    expect(stderr).toContain('SUBJECT');
  });

  it('--output json is one document with objects, proofs and the run', async () => {
    const { stdout, stderr } = await audicia(['generate', apiServerLog, '--output', 'json']);
    const document = JSON.parse(stdout);

    expect(stderr).toBe('');
    expect(document.run.events).toBe(331);
    expect(
      document.subjects.map((each: { verification: { verified: boolean } }) => each.verification.verified),
    ).toEqual(document.subjects.map(() => true));
    expect(document.subjects.at(-1).subject).toEqual({ kind: 'ServiceAccount', namespace: 'a', name: 'sa' });
  });

  it('takes the knobs in any case and with hyphens; NamespaceStrict leaves ClusterRoles out and says so', async () => {
    const strict = ['--scope-mode', 'namespace-strict', '--resource-names=explicit', '--subject', 'a/sa', '--out', '-'];

    const { code, stdout, stderr } = await audicia(['generate', apiServerLog, ...strict]);

    expect(code).toBe(0);
    expect(stdout).not.toContain('kind: ClusterRole\n');
    expect(stdout).toContain('INCOMPLETE');
    expect(stdout).toContain('resourceNames:');
    expect(stderr).toContain('left out by --scope-mode NamespaceStrict');
  });

  it('--infer none grants nothing that was inferred', async () => {
    const granted = async (...flags: string[]) => {
      const { stdout } = await audicia(['generate', apiServerLog, '-s', 'a/sa', '-o', 'json', ...flags]);
      const [{ inferred }] = JSON.parse(stdout).subjects;
      return inferred.filter((grant: { granted: boolean }) => grant.granted).length;
    };

    expect(await granted()).toBeGreaterThan(0);
    expect(await granted('--no-infer')).toBe(0);
  });

  it('makes the same from saved usage as from the log', async () => {
    const usage = join(folder.path, 'usage.json');
    await audicia(['usage', apiServerLog, '--save', usage]);

    const fromLog = await audicia(['generate', apiServerLog, '--out', '-']);
    const fromUsage = await audicia(['generate', '--usage', usage, '--out', '-']);

    expect(fromUsage.stdout).toBe(fromLog.stdout);
    expect(fromLog.stdout).not.toBe('');
  });

  it('leaves out the control plane unless asked', async () => {
    const log = corpus('immudb-k8s.log');
    const subjects = async (...flags: string[]) => (await audicia(['generate', log, ...flags])).stdout;

    expect(await subjects()).not.toContain('User system:');
    expect(await subjects('--include-system-users')).toContain('User system:kube-scheduler');
  });

  it('refuses to replace a file that it did not write', async () => {
    const out = join(folder.path, 'foreign');
    mkdirSync(join(out, 'rbac/a'), { recursive: true });
    writeFileSync(join(out, 'rbac/a/sa-rbac.yaml'), 'mine: true\n');

    const { code, stderr } = await audicia(['generate', apiServerLog, '--out', out]);

    expect(code).toBe(3);
    expect(stderr).toContain('was not written by audicia');
    expect(readdirSync(join(out, 'rbac'))).toEqual(['a']);
  });
});

describe('bad input', () => {
  const damaged = `${readFileSync(apiServerLog, 'utf8').split('\n').slice(0, 40).join('\n')}\n{"kind":"Event","oops\n`;

  it('is told with its place, and is fatal with --strict only', async () => {
    const log = join(folder.path, 'damaged.log');
    writeFileSync(log, damaged);

    const lenient = await audicia(['generate', log]);
    const strict = await audicia(['generate', log, '--strict']);

    expect(lenient.code).toBe(0);
    expect(lenient.stderr).toMatch(/damaged\.log line 41 \(byte \d+\)/);
    expect(lenient.stdout).toContain('1 bad record (');
    expect(strict.code).toBe(1);
    expect(strict.stdout).toContain('Verified');
  });

  it('a log that cannot be read is an error even where another can', async () => {
    const { code, stderr, stdout } = await audicia(['generate', apiServerLog, '/no/such.log']);

    expect(code).toBe(3);
    expect(stderr).toContain('/no/such.log');
    expect(stdout).toContain('331 events');
  });

  it.each([
    ['a missing file', ['/no/such.log'], 3],
    ['no argument at all', [], 2],
  ])('%s has its own exit status and a sentence', async (_name, args, expected) => {
    const { code, stdout, stderr } = await audicia(['generate', ...args]);

    expect({ code, stdout }).toEqual({ code: expected, stdout: '' });
    expect(stderr).toMatch(/^error: .+/);
  });

  it('an empty log, a folder without logs and a log without events each end with their own status', async () => {
    const empty = join(folder.path, 'empty.log');
    const bare = join(folder.path, 'bare');
    const other = join(folder.path, 'other.log');
    writeFileSync(empty, '');
    mkdirSync(bare);
    writeFileSync(other, 'I1023 23:50:38.116061 1 options.go:221] hello\n');

    const codes = [];
    for (const path of [empty, bare, other]) codes.push((await audicia(['generate', path])).code);

    expect(codes).toEqual([4, 3, 4]);
  });
});

describe('Ctrl-C', () => {
  it('ends with 130 and leaves nothing behind', async () => {
    const cwd = join(folder.path, 'interrupted');
    mkdirSync(cwd);
    const pipe = join(folder.path, 'pipe');
    execFileSync('mkfifo', [pipe]);

    const child = startAudicia(['generate', pipe, '--out', 'policies'], { cwd });
    const ended = collect(child);
    // Opening a named pipe for writing waits until the other side has opened it for reading: the run is under way.
    const writer = await open(pipe, 'w');
    await writer.write(readFileSync(apiServerLog).subarray(0, 5_000));
    child.kill('SIGINT');
    const { code, stdout, stderr } = await ended;
    await writer.close();

    expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
    expect(stderr).toMatch(/^error: .*nterrupted/);
    expect(existsSync(join(cwd, 'policies'))).toBe(false);
  });
});

describe('--reports', () => {
  it('writes a report for each subject, whose manifests are those that were written', async () => {
    const out = join(folder.path, 'with-reports');

    const { code } = await audicia(['generate', apiServerLog, '--out', out, '--reports']);
    const again = await audicia(['generate', apiServerLog, '--out', out, '--reports']);
    const same = await audicia(['diff', join(out, 'reports/a/report-sa.yaml'), join(out, 'rbac/a')]);

    expect(code).toBe(0);
    expect(again.stdout).toContain('(0 new, 0 changed, ');
    expect(same.code).toBe(0);
  });

  it('needs somewhere to write', async () => {
    expect((await audicia(['generate', apiServerLog, '--reports'])).code).toBe(2);
  });
});
