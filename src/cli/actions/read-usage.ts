// Logs and saved usage -> one usage, with a progress bar meanwhile and whatever went wrong on stderr.
import { availableParallelism } from 'node:os';
import { AudiciaError, exitCodes } from '../../base/errors.ts';
import type { AudiciaSource } from '../../crd/audicia-source.ts';
import { type RunResult, readLogs } from '../../engine/local.ts';
import { mergeUsage, totalOf } from '../../flow/aggregate/merge-usage.ts';
import { usageFromJson } from '../../flow/aggregate/saved-usage.ts';
import type { Usage, UsageTable } from '../../flow/types.ts';
import type { CliContext } from '../context.ts';
import { createProgressBar } from '../progress.ts';
import { plural } from '../quantities.ts';
import type { ReadFlags } from '../read-flags.ts';
import { loadSource, logsOf, stageOptionsOf } from '../settings.ts';
import { readText } from './read-text.ts';
import { reportInputs } from './run-summary.ts';

export interface ReadUsage {
  readonly usage: Usage;
  /** All of it together. */
  readonly table: UsageTable;
  /** Absent when no log was read. */
  readonly run: RunResult | undefined;
  readonly source: AudiciaSource | undefined;
  /** The exit status that the reading alone calls for: see docs/exit-codes.md. */
  readonly exitCode: number;
}

/**
 * Reads what flags and arguments name. Bad records and inputs that add nothing are told on stderr and do not stop it.
 * Throws AudiciaError when nothing can be read at all, or what was read holds no event.
 */
export async function readUsage(context: CliContext, flags: ReadFlags, named: readonly string[]): Promise<ReadUsage> {
  const source = await loadSource(flags);
  const saved = (flags.usage ?? []).map((path) => usageFromJson(readText(path), path));
  const logs = logsOf(named, flags, source);
  const run = logs.length > 0 || saved.length === 0 ? await readWithProgress(context, flags, logs, source) : undefined;
  if (run) {
    reportInputs(run, context.terminal);
    if (run.counts.events === 0) throw noEvents(run);
  }
  const usage = mergeUsage(run ? [...saved, run.usage] : saved);
  return { usage, table: totalOf(usage), run, source, exitCode: run ? exitCodeOf(run, flags.strict) : exitCodes.done };
}

async function readWithProgress(
  context: CliContext,
  flags: ReadFlags,
  logs: readonly string[],
  source: AudiciaSource | undefined,
): Promise<RunResult> {
  const bar = createProgressBar(context.terminal, flags.progress, () => performance.now());
  try {
    return await readLogs({
      logs,
      stages: stageOptionsOf(flags, source),
      jobs: flags.jobs ?? availableParallelism(),
      stdin: context.stdin,
      onProgress: bar.update,
      signal: context.interruption(),
    });
  } finally {
    bar.clear();
  }
}

/** An input that was named and could not be read is an error whatever the others held; bad input only with --strict. */
function exitCodeOf(run: RunResult, strict: boolean): number {
  if (run.problems.some(({ kind }) => kind === 'missing' || kind === 'unreadable')) return exitCodes.io;
  return strict && (run.problems.length > 0 || run.counts.badRecords > 0) ? exitCodes.findings : exitCodes.done;
}

function noEvents(run: RunResult): AudiciaError {
  const { counts, inputs } = run;
  const paths = inputs.map(({ path }) => (path === '-' ? 'Standard input' : path));
  const where = paths.length === 1 ? `${paths[0]} holds` : `The ${paths.length} inputs hold`;
  const found = [
    counts.badRecords > 0 ? plural(counts.badRecords, 'record that cannot be read', 'records that cannot be read') : '',
    counts.foreignLines > 0 ? plural(counts.foreignLines, 'line of other text', 'lines of other text') : '',
    counts.skippedRecords > 0 ? plural(counts.skippedRecords, 'record of another kind', 'records of other kinds') : '',
  ].filter((part) => part !== '');
  const beside = found.length > 0 ? ` (but ${found.join(', ')})` : '';
  return new AudiciaError('no-events', `${where} no audit events${beside}.`, {
    hint: 'Audicia reads audit.k8s.io events as the API server, EKS, AKS and GKE write them.',
  });
}
