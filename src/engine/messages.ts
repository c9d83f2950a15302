// What the main thread and a worker say to each other. All of it is plain data.
import type { HandedOver, StageOptions, StageParts } from '../flow/pipeline.ts';
import type { Task, TaskResult } from './task.ts';

/** What a run gives to each of its threads. */
export interface ThreadSetup extends TaskQueue {
  readonly stages: StageOptions;
  readonly parts: StageParts;
  /** Which of the run's threads it is: 0 is the calling one. */
  readonly thread: number;
}

/** Tasks that any thread may take, and one Int32 shared by all: the place of the next that nobody has taken. */
export interface TaskQueue {
  readonly tasks: readonly Task[];
  readonly next: Int32Array;
}

/** From a worker: `bytes` now and then, `done` after every task, `table` once, when no task is left. */
export type FromWorker =
  | { readonly kind: 'bytes'; readonly bytes: number }
  | { readonly kind: 'done'; readonly result: TaskResult }
  | ({ readonly kind: 'table' } & WorkerTable);

/** What a worker counted: a saved table, and classes in the shared memory that the main thread is to count. */
export interface WorkerTable {
  readonly saved: Uint8Array;
  readonly held: HandedOver['held'];
}

export function makeTaskQueue(tasks: readonly Task[]): TaskQueue {
  return { tasks, next: new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)) };
}

/** Takes the next task, if one is left: all that threads must agree on while they work. */
export function takeTask(queue: TaskQueue): Task | undefined {
  return queue.tasks[Atomics.add(queue.next, 0, 1)];
}
