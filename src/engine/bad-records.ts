// The bad records of a run, in the order of its inputs: the first ones kept, all of them counted.
import type { BadRecord } from '../flow/types.ts';

/** Bad records kept in memory, of a run and of any one of its tasks. All are counted, whatever their number. */
export const keptBadRecords = 10_000;

interface TaskRecords {
  readonly task: number;
  readonly records: readonly BadRecord[];
}

/** Keeps the first `keptBadRecords` over all tasks, in whatever order the tasks end. */
export class BadRecordList {
  #tasks: TaskRecords[] = [];
  #kept = 0;

  add(task: number, records: readonly BadRecord[]): void {
    if (records.length === 0) return;
    const before = this.#tasks.findLastIndex((other) => other.task < task);
    this.#tasks.splice(before + 1, 0, { task, records });
    this.#kept += records.length;
    // Only the records of later tasks can be too many.
    for (let last = this.#tasks.at(-1); last !== undefined && this.#kept - last.records.length >= keptBadRecords; ) {
      this.#kept -= last.records.length;
      this.#tasks.pop();
      last = this.#tasks.at(-1);
    }
  }

  /** The first records, with the lines of each task moved down by `linesBefore(task)`. */
  list(linesBefore: (task: number) => number): BadRecord[] {
    const all = this.#tasks.flatMap(({ task, records }) => {
      const before = linesBefore(task);
      return before === 0 ? records : records.map((record) => ({ ...record, line: record.line + before }));
    });
    return all.slice(0, keptBadRecords);
  }
}
