// What the tests of the engine share: a run with documented settings but small sizes, and its usage as text.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type ReadLogsOptions, type RunResult, readLogs } from '../../src/engine/local.ts';
import { usageToJson } from '../../src/flow/aggregate/saved-usage.ts';
import { defaultAttributeOptions } from '../../src/flow/attribute/options.ts';
import type { ResolvedInputs } from '../../src/flow/ingest/input.ts';
import { resolveInputs } from '../../src/flow/ingest/inputs.ts';

export const corpus = fileURLToPath(new URL('../corpus/', import.meta.url));

/** Lines of a real API server's log. */
export const realLines = readFileSync(`${corpus}immudb-k8s.log`, 'utf8').trimEnd().split('\n');

/** Small enough that the logs of the tests are cut, and that every thread allowed is started. */
export const smallSizes = { rangeBytes: 100_000, threadBytes: 1 };

export async function readUsage(logs: readonly string[], options: Partial<ReadLogsOptions> = {}): Promise<RunResult> {
  return readLogs({
    logs,
    stages: { attribute: defaultAttributeOptions, filters: { ignoreSystemUsers: false, filters: [] } },
    jobs: 1,
    stdin: noInput(),
    sizes: smallSizes,
    ...options,
  });
}

/** The usage as it is saved: equal text, equal usage. */
export function usageText(run: RunResult): string {
  return JSON.stringify(usageToJson(run.usage));
}

/** The usage without what depends on names of files. */
export function tableText(run: RunResult): string {
  return JSON.stringify(usageToJson(run.usage).parts[0]?.table);
}

/** The real lines over and over, as different requests: as many as make `bytes`. */
export function longLog(bytes: number): string {
  const pieces: string[] = [];
  let length = 0;
  for (let round = 0; length < bytes; round++) {
    const mark = String(round).padStart(8, '0');
    for (const line of realLines) {
      pieces.push(line.replace(/"auditID":"[0-9a-f]{8}/, `"auditID":"${mark}`));
      length += line.length + 1;
    }
  }
  return `${pieces.join('\n')}\n`;
}

/**
 * Like `readUsage` with several threads, all of whose files are read by workers: the calling thread is kept waiting for
 * standard input until that is done.
 */
export async function readByWorkers(logs: readonly string[], jobs: number): Promise<RunResult> {
  const files = Promise.withResolvers<void>();
  async function* stdin(): AsyncIterable<Uint8Array> {
    await files.promise;
    yield new Uint8Array(0);
  }
  const bytes = sizeOf(await resolveInputs(logs));
  const run = await readUsage([...logs, '-'], {
    jobs,
    stdin: stdin(),
    onProgress: (progress) => {
      if (progress.bytes === bytes) files.resolve();
    },
  });
  return { ...run, inputs: run.inputs.slice(0, -1), problems: run.problems.filter(({ path }) => path !== '-') };
}

function sizeOf({ inputs }: ResolvedInputs): number {
  return inputs.reduce((sum, input) => sum + (input.kind === 'file' ? input.sizeBytes : 0), 0);
}

async function* noInput(): AsyncIterable<Uint8Array> {}
