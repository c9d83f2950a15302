// What is measured against what. Each function reads a whole log once and says what it counted. A program of its
// own (`node bench/variants.ts <name> <log>`), so that none warms up or fills the memory of another.
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { LogDecoder } from '../src/flow/decode/decoder.ts';
import { makeParts } from '../src/flow/pipeline.ts';

/** What a variant found, as it prints it. */
interface Counted {
  readonly bytes: number;
  readonly events: number;
  /** Different combinations of user, verb, group, resource, subresource and namespace; 0 where none are kept. */
  readonly keys: number;
}

const chunkBytes = 4 << 20;

/** The bytes, into one buffer, and nothing else. */
function read(path: string): Counted {
  const buffer = Buffer.allocUnsafe(chunkBytes);
  const file = openSync(path, 'r');
  let bytes = 0;
  for (let length = -1; length !== 0; bytes += length) length = readSync(file, buffer, 0, chunkBytes, null);
  closeSync(file);
  return { bytes, events: 0, keys: 0 };
}

/** The bytes and the lines. */
function lines(path: string): Counted {
  const buffer = Buffer.allocUnsafe(chunkBytes);
  const file = openSync(path, 'r');
  let [bytes, events] = [0, 0];
  for (;;) {
    const length = readSync(file, buffer, 0, chunkBytes, null);
    if (length === 0) break;
    bytes += length;
    const chunk = buffer.subarray(0, length);
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) events += 1;
  }
  closeSync(file);
  return { bytes, events, keys: 0 };
}

/** What everybody writes first: a line, JSON.parse, a key, a Map. */
function jsonParse(path: string): Counted {
  const buffer = Buffer.allocUnsafe(chunkBytes * 2);
  const file = openSync(path, 'r');
  const countByKey = new Map<string, number>();
  let [bytes, events, held] = [0, 0, 0];
  for (;;) {
    const length = readSync(file, buffer, held, chunkBytes, null);
    if (length === 0) break;
    bytes += length;
    const end = held + length;
    let from = 0;
    for (let newline = buffer.indexOf(10, 0); newline >= 0 && newline < end; newline = buffer.indexOf(10, from)) {
      count(countByKey, JSON.parse(buffer.toString('utf8', from, newline)) as LoggedEvent);
      events += 1;
      from = newline + 1;
    }
    buffer.copyWithin(0, from, end);
    held = end - from;
  }
  closeSync(file);
  return { bytes, events, keys: countByKey.size };
}

interface LoggedEvent {
  readonly verb: string;
  readonly user: { readonly username: string };
  readonly objectRef?: {
    readonly apiGroup?: string;
    readonly resource?: string;
    readonly subresource?: string;
    readonly namespace?: string;
  };
}

function count(countByKey: Map<string, number>, event: LoggedEvent): void {
  const { apiGroup = '', resource = '', subresource = '', namespace = '' } = event.objectRef ?? {};
  const key = [event.user.username, event.verb, apiGroup, resource, subresource, namespace].join('\0');
  countByKey.set(key, (countByKey.get(key) ?? 0) + 1);
}

/** Audicia's decoder alone: events are made, and thrown away. */
function decode(path: string): Counted {
  let events = 0;
  const { module, memory } = makeParts(readFileSync(new URL('../build/scanner.wasm', import.meta.url)), 1);
  const decoder = new LogDecoder({
    scanner: { module, memory, arena: 0 },
    sink: {
      event(_event, tally) {
        events += tally.events;
      },
      bad(record) {
        throw new Error(`${record.path}:${record.line}: ${record.reason}`);
      },
    },
  });
  decoder.begin({ path, offset: 0 });
  const file = openSync(path, 'r');
  for (;;) {
    const room = decoder.room();
    const length = readSync(file, room, 0, room.length, null);
    if (length === 0) break;
    decoder.filled(length);
  }
  closeSync(file);
  const { bytes } = decoder.finish();
  decoder.drain();
  return { bytes, events, keys: 0 };
}

const variants: Readonly<Record<string, (path: string) => Counted>> = { read, lines, jsonParse, decode };

const [name = '', path = ''] = process.argv.slice(2);
const variant = variants[name];
if (!variant) throw new Error(`no variant ${name}: one of ${Object.keys(variants).join(', ')}`);
console.log(JSON.stringify(variant(path)));
