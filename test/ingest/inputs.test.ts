// Which inputs a list of names stands for: folders, patterns, rotated sets, copies, and what cannot be read.
import { execFileSync } from 'node:child_process';
import { chmodSync, linkSync, symlinkSync } from 'node:fs';
import { relative } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../src/base/errors.ts';
import { resolveInputs } from '../../src/flow/ingest/inputs.ts';
import { TempFolder } from '../temp-folder.ts';
import { auditLines } from './records.ts';

/** The paths to be read, relative to the folder. */
async function pathsOf(folder: TempFolder, ...args: string[]): Promise<string[]> {
  const { inputs } = await resolveInputs(args.map((arg) => folder.of(arg)));
  return inputs.map((input) => relative(folder.path, input.path));
}

/** Different content for every name, so that nothing is a copy. */
function distinct(...names: string[]): Record<string, string> {
  return Object.fromEntries(names.map((name, index) => [name, auditLines(1, index)]));
}

describe('folders', () => {
  test('logs of a folder are found at any depth, other files are not', async () => {
    using folder = new TempFolder().write(
      distinct(
        'a.log',
        'b.json',
        'c/d.jsonl',
        'c/e/f.ndjson',
        'g.txt',
        'README.md',
        '.hidden.log',
        '.git/h.log',
        'x.tar.gz',
      ),
    );

    expect(await pathsOf(folder, '')).toEqual(['a.log', 'b.json', 'g.txt', 'c/d.jsonl', 'c/e/f.ndjson']);
  });

  test('compressed and rotated logs are found by their names', async () => {
    using folder = new TempFolder().write(
      distinct(
        'audit.log.1',
        '000000.gz',
        'audit.log-20261119',
        'b.zst',
        'messages.1',
        'audit-2026-11-20T10-00-00.000.log',
      ),
    );

    expect(await pathsOf(folder, '')).toEqual([
      '000000.gz',
      'audit-2026-11-20T10-00-00.000.log',
      'audit.log-20261119',
      'audit.log.1',
      'b.zst',
    ]);
  });

  test('a folder without logs is an error of its own', async () => {
    using folder = new TempFolder().write({ 'README.md': '# no log' });

    const error = await failure([folder.path]);

    expect(error.code).toBe('no-input' satisfies ErrorCode);
    expect(error.message).toContain(`directory "${folder.path}" holds no logs`);
  });

  test('links to files are followed, links to folders are not', async () => {
    using folder = new TempFolder().write(distinct('real/a.log', 'logs/b.log'));
    symlinkSync(folder.of('real/a.log'), folder.of('logs/link.log'));
    symlinkSync(folder.of('logs'), folder.of('logs/round.log'));

    expect(await pathsOf(folder, 'logs')).toEqual(['logs/b.log', 'logs/link.log']);
  });
});

describe('order', () => {
  test('a rotated set is read oldest first', async () => {
    const set = [
      'audit-2026-11-19T23-59-59.123.log.gz',
      'audit-2026-11-20T10-00-00.000.log',
      'audit.log.10.gz',
      'audit.log.2.gz',
      'audit.log.1',
      'audit.log',
    ];
    using folder = new TempFolder().write(distinct(...set.toReversed()));

    expect(await pathsOf(folder, '')).toEqual(set);
    expect(await pathsOf(folder, 'audit*')).toEqual(set);
  });

  test('names keep the order in which they were given', async () => {
    using folder = new TempFolder().write(distinct('b.log', 'a.log'));

    expect(await pathsOf(folder, 'b.log', 'a.log')).toEqual(['b.log', 'a.log']);
  });
});

describe('patterns', () => {
  test.each([
    ['*.log', ['a b.log', 'c[1].log', 'd.log', 'é.log']],
    ['**/*.log', ['a b.log', 'c[1].log', 'd.log', 'é.log', 'sub/deep/e.log']],
    ['{d,é}.log', ['d.log', 'é.log']],
    ['?.log', ['d.log', 'é.log']],
    ['[c-e]*.log', ['c[1].log', 'd.log']],
    ['sub/*', ['sub/deep/e.log']],
    ['.*.log', ['.dot.log']],
  ])('%s', async (pattern, expected) => {
    using folder = new TempFolder().write(
      distinct('a b.log', 'c[1].log', 'd.log', 'é.log', '.dot.log', 'sub/deep/e.log', 'x.md'),
    );

    expect(await pathsOf(folder, pattern)).toEqual(expected);
  });

  test('a file whose name looks like a pattern is that file', async () => {
    using folder = new TempFolder().write(distinct('c[1].log', 'c1.log', '*.log'));

    expect(await pathsOf(folder, 'c[1].log')).toEqual(['c[1].log']);
    expect(await pathsOf(folder, '*.log')).toEqual(['*.log']);
  });

  test('a pattern without a match is named', async () => {
    using folder = new TempFolder();

    const error = await failure([folder.of('*.log')]);

    expect(error.code).toBe('no-input' satisfies ErrorCode);
    expect(error.message).toBe(`no file matches the pattern "${folder.of('*.log')}"`);
  });
});

