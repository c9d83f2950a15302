// A worker thread: takes tasks until none is left, then hands over its table. Started by worker-thread.ts only.
import { parentPort, workerData } from 'node:worker_threads';
import { countUsage, saveTable } from '../flow/pipeline.ts';
import { type FromWorker, type ThreadSetup, takeTask } from './messages.ts';
import { runTask } from './task.ts';

type Post = (message: FromWorker, transfer?: readonly ArrayBuffer[]) => void;

async function work(setup: ThreadSetup, post: Post): Promise<void> {
  const counter = countUsage(setup.stages, setup.parts, setup.thread);
  const onBytes = (bytes: number) => post({ kind: 'bytes', bytes });
  for (let task = takeTask(setup); task !== undefined; task = takeTask(setup)) {
    post({ kind: 'done', result: await runTask(task, counter, noStream(), { onBytes }) });
  }
  const { table, held } = counter.handOver();
  const saved = saveTable(table);
  post({ kind: 'table', saved, held }, [saved.buffer]);
}

/** Streams are read by the main thread, which owns standard input. */
async function* noStream(): AsyncIterable<Uint8Array> {}

const port = parentPort;
if (port !== null) {
  await work(workerData as ThreadSetup, (message, transfer) => port.postMessage(message, transfer ?? []));
}
