// The inputs of a run -> the tasks that its threads take one by one, and what is reported of each.
import { type ByteRange, cutFile } from '../flow/ingest/cut.ts';
import type { FileInput, Input, InputProblem, StreamInput } from '../flow/ingest/input.ts';
import { type ReadOptions, readFile, readRange, readStream } from '../flow/ingest/read.ts';
import type { UsageCounter } from '../flow/pipeline.ts';
import type { BadRecord, DecodeCounts } from '../flow/types.ts';
import { keptBadRecords } from './bad-records.ts';

/** A piece of work that needs no other: a range of a plain file, a compressed file, or a stream. */
export type Task = RangeTask | FileTask | StreamTask;

interface TaskPlace {
  /** Place among the tasks of the run, in the order of its inputs. */
  readonly id: number;
  /** Place of the input that it belongs to. */
  readonly input: number;
}

interface RangeTask extends TaskPlace {
  readonly kind: 'range';
  readonly file: FileInput;
  readonly range: ByteRange;
}

interface FileTask extends TaskPlace {
  readonly kind: 'file';
  readonly file: FileInput;
}

interface StreamTask extends TaskPlace {
  readonly kind: 'stream';
  readonly stream: StreamInput;
}

/** What became of a task. Plain data: it crosses from thread to thread. */
export interface TaskResult {
  readonly task: number;
  readonly source: string;
  readonly counts: DecodeCounts;
  readonly problems: readonly InputProblem[];
  /** The first ones; lines count from the start of the task. */
  readonly badRecords: readonly BadRecord[];
}

/**
 * The tasks of a run, in the order of its inputs. They do not depend on the number of threads, so that every number of
 * them gives the same result.
 */
export function planTasks(inputs: readonly Input[], rangeBytes?: number): Task[] {
  const tasks: Task[] = [];
  for (const [index, input] of inputs.entries()) {
    const place = () => ({ id: tasks.length, input: index });
    if (input.kind === 'stream') {
      tasks.push({ ...place(), kind: 'stream', stream: input });
    } else if (input.compression !== 'none') {
      tasks.push({ ...place(), kind: 'file', file: input });
    } else {
      for (const range of cutOrWhole(input, rangeBytes)) tasks.push({ ...place(), kind: 'range', file: input, range });
    }
  }
  return tasks;
}

/** A file that can no longer be opened is left whole: reading it will say why. */
function cutOrWhole(file: FileInput, rangeBytes: number | undefined): readonly ByteRange[] {
  try {
    return cutFile(file.path, file.sizeBytes, rangeBytes);
  } catch {
    return [{ from: 0, to: file.sizeBytes }];
  }
}

/** Bytes on disk that a task reads; 0 when nobody knows. */
export function taskBytes(task: Task): number {
  if (task.kind === 'stream') return 0;
  return task.kind === 'file' ? task.file.sizeBytes : task.range.to - task.range.from;
}

/** Reads, decodes and counts what a task names. Rejects only when `options.signal` aborts. */
export async function runTask(
  task: Task,
  counter: UsageCounter,
  stdin: AsyncIterable<Uint8Array>,
  options: ReadOptions,
): Promise<TaskResult> {
  const badRecords: BadRecord[] = [];
  counter.onBad = (record) => {
    if (badRecords.length < keptBadRecords) badRecords.push(record);
  };
  const outcome = await read(task, counter, stdin, options);
  if (outcome.bad !== undefined) counter.addBad(outcome.bad);
  counter.addCounts(outcome.counts);
  const { source, counts, problems } = outcome;
  return { task: task.id, source, counts, problems, badRecords };
}

function read(task: Task, { decoder }: UsageCounter, stdin: AsyncIterable<Uint8Array>, options: ReadOptions) {
  if (task.kind === 'range') return readRange(decoder, task.file, task.range, options);
  if (task.kind === 'file') return readFile(decoder, task.file, options);
  return readStream(decoder, task.stream, stdin, options);
}
