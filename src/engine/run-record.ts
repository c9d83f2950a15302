// What has been reported of the tasks of a run -> its result, in the order of the inputs whatever the order of the reports.
import { byCodeUnit } from '../base/order.ts';
import type { Input, InputProblem } from '../flow/ingest/input.ts';
import type { BadRecord, DecodeCounts, SourceSegment } from '../flow/types.ts';
import { BadRecordList } from './bad-records.ts';
import { type Task, type TaskResult, taskBytes } from './task.ts';

export interface Progress {
  /** Bytes read so far, as they lie on disk. */
  readonly bytes: number;
  /** Of how many; `undefined` when a stream is among the inputs. */
  readonly totalBytes: number | undefined;
  /** Events in the tasks that have ended. */
  readonly events: number;
}

/** What was counted in one input. */
export interface InputResult {
  readonly path: string;
  readonly source: string;
  readonly counts: DecodeCounts;
}

/** Collects the reports of one run. */
export class RunRecord {
  readonly #inputs: readonly Input[];
  readonly #tasks: readonly Task[];
  readonly #results: (TaskResult | undefined)[] = [];
  readonly #badRecords = new BadRecordList();
  readonly #totalBytes: number | undefined;
  readonly #onProgress: (progress: Progress) => void;
  #bytes = 0;
  #events = 0;

  constructor(inputs: readonly Input[], tasks: readonly Task[], onProgress: (progress: Progress) => void) {
    this.#inputs = inputs;
    this.#tasks = tasks;
    this.#onProgress = onProgress;
    const hasStream = tasks.some((task) => task.kind === 'stream');
    this.#totalBytes = hasStream ? undefined : tasks.reduce((sum, task) => sum + taskBytes(task), 0);
  }

  addBytes(bytes: number): void {
    this.#bytes += bytes;
    this.#report();
  }

  addResult(result: TaskResult): void {
    const { badRecords, ...rest } = result;
    this.#results[result.task] = { ...rest, badRecords: [] };
    this.#badRecords.add(result.task, badRecords);
    this.#events += result.counts.events;
    this.#report();
  }

  inputs(): InputResult[] {
    const resultsByInput = this.#inputs.map((): TaskResult[] => []);
    for (const task of this.#tasks) {
      const result = this.#results[task.id];
      if (result !== undefined) resultsByInput[task.input]?.push(result);
    }
    return this.#inputs.map(({ path }, input) => {
      const results = resultsByInput[input] ?? [];
      return { path, source: results[0]?.source ?? '', counts: sumCounts(results) };
    });
  }

  problems(): InputProblem[] {
    // A file that is gone is missed by each of its ranges.
    const byMessage = new Map<string, InputProblem>();
    for (const result of this.#results) {
      for (const problem of result?.problems ?? []) byMessage.set(problem.message, problem);
    }
    return [...byMessage.values()];
  }

  /** What was read, each source once (a stream may repeat a file); sorted by source. */
  segments(inputs: readonly InputResult[]): SourceSegment[] {
    const longest = new Map<string, SourceSegment>();
    for (const { path, source, counts } of inputs) {
      const known = longest.get(source);
      if (counts.bytes > (known?.to ?? 0)) longest.set(source, { source, path, from: 0, to: counts.bytes });
    }
    return [...longest.values()].sort((a, b) => byCodeUnit(a.source, b.source));
  }

  badRecords(): BadRecord[] {
    return this.#badRecords.list((id) => this.#linesBefore(id));
  }

  #linesBefore(id: number): number {
    const input = this.#tasks[id]?.input;
    let lines = 0;
    for (let before = id - 1; this.#tasks[before]?.input === input && before >= 0; before--) {
      lines += this.#results[before]?.counts.lines ?? 0;
    }
    return lines;
  }

  #report(): void {
    this.#onProgress({ bytes: this.#bytes, totalBytes: this.#totalBytes, events: this.#events });
  }
}

export function sumCounts(all: readonly { readonly counts: DecodeCounts }[]): DecodeCounts {
  const sum = {
    bytes: 0,
    lines: 0,
    events: 0,
    duplicates: 0,
    foreignLines: 0,
    skippedRecords: 0,
    badRecords: 0,
  } satisfies DecodeCounts;
  for (const { counts } of all) {
    for (const field of Object.keys(sum) as (keyof DecodeCounts)[]) sum[field] += counts[field];
  }
  return sum;
}
