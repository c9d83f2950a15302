// What a run read -> the totals line, the problems and the first bad records, on stderr; and the same for machines.
import { formatDuration } from '../../base/time.ts';
import type { RunResult } from '../../engine/local.ts';
import { blindSpots } from '../../flow/aggregate/blind-spots.ts';
import type { UsageTable } from '../../flow/types.ts';
import { printable } from '../printable.ts';
import { formatBytes, formatCount, plural } from '../quantities.ts';
import type { Terminal } from '../terminal.ts';

/** Bad records printed for people; `--output json` has all that are kept. */
const badRecordsShown = 5;

/** Says on stderr which inputs gave nothing or were left out, and which records could not be read. */
export function reportInputs(run: RunResult, terminal: Terminal): void {
  if (terminal.json) return;
  for (const { message } of run.problems) warn(terminal, message);
  for (const { path, by, how } of run.covered) {
    const why =
      how === 'same-file' ? 'is the same file as' : how === 'copy' ? 'has the same content as' : 'is the beginning of';
    terminal.err(`${terminal.paint('stderr', 'dim', 'note:')} ${printable(`${path} ${why} ${by}, which is read.`)}\n`);
  }
  for (const record of run.badRecords.slice(0, badRecordsShown)) {
    warn(terminal, `${record.path} line ${record.line} (byte ${record.offset}): ${record.reason} (${record.kind}).`);
  }
  const rest = run.counts.badRecords - Math.min(badRecordsShown, run.badRecords.length);
  if (rest > 0) warn(terminal, `${plural(rest, 'more record')} could not be read; --output json lists them.`);
}

/** A warning on stderr; with `--output json` a line of JSON, for what stands in no document. */
export function warn(terminal: Terminal, sentence: string): void {
  if (terminal.json) {
    terminal.err(`${JSON.stringify({ warning: { message: sentence } })}\n`);
    return;
  }
  terminal.err(`${terminal.paint('stderr', 'yellow', 'warning:')} ${printable(sentence)}\n`);
}

/** `12,345 events in 3 files (1.4 GB), 2 bad records (1 syntax, 1 truncated), 17 duplicates`. */
export function totalsLine(table: UsageTable, run: RunResult | undefined): string {
  const { coverage } = table;
  const parts = [plural(eventsOf(table), 'event')];
  if (run) parts[0] += ` in ${plural(run.inputs.length, 'input')} (${formatBytes(coverage.bytes)})`;
  parts.push(plural(coverage.requests, 'request'));
  parts.push(plural(coverage.duplicates, 'duplicate'));
  parts.push(badPart(coverage.badRecords));
  const filtered = sum(coverage.filtered);
  if (filtered > 0) parts.push(`${formatCount(filtered)} filtered away`);
  if (coverage.foreignLines > 0) parts.push(plural(coverage.foreignLines, 'line of other text', 'lines of other text'));
  if (coverage.skippedRecords > 0)
    parts.push(plural(coverage.skippedRecords, 'record of another kind', 'records of other kinds'));
  return parts.join(', ');
}

/** All events, those that a filter took away included. */
function eventsOf({ coverage }: UsageTable): number {
  return sum(coverage.observed.stages) + sum(coverage.filtered);
}

function badPart(badRecords: ReadonlyMap<string, number>): string {
  const total = sum(badRecords);
  if (total === 0) return '0 bad records';
  const kinds = [...badRecords].map(([kind, count]) => `${formatCount(count)} ${kind}`).join(', ');
  return `${plural(total, 'bad record')} (${kinds})`;
}

/** The window that the events cover, in words. */
export function windowText(span: { firstSeen: number; lastSeen: number }): string {
  if (span.firstSeen <= 0) return 'unknown';
  return formatDuration((span.lastSeen - span.firstSeen) / 1000);
}

/** The run and its coverage, for machines. */
export function runDocument(table: UsageTable, run: RunResult | undefined) {
  const { coverage } = table;
  return {
    events: eventsOf(table),
    requests: coverage.requests,
    duplicates: coverage.duplicates,
    filtered: Object.fromEntries(coverage.filtered),
    bytes: coverage.bytes,
    foreignLines: coverage.foreignLines,
    skippedRecords: coverage.skippedRecords,
    inputs: run?.inputs.map(({ path, counts }) => ({ path, ...counts })) ?? [],
    leftOut: run?.covered ?? [],
    problems: run?.problems ?? [],
    badRecords: {
      total: sum(coverage.badRecords),
      byKind: Object.fromEntries(coverage.badRecords),
      first: run?.badRecords ?? [],
    },
    blindSpots: blindSpots(coverage),
  };
}

export function sum(counts: ReadonlyMap<string, number>): number {
  let total = 0;
  for (const count of counts.values()) total += count;
  return total;
}
