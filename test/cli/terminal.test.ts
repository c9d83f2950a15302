// What holds for every command: help, flags, completion, colours, pipes.
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { apiServerLog, audicia, collect, startAudicia } from './run-audicia.ts';

const commands = ['generate', 'usage', 'explain', 'verify', 'diff', 'can-i', 'completion'];

describe('help', () => {
  it("lists every command, and --version is the package's", async () => {
    const { code, stdout } = await audicia(['--help']);

    expect(code).toBe(0);
    for (const command of commands) expect(stdout).toMatch(new RegExp(`^  ${command} +\\S`, 'm'));
    expect(stdout).not.toContain('__complete');
    expect((await audicia([])).stdout).toBe(stdout);
    expect((await audicia(['--version'])).stdout).toBe(`${packageJson.version}\n`);
  });

  it.each(commands)('of %s shows how to use it and its flags', async (command) => {
    const { code, stdout } = await audicia([command, '--help']);

    expect(code).toBe(0);
    expect(stdout).toMatch(/^USAGE\n {2}audicia /m);
    expect(stdout).toMatch(/^ {2}-h, --help/m);
  });
});

describe('habits of kubectl', () => {
  it('short flags may stand next to their values, an empty value after =, and help before the command', async () => {
    const asked = ['can-i', 'get', 'secrets', '--rbac', 'examples/rbac', '--as', 'system:serviceaccount:a:sa'];

    expect((await audicia([...asked, '-na', '-ojson'])).stdout).toMatch(/^\{"allowed":true/);
    expect((await audicia([...asked, '--namespace='])).stdout).toMatch(/^yes/);
    expect(await audicia(['help', 'diff'])).toEqual(await audicia(['diff', '--help']));
  });
});

describe('a wrong command line', () => {
  it.each([
    ['an unknown command', ['generat'], 'generat'],
    ['an unknown flag', ['generate', '--scopemode', 'x'], '--scopemode'],
    ['a value that is not allowed', ['generate', 'x', '--scope-mode', 'Cluster'], '--scope-mode'],
    ['a flag without its value', ['generate', 'x', '--out'], '--out'],
    ['a number that is none', ['generate', 'x', '--jobs', '0'], '--jobs'],
    ['a version that is none', ['generate', 'x', '--target-version', 'new'], '--target-version'],
    ['an inference that is none', ['generate', apiServerLog, '--infer', 'escalte'], 'Did you mean escalate'],
    ['an argument too many', ['diff', 'a', 'b', 'c'], '"c"'],
    ['a missing argument', ['diff', 'a'], 'NEW'],
    ['a flag before the command', ['--strict', 'generate'], '--strict'],
  ])('%s ends with 2 and names it', async (_name, args, named) => {
    const { code, stdout, stderr } = await audicia(args);

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(named);
    expect(stderr).toMatch(/^error: /);
    expect(stderr).not.toContain('    at ');
  });

  it('is a JSON document on stderr with --output json', async () => {
    const { code, stdout, stderr } = await audicia(['generate', 'x', '--jobs', '0', '--output', 'json']);

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(JSON.parse(stderr).error).toMatchObject({ code: 'bad-flag', message: expect.stringContaining('--jobs') });
  });

  it('--verbose adds where it happened', async () => {
    const { stderr } = await audicia(['usage', 'merge', '/no/such.json', '--verbose']);

    expect(stderr).toContain('there is no such file or folder');
    expect(stderr).toContain('caused by: ');
  });
});

describe('colours', () => {
  const escapeCharacter = String.fromCharCode(27);

  it('are absent when piped and with NO_COLOR, present with --color always', async () => {
    const piped = await audicia(['usage', apiServerLog]);
    const always = await audicia(['usage', apiServerLog, '--color', 'always'], { env: { NO_COLOR: '1' } });
    const never = await audicia(['usage', apiServerLog, '--color=never'], { env: { FORCE_COLOR: '1' } });

    expect(piped.stdout + piped.stderr).not.toContain(escapeCharacter);
    expect(always.stdout).toContain(`${escapeCharacter}[1m`);
    expect(never.stdout + never.stderr).not.toContain(escapeCharacter);
  });

  it('an escape sequence in a name is shown, not obeyed', async () => {
    const event = {
      kind: 'Event',
      apiVersion: 'audit.k8s.io/v1',
      level: 'Metadata',
      auditID: 'a',
      stage: 'ResponseComplete',
      requestURI: '/api/v1/namespaces/a/pods',
      verb: 'list',
      user: { username: `eve${escapeCharacter}[2J`, groups: ['system:authenticated'] },
      responseStatus: { code: 200 },
      requestReceivedTimestamp: '2026-11-20T10:00:00.000000Z',
      stageTimestamp: '2026-11-20T10:00:00.000000Z',
      annotations: { 'authorization.k8s.io/decision': 'allow', 'authorization.k8s.io/reason': '' },
    };
    const input = `${JSON.stringify(event)}\n`;

    const usage = await audicia(['usage', '-'], { input });
    const generated = await audicia(['generate', '-', '--out', '-'], { input });

    for (const { code, stdout, stderr } of [usage, generated]) {
      expect(code).toBe(0);
      expect(stdout + stderr).not.toContain(escapeCharacter);
      expect(stdout + stderr).toContain('eve');
    }
  });
});

describe('a reader that has seen enough', () => {
  it('is success', async () => {
    const child = startAudicia(['can-i', '--rbac', 'examples/rbac', '--stdin']);
    const line = '{"user":{"name":"eve"},"attributes":{"verb":"get","path":"/metrics"}}\n';
    child.stdin.on('error', () => {
      // Expected: the program has ended.
    });
    Readable.from([line.repeat(100_000)]).pipe(child.stdin);
    child.stdout.once('data', () => child.stdout.destroy());

    const { code, stderr } = await collect(child);

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });
});

describe('standard input', () => {
  it('is read as -', async () => {
    const child = startAudicia(['generate', '-']);
    createReadStream(apiServerLog).pipe(child.stdin);

    const { code, stdout } = await collect(child);

    expect(code).toBe(0);
    expect(stdout).toContain('331 events in 1 input');
  });
});

describe('completion', () => {
  it.each(['bash', 'zsh', 'fish', 'powershell'])('has a script for %s that asks the program', async (shell) => {
    const { code, stdout } = await audicia(['completion', shell]);

    expect(code).toBe(0);
    expect(stdout).toContain('audicia __complete');
  });

  it('proposes commands, flags and values', async () => {
    const propose = async (...words: string[]) => {
      const { stdout } = await audicia(['__complete', '--', ...words]);
      return stdout.split('\n').map((line) => line.split('\t')[0]);
    };

    expect(await propose('')).toEqual(expect.arrayContaining(commands));
    expect(await propose('generate', '--sc')).toEqual(['--scope-mode', '']);
    expect(await propose('generate', '--scope-mode', '')).toEqual(['ClusterScopeAllowed', 'NamespaceStrict', '']);
    expect(await propose('generate', '--infer', 'esc')).toEqual(['escalate', '']);
    expect(await propose('completion', 'z')).toEqual(['zsh', '']);
    expect(await propose('usage', 'm')).toEqual(['merge', '']);
    expect(await propose('generate', '')).toEqual(['']);
  });

  it('an unknown shell is a usage error', async () => {
    expect((await audicia(['completion', 'tcsh'])).code).toBe(2);
  });
});
