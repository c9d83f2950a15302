// Runs over real and generated logs: the same result from any number of threads, bad input in its place, nothing left
// behind.
import { execFileSync, spawn } from 'node:child_process';
import { createReadStream, readFileSync } from 'node:fs';
import type { Worker } from 'node:worker_threads';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { keptBadRecords } from '../../src/engine/bad-records.ts';
import { engineFiles } from '../../src/engine/engine-files.ts';
import { TempFolder } from '../temp-folder.ts';
import {
  corpus,
  longLog,
  readByWorkers,
  readUsage,
  realLines,
  smallSizes,
  tableText,
  usageText,
} from './read-usage.ts';

const log = `${realLines.join('\n')}\n`;

describe('any number of threads gives the same result', () => {
  test.each([2, 3])('real logs of every format, %i threads', async (jobs) => {
    const one = await readUsage([corpus]);
    const several = await readByWorkers([corpus], jobs);

    expect([one.threads, several.threads]).toEqual([1, jobs]);
    expect(one.counts.events).toBeGreaterThan(3800);
    expect(usageText(several)).toBe(usageText(one));
    expect(several.badRecords).toEqual(one.badRecords);
    expect(several.inputs).toEqual(one.inputs);
  });

  test('a log of 80 MB, cut as documented', async () => {
    using folder = new TempFolder().write({ 'audit.log': longLog(80_000_000) });
    const options = { sizes: undefined };

    const one = await readUsage([folder.path], options);
    const two = await readUsage([folder.path], { ...options, jobs: 2 });

    expect([one.threads, two.threads]).toEqual([1, 2]);
    expect(usageText(two)).toBe(usageText(one));
    expect(one.counts).toMatchObject({ badRecords: 0, foreignLines: 0 });
    expect(one.counts.events).toBe(one.counts.lines);
  });

  test('a small log starts no thread, however many are allowed', async () => {
    const run = await readUsage([corpus], { jobs: 16, sizes: undefined });

    expect(run.threads).toBe(1);
  });

  test('cutting a log changes nothing', async () => {
    using folder = new TempFolder().write({ 'audit.log': log.replaceAll('\n', '\r\n').trimEnd() });

    const whole = await readUsage([folder.path], { sizes: { rangeBytes: 1e9, threadBytes: 1 } });
    const cut = await readUsage([folder.path], { jobs: 2, sizes: { rangeBytes: 10_000, threadBytes: 1 } });

    expect(usageText(cut)).toBe(usageText(whole));
    expect(cut.counts).toEqual(whole.counts);
  });

  test('a request in two files counts once, whichever thread reads them', async () => {
    const odd = realLines.filter((_, index) => index % 2 === 1);
    using folder = new TempFolder().write({ 'a.log': log, 'b.log': `${odd.join('\n')}\n`, 'c.log': `{}\n${log}` });

    const plain = await readUsage([folder.of('a.log')]);
    const one = await readUsage([folder.path]);
    const two = await readByWorkers([folder.path], 3);

    const requestsOf = (run: typeof one) => run.usage.parts[0]?.table.coverage.requests;
    expect([requestsOf(one), requestsOf(two)]).toEqual([requestsOf(plain), requestsOf(plain)]);
    expect(usageText(two)).toBe(usageText(one));
  });
});

