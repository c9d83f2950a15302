// Policies with their proofs -> the table, totals, warnings and next steps that `audicia generate` ends with.
import { blindSpots } from '../../flow/aggregate/blind-spots.ts';
import { isProven, type ProvenPolicy } from '../../flow/derive-policies.ts';
import type { InferredGrant } from '../../flow/types.ts';
import { describePermission } from '../../rbac/permission.ts';
import { describeSubject } from '../../rbac/subject.ts';
import { printable } from '../printable.ts';
import { formatCount, plural } from '../quantities.ts';
import { tableLines } from '../table.ts';
import type { Terminal } from '../terminal.ts';
import type { Generated } from './generate.ts';
import type { ReadUsage } from './read-usage.ts';
import { sum, totalsLine, warn, windowText } from './run-summary.ts';
import { requestsOf } from './usage-rows.ts';

/** Warnings and failures told one by one; all of them stand in the files and in `--output json`. */
const warningsShown = 12;
/** Files left from earlier runs that are named. */
const filesShown = 5;
const failuresShown = 10;

export function tableOfPolicies(made: readonly ProvenPolicy[]): string[] {
  const rows = made.map(({ usage, policy }) => [
    describeSubject(usage.subject),
    formatCount(requestsOf(usage)),
    formatCount(usage.used.size),
    formatCount(policy.objects.length),
    windowText(usage.observed),
    formatCount(policy.warnings.length + policy.omitted.length),
  ]);
  return tableLines(
    [
      { header: 'SUBJECT' },
      { header: 'REQUESTS', align: 'right' },
      { header: 'PERMISSIONS', align: 'right' },
      { header: 'OBJECTS', align: 'right' },
      { header: 'WINDOW' },
      { header: 'WARNINGS', align: 'right' },
    ],
    rows,
  );
}

/** `331 events in 1 input (286 kB), ...` and `Verified 412 permissions: 0 missing, 0 without evidence`. */
export function totalsOf({ read, made }: Generated): string[] {
  let checked = 0;
  let missing = 0;
  let unproven = 0;
  for (const { verification } of made) {
    checked += verification.checked;
    missing += verification.missing.length;
    unproven += verification.unproven.length;
  }
  const proof = `${formatCount(missing)} missing, ${formatCount(unproven)} without evidence`;
  const lines = [`${totalsLine(read.table, read.run)}.`, `Verified ${plural(checked, 'permission')}: ${proof}.`];
  const inferred = made.flatMap(({ policy }) => policy.inferred);
  const granted = inferred.filter((grant) => grant.granted);
  if (inferred.length > 0) {
    const proposed = inferred.filter((grant) => !grant.granted);
    lines.push(
      `Inferred beside that: ${kindsOf(granted)} granted, ${kindsOf(proposed)} only proposed (--infer chooses).`,
    );
  }
  return lines;
}

/** `5 (create-on-update 3, escalate 2)`. */
function kindsOf(grants: readonly InferredGrant[]): string {
  const counts = new Map<string, number>();
  for (const { inference } of grants) counts.set(inference, (counts.get(inference) ?? 0) + 1);
  const kinds = [...counts].map(([kind, count]) => `${kind} ${count}`).join(', ');
  return kinds === '' ? '0' : `${formatCount(grants.length)} (${kinds})`;
}

/** What a reviewer must know, on stderr: equal sentences once, with how many subjects they concern. */
export function reportWarnings(made: readonly ProvenPolicy[], read: ReadUsage, terminal: Terminal): void {
  for (const { text } of blindSpots(read.table.coverage)) warn(terminal, text);
  if (made.length === 0) warn(terminal, nobodyLeft(read));
  const concerned = new Map<string, string[]>();
  for (const { policy } of made) {
    const left = policy.omitted.length;
    const incomplete =
      left > 0 ? [`${plural(left, 'permission is', 'permissions are')} left out by --scope-mode NamespaceStrict.`] : [];
    for (const text of [...policy.warnings, ...incomplete]) {
      concerned.set(text, [...(concerned.get(text) ?? []), describeSubject(policy.subject)]);
    }
  }
  for (const [text, subjects] of [...concerned].slice(0, warningsShown)) {
    const [first = ''] = subjects;
    const who = subjects.length === 1 ? first : plural(subjects.length, 'subject');
    warn(
      terminal,
      text.startsWith(first) ? text : `${who}: ${text.replace(/^(?:The|An?) /, (word) => word.toLowerCase())}`,
    );
  }
  const rest = concerned.size - warningsShown;
  if (rest > 0) warn(terminal, `${plural(rest, 'more warning')} in the files and in --output json.`);
}

function nobodyLeft({ table }: ReadUsage): string {
  const filtered = sum(table.coverage.filtered);
  if (filtered === 0) return 'No event names a subject whose requests were authorised.';
  const rules = [...table.coverage.filtered.keys()].join(', ');
  return `All ${plural(filtered, 'event')} were filtered away (${rules}); --include-system-users keeps the control plane's own.`;
}

/** Says loudly which policies did not prove themselves, and were therefore not written. */
export function reportFailures(made: readonly ProvenPolicy[], terminal: Terminal): void {
  for (const { policy, verification } of made.filter((each) => !isProven(each))) {
    const who = printable(describeSubject(policy.subject));
    terminal.err(
      `${terminal.paint('stderr', 'red', 'error:')} The policy of ${who} does not verify and was not written.\n`,
    );
    terminal.err('This is a defect in audicia; please report it.\n');
    for (const permission of verification.missing.slice(0, failuresShown)) {
      terminal.err(`  missing: ${printable(describePermission(permission))}\n`);
    }
    for (const { object, grant } of verification.unproven.slice(0, failuresShown)) {
      terminal.err(`  without evidence: ${printable(`${describePermission(grant)} in ${object}`)}\n`);
    }
  }
}

/** What to do next. */
export function nextLines({ read, out, written, files, made }: Generated): string[] {
  const why = `Ask why a rule is there: ${printable(exampleOf(made, read))}`;
  if (out === undefined) return ['Nothing was written. Add --out DIR for files, or --out - for one YAML stream.', why];
  if (out === '-') return [`${plural(files.length, 'policy', 'policies')} on stdout.`];
  const changes = `${written.created} new, ${written.changed} changed, ${written.unchanged} unchanged`;
  return [
    `${plural(files.length, 'file')} in ${printable(out)} (${changes}). Nothing was applied to any cluster.`,
    ...leftLines(written.left),
    why,
  ];
}

function leftLines(left: readonly string[]): string[] {
  if (left.length === 0) return [];
  const shown = left.slice(0, filesShown).map(printable).join(', ');
  const rest = left.length > filesShown ? ` and ${left.length - filesShown} more` : '';
  return [`Left from earlier runs, of subjects that are not in this one: ${shown}${rest}.`];
}

/** A command that explains the subject with the most objects. */
function exampleOf(made: readonly ProvenPolicy[], read: ReadUsage): string {
  const [first, ...others] = made.map(({ policy }) => policy);
  let example = first;
  for (const policy of others) if (policy.objects.length > (example?.objects.length ?? 0)) example = policy;
  const subject = example ? describeSubject(example.subject).replace(/^\w+ /, '') : 'SUBJECT';
  return `audicia explain ${shellWord(subject)} ${read.run ? `--log ${shellWord(read.run.inputs[0]?.path ?? 'LOG')}` : '--usage FILE'}`;
}

function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
