// The content of a file -> what identifies it: a hash of its first plain bytes, the same for the file, its gzip copy and
// its copy under another name.
import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Compression, detectCompression, magicLength } from './compression.ts';
import { createUnpacker, type Damage, type Unpacker } from './unpack.ts';

/**
 * Plain bytes that a source's identity is taken from. An audit log's first records hold their auditID and time within
 * them, so that two logs that agree here are copies of one; inputs.ts makes sure by reading on.
 */
export const headBytes = 4096;

/** Bytes read from disk at once, for heads and hashes. */
const readBytes = 64 * 1024;

/** Bytes between two turns of the event loop, in which a signal gets its chance: a multiple of `readBytes`. */
const turnBytes = 256 * readBytes;

/** The beginning of a file, decompressed. */
export interface Head {
  readonly compression: Compression;
  /** At most `headBytes`. */
  readonly bytes: Uint8Array;
  /** Why no more could be read, when the file is damaged within its head. */
  readonly damage: Damage | undefined;
}

/** Reads the head of a file. Throws the system's error when it cannot be read. */
export async function readHead(path: string): Promise<Head> {
  const head = new HeadCollector();
  const { compression, damage } = await readPlain(path, undefined, (bytes) => {
    head.add(bytes);
    return !head.full;
  });
  return { compression, bytes: head.bytes(), damage };
}

/** Gathers the first `headBytes` of what is added. */
export class HeadCollector {
  readonly #bytes = new Uint8Array(headBytes);
  #length = 0;

  get full(): boolean {
    return this.#length === headBytes;
  }

  add(bytes: Uint8Array): void {
    if (this.full) return;
    const part = bytes.subarray(0, headBytes - this.#length);
    this.#bytes.set(part, this.#length);
    this.#length += part.length;
  }

  bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }
}

/** The identity of a source that begins with `head`. */
export function sourceOfHead(head: Uint8Array): string {
  return createHash('sha256').update(head).digest('hex');
}

/** How long a file's plain content is, and its hash; and its hashes at some shorter lengths. */
export interface ContentDigest {
  readonly length: number;
  readonly digest: string;
  readonly digestByLength: ReadonlyMap<number, string>;
}

/**
 * Hashes the whole plain content of a file, and its beginnings of the given lengths, in one reading. Damage ends the
 * content. Throws the system's error when the file cannot be read.
 */
export async function digestContent(
  path: string,
  lengths: readonly number[],
  signal?: AbortSignal,
): Promise<ContentDigest> {
  const hash = createHash('sha256');
  const pending = [...new Set(lengths)].sort((a, b) => a - b);
  const digestByLength = new Map<number, string>();
  let length = 0;
  await readPlain(path, signal, (bytes) => {
    let rest = bytes;
    while (pending.length > 0 && length + rest.length >= (pending[0] as number)) {
      const upTo = (pending.shift() as number) - length;
      hash.update(rest.subarray(0, upTo));
      rest = rest.subarray(upTo);
      length += upTo;
      digestByLength.set(length, hash.copy().digest('hex'));
    }
    hash.update(rest);
    length += rest.length;
    return true;
  });
  return { length, digest: hash.digest('hex'), digestByLength };
}

/** Hands out a file's plain bytes until it ends or `onPlain` returns false. */
async function readPlain(
  path: string,
  signal: AbortSignal | undefined,
  onPlain: (bytes: Uint8Array) => boolean,
): Promise<{ compression: Compression; damage: Damage | undefined }> {
  const buffer = new Uint8Array(readBytes);
  let wantsMore = true;
  let damage: Damage | undefined;
  let unpacker: Unpacker | undefined;
  const file = openSync(path, 'r');
  try {
    const compression = detectCompression(buffer.subarray(0, readSync(file, buffer, 0, magicLength, 0)));
    unpacker = createUnpacker(compression, (bytes) => {
      wantsMore = wantsMore && onPlain(bytes);
    });
    for (let at = 0; wantsMore && damage === undefined; ) {
      const length = readSync(file, buffer, 0, readBytes, at);
      at += length;
      damage = length === 0 ? await unpacker.end() : await unpacker.push(buffer.subarray(0, length));
      if (length === 0) break;
      if (at % turnBytes === 0) await nextTurn();
      signal?.throwIfAborted();
    }
    return { compression, damage: wantsMore ? damage : undefined };
  } finally {
    unpacker?.close();
    closeSync(file);
  }
}
