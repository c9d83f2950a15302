// The bytes that reach the decoder: from files, ranges of files, compressed files and streams, whole or damaged.
import { createReadStream, renameSync, truncateSync, writeFileSync } from 'node:fs';
import { constants, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { detectCompression } from '../../src/flow/ingest/compression.ts';
import { cutFile } from '../../src/flow/ingest/cut.ts';
import type { FileInput } from '../../src/flow/ingest/input.ts';
import { resolveInputs } from '../../src/flow/ingest/inputs.ts';
import { readFile, readRange, readStream } from '../../src/flow/ingest/read.ts';
import { createUnpacker } from '../../src/flow/ingest/unpack.ts';
import { TempFolder } from '../temp-folder.ts';
import { LineDecoder } from './line-decoder.ts';
import { auditLines } from './records.ts';

async function fileOf(folder: TempFolder, name: string): Promise<FileInput> {
  const { inputs } = await resolveInputs([folder.of(name)]);
  return inputs[0] as FileInput;
}

/** Deterministic bytes that hardly compress, as lines. */
function noise(bytes: number): string {
  let state = 1;
  let text = '';
  while (text.length < bytes) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    text += String.fromCharCode(33 + ((state >>> 16) % 90));
    if (text.length % 100 === 99) text += '\n';
  }
  return text;
}

const text = auditLines(3000);
const skippable = Buffer.concat([Buffer.from([0x52, 0x2a, 0x4d, 0x18, 5, 0, 0, 0]), Buffer.from('hello')]);
const halves = [text.slice(0, 200_000), text.slice(200_000)] as const;

describe('whole files', () => {
  test.each<[string, string | Uint8Array]>([
    ['plain', text],
    ['gzip', gzipSync(text)],
    ['gzip with several members', Buffer.concat([gzipSync(halves[0]), gzipSync(''), gzipSync(halves[1])])],
    ['gzip with padding', Buffer.concat([gzipSync(text), Buffer.alloc(512)])],
    ['zstd', zstdCompressSync(text)],
    ['zstd with several frames', Buffer.concat(halves.map((half) => zstdCompressSync(half)))],
    [
      'zstd with skippable frames',
      Buffer.concat([skippable, zstdCompressSync(halves[0]), skippable, zstdCompressSync(halves[1])]),
    ],
  ])('%s', async (_, content) => {
    using folder = new TempFolder().write({ 'a.log': content });
    const decoder = new LineDecoder();
    let bytes = 0;

    const outcome = await readFile(decoder, await fileOf(folder, 'a.log'), { onBytes: (more) => (bytes += more) });

    expect(decoder.text).toBe(text);
    expect(outcome).toMatchObject({ problems: [], bad: undefined });
    expect(bytes).toBe(Buffer.byteLength(content));
  });
});

test.each([
  ['gzip', gzipSync(text)],
  ['zstd', zstdCompressSync(text)],
])('what the taker of bytes throws comes back out of reading %s', async (_, content) => {
  const unpacker = createUnpacker(detectCompression(content), () => {
    throw new Error('taker');
  });

  await expect(unpacker.push(content)).rejects.toThrow('taker');
  unpacker.close();
});

