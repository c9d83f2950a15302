// Runs `audicia usage`: shows, saves, merges and compares usage.
import { exitCodes } from '../../base/errors.ts';
import { subjectBlindSpots } from '../../flow/aggregate/blind-spots.ts';
import { diffUsage, type SubjectDifference, type UsageDifference } from '../../flow/aggregate/diff-usage.ts';
import { mergeUsage, totalOf } from '../../flow/aggregate/merge-usage.ts';
import { usageFromJson, usageToJson } from '../../flow/aggregate/saved-usage.ts';
import { inferences } from '../../flow/attribute/inferences.ts';
import type { Usage } from '../../flow/types.ts';
import { describePermission } from '../../rbac/permission.ts';
import { describeSubject } from '../../rbac/subject.ts';
import { chooseSubjects } from '../choose-subjects.ts';
import type { UsageFlags, UsageMergeFlags } from '../commands/usage.ts';
import type { CommonFlags } from '../common-flags.ts';
import type { CliContext } from '../context.ts';
import { printable } from '../printable.ts';
import { plural } from '../quantities.ts';
import { readText } from './read-text.ts';
import { readUsage } from './read-usage.ts';
import { runDocument, totalsLine } from './run-summary.ts';
import { permissionDocument, sortedEntries, windowDocument } from './usage-rows.ts';
import { coverageLines, subjectLines, summaryLines } from './usage-text.ts';
import { writeWhole } from './write-whole.ts';

/** `audicia usage LOG...` */
export async function showUsage(this: CliContext, flags: UsageFlags, ...logs: string[]): Promise<void> {
  const { terminal } = this;
  const read = await readUsage(this, flags, logs);
  const subjects = chooseSubjects(read.table, flags.subject);
  if (flags.save !== undefined) saveUsage(this, flags.save, read.usage);
  this.process.exitCode = read.exitCode;
  if (flags.save === '-') return;
  if (flags.output === 'json') {
    const document = { subjects: subjects.map(subjectDocument), run: runDocument(read.table, read.run) };
    terminal.out(`${JSON.stringify(document, undefined, 2)}\n`);
    return;
  }
  if (flags.summary) terminal.out(`${summaryLines(subjects).join('\n')}\n`);
  else {
    for (const usage of subjects) {
      terminal.out(`${subjectLines(usage, terminal).join('\n')}\n\n`);
      await terminal.flushed();
    }
  }
  terminal.err(`${[...coverageLines(read.table), totalsLine(read.table, read.run)].map(printable).join('\n')}\n`);
}

/** `audicia usage merge FILE...` */
export function mergeUsageFiles(this: CliContext, flags: UsageMergeFlags, ...files: string[]): void {
  const merged = mergeUsage(files.map(loadUsage));
  saveUsage(this, flags.save ?? '-', merged);
  if (flags.save === undefined || flags.save === '-' || flags.output === 'json') return;
  const table = totalOf(merged);
  this.terminal.err(
    `${plural(table.subjects.size, 'subject')} and ${totalsLine(table, undefined)} in ${printable(flags.save)}.\n`,
  );
}

/** `audicia usage diff OLD NEW`: exit 1 when they differ. */
export function diffUsageFiles(this: CliContext, flags: CommonFlags, before: string, after: string): void {
  const differences = diffUsage(totalOf(loadUsage(before)), totalOf(loadUsage(after)));
  if (differences.length > 0) this.process.exitCode = exitCodes.findings;
  if (flags.output === 'json') {
    this.terminal.out(`${JSON.stringify({ differences }, undefined, 2)}\n`);
    return;
  }
  for (const difference of differences) this.terminal.out(`${differenceLines(difference, this).join('\n')}\n`);
  if (differences.length === 0) this.terminal.err('No difference in permissions.\n');
}

/** Reads a saved usage. Throws AudiciaError `unreadable-input` or `bad-usage-file`. */
export function loadUsage(path: string): Usage {
  return usageFromJson(readText(path), path);
}

function saveUsage(context: CliContext, path: string, usage: Usage): void {
  const text = `${JSON.stringify(usageToJson(usage))}\n`;
  if (path === '-') context.terminal.out(text);
  else writeWhole(path, text);
}

function subjectDocument(usage: Parameters<typeof subjectBlindSpots>[0]) {
  return {
    subject: usage.subject,
    groups: usage.groups.sorted(),
    ...windowDocument(usage.observed),
    used: sortedEntries(usage.used).map(permissionDocument),
    denied: sortedEntries(usage.denied).map(permissionDocument),
    inferred: sortedEntries(usage.inferred).map((entry) => ({
      inference: entry.inference,
      reason: inferences[entry.inference].reason,
      source: inferences[entry.inference].source,
      ...permissionDocument(entry),
    })),
    notes: Object.fromEntries(usage.observed.notes),
    blindSpots: subjectBlindSpots(usage),
  };
}

function differenceLines({ subject, added, removed }: SubjectDifference, { terminal }: CliContext): string[] {
  const line = (sign: '+' | '-') => (difference: UsageDifference) => {
    const text = printable(`  ${sign} ${describeDifference(difference)}`);
    return terminal.paint('stdout', sign === '+' ? 'green' : 'red', text);
  };
  return [printable(describeSubject(subject)), ...added.map(line('+')), ...removed.map(line('-'))];
}

function describeDifference({ permission, names, nameless }: UsageDifference): string {
  const text = describePermission(permission);
  if (names.length === 0) return text;
  return `${text} (${nameless ? 'without a name, and ' : ''}name ${names.join(', ')})`;
}
