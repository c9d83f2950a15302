// The main thread's side of a worker: starts it, passes on what it reports, and makes one promise of its life.
import { Worker } from 'node:worker_threads';
import { AudiciaError } from '../base/errors.ts';
import type { FromWorker, ThreadSetup, WorkerTable } from './messages.ts';
import type { TaskResult } from './task.ts';

export interface WorkerEvents {
  onBytes(bytes: number): void;
  onDone(result: TaskResult): void;
}

export interface WorkerThread {
  /** The table, saved, when the worker took its last task. Rejects with AudiciaError `internal` when it died before. */
  readonly table: Promise<WorkerTable>;
  /** Ends the thread at once, wherever it is. Resolves when it is gone; safe to call at any time. */
  stop(): Promise<void>;
}

export function startWorker(url: URL, setup: ThreadSetup, events: WorkerEvents): WorkerThread {
  const worker = new Worker(url, {
    workerData: setup,
    // Own flags only: those of a test runner or a debugger are not meant for our threads.
    execArgv: [],
    // Three semi-spaces of 4 MB, as bin/audicia gives to the main thread.
    resourceLimits: { maxYoungGenerationSizeMb: 12 },
    name: 'audicia',
  });
  const table = new Promise<WorkerTable>((resolve, reject) => {
    worker.on('message', (message: FromWorker) => {
      if (message.kind === 'bytes') events.onBytes(message.bytes);
      else if (message.kind === 'done') events.onDone(message.result);
      else resolve(message);
    });
    worker.on('error', (cause) => reject(died('failed', cause)));
    worker.on('messageerror', (cause) => reject(died('sent what could not be read', cause)));
    worker.on('exit', (status) => reject(died(`ended with status ${status} before its work was done`)));
  });
  // Whoever waits for the table sees the rejection; a run that was stopped waits no longer, and that is no defect.
  table.catch(() => {});
  return {
    table,
    async stop() {
      await worker.terminate();
    },
  };
}

function died(how: string, cause?: unknown): AudiciaError {
  const what = cause instanceof Error ? `${how}: ${cause.message}` : how;
  return new AudiciaError('internal', `a worker thread ${what}`, {
    hint: 'Run again with --jobs 1, and report this with the message.',
    cause,
  });
}