describe('copies', () => {
  const long = auditLines(100);

  test('a file given twice, by any name, is read once', async () => {
    using folder = new TempFolder().write({ 'a.log': long });
    symlinkSync(folder.of('a.log'), folder.of('soft.log'));
    linkSync(folder.of('a.log'), folder.of('hard.log'));

    const { inputs, covered } = await resolveInputs(
      ['a.log', 'a.log', 'soft.log', 'hard.log'].map((name) => folder.of(name)),
    );

    expect(inputs.map((input) => input.path)).toEqual([folder.of('a.log')]);
    expect(covered.map(({ how }) => how)).toEqual(['same-file', 'same-file', 'same-file']);
  });

  test.each([
    ['short', auditLines(2)],
    ['long', long],
  ])('a %s log beside its copy, its gzip and its zstd copy is read once', async (_, text) => {
    using folder = new TempFolder().write({
      'a.gz': gzipSync(text),
      'b.log': text,
      'c.log': text,
      'd.zst': zstdCompressSync(text),
    });

    const { inputs, covered } = await resolveInputs([folder.path]);

    expect(inputs.map((input) => relative(folder.path, input.path))).toEqual(['b.log']);
    expect(covered.map(({ path, by, how }) => [relative(folder.path, path), relative(folder.path, by), how])).toEqual([
      ['a.gz', 'b.log', 'copy'],
      ['c.log', 'b.log', 'copy'],
      ['d.zst', 'b.log', 'copy'],
    ]);
  });

  test.each([1, 2, 5, 30, 99])('a copy that ends after %i lines is covered by the log that grew on', async (lines) => {
    using folder = new TempFolder().write({ 'audit.log.1': auditLines(lines), 'audit.log': long });

    const { inputs, covered } = await resolveInputs([folder.path]);

    expect(inputs.map((input) => relative(folder.path, input.path))).toEqual(['audit.log']);
    expect(covered).toEqual([{ path: folder.of('audit.log.1'), by: folder.of('audit.log'), how: 'prefix' }]);
  });

  test('a chain of growing copies leaves the longest', async () => {
    using folder = new TempFolder().write({
      'a.log': auditLines(1),
      'b.log.gz': gzipSync(auditLines(2)),
      'c.log': auditLines(60),
      'd.log.gz': gzipSync(long),
    });

    const { inputs, covered } = await resolveInputs([folder.path]);

    expect(inputs.map((input) => relative(folder.path, input.path))).toEqual(['d.log.gz']);
    expect(covered.map(({ by, how }) => [relative(folder.path, by), how])).toEqual(
      Array(3).fill(['d.log.gz', 'prefix']),
    );
  });

  test('logs that begin alike and then differ are all read, as different sources', async () => {
    using folder = new TempFolder().write({
      'a.log': long + auditLines(5, 1000),
      'b.log': long + auditLines(3, 2000),
      'c.log': long + auditLines(3, 3000),
      'd.log': long,
    });

    const { inputs } = await resolveInputs([folder.path]);

    expect(inputs.map((input) => relative(folder.path, input.path))).toEqual(['a.log', 'b.log', 'c.log']);
    const sources = new Set(inputs.map((input) => (input.kind === 'file' ? input.source : '')));
    expect(sources.size).toBe(3);
  });

  test('the source depends on the content, not on its name or packing', async () => {
    using folder = new TempFolder().write({ 'a.log': long, 'b.gz': gzipSync(long), 'c.log': auditLines(100, 1) });
    const sourceOf = async (name: string) => (await resolveInputs([folder.of(name)])).inputs[0];

    expect(await sourceOf('b.gz')).toMatchObject({ source: ((await sourceOf('a.log')) as { source: string }).source });
    expect(await sourceOf('c.log')).not.toMatchObject({
      source: ((await sourceOf('a.log')) as { source: string }).source,
    });
  });
});