describe('inputs', () => {
  const packed: Record<string, Uint8Array> = {
    gzip: gzipSync(log),
    'gzip of two members': Buffer.concat([gzipSync(log.slice(0, 1_000_000)), gzipSync(log.slice(1_000_000))]),
    zstd: zstdCompressSync(log),
  };
  test.each(Object.entries(packed))('%s gives what the plain log gives', async (_, bytes) => {
    using folder = new TempFolder().write({ 'a.log': log, 'b.log': bytes });

    const plain = await readUsage([folder.of('a.log')]);
    const other = await readUsage([folder.of('b.log')]);
    const both = await readByWorkers([folder.path], 2);

    expect(tableText(other)).toBe(tableText(plain));
    expect(usageText(both)).toBe(usageText(plain));
    expect(both.covered).toHaveLength(1);
  });

  test('standard input gives what the file gives, down to the source', async () => {
    using folder = new TempFolder().write({ 'a.log': log });

    const file = await readUsage([folder.of('a.log')]);
    const stream = await readUsage(['-'], { jobs: 2, stdin: createReadStream(folder.of('a.log')) });

    expect(tableText(stream)).toBe(tableText(file));
    const placeOf = (run: typeof file) =>
      run.usage.parts[0]?.segments.map(({ source, from, to }) => ({ source, from, to }));
    expect(placeOf(stream)).toEqual(placeOf(file));
    expect(placeOf(file)).toMatchObject([{ from: 0, to: Buffer.byteLength(log) }]);
  });

  test('a named pipe is read like a file', async () => {
    using folder = new TempFolder().write({ 'a.log': log });
    execFileSync('mkfifo', [folder.of('pipe')]);
    spawn('cp', [folder.of('a.log'), folder.of('pipe')]);

    const pipe = await readUsage([folder.of('pipe')], { jobs: 2 });

    expect(tableText(pipe)).toBe(tableText(await readUsage([folder.of('a.log')])));
  });

  test('standard input and files together, with workers', async () => {
    using folder = new TempFolder().write({ 'a.log': log });
    const half = realLines.slice(0, 1000).join('\n');

    const together = await readUsage([folder.of('a.log'), '-'], { jobs: 2, stdin: bytesOf(`${half}\n`) });
    const alone = await readUsage([folder.of('a.log')]);

    expect(together.threads).toBe(2);
    expect(together.counts.events).toBe(realLines.length + 1000);
    expect(together.usage.parts[0]?.table.coverage.requests).toBe(alone.usage.parts[0]?.table.coverage.requests);
  });

  test('a copy-truncate set counts every request once', async () => {
    const at = (lines: number) => `${realLines.slice(0, lines).join('\n')}\n`;
    using folder = new TempFolder().write({
      'audit.log.2.gz': gzipSync(at(500)),
      'audit.log.1': at(2000),
      'audit.log': log,
    });

    const set = await readUsage([folder.path], { jobs: 2 });
    const whole = await readUsage([folder.of('audit.log')]);

    expect(usageText(set)).toBe(usageText(whole));
  });

  test('a cut gzip file keeps what came before, and is reported', async () => {
    const cut = gzipSync(log).subarray(0, 60_000);
    using folder = new TempFolder().write({ 'a.gz': cut, 'b.log': readFileSync(`${corpus}audit2rbac-demo.log`) });

    const run = await readByWorkers([folder.path], 3);

    expect(run.inputs[0]?.counts.events).toBeGreaterThan(300);
    expect(run.inputs[1]?.counts).toMatchObject({ events: 37, badRecords: 0 });
    expect(run.problems).toMatchObject([{ kind: 'damaged', path: folder.of('a.gz') }]);
    expect(run.badRecords.at(-1)).toMatchObject({ kind: 'truncated', path: folder.of('a.gz') });
    const counted = run.usage.parts[0]?.table.coverage.badRecords.get('truncated');
    expect(counted).toBe(run.inputs[0]?.counts.badRecords);
  });

  test('a missing file is reported beside the others', async () => {
    using folder = new TempFolder().write({ 'a.log': log });

    const run = await readUsage([folder.of('gone.log'), folder.of('a.log')]);

    expect(run.problems).toMatchObject([{ kind: 'missing', path: folder.of('gone.log') }]);
    expect(run.counts.events).toBe(realLines.length);
  });
});

