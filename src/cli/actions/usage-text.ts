// A subject's usage -> what `audicia usage` prints of it: used, refused, inferred, and what could not be seen.
import { formatMicros } from '../../base/time.ts';
import { blindSpots, subjectBlindSpots } from '../../flow/aggregate/blind-spots.ts';
import { inferences } from '../../flow/attribute/inferences.ts';
import { notes } from '../../flow/attribute/notes.ts';
import type { InferenceKind, InferredUsage, NoteKind, SubjectUsage, UsageTable } from '../../flow/types.ts';
import { describeSubject } from '../../rbac/subject.ts';
import { printable } from '../printable.ts';
import { formatCount, plural } from '../quantities.ts';
import { tableLines } from '../table.ts';
import type { Terminal } from '../terminal.ts';
import { windowText } from './run-summary.ts';
import { permissionColumns, permissionRow, requestsOf, sortedEntries } from './usage-rows.ts';

/** Groups named one by one. */
const groupsShown = 8;

/** One line per subject. */
export function summaryLines(subjects: readonly SubjectUsage[]): string[] {
  const rows = subjects.map((usage) => [
    describeSubject(usage.subject),
    formatCount(requestsOf(usage)),
    formatCount(usage.used.size),
    formatCount(usage.denied.size),
    formatCount(usage.inferred.size),
    formatMicros(usage.observed.firstSeen),
    windowText(usage.observed),
  ]);
  return tableLines(
    [
      { header: 'SUBJECT' },
      { header: 'REQUESTS', align: 'right' },
      { header: 'PERMISSIONS', align: 'right' },
      { header: 'REFUSED', align: 'right' },
      { header: 'INFERRED', align: 'right' },
      { header: 'FIRST SEEN' },
      { header: 'WINDOW' },
    ],
    rows,
  );
}

/** Everything about one subject, a paragraph for each kind of thing. */
export function subjectLines(usage: SubjectUsage, terminal: Terminal): string[] {
  const heading = (text: string) => terminal.paint('stdout', 'bold', text);
  const lines = [heading(printable(describeSubject(usage.subject)))];
  const groups = usage.groups.sorted();
  if (groups.length > 0) lines.push(printable(`  in ${listed(groups, usage.groups.more)}`));
  const { observed } = usage;
  lines.push(
    `  ${plural(requestsOf(usage), 'authorised request')}, ${formatMicros(observed.firstSeen)} to ${formatMicros(observed.lastSeen)}`,
  );
  if (usage.used.size > 0) {
    lines.push(
      '',
      heading('  USED'),
      ...indented(tableLines(permissionColumns, sortedEntries(usage.used).map(permissionRow))),
    );
  }
  if (usage.denied.size > 0) {
    const rows = sortedEntries(usage.denied).map(permissionRow);
    lines.push('', heading('  ASKED FOR AND REFUSED'), ...indented(tableLines(permissionColumns, rows)));
  }
  if (usage.inferred.size > 0) lines.push('', heading('  INFERRED'), ...inferredLines(sortedEntries(usage.inferred)));
  const seen = [...subjectBlindSpots(usage).map(({ text }) => text), ...noteTexts(observed.notes)];
  if (seen.length > 0) lines.push('', heading('  TO KNOW'), ...seen.map((text) => `  - ${printable(text)}`));
  return lines;
}

/** What the whole log could not show. */
export function coverageLines(table: UsageTable): string[] {
  const spots = blindSpots(table.coverage);
  if (spots.length === 0) return [];
  return ['What this log could not show:', ...spots.map(({ text }) => `- ${text}`), ''];
}

/** The sentences for the notes of a subject, with how often. */
export function noteTexts(counts: ReadonlyMap<NoteKind, number>): string[] {
  return [...counts]
    .filter(([kind]) => kind !== 'denied')
    .map(([kind, count]) => `${notes[kind]} (${plural(count, 'event')})`);
}

function inferredLines(entries: readonly InferredUsage[]): string[] {
  const byKind = new Map<InferenceKind, InferredUsage[]>();
  for (const entry of entries) byKind.set(entry.inference, [...(byKind.get(entry.inference) ?? []), entry]);
  const lines: string[] = [];
  for (const [kind, found] of byKind) {
    const { title, reason, source, byDefault } = inferences[kind];
    lines.push(
      `  ${title} (${kind}; ${byDefault ? 'granted unless switched off' : 'proposed only'})`,
      `  ${reason}`,
      `  [${source}]`,
    );
    lines.push(...indented(tableLines(permissionColumns, found.map(permissionRow))));
  }
  return lines;
}

function listed(values: readonly string[], more: boolean): string {
  const shown = values.slice(0, groupsShown).join(', ');
  const rest = values.length - groupsShown;
  if (rest > 0) return `${shown} and ${rest}${more ? ' or more' : ''} others`;
  return more ? `${shown} and others` : shown;
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}
