// The scanner unites events, and names, that the exact decoder gives one by one: the usage must be the same to the byte.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { generateLog } from '../../bench/generate-log.ts';
import { usageToJson } from '../../src/flow/aggregate/saved-usage.ts';
import { UsageBuilder } from '../../src/flow/aggregate/usage-builder.ts';
import { Attributor } from '../../src/flow/attribute/attribute.ts';
import { defaultAttributeOptions } from '../../src/flow/attribute/options.ts';
import { LogDecoder } from '../../src/flow/decode/decoder.ts';
import { allocateScannerMemory } from '../../src/flow/decode/scanner.ts';

const wasm = new URL('../../build/scanner.wasm', import.meta.url);
const corpus = new URL('../corpus/', import.meta.url);

function usageOf(bytes: Uint8Array, way: 'exact' | 'fast'): { usage: string; groups: number } {
  const builder = new UsageBuilder();
  const attributor = new Attributor(defaultAttributeOptions);
  let groups = 0;
  const decoder = new LogDecoder({
    sink: {
      event(event, tally) {
        groups++;
        builder.add(attributor.attribute(event), event, tally);
      },
      bad: (record) => builder.addBadRecord(record.kind),
    },
    scanner:
      way === 'exact'
        ? undefined
        : { module: new WebAssembly.Module(readFileSync(wasm)), memory: allocateScannerMemory(1, 1 << 18), arena: 0 },
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
  builder.addActiveMinutes(decoder.activeMinutes());
  return { usage: JSON.stringify(usageToJson({ parts: [{ segments: [], table: builder.table() }] })), groups };
}

test.each(readdirSync(corpus).filter((name) => /\.(?:log|jsonl)$/.test(name)))('%s', (name) => {
  const bytes = readFileSync(new URL(name, corpus));
  expect(usageOf(bytes, 'fast').usage).toBe(usageOf(bytes, 'exact').usage);
});

test.each(['metadata', 'mixed'] as const)('a made log (%s), in fewer groups', (profile) => {
  const folder = mkdtempSync(join(tmpdir(), 'audicia-'));
  try {
    const path = join(folder, 'audit.log');
    generateLog(path, profile, 12_000_000);
    const bytes = readFileSync(path);
    const [fast, exact] = [usageOf(bytes, 'fast'), usageOf(bytes, 'exact')];
    expect(fast.usage).toBe(exact.usage);
    expect(fast.groups).toBeLessThan(exact.groups * 0.8);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
