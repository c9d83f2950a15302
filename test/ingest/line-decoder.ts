// A decoder that takes every line for a record and keeps it: shows what reading hands on, and nothing else.
import type { DecodeCounts, Decoder, MinuteRange } from '../../src/flow/types.ts';

export interface ReadPart {
  readonly path: string;
  readonly offset: number;
  readonly text: string;
}

export class LineDecoder implements Decoder {
  readonly parts: ReadPart[] = [];
  // Small and odd on purpose: pieces must be put together right.
  readonly #room = new Uint8Array(1021);
  #path = '';
  #offset = 0;
  #chunks: Buffer[] = [];

  begin(input: { readonly path: string; readonly offset: number }): void {
    this.#path = input.path;
    this.#offset = input.offset;
    this.#chunks = [];
  }

  room(): Uint8Array {
    return this.#room;
  }

  filled(length: number): void {
    this.#chunks.push(Buffer.from(this.#room.subarray(0, length)));
  }

  finish(): DecodeCounts {
    const bytes = Buffer.concat(this.#chunks);
    const text = bytes.toString('utf8');
    this.parts.push({ path: this.#path, offset: this.#offset, text });
    const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
    const none = { duplicates: 0, foreignLines: 0, skippedRecords: 0, badRecords: 0 };
    return { bytes: bytes.length, lines, events: lines, ...none };
  }

  drain(): void {}

  activeMinutes(): readonly MinuteRange[] {
    return [];
  }

  get text(): string {
    return this.parts.map((part) => part.text).join('');
  }
}
