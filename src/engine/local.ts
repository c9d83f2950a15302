// Names of logs -> usage, on this machine: by one thread or several, with the same result from any number of them.
import { readFileSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { AudiciaError } from '../base/errors.ts';
import { untilAborted } from '../base/until-aborted.ts';
import type { CoveredInput, InputProblem } from '../flow/ingest/input.ts';
import { resolveInputs } from '../flow/ingest/inputs.ts';
import {
  addTable,
  countUsage,
  loadTable,
  makeParts,
  mostThreads,
  type StageOptions,
  type UsageCounter,
} from '../flow/pipeline.ts';
import type { BadRecord, DecodeCounts, Usage, UsageTable } from '../flow/types.ts';
import { type EngineFiles, engineFiles } from './engine-files.ts';
import { makeTaskQueue, type ThreadSetup, takeTask } from './messages.ts';
import { type InputResult, type Progress, RunRecord, sumCounts } from './run-record.ts';
import { planTasks, runTask, type Task, taskBytes } from './task.ts';
import { startWorker } from './worker-thread.ts';

export type { InputResult, Progress } from './run-record.ts';

export interface ReadLogsOptions {
  /** Files, folders, patterns, `-`; as the user wrote them. */
  readonly logs: readonly string[];
  readonly stages: StageOptions;
  /** Threads at most, 1 or more (beyond 24 makes no difference). With 1 everything runs on the calling thread. */
  readonly jobs: number;
  /** Where `-` is read from. */
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Where the engine's own files are; found by itself unless given. */
  readonly files?: EngineFiles | undefined;
  /** Other sizes than the documented ones: for tests. */
  readonly sizes?: { readonly rangeBytes: number; readonly threadBytes: number } | undefined;
}

export interface RunResult {
  /** One part, over all inputs. */
  readonly usage: Usage;
  /** In the order in which they were given. */
  readonly inputs: readonly InputResult[];
  /** All of them together. */
  readonly counts: DecodeCounts;
  readonly covered: readonly CoveredInput[];
  readonly problems: readonly InputProblem[];
  /** The first ones, in the order of the inputs; at most `keptBadRecords` of `counts.badRecords`. */
  readonly badRecords: readonly BadRecord[];
  /** Threads that took part. */
  readonly threads: number;
}

/**
 * Bytes for each thread: a further one takes 50 ms to start, in which another reads 80 MB of plain event lines, or 5 MB of
 * the formats that must be parsed. Compressed bytes count tenfold.
 */
const threadBytes = 64 * 1024 * 1024;
const packingRatio = 10;

/**
 * Reads all logs and counts their usage. Bad records, and inputs that cannot be read beside others that can, are part of
 * the result. Throws AudiciaError: as `resolveInputs` when there is nothing to read, `interrupted` when `signal` aborts
 * (no thread is left then), `internal` when a thread dies.
 */
export async function readLogs(options: ReadLogsOptions): Promise<RunResult> {
  const { logs, signal } = options;
  try {
    const { inputs, covered, problems } = await resolveInputs(logs, signal);
    const tasks = planTasks(inputs, options.sizes?.rangeBytes);
    const record = new RunRecord(inputs, tasks, options.onProgress ?? (() => {}));
    const { table, threads } = await runTasks(tasks, record, options);
    const results = record.inputs();
    return {
      usage: { parts: [{ segments: record.segments(results), table }] },
      inputs: results,
      counts: sumCounts(results),
      covered,
      problems: [...problems, ...record.problems()],
      badRecords: record.badRecords(),
      threads,
    };
  } catch (error) {
    if (signal?.aborted) throw new AudiciaError('interrupted', 'interrupted', { cause: error });
    throw error;
  }
}

async function runTasks(
  tasks: readonly Task[],
  record: RunRecord,
  options: ReadLogsOptions,
): Promise<{ table: UsageTable; threads: number }> {
  const files = options.files ?? engineFiles();
  const streams = tasks.filter((task) => task.kind === 'stream');
  const queue = makeTaskQueue(inBestOrder(tasks.filter((task) => task.kind !== 'stream')));
  const threads = countThreads(queue.tasks, streams.length > 0, options);
  const parts = makeParts(readScanner(files), threads, streams.length > 0 ? undefined : expectedBytes(tasks));
  const setup: ThreadSetup = { ...queue, stages: options.stages, parts, thread: 0 };

  const death = new AbortController();
  const stop = options.signal === undefined ? death.signal : AbortSignal.any([options.signal, death.signal]);
  const events = {
    onBytes: (bytes: number) => record.addBytes(bytes),
    onDone: (result: Parameters<RunRecord['addResult']>[0]) => record.addResult(result),
  };
  const workers = Array.from({ length: threads - 1 }, (_, index) =>
    startWorker(files.worker, { ...setup, thread: index + 1 }, events),
  );
  try {
    // A worker that dies ends the run at once, whatever this thread is doing.
    for (const { table } of workers) table.catch((error: unknown) => death.abort(error));
    const counter = await work(setup, streams, record, options.stdin, stop);
    const table = counter.finish();
    const theirs = await untilAborted(Promise.all(workers.map((worker) => worker.table)), stop);
    for (const { held } of theirs) if (held !== undefined) counter.takeOver(held);
    for (const { saved } of theirs) addTable(table, loadTable(saved));
    return { table, threads };
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()));
  }
}

/** The calling thread's share: all streams, then whatever tasks the workers leave it. */
async function work(
  setup: ThreadSetup,
  streams: readonly Task[],
  record: RunRecord,
  stdin: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<UsageCounter> {
  const counter = countUsage(setup.stages, setup.parts, setup.thread);
  const reading = { signal, onBytes: (bytes: number) => record.addBytes(bytes) };
  for (const task of streams) record.addResult(await runTask(task, counter, stdin, reading));
  for (let task = takeTask(setup); task !== undefined; task = takeTask(setup)) {
    record.addResult(await runTask(task, counter, stdin, reading));
    // Small tasks end without a turn of the event loop: signals, and what workers report, get one here.
    await nextTurn();
    signal.throwIfAborted();
  }
  return counter;
}

/** What takes longest and cannot be shared first, so that the threads end together; the rest as it was given. */
function inBestOrder(tasks: readonly Task[]): Task[] {
  const weight = (task: Task) => (task.kind === 'file' ? taskBytes(task) : 0);
  return [...tasks].sort((a, b) => weight(b) - weight(a) || a.id - b.id);
}

/** With streams, the calling thread is busy and does not count. */
function countThreads(tasks: readonly Task[], hasStreams: boolean, options: ReadLogsOptions): number {
  const worth = options.sizes?.threadBytes ?? threadBytes;
  const useful = Math.min(tasks.length, Math.ceil(expectedBytes(tasks) / worth)) + Number(hasStreams);
  return Math.max(1, Math.min(options.jobs, useful, mostThreads));
}

/** Bytes to decode, about; those of streams are not counted. */
function expectedBytes(tasks: readonly Task[]): number {
  return tasks.reduce((sum, task) => sum + taskBytes(task) * (task.kind === 'file' ? packingRatio : 1), 0);
}

function readScanner(files: EngineFiles): Uint8Array<ArrayBuffer> {
  try {
    return readFileSync(files.scanner);
  } catch (cause) {
    throw new AudiciaError('internal', `${files.scanner.pathname} cannot be read`, {
      hint: 'The installation is not complete. In a checkout, run: npm run build',
      cause,
    });
  }
}