describe('what cannot be read', () => {
  test('one of several is named, and the others go on', async () => {
    using folder = new TempFolder().write(distinct('a.log'));

    const { inputs, problems } = await resolveInputs([folder.of('gone.log'), folder.of('a.log')]);

    expect(inputs.map((input) => input.path)).toEqual([folder.of('a.log')]);
    expect(problems).toEqual([
      { kind: 'missing', path: folder.of('gone.log'), message: `file "${folder.of('gone.log')}" does not exist` },
    ]);
  });

  const corruptGzip = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff]);
  test.each<[string, string | Uint8Array, ErrorCode, string]>([
    ['nothing in it', '', 'no-events', 'is empty'],
    ['a gzip file with nothing in it', gzipSync(''), 'no-events', 'is empty'],
    [
      'xz',
      Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 1, 2]),
      'unreadable-input',
      'is xz-compressed, which Audicia does not read',
    ],
    ['zip', Buffer.from('PK\u0003\u0004rest'), 'unreadable-input', 'is a zip archive'],
    ['UTF-16', Buffer.from('\ufeff{}', 'utf16le'), 'unreadable-input', 'is UTF-16 text'],
    ['gzip of gzip', gzipSync(gzipSync(auditLines(1))), 'unreadable-input', 'is compressed twice'],
    ['a damaged gzip file', corruptGzip, 'unreadable-input', 'gzip stream is damaged'],
  ])('%s', async (_, content, code, words) => {
    using folder = new TempFolder().write({ 'x.log': content });

    const error = await failure([folder.of('x.log')]);

    expect(error.code).toBe(code);
    expect(error.message).toContain(folder.of('x.log'));
    expect(error.message).toContain(words);
  });

  test('a file and a folder without permission', async () => {
    using folder = new TempFolder().write(distinct('x.log', 'locked/y.log'));
    chmodSync(folder.of('x.log'), 0);
    chmodSync(folder.of('locked'), 0);

    // Root may read everything, so another user must look: its own process, that gives up root.
    const script = `
      if (process.getuid() === 0) { process.setgroups([]); process.setgid(65534); process.setuid(65534); }
      const { resolveInputs } = await import(${JSON.stringify(new URL('../../src/flow/ingest/inputs.ts', import.meta.url).href)});
      await resolveInputs(process.argv.slice(1)).catch((error) => console.log(error.code, error.message));`;
    chmodSync(folder.path, 0o755);
    const output = execFileSync(
      process.execPath,
      ['--input-type=module', '-e', script, folder.of('x.log'), folder.of('locked')],
      { encoding: 'utf8' },
    );
    chmodSync(folder.of('locked'), 0o700);

    expect(output).toContain('unreadable-input');
    expect(output).toContain(`file "${folder.of('x.log')}" cannot be read: permission denied`);
    expect(output).toContain(`file "${folder.of('locked')}" cannot be read: permission denied`);
  });

  test('a device is no log, and /dev/null is an empty one', async () => {
    expect((await failure(['/dev/zero'])).message).toBe('"/dev/zero" is a device, not a log');
    expect((await failure(['/dev/null'])).code).toBe('no-events' satisfies ErrorCode);
  });

  test('no names at all', async () => {
    expect((await failure([])).code).toBe('no-input' satisfies ErrorCode);
  });
});

test('standard input and pipes are streams; standard input is read once', async () => {
  using folder = new TempFolder();
  execFileSync('mkfifo', [folder.of('pipe')]);

  const { inputs } = await resolveInputs(['-', folder.of('pipe'), '/dev/stdin']);

  expect(inputs).toEqual([
    { kind: 'stream', path: '-' },
    { kind: 'stream', path: folder.of('pipe') },
  ]);
});

test('a file that says it is empty, and is not, is read as a stream', async () => {
  expect((await resolveInputs(['/proc/self/status'])).inputs).toEqual([{ kind: 'stream', path: '/proc/self/status' }]);
});

async function failure(args: string[]): Promise<{ code: string; message: string }> {
  const error: unknown = await resolveInputs(args).then(
    () => new Error('resolved'),
    (caught: unknown) => caught,
  );
  return error as { code: string; message: string };
}
