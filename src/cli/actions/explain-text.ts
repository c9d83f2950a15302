// Rules and permissions with their evidence -> what `audicia explain` prints.

import { inferences } from '../../flow/attribute/inferences.ts';
import type { ExplainedPermission, ExplainedRule, Observation } from '../../flow/evaluate/explain.ts';
import type { InferenceKind, Policy, SubjectUsage } from '../../flow/types.ts';
import { nameObject, type PolicyRule } from '../../rbac/objects.ts';
import { describePermission } from '../../rbac/permission.ts';
import { describeSubject } from '../../rbac/subject.ts';
import { printable } from '../printable.ts';
import { plural } from '../quantities.ts';
import { type Column, tableLines } from '../table.ts';
import type { Terminal } from '../terminal.ts';
import { permissionColumns, permissionDocument, permissionRow } from './usage-rows.ts';

const evidenceColumns: readonly Column[] = [...permissionColumns, { header: 'SEEN AS' }, { header: 'EXAMPLE EVENT' }];

/** Every rule with what it rests on, then what is left out or only proposed. */
export function policyLines(
  policy: Policy,
  usage: SubjectUsage,
  rules: readonly ExplainedRule[],
  terminal: Terminal,
): string[] {
  const bold = (text: string) => terminal.paint('stdout', 'bold', printable(text));
  const lines = [
    bold(describeSubject(usage.subject)),
    `${plural(rules.length, 'rule')} in ${plural(policy.objects.length, 'object')}.`,
  ];
  for (const { object, scopes, rule, evidence } of rules) {
    const where = scopes.map((scope) => (scope === '' ? 'the whole cluster' : scope)).join(', ');
    lines.push('', bold(describeRule(rule)), printable(`  by ${object}, in ${where}`), ...evidenceLines(evidence));
  }
  const proposed = policy.inferred.filter((grant) => !grant.granted);
  for (const { inference, permission } of proposed) {
    lines.push('', bold(`Proposed, not granted: ${describePermission(permission)}`), ...inferenceLines(inference));
  }
  for (const { permission, reason } of policy.omitted) {
    lines.push('', bold(`Left out: ${describePermission(permission)}`), printable(`  ${reason}`));
  }
  const remarks = [...policy.reasons, ...policy.warnings];
  if (remarks.length > 0) lines.push('', ...remarks.map((remark) => printable(`- ${remark}`)));
  return lines;
}

/** The verdict on one permission, the evidence for it, and the nearest things that were seen. */
export function permissionLines(explained: ExplainedPermission, usage: SubjectUsage, terminal: Terminal): string[] {
  const { evidence, nearest, verdict } = explained;
  const granted = verdict === 'granted' || verdict === 'default';
  const lines = [terminal.paint('stdout', granted ? 'green' : 'yellow', printable(verdictText(explained, usage)))];
  if (evidence.length > 0) lines.push('', 'What was seen of it:', ...evidenceLines(evidence));
  if (granted || nearest.length === 0) return lines;
  const rows = nearest.map((row) => [row.differs.join(', '), ...evidenceRow(row)]);
  return [
    ...lines,
    '',
    'The nearest that was seen:',
    ...indented(tableLines([{ header: 'DIFFERS IN' }, ...evidenceColumns], rows)),
  ];
}

function verdictText({ permission, verdict, by, omitted, evidence }: ExplainedPermission, usage: SubjectUsage): string {
  const what = describePermission(permission);
  const who = describeSubject(usage.subject);
  if (by !== undefined) {
    const path = `${nameObject(by.role)} through ${nameObject(by.binding)}`;
    if (verdict === 'default') return `Granted by default: every authenticated identity may ${what}, by ${path}.`;
    return `Granted: ${who} may ${what}, by "${describeRule(by.rule)}" of ${path}.`;
  }
  if (omitted !== undefined) return `Left out: ${what} was seen, but is not granted. ${omitted.reason}`;
  if (verdict === 'proposed') return `Proposed, not granted: ${what} can be inferred, but was not asked for (--infer).`;
  if (verdict === 'denied') return `Not granted: ${who} asked to ${what} and was refused (--include-denied grants it).`;
  if (evidence.length > 0) return `Not granted: ${who} was seen with this permission, but not for this name.`;
  return `Not granted: ${who} was never seen to ${what}.`;
}

/** `get, list pods, pods/log (names a, b)`, `get /metrics`, with `.group` where it is not the core group. */
export function describeRule(rule: PolicyRule): string {
  const verbs = rule.verbs.map((verb) => verb || '""').join(', ');
  if (rule.nonResourceURLs && rule.nonResourceURLs.length > 0) return `${verbs} ${rule.nonResourceURLs.join(', ')}`;
  const resources = (rule.apiGroups ?? []).flatMap((group) => {
    return (rule.resources ?? []).map((resource) => withGroup(resource, group));
  });
  const names = rule.resourceNames ?? [];
  const which = names.length === 0 ? '' : ` (${names.length === 1 ? 'name' : 'names'} ${names.join(', ')})`;
  return `${verbs} ${resources.join(', ')}${which}`;
}

function withGroup(resource: string, group: string): string {
  const slash = resource.indexOf('/');
  if (group === '') return resource;
  return slash < 0 ? `${resource}.${group}` : `${resource.slice(0, slash)}.${group}${resource.slice(slash)}`;
}

function evidenceLines(evidence: readonly Observation[]): string[] {
  const inferred = new Set(evidence.map(({ how }) => how).filter((how) => how !== 'used' && how !== 'denied'));
  return [
    ...indented(tableLines(evidenceColumns, evidence.map(evidenceRow))),
    ...[...inferred].flatMap((kind) => inferenceLines(kind)),
  ];
}

function evidenceRow({ usage, how }: Observation): string[] {
  return [...permissionRow(usage), seenAs(how), usage.evidence.sampleAuditId || '-'];
}

function seenAs(how: Observation['how']): string {
  if (how === 'used') return 'used';
  return how === 'denied' ? 'refused' : `inferred (${how})`;
}

function inferenceLines(kind: InferenceKind): string[] {
  const { reason, source } = inferences[kind];
  return [`  ${kind}: ${reason}`, `  [${source}]`];
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}

/** A row of evidence, for machines. */
export function observationDocument({ usage, how }: Observation) {
  return { seenAs: how, ...permissionDocument(usage) };
}
