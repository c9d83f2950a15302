// The decoder under test, with and without its scanner, in the terms of the reference.
import { existsSync, readFileSync } from 'node:fs';
import { LogDecoder } from '../../src/flow/decode/decoder.ts';
import { allocateScannerMemory } from '../../src/flow/decode/scanner.ts';
import type { AuditEvent, BadRecord, DecodeCounts, Decoder, Tally } from '../../src/flow/types.ts';
import { foldedKey } from './fold-names.ts';
import { addTally, type Decoded, type ReferenceTally } from './reference.ts';

export interface DecodedLog extends Decoded {
  readonly badRecords: BadRecord[];
  readonly counts: DecodeCounts;
  readonly minutes: string;
  /** How many events the scanner took. */
  readonly scanned: number;
}

export type Way = 'exact' | 'fast';

const wasm = new URL('../../build/scanner.wasm', import.meta.url);
let module: WebAssembly.Module | undefined;

function scannerModule(): WebAssembly.Module {
  if (!existsSync(wasm)) throw new Error('build/scanner.wasm is missing: npm run build:wasm makes it');
  module ??= new WebAssembly.Module(readFileSync(wasm));
  return module;
}

/** Decodes any number of inputs, one after the other, by one decoder. */
export class LogReader {
  readonly #decoder: Decoder;
  #tallies: Decoded['tallies'] = new Map();
  #badRecords: BadRecord[] = [];
  #events = 0;

  constructor(way: Way) {
    const sink = {
      event: (event: AuditEvent, tally: Tally) => {
        this.#events += tally.events;
        const { key, names } = foldedKey(Math.floor(tally.firstSeen / 86_400_000_000), event, tally.names);
        addTally(this.#tallies, key, toReference(tally, names));
      },
      bad: (record: BadRecord) => this.#badRecords.push(record),
    };
    const scanner =
      way === 'fast' ? { module: scannerModule(), memory: allocateScannerMemory(1, 1 << 18), arena: 0 } : undefined;
    this.#decoder = new LogDecoder({ sink, scanner });
  }

  decode(bytes: Uint8Array, pieceSize = Number.POSITIVE_INFINITY): DecodedLog {
    this.#tallies = new Map();
    this.#badRecords = [];
    this.#events = 0;
    this.#decoder.begin({ path: 'audit.log', offset: 0 });
    for (let at = 0; at < bytes.length; ) {
      const room = this.#decoder.room();
      const size = Math.min(pieceSize, room.length, bytes.length - at);
      room.set(bytes.subarray(at, at + size));
      this.#decoder.filled(size);
      at += size;
    }
    const counts = this.#decoder.finish();
    // What is handed on at once went the exact way.
    const parsed = this.#events;
    this.#decoder.drain();
    // The reference does not follow arrays to their ends.
    const bad = this.#badRecords.filter((record) => !record.reason.endsWith('array')).length;
    return {
      tallies: this.#tallies,
      bad,
      badRecords: this.#badRecords,
      counts,
      minutes: JSON.stringify(this.#decoder.activeMinutes()),
      scanned: this.#events - parsed,
    };
  }
}

/** One input by a decoder of its own. */
export function decodeLog(bytes: Uint8Array, way: Way, pieceSize?: number): DecodedLog {
  return new LogReader(way).decode(bytes, pieceSize);
}

function toReference(tally: Tally, names: readonly string[]): ReferenceTally {
  const { count, events, firstSeen, lastSeen, sampleAuditId } = tally;
  return { count, events, first: firstSeen, last: lastSeen, sample: sampleAuditId, names };
}

/** What differs between two decodings, as text; empty when they agree. For messages that a person can read. */
export function differences(a: Decoded, b: Decoded): string[] {
  const found: string[] = [];
  if (a.bad !== b.bad) found.push(`bad records: ${a.bad} and ${b.bad}`);
  for (const key of new Set([...a.tallies.keys(), ...b.tallies.keys()])) {
    const [left, right] = [JSON.stringify(a.tallies.get(key)), JSON.stringify(b.tallies.get(key))];
    if (left !== right) found.push(`${left} and ${right} of ${key}`);
  }
  return found;
}
