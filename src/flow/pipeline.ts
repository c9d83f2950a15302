// The order of the stages up to the usage table, and the only file that knows it: decode -> attribute -> filter -> aggregate
// for every event, on each thread. What comes behind the table, once for the whole of it, is derive-policies.ts's.
import { addTable, newTable } from './aggregate/merge-usage.ts';
import { usageFromJson, usageToJson } from './aggregate/saved-usage.ts';
import { UsageBuilder } from './aggregate/usage-builder.ts';
import { Attributor } from './attribute/attribute.ts';
import { compileAttributionFilter, type FilterSettings } from './attribute/filter.ts';
import type { AttributeOptions } from './attribute/options.ts';
import { LogDecoder } from './decode/decoder.ts';
import {
  allocateScannerMemory,
  type HeldClasses,
  mostArenas,
  requestSlotsFor,
  type ScannerMemory,
} from './decode/scanner.ts';
import type { AuditEvent, BadRecord, DecodeCounts, Decoder, DecodeSink, Tally, UsageTable } from './types.ts';

/** What a user can say about the stages before usage. Plain data: it is handed to worker threads. */
export interface StageOptions {
  readonly attribute: AttributeOptions;
  readonly filters: FilterSettings;
}

/** What all threads of a run share: it counts each request once, whichever of them sees its copies. */
export interface StageParts {
  readonly module: WebAssembly.Module;
  readonly memory: ScannerMemory;
}

/** The per-event stages of one thread, joined: bytes go into `decoder`, the table comes out of `finish`. */
export interface UsageCounter {
  readonly decoder: Decoder;
  /** Takes each bad record, beside its being counted. */
  onBad: (record: BadRecord) => void;
  /** Adds a record that was found to be bad before decoding. */
  addBad(record: BadRecord): void;
  /** Adds what `decoder.finish` counted. */
  addCounts(counts: DecodeCounts): void;
  /** The table of everything so far. Only `takeOver` may follow, which adds to it. */
  finish(): UsageTable;
  /**
   * In place of `finish`, on a thread beside others: the table of what had to be decoded exactly, and where the rest lies,
   * for `takeOver`. Threads see mostly the same classes of events, so that attributing them once, on one thread, costs less
   * than attributing them on each and merging tables.
   */
  handOver(): HandedOver;
  /** Counts what another thread holds; the table that `finish` gave then has it. */
  takeOver(held: HeldClasses): UsageTable;
}

/** What a thread leaves to another. */
export interface HandedOver {
  readonly table: UsageTable;
  readonly held: HeldClasses | undefined;
}

/**
 * Makes what this many threads share (at most `mostThreads`). `scanner` is the scanner's WebAssembly; `bytes` is about how
 * much will be decoded, if that is known.
 */
export function makeParts(scanner: Uint8Array<ArrayBuffer>, threads: number, bytes?: number): StageParts {
  return { module: new WebAssembly.Module(scanner), memory: allocateScannerMemory(threads, requestSlotsFor(bytes)) };
}

/** As many as the scanner's memory has room for. */
export const mostThreads = mostArenas;

/**
 * Joins the stages for one thread, the `thread`-th of those that share `parts`, counting from 0. Throws AudiciaError
 * `bad-pattern` when a filter is none.
 */
export function countUsage(options: StageOptions, parts: StageParts, thread: number): UsageCounter {
  const filter = compileAttributionFilter(options.filters);
  const attributor = new Attributor(options.attribute);
  const builder = new UsageBuilder();
  const sink: DecodeSink = {
    event(event: AuditEvent, tally: Tally) {
      const filtered = filter(attributor.attribute(event));
      if (filtered.attribution === undefined) builder.addFiltered(filtered.rule, tally);
      else builder.add(filtered.attribution, event, tally);
    },
    bad(record: BadRecord) {
      counter.addBad(record);
    },
  };
  const decoder = new LogDecoder({ sink, scanner: { ...parts, arena: thread } });
  const counter: UsageCounter = {
    decoder,
    onBad: () => {},
    addBad(record) {
      builder.addBadRecord(record.kind);
      counter.onBad(record);
    },
    addCounts(counts) {
      builder.addCounts(counts);
    },
    finish() {
      decoder.drain();
      builder.addActiveMinutes(decoder.activeMinutes());
      return builder.table();
    },
    handOver() {
      const held = decoder.hold();
      builder.addActiveMinutes(decoder.activeMinutes());
      return { table: builder.table(), held };
    },
    takeOver(held) {
      decoder.drainHeld(held);
      return builder.table();
    },
  };
  return counter;
}

/** A table as bytes that another thread can read. */
export function saveTable(table: UsageTable): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(usageToJson({ parts: [{ segments: [], table }] })));
}

/** Reads what `saveTable` wrote. */
export function loadTable(saved: Uint8Array): UsageTable {
  const usage = usageFromJson(new TextDecoder().decode(saved), 'worker');
  return usage.parts[0]?.table ?? newTable();
}

export { addTable };
