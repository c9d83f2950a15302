// audicia explain, as a user runs it.
import { describe, expect, it } from 'vitest';
import { apiServerLog, audicia } from './run-audicia.ts';

const ask = (...words: string[]) => audicia(['explain', ...words, '--log', apiServerLog]);

describe('audicia explain', () => {
  it('lists every rule with its evidence and an event to look up', async () => {
    const { code, stdout } = await ask('a/sa');

    expect(code).toBe(0);
    expect(stdout).toMatch(/^ServiceAccount a\/sa\n\d+ rules in 4 objects\.\n/);
    expect(stdout).toMatch(/ {2}by Role a\/audicia-sa, in a\n {2}PERMISSION .* SEEN AS +EXAMPLE EVENT\n/);
    expect(stdout).toContain('create-on-update: ');
  });

  it.each([
    ['what was used', ['get', 'namespaces', 'a', '-n', 'a'], 'Granted: '],
    ['the same in one text', ['get namespaces in a (name a)'], 'Granted: '],
    ['what everybody has', ['get', '/version'], 'Granted by default: '],
    ['what was refused', ['list', 'secrets', '-n', 'a'], 'Not granted: ServiceAccount a/sa asked to list secrets in a'],
    ['what was never seen', ['list', 'secrets', '-n', 'b'], 'Not granted: ServiceAccount a/sa was never seen'],
  ])('says of %s why', async (_name, words, verdict) => {
    const { code, stdout } = await ask('a/sa', ...words);

    expect(code).toBe(0);
    expect(stdout.slice(0, verdict.length)).toBe(verdict);
  });

  it('shows the nearest that was seen', async () => {
    const { stdout } = await ask('a/sa', 'list', 'secrets', '-n', 'b');

    expect(stdout).toMatch(/The nearest that was seen:\n {2}DIFFERS IN .*\n {2}namespace +list secrets in a /);
  });

  it.each(['a/sa', 'sa:a/sa', 'system:serviceaccount:a:sa', 'ServiceAccount a/sa'])(
    'finds the subject as %s',
    async (word) => {
      const { stdout } = await ask(word, 'get', '/version', '--output', 'json');

      expect(JSON.parse(stdout)).toMatchObject({ subject: { namespace: 'a', name: 'sa' }, verdict: 'default' });
    },
  );

  it('suggests names where there is none', async () => {
    const { code, stderr } = await ask('impersonater');

    expect(code).toBe(2);
    expect(stderr).toContain('Near it: User impersonator.');
  });
});