describe('damaged files keep what came before', () => {
  const long = noise(1_000_000);
  const cut = (packed: Buffer) => packed.subarray(0, Math.floor(packed.length * 0.7));
  const flipped = (packed: Buffer) => {
    const copy = Buffer.from(packed);
    copy.fill(0xff, Math.floor(copy.length * 0.7), Math.floor(copy.length * 0.7) + 64);
    return copy;
  };
  test.each<[string, Buffer, string]>([
    ['gzip that ends early', cut(gzipSync(long)), 'the file was cut'],
    ['gzip with wrong bytes', flipped(gzipSync(long)), 'the gzip stream'],
    [
      'second gzip member that ends early',
      Buffer.concat([gzipSync(long.slice(0, 500_000)), cut(gzipSync(long.slice(500_000)))]),
      'the file was cut',
    ],
    ['zstd that ends early', cut(zstdCompressSync(long)), 'the file was cut'],
    [
      'zstd with wrong bytes',
      flipped(zstdCompressSync(long, { params: { [constants.ZSTD_c_checksumFlag]: 1 } })),
      'damaged',
    ],
  ])('%s', async (_, content, words) => {
    using folder = new TempFolder().write({ 'a.log': content });
    const decoder = new LineDecoder();

    const outcome = await readFile(decoder, await fileOf(folder, 'a.log'), {});

    // At most one output step and one block are lost before the damaged place.
    expect(decoder.text.length).toBeGreaterThan(300_000);
    expect(long.startsWith(decoder.text.slice(0, 300_000))).toBe(true);
    expect(outcome.problems).toMatchObject([{ kind: 'damaged', message: expect.stringContaining(words) }]);
    expect(outcome.bad).toMatchObject({ kind: 'truncated', offset: outcome.counts.bytes });
    expect(outcome.counts.badRecords).toBe(1);
  });

  test.each<[string, Buffer]>([
    ['gzip', gzipSync(text)],
    ['zstd', zstdCompressSync(text)],
  ])('%s followed by something else: all of it is kept, the rest is named', async (_, packed) => {
    using folder = new TempFolder().write({ 'a.log': Buffer.concat([packed, Buffer.from('{"kind":"Event"}\n')]) });
    const decoder = new LineDecoder();

    const outcome = await readFile(decoder, await fileOf(folder, 'a.log'), {});

    expect(decoder.text).toBe(text);
    expect(outcome.problems).toMatchObject([{ kind: 'damaged' }]);
  });

  test('a wrong gzip checksum is named', async () => {
    const packed = Buffer.from(gzipSync(text));
    packed[packed.length - 5] = (packed[packed.length - 5] as number) ^ 1;
    using folder = new TempFolder().write({ 'a.log': packed });

    const outcome = await readFile(new LineDecoder(), await fileOf(folder, 'a.log'), {});

    expect(outcome.problems[0]?.message).toContain('checksum');
  });
});

test.each([
  ['plain', Buffer.from(text)],
  ['gzip', gzipSync(text)],
])('a defect in decoding a %s file is not taken for a file that cannot be read', async (_, content) => {
  using folder = new TempFolder().write({ 'a.log': content });
  const decoder = new LineDecoder();
  decoder.filled = () => {
    throw new TypeError('defect');
  };

  await expect(readFile(decoder, await fileOf(folder, 'a.log'), {})).rejects.toThrow('defect');
});

describe('files that change while they are read', () => {
  test('what is appended later is not read', async () => {
    using folder = new TempFolder().write({ 'a.log': text });
    const input = await fileOf(folder, 'a.log');
    writeFileSync(folder.of('a.log'), auditLines(5, 9000), { flag: 'a' });
    const decoder = new LineDecoder();

    await readFile(decoder, input, {});

    expect(decoder.text).toBe(text);
  });

  test('a file that was rotated away or cut short is named', async () => {
    using folder = new TempFolder().write({ 'a.log': text, 'b.log': auditLines(100, 500) });
    const rotated = await fileOf(folder, 'a.log');
    const shorter = await fileOf(folder, 'b.log');
    renameSync(folder.of('a.log'), folder.of('a.log.1'));
    writeFileSync(folder.of('a.log'), auditLines(1, 7000));
    truncateSync(folder.of('b.log'), 1000);
    const decoder = new LineDecoder();

    const outcomes = [await readFile(decoder, rotated, {}), await readFile(decoder, shorter, {})];

    expect(outcomes.map((outcome) => outcome.problems[0]?.kind)).toEqual(['changed', 'changed']);
    expect(decoder.parts.map((part) => Buffer.byteLength(part.text))).toEqual([0, 1000]);
  });
});

