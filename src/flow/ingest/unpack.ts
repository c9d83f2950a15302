// Compressed bytes in, plain bytes out, in order and as they come: gzip with any number of members, zstd with any number
// of frames. What was readable before a damaged place is always handed out first.
import type { Transform } from 'node:stream';
import { constants, crc32, createInflateRaw, createZstdDecompress } from 'node:zlib';
import type { Compression } from './compression.ts';
import { readGzipHeader } from './gzip-header.ts';
import { ZstdFrames } from './zstd-frames.ts';

/** Why a compressed stream cannot be read to its end; a sentence fragment about the stream. */
export type Damage = string;

/** Takes a compressed stream piece by piece. After damage, everything further is ignored. */
export interface Unpacker {
  /** Resolves when the plain bytes of `chunk` have been handed out; the chunk may be reused then. */
  push(chunk: Uint8Array): Promise<Damage | undefined>;
  /** Says that the stream ends here. */
  end(): Promise<Damage | undefined>;
  /** Frees what the decompressor holds. Safe to call at any time, more than once. */
  close(): void;
}

/**
 * Plain bytes handed out at once. Also what damage can cost: the decompressor drops the output of the step in which it
 * finds an error.
 */
const outputBytes = 64 * 1024;

/** Makes an unpacker. `onPlain` is called synchronously and must be done with the bytes when it returns. */
export function createUnpacker(compression: Compression, onPlain: (bytes: Uint8Array) => void): Unpacker {
  if (compression === 'gzip') return new GzipUnpacker(onPlain);
  if (compression === 'zstd') return new ZstdUnpacker(onPlain);
  return {
    async push(chunk) {
      onPlain(chunk);
      return undefined;
    },
    async end() {
      return undefined;
    },
    close() {},
  };
}

/**
 * Gzip, RFC 1952. Node's own Gunzip is not used: bytes after the last member make it fail and lose the output of the
 * step they came in, which for a small file is all of it. So members are taken apart here, and only their content is
 * left to zlib.
 */
class GzipUnpacker implements Unpacker {
  readonly #onPlain: (bytes: Uint8Array) => void;
  #inflate: Inflation | undefined;
  #state: 'header' | 'content' | 'trailer' | 'over' = 'header';
  /** Bytes of a header or trailer that is not complete yet. */
  #held: Uint8Array = new Uint8Array(0);
  #members = 0;
  #checksum = 0;
  #plainBytes = 0;
  #damage: Damage | undefined;

  constructor(onPlain: (bytes: Uint8Array) => void) {
    this.#onPlain = onPlain;
  }

  async push(chunk: Uint8Array): Promise<Damage | undefined> {
    let rest = chunk;
    while (rest.length > 0 && this.#state !== 'over') {
      if (this.#state === 'header') rest = this.#takeHeader(rest);
      else if (this.#state === 'content') rest = await this.#takeContent(rest);
      else rest = this.#takeTrailer(rest);
    }
    return this.#damage;
  }

  async end(): Promise<Damage | undefined> {
    if (this.#damage !== undefined || this.#state === 'over') return this.#damage;
    if (this.#state === 'header' && this.#held.length === 0) return undefined;
    return this.#fail('the gzip stream ends before its end mark: the file was cut, and the rest of it is lost');
  }

  close(): void {
    this.#inflate?.close();
    this.#inflate = undefined;
  }

  #fail(damage: Damage): Damage {
    this.#damage = damage;
    this.#state = 'over';
    this.close();
    return damage;
  }

  #takeHeader(chunk: Uint8Array): Uint8Array {
    const bytes = concat(this.#held, chunk);
    const header = readGzipHeader(bytes);
    if (header === 'incomplete') {
      this.#held = bytes.slice();
      return bytes.subarray(bytes.length);
    }
    this.#held = new Uint8Array(0);
    if (header === 'not-gzip') return this.#takeTail(bytes);
    this.#state = 'content';
    this.#checksum = 0;
    this.#plainBytes = 0;
    this.#inflate = new Inflation(createInflateRaw({ chunkSize: outputBytes }), (plain) => {
      this.#checksum = crc32(plain, this.#checksum);
      this.#plainBytes += plain.length;
      this.#onPlain(plain);
    });
    return bytes.subarray(header);
  }

  /** Zeros after the last member are padding, as gzip(1) has it; anything else is not ours to guess. */
  #takeTail(bytes: Uint8Array): Uint8Array {
    const isPadding = this.#members > 0 && bytes[0] === 0;
    if (isPadding) this.#state = 'over';
    else this.#fail('the gzip stream goes on with bytes that are no gzip; they were ignored');
    return bytes.subarray(bytes.length);
  }

