// Runs `audicia verify`: manifests against usage, in both directions.
import { exitCodes } from '../../base/errors.ts';
import { newSubjectUsage } from '../../flow/aggregate/usage-builder.ts';
import { verify } from '../../flow/evaluate/verify.ts';
import type { SubjectUsage, Verification } from '../../flow/types.ts';
import type { RbacObject } from '../../rbac/objects.ts';
import { describePermission } from '../../rbac/permission.ts';
import { describeSubject, type Subject, subjectKey, subjectOfUsername } from '../../rbac/subject.ts';
import { chooseSubjects } from '../choose-subjects.ts';
import type { VerifyFlags } from '../commands/verify.ts';
import type { CliContext } from '../context.ts';
import { printable } from '../printable.ts';
import { plural } from '../quantities.ts';
import { synthesisOptionsOf } from '../settings.ts';
import { tableLines } from '../table.ts';
import type { Terminal } from '../terminal.ts';
import { letInterrupt } from './make-policies.ts';
import { readRbac, reportManifests } from './read-rbac.ts';
import { readUsage } from './read-usage.ts';
import { runDocument, totalsLine, warn } from './run-summary.ts';

/** Findings of one kind that are printed for one subject; `--output json` has all. */
const findingsShown = 50;

/** `audicia verify --rbac DIR LOG...`: exit 1 when anything is missing or without evidence. */
export async function verifyRbac(this: CliContext, flags: VerifyFlags, ...named: string[]): Promise<void> {
  const logs = [...named, ...(flags.log ?? [])];
  const rbac = readRbac(flags.rbac);
  if (!this.terminal.json) reportManifests(rbac, this.terminal);
  const read = await readUsage(this, flags, logs);
  const options = synthesisOptionsOf(flags, read.source);
  const subjects = subjectsToVerify(read.table.subjects, rbac.objects, flags.subject);
  const results: Verification[] = [];
  for (const usage of subjects) {
    await letInterrupt(this.interruption());
    results.push(verify(rbac.objects, usage, options));
  }
  const clean = results.every((result) => result.missing.length === 0 && result.unproven.length === 0);
  if (flags.output === 'json') {
    const document = {
      subjects: results.map(resultDocument),
      problems: rbac.problems,
      run: runDocument(read.table, read.run),
    };
    this.terminal.out(`${JSON.stringify(document, undefined, 2)}\n`);
  } else {
    for (const result of results) for (const line of resultLines(result, this.terminal)) this.terminal.out(`${line}\n`);
    this.terminal.out(`${tableOf(results).join('\n')}\n\n`);
    this.terminal.err(`${printable(totalsLine(read.table, read.run))}.\n`);
    for (const group of boundGroups(rbac.objects)) {
      warn(this.terminal, `Grants to ${group} are judged for each of its members that was seen, and for nobody else.`);
    }
  }
  if (rbac.broken > 0) this.process.exitCode = exitCodes.usage;
  else this.process.exitCode = clean ? read.exitCode : exitCodes.findings;
}

/**
 * Those that the usage holds and those that the manifests bind: a subject that did nothing has evidence for nothing. Of the
 * manifests' subjects, groups are left out, since usage is a user's.
 */
function subjectsToVerify(
  seen: ReadonlyMap<string, SubjectUsage>,
  objects: readonly RbacObject[],
  words: readonly string[] | undefined,
): SubjectUsage[] {
  const subjects = new Map(seen);
  for (const subject of boundSubjects(objects)) {
    const key = subjectKey(subject);
    if (subject.kind !== 'Group' && !subjects.has(key)) subjects.set(key, newSubjectUsage(subject));
  }
  return chooseSubjects({ subjects }, words);
}

function boundSubjects(objects: readonly RbacObject[]): Subject[] {
  return objects.flatMap((object) => {
    if (object.kind !== 'RoleBinding' && object.kind !== 'ClusterRoleBinding') return [];
    return object.subjects.map(({ kind, name, namespace }): Subject => {
      if (kind === 'Group') return { kind, name };
      if (kind === 'User') return subjectOfUsername(name);
      return { kind, name, namespace: namespace ?? object.metadata.namespace ?? '' };
    });
  });
}

function boundGroups(objects: readonly RbacObject[]): Set<string> {
  const groups = boundSubjects(objects).filter(({ kind }) => kind === 'Group');
  return new Set(groups.map(describeSubject));
}

function resultLines(result: Verification, terminal: Terminal): string[] {
  const { missing, unproven, unprovenMore } = result;
  if (missing.length + unproven.length === 0) return [];
  const lines = [terminal.paint('stdout', 'bold', printable(describeSubject(result.subject)))];
  for (const permission of missing.slice(0, findingsShown)) {
    lines.push(
      `  ${terminal.paint('stdout', 'red', 'would fail')}        ${printable(describePermission(permission))}`,
    );
  }
  if (missing.length > findingsShown)
    lines.push(`  and ${plural(missing.length - findingsShown, 'more request')} that would fail`);
  for (const { object, grant } of unproven.slice(0, findingsShown)) {
    const text = printable(`${describePermission(grant)}, granted by ${object}`);
    lines.push(`  ${terminal.paint('stdout', 'yellow', 'without evidence')}  ${text}`);
  }
  const rest = unproven.length - findingsShown;
  if (rest > 0) lines.push(`  and ${plural(rest, 'more grant')}${unprovenMore ? ' at least' : ''} without evidence`);
  return [...lines, ''];
}

function tableOf(results: readonly Verification[]): string[] {
  const rows = results.map(({ subject, checked, missing, unproven, unprovenMore }) => [
    describeSubject(subject),
    String(checked),
    String(missing.length),
    `${unproven.length}${unprovenMore ? '+' : ''}`,
  ]);
  return tableLines(
    [
      { header: 'SUBJECT' },
      { header: 'CHECKED', align: 'right' },
      { header: 'WOULD FAIL', align: 'right' },
      { header: 'WITHOUT EVIDENCE', align: 'right' },
    ],
    rows,
  );
}

function resultDocument({ subject, checked, missing, unproven, unprovenMore }: Verification) {
  return {
    subject,
    checked,
    missing: missing.map((permission) => ({ text: describePermission(permission), permission })),
    unproven: unproven.map(({ object, grant }) => ({ text: describePermission(grant), object, grant })),
    unprovenMore,
  };
}
