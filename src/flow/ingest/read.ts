// An input, or a range of one -> the decoder's memory. Plain files are read straight into it, without a copy; everything
// else is decompressed on the way.
import { closeSync, fstatSync, open, openSync, readSync } from 'node:fs';
import { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { promisify } from 'node:util';
import { untilAborted } from '../../base/until-aborted.ts';
import type { BadRecord, DecodeCounts, Decoder } from '../types.ts';
import { detectCompression, findForeignFormat, magicLength } from './compression.ts';
import { HeadCollector, sourceOfHead } from './fingerprint.ts';
import type { FileInput, InputProblem, StreamInput } from './input.ts';
import { inodeOf } from './inputs.ts';
import { describeIoError, isIoError } from './io-error.ts';
import { createUnpacker, type Damage, type Unpacker } from './unpack.ts';

export interface ReadOptions {
  /** Honoured within `turnBytes`; rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Bytes (as they lie on disk or came in) since the last call. */
  readonly onBytes?: ((bytes: number) => void) | undefined;
}

/** What became of one input or range. */
export interface ReadOutcome {
  readonly source: string;
  /** With the damage, if any, counted as a bad record. */
  readonly counts: DecodeCounts;
  readonly problems: readonly InputProblem[];
  /** A compressed stream that could not be read to its end, as a record that the decoder could not see. */
  readonly bad: BadRecord | undefined;
}

/** Plain bytes read between two turns of the event loop, in which signals and progress get their chance. */
const turnBytes = 16 * 1024 * 1024;

/** Bytes of a compressed file read at once. */
const packedBytes = 256 * 1024;

/** Reads bytes `[from, to)` of an uncompressed file; all that is left when the file has become shorter. */
export async function readRange(
  decoder: Decoder,
  input: FileInput,
  range: { readonly from: number; readonly to: number },
  options: ReadOptions,
): Promise<ReadOutcome> {
  const problems: InputProblem[] = [];
  decoder.begin({ path: input.path, offset: range.from });
  const file = openSame(input, problems);
  let at = range.from;
  try {
    let untilTurn = turnBytes;
    while (file !== undefined && at < range.to) {
      const room = decoder.room();
      const length = readSync(file, room, 0, Math.min(room.length, range.to - at), at);
      if (length === 0) {
        problems.push(becameShorter(input));
        break;
      }
      decoder.filled(length);
      at += length;
      untilTurn -= length;
      if (untilTurn > 0) continue;
      options.onBytes?.(turnBytes - untilTurn);
      untilTurn = turnBytes;
      await nextTurn();
      options.signal?.throwIfAborted();
    }
    options.onBytes?.(turnBytes - untilTurn);
  } catch (error) {
    problems.push(cannotRead(input, error));
  } finally {
    if (file !== undefined) closeSync(file);
  }
  return { source: input.source, counts: decoder.finish(), problems, bad: undefined };
}

/** Reads a whole file, compressed or not. */
export async function readFile(decoder: Decoder, input: FileInput, options: ReadOptions): Promise<ReadOutcome> {
  if (input.compression === 'none') return readRange(decoder, input, { from: 0, to: input.sizeBytes }, options);
  const problems: InputProblem[] = [];
  decoder.begin({ path: input.path, offset: 0 });
  const unpacker = createUnpacker(input.compression, (bytes) => decode(decoder, bytes));
  const file = openSame(input, problems);
  let damage: Damage | undefined;
  try {
    const buffer = new Uint8Array(packedBytes);
    let at = 0;
    while (file !== undefined && damage === undefined) {
      const length = readSync(file, buffer, 0, Math.min(packedBytes, input.sizeBytes - at), at);
      at += length;
      damage = length === 0 ? await unpacker.end() : await unpacker.push(buffer.subarray(0, length));
      options.onBytes?.(length);
      options.signal?.throwIfAborted();
      if (length === 0) break;
    }
  } catch (error) {
    problems.push(cannotRead(input, error));
  } finally {
    unpacker.close();
    if (file !== undefined) closeSync(file);
  }
  return withDamage({ source: input.source, counts: decoder.finish(), problems, bad: undefined }, input.path, damage);
}

/** Reads standard input, or a named pipe, to its end. */
export async function readStream(
  decoder: Decoder,
  input: StreamInput,
  stdin: AsyncIterable<Uint8Array>,
  options: ReadOptions,
): Promise<ReadOutcome> {
  const problems: InputProblem[] = [];
  const head = new HeadCollector();
  decoder.begin({ path: input.path, offset: 0 });
  const reading = new StreamReading((bytes) => {
    head.add(bytes);
    decode(decoder, bytes);
  });
  let damage: Damage | undefined;
  let pipe: Socket | undefined;
  try {
    if (input.path !== '-') pipe = await untilAborted(openPipe(input.path), options.signal);
    const chunks: AsyncIterable<Uint8Array> = pipe ?? stdin;
    for await (const chunk of untilEndOrAbort(chunks, options.signal)) {
      damage ??= await reading.push(chunk);
      options.onBytes?.(chunk.length);
    }
    damage ??= await reading.end();
  } catch (error) {
    problems.push(cannotRead(input, error));
  } finally {
    reading.close();
    pipe?.destroy();
  }
  const counts = decoder.finish();
  const name = input.path === '-' ? 'standard input' : `input "${input.path}"`;
  if (reading.foreign !== undefined) {
    const { name: what, advice } = reading.foreign;
    problems.push({
      kind: 'unreadable',
      path: input.path,
      message: `${name} is ${what}, which Audicia does not read: ${advice}`,
    });
  } else if (counts.bytes === 0 && damage === undefined && problems.length === 0) {
    problems.push({ kind: 'empty', path: input.path, message: `${name} is empty` });
  }
  return withDamage({ source: sourceOfHead(head.bytes()), counts, problems, bad: undefined }, input.path, damage);
}

/** A named pipe, as a socket: a file stream's pending read would occupy a thread, and an aborted run could not end. */
async function openPipe(path: string): Promise<Socket> {
  return new Socket({ fd: await promisify(open)(path, 'r'), readable: true, writable: false });
}

/** A stream whose compression shows in its first bytes, however small the pieces are that it comes in. */
class StreamReading {
  readonly #onPlain: (bytes: Uint8Array) => void;
  #unpacker: Unpacker | undefined;
  #held: Uint8Array = new Uint8Array(0);
  foreign: ReturnType<typeof findForeignFormat>;

  constructor(onPlain: (bytes: Uint8Array) => void) {
    this.#onPlain = onPlain;
  }

  async push(chunk: Uint8Array): Promise<Damage | undefined> {
    if (this.foreign !== undefined) return undefined;
    if (this.#unpacker !== undefined) return this.#unpacker.push(chunk);
    this.#held = Buffer.concat([this.#held, chunk]);
    return this.#held.length < magicLength ? undefined : this.#start().push(this.#held);
  }

  async end(): Promise<Damage | undefined> {
    if (this.foreign !== undefined) return undefined;
    if (this.#unpacker !== undefined) return this.#unpacker.end();
    if (this.#held.length === 0) return undefined;
    const unpacker = this.#start();
    return (await unpacker.push(this.#held)) ?? unpacker.end();
  }

  close(): void {
    this.#unpacker?.close();
  }

  #start(): Unpacker {
    this.foreign = findForeignFormat(this.#held);
    const onPlain = this.foreign === undefined ? this.#onPlain : () => {};
    this.#unpacker = createUnpacker(detectCompression(this.#held), onPlain);
    return this.#unpacker;
  }
}

/** Yields what comes in; a signal ends the waiting for more, even where nothing comes any more. */
async function* untilEndOrAbort(
  chunks: AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): AsyncIterable<Uint8Array> {
  const iterator = chunks[Symbol.asyncIterator]();
  for (;;) {
    const next = await untilAborted(iterator.next(), signal);
    if (next.done) return;
    yield next.value;
  }
}

function decode(decoder: Decoder, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) {
    const room = decoder.room();
    const part = bytes.subarray(at, at + room.length);
    room.set(part);
    decoder.filled(part.length);
    at += part.length;
  }
}

/** Opens the file that was looked at before; `undefined` when its name now stands for another one, or for none. */
function openSame(input: FileInput, problems: InputProblem[]): number | undefined {
  let file: number;
  try {
    file = openSync(input.path, 'r');
  } catch (error) {
    problems.push(cannotRead(input, error));
    return undefined;
  }
  if (inodeOf(fstatSync(file)) === input.inode) return file;
  closeSync(file);
  const message = `file "${input.path}" was rotated away before it could be read: run again, or name a copy`;
  problems.push({ kind: 'changed', path: input.path, message });
  return undefined;
}

function becameShorter(input: FileInput): InputProblem {
  const message = `file "${input.path}" became shorter while it was being read: what was cut off is missing`;
  return { kind: 'changed', path: input.path, message };
}

/** Throws what is no failure of the system: a signal's reason, or a defect, which must not pass for bad input. */
function cannotRead(input: { readonly path: string }, error: unknown): InputProblem {
  if (!isIoError(error)) throw error;
  return { kind: 'unreadable', path: input.path, message: describeIoError(input.path, error) };
}

function withDamage(outcome: ReadOutcome, path: string, damage: Damage | undefined): ReadOutcome {
  if (damage === undefined) return outcome;
  const { bytes, lines, badRecords } = outcome.counts;
  const message = path === '-' ? `standard input: ${damage}` : `file "${path}": ${damage}`;
  return {
    source: outcome.source,
    counts: { ...outcome.counts, badRecords: badRecords + 1 },
    problems: [...outcome.problems, { kind: 'damaged', path, message }],
    bad: { kind: 'truncated', path, line: Math.max(lines, 1), offset: bytes, reason: damage },
  };
}