  async #takeContent(chunk: Uint8Array): Promise<Uint8Array> {
    const inflate = this.#inflate as Inflation;
    const outcome = await inflate.write(chunk);
    if (typeof outcome === 'string') {
      this.#fail(`the gzip stream is damaged (${outcome}); what follows could not be read`);
      return chunk.subarray(chunk.length);
    }
    if (outcome < chunk.length) {
      this.#state = 'trailer';
      this.close();
    }
    return chunk.subarray(outcome);
  }

  /** CRC32 and size modulo 2^32 of the member, little-endian. */
  #takeTrailer(chunk: Uint8Array): Uint8Array {
    const bytes = concat(this.#held, chunk);
    if (bytes.length < 8) {
      this.#held = bytes.slice();
      return bytes.subarray(bytes.length);
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset, 8);
    const isRight =
      view.getUint32(0, true) === this.#checksum && view.getUint32(4, true) === this.#plainBytes % 2 ** 32;
    if (!isRight) this.#fail('the checksum of the gzip stream does not match its content, which may be wrong');
    else this.#state = 'header';
    this.#held = new Uint8Array(0);
    this.#members += 1;
    return bytes.subarray(8);
  }
}

class ZstdUnpacker implements Unpacker {
  readonly #frames = new ZstdFrames();
  readonly #inflate: Inflation;
  #damage: Damage | undefined;

  constructor(onPlain: (bytes: Uint8Array) => void) {
    // Windows up to 2 GiB, as "zstd --long=31" makes them: a log that can be read is worth the memory. The default
    // limit is 128 MiB.
    const params = { [constants.ZSTD_d_windowLogMax]: 31 };
    this.#inflate = new Inflation(createZstdDecompress({ chunkSize: outputBytes, params }), onPlain);
  }

  async push(chunk: Uint8Array): Promise<Damage | undefined> {
    if (this.#damage !== undefined) return this.#damage;
    const { pieces, valid } = this.#frames.split(chunk);
    for (const piece of pieces) {
      const outcome = await this.#inflate.write(piece);
      if (typeof outcome === 'string') return this.#fail(`is damaged (${outcome})`);
    }
    if (!valid) return this.#fail('is damaged, or goes on with bytes that are no zstd');
    return undefined;
  }

  async end(): Promise<Damage | undefined> {
    if (this.#damage !== undefined || this.#frames.complete) return this.#damage;
    this.#damage = 'the zstd stream ends before its end mark: the file was cut, and the rest of it is lost';
    return this.#damage;
  }

  close(): void {
    this.#inflate.close();
  }

  #fail(what: string): Damage {
    this.#damage = `the zstd stream ${what}; what follows could not be read`;
    this.close();
    return this.#damage;
  }
}

/** One of zlib's streams, driven so that nothing it has put out is lost when it fails. */
class Inflation {
  readonly #stream: Transform & { readonly bytesWritten: number };
  #failure: string | undefined;
  /** What the taker of plain bytes threw, to be thrown again by `write`: nobody catches it in an event. */
  #thrown: { readonly error: unknown } | undefined;
  #onFailure: () => void = () => {};

  constructor(stream: Transform & { readonly bytesWritten: number }, onPlain: (bytes: Uint8Array) => void) {
    this.#stream = stream;
    // A listener on `data` gets each piece the moment it is there; nothing waits in a buffer that an error would drop.
    stream.on('data', (bytes: Uint8Array) => {
      if (this.#thrown !== undefined) return;
      try {
        onPlain(bytes);
      } catch (error) {
        this.#thrown = { error };
      }
    });
    stream.on('error', (error: Error) => {
      this.#failure = error.message;
      this.#onFailure();
    });
  }

  /** How many bytes of the chunk were used: fewer than all when the content ended within it. A message when it failed. */
  async write(chunk: Uint8Array): Promise<number | string> {
    if (this.#failure !== undefined) return this.#failure;
    const before = this.#stream.bytesWritten;
    await new Promise<void>((resolve) => {
      this.#onFailure = resolve;
      this.#stream.write(chunk, () => resolve());
    });
    if (this.#thrown !== undefined) throw this.#thrown.error;
    return this.#failure ?? this.#stream.bytesWritten - before;
  }

  close(): void {
    this.#stream.destroy();
  }
}

function concat(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.length === 0) return second;
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
