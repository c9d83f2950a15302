// Bytes of a log -> its usage table: the stages of the pipeline in one piece, without files, threads or the scanner, whose
// equality with the parser has tests of its own.
import { UsageBuilder } from '../src/flow/aggregate/usage-builder.ts';
import { attribute } from '../src/flow/attribute/attribute.ts';
import { type AttributeOptions, defaultAttributeOptions } from '../src/flow/attribute/options.ts';
import { LogDecoder } from '../src/flow/decode/decoder.ts';
import type { UsageTable } from '../src/flow/types.ts';

/** Counts one input; nobody is filtered away. */
export function countLog(bytes: Uint8Array, options: Partial<AttributeOptions> = {}): UsageTable {
  const builder = new UsageBuilder();
  const all = { ...defaultAttributeOptions, ...options };
  const decoder = new LogDecoder({
    sink: {
      event: (event, tally) => builder.add(attribute(event, all), event, tally),
      bad: (record) => builder.addBadRecord(record.kind),
    },
  });
  decoder.begin({ path: 'log', offset: 0 });
  for (let at = 0; at < bytes.length; ) {
    const room = decoder.room();
    const part = bytes.subarray(at, at + room.length);
    room.set(part);
    decoder.filled(part.length);
    at += part.length;
  }
  builder.addCounts(decoder.finish());
  decoder.drain();
  return builder.table();
}