describe('ranges', () => {
  test.each<[string, string]>([
    ['lines', text],
    ['CRLF', text.replaceAll('\n', '\r\n')],
    ['no line end at the end', text.trimEnd()],
    ['lines much longer than a range', auditLines(2) + `{"long":"${'x'.repeat(60_000)}"}\n`.repeat(5) + auditLines(5)],
    ['lines with a prefix', text.replaceAll('{"kind"', '2026-11-20T10:00:00.000Z {"kind"')],
  ])('of %s are records, and together the file', async (_, content) => {
    using folder = new TempFolder().write({ 'a.log': content });
    const input = await fileOf(folder, 'a.log');
    const decoder = new LineDecoder();

    const ranges = cutFile(input.path, input.sizeBytes, 10_000);
    for (const range of ranges) await readRange(decoder, input, range, {});

    expect(ranges.length).toBeGreaterThan(2);
    expect(decoder.text).toBe(content);
    for (const { text: part, offset } of decoder.parts) {
      for (const line of part.split(/\r?\n/).filter((line) => line !== '')) JSON.parse(line.slice(line.indexOf('{')));
      expect(
        Buffer.from(content)
          .subarray(offset, offset + 20)
          .toString(),
      ).toBe(Buffer.from(part).subarray(0, 20).toString());
    }
  });

  test.each<[string, string]>([
    ['one array over lines', `[\n${auditLines(500).trimEnd().replaceAll('}\n{', '},\n{')}\n]\n`],
    [
      'pretty-printed events',
      text
        .slice(0, 50_000)
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.stringify(JSON.parse(line), null, 2))
        .join('\n'),
    ],
    ['one long line', JSON.stringify({ items: text.split('\n') })],
    ['no JSON', 'plain words\n'.repeat(5000)],
  ])('are not made of %s', async (_, content) => {
    using folder = new TempFolder().write({ 'a.log': content });

    expect(cutFile(folder.of('a.log'), Buffer.byteLength(content), 10_000)).toHaveLength(1);
  });

  test.each(['{"kind":"Event","items":[', '{"kind":"Event","user":{}'])(
    'do not begin behind a cut record: %s',
    async (cut) => {
      const damaged = `${cut}\n`.repeat(500);
      using folder = new TempFolder().write({ 'a.log': damaged + auditLines(3) });

      const [first] = cutFile(folder.of('a.log'), damaged.length + Buffer.byteLength(auditLines(3)), 1000);

      expect(first?.to).toBe(damaged.length + Buffer.byteLength(auditLines(1)));
    },
  );
});

describe('streams', () => {
  async function* chunksOf(bytes: Uint8Array, size: number): AsyncIterable<Uint8Array> {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }

  test.each<[string, Uint8Array, number]>([
    ['plain', Buffer.from(text), 65_536],
    ['plain, byte by byte', Buffer.from(text.slice(0, 5000)), 1],
    ['gzip', gzipSync(text), 4096],
    ['gzip, byte by byte', gzipSync(text.slice(0, 5000)), 1],
    ['zstd', zstdCompressSync(text), 4096],
    ['shorter than any magic number', Buffer.from('{}'), 1],
  ])('%s', async (_, bytes, size) => {
    const decoder = new LineDecoder();

    const outcome = await readStream(decoder, { kind: 'stream', path: '-' }, chunksOf(bytes, size), {});

    expect(text.startsWith(decoder.text) || decoder.text === '{}').toBe(true);
    expect(decoder.text.length).toBeGreaterThan(1);
    expect(outcome.problems).toEqual([]);
  });

  test('a stream and a file with the same content have the same source', async () => {
    using folder = new TempFolder().write({ 'a.log': text });
    const file = await fileOf(folder, 'a.log');

    const outcome = await readStream(new LineDecoder(), { kind: 'stream', path: '-' }, createReadStream(file.path), {});

    expect(outcome.source).toBe(file.source);
  });

  test.each<[string, Uint8Array, string]>([
    ['nothing', Buffer.alloc(0), 'standard input is empty'],
    ['xz', Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 1, 2]), 'standard input is xz-compressed'],
    ['a gzip stream that ends early', gzipSync(text).subarray(0, 5000), 'standard input: the gzip stream ends'],
  ])('%s is named', async (_, bytes, words) => {
    const outcome = await readStream(new LineDecoder(), { kind: 'stream', path: '-' }, chunksOf(bytes, 100), {});

    expect(outcome.problems.map((problem) => problem.message).join()).toContain(words);
  });

  test('a signal ends the waiting for more', async () => {
    const abort = new AbortController();
    async function* endless(): AsyncIterable<Uint8Array> {
      yield Buffer.from('{"a":1}\n');
      abort.abort(new Error('enough'));
      await new Promise(() => {});
    }

    const reading = readStream(new LineDecoder(), { kind: 'stream', path: '-' }, endless(), { signal: abort.signal });

    await expect(reading).rejects.toThrow('enough');
  });
});
