// Bytes of a log -> its usage table, through the same stages that the program runs, without files and threads.
import { type AttributeOptions, defaultAttributeOptions } from '../src/flow/attribute/options.ts';
import { countUsage, makeParts } from '../src/flow/pipeline.ts';
import type { UsageTable } from '../src/flow/types.ts';

/** Counts one input; nobody is filtered away. */
export function countLog(bytes: Uint8Array, options: Partial<AttributeOptions> = {}): UsageTable {
  const attribute = { ...defaultAttributeOptions, ...options };
  const counter = countUsage({ attribute, filters: { ignoreSystemUsers: false, filters: [] } }, makeParts(1));
  counter.decoder.begin({ path: 'log', offset: 0 });
  for (let at = 0; at < bytes.length; ) {
    const room = counter.decoder.room();
    const part = bytes.subarray(at, at + room.length);
    room.set(part);
    counter.decoder.filled(part.length);
    at += part.length;
  }
  counter.addCounts(counter.decoder.finish());
  return counter.finish();
}