describe('bad records', () => {
  test.each([
    ['one thread', (path: string) => readUsage([path])],
    ['two workers', (path: string) => readByWorkers([path], 3)],
  ])('keep their line and offset in a cut file, %s', async (_, read) => {
    const lines = [...realLines];
    const places = [3, 700, 1500, 2960];
    for (const at of places) lines[at] = (lines[at] as string).slice(0, 300);
    const text = `${lines.join('\n')}\n`;
    using folder = new TempFolder().write({ 'a.log': text });

    const run = await read(folder.path);

    expect(run.badRecords.map(({ line }) => line)).toEqual(places.map((at) => at + 1));
    for (const { line, offset } of run.badRecords) {
      expect(Buffer.from(text).subarray(0, offset).toString().split('\n').length).toBe(line);
    }
  });

  test('beyond the bound are counted, and the first ones kept in order', async () => {
    const some = (from: number, count: number) =>
      Array.from({ length: count }, (_, index) => `{"auditID":"${from + index}",\n${realLines[0]}\n`).join('');
    using folder = new TempFolder().write({
      'a.log': some(0, 4000),
      'b.log': some(10_000, 4000),
      'c.log.gz': gzipSync(some(20_000, 4000)),
    });

    const run = await readByWorkers([folder.path], 3);

    expect(run.counts.badRecords).toBe(12_000);
    expect(run.badRecords).toHaveLength(keptBadRecords);
    const keys = run.badRecords.map(({ path, line }) => `${path} ${String(line).padStart(8, '0')}`);
    expect(keys).toEqual([...keys].sort());
    expect(run.badRecords.filter(({ path }) => path === folder.of('c.log.gz'))).toHaveLength(2000);
  });
});

describe('ending early', () => {
  test.each([1, 2])('a signal in the middle of a run ends it and leaves no thread, %i thread(s)', async (jobs) => {
    using folder = new TempFolder().write({ 'a.log': longLog(60_000_000) });
    const workers: Worker[] = [];
    const remember = (worker: Worker) => workers.push(worker);
    process.on('worker', remember);
    const abort = new AbortController();

    const run = readUsage([folder.path], {
      jobs,
      sizes: { rangeBytes: 4_000_000, threadBytes: 1 },
      signal: abort.signal,
      onProgress: ({ bytes }) => {
        if (bytes > 8_000_000) abort.abort();
      },
    });

    await expect(run).rejects.toMatchObject({ code: 'interrupted' });
    process.off('worker', remember);
    expect(workers).toHaveLength(jobs - 1);
    // A thread that is gone has no number any more.
    expect(workers.map((worker) => worker.threadId)).toEqual(workers.map(() => -1));
  });

  test('a signal that has been given already starts nothing', async () => {
    await expect(readUsage([corpus], { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'interrupted' });
  });

  test.each([
    ['throws', 'throw new Error("broken")', 'broken'],
    ['ends', 'process.exit(3)', 'status 3'],
  ])('a worker that %s ends the run with an error of our own', async (_, code, words) => {
    using folder = new TempFolder().write({ 'a.log': log, 'worker.mjs': code });
    const files = { ...engineFiles(), worker: new URL(`file://${folder.of('worker.mjs')}`) };

    const run = readUsage([folder.of('a.log')], { jobs: 2, files });

    await expect(run).rejects.toMatchObject({ code: 'internal', message: expect.stringContaining(words) });
  });
});

test('progress ends at the whole, counts the bytes on disk, and never goes back', async () => {
  using folder = new TempFolder().write({ 'a.log': log, 'b.gz': gzipSync(`{}\n${log}`) });
  const seen: { bytes: number; totalBytes: number | undefined; events: number }[] = [];

  await readUsage([folder.path], { jobs: 2, sizes: smallSizes, onProgress: (progress) => seen.push(progress) });

  const total = Buffer.byteLength(log) + gzipSync(`{}\n${log}`).length;
  expect(seen.at(-1)).toEqual({ bytes: total, totalBytes: total, events: 2 * realLines.length });
  for (const [index, { bytes }] of seen.entries()) expect(bytes).toBeGreaterThanOrEqual(seen[index - 1]?.bytes ?? 0);
});

async function* bytesOf(text: string): AsyncIterable<Uint8Array> {
  yield Buffer.from(text);
}
