// Runs `audicia explain`: why a subject's rules are there, or why one permission is (or is not) among them.
import { type ExplainedPermission, explainPermission, explainPolicy } from '../../flow/evaluate/explain.ts';
import { synthesise } from '../../flow/synthesise/synthesise.ts';
import type { Policy, SubjectUsage } from '../../flow/types.ts';
import { findSubject } from '../choose-subjects.ts';
import type { ExplainFlags } from '../commands/explain.ts';
import type { CliContext } from '../context.ts';
import { permissionOfText } from '../permission-words.ts';
import { synthesisOptionsOf } from '../settings.ts';
import { observationDocument, permissionLines, policyLines } from './explain-text.ts';
import { readUsage } from './read-usage.ts';

/** `audicia explain SUBJECT [VERB RESOURCE [NAME]] --log LOG`. */
export async function explain(this: CliContext, flags: ExplainFlags, ...words: string[]): Promise<void> {
  const [word = '', ...asked] = words;
  const { namespace, name } = flags;
  const permission = asked.length > 0 ? permissionOfText(asked.join(' '), { namespace, name }) : undefined;
  const read = await readUsage(this, flags, flags.log ?? []);
  const usage = findSubject(read.table, word);
  const options = synthesisOptionsOf(flags, read.source);
  const policy = synthesise(usage, options);
  this.process.exitCode = read.exitCode;

  if (permission === undefined) {
    const rules = explainPolicy(policy, usage, options.includeDenied);
    if (flags.output === 'json') return printDocument(this, policyDocument(usage, policy, rules));
    return this.terminal.out(`${policyLines(policy, usage, rules, this.terminal).join('\n')}\n`);
  }
  const explained = explainPermission(permission, policy, usage, options);
  if (flags.output === 'json') return printDocument(this, explainedDocument(usage, explained));
  this.terminal.out(`${permissionLines(explained, usage, this.terminal).join('\n')}\n`);
}

function printDocument(context: CliContext, document: unknown): void {
  context.terminal.out(`${JSON.stringify(document, undefined, 2)}\n`);
}

function policyDocument(usage: SubjectUsage, policy: Policy, rules: ReturnType<typeof explainPolicy>) {
  return {
    subject: usage.subject,
    rules: rules.map((rule) => ({ ...rule, evidence: rule.evidence.map(observationDocument) })),
    omitted: policy.omitted,
    inferred: policy.inferred,
    reasons: policy.reasons,
    warnings: policy.warnings,
  };
}

function explainedDocument(usage: SubjectUsage, explained: ExplainedPermission) {
  const { permission, verdict, by, omitted, evidence, nearest } = explained;
  return {
    subject: usage.subject,
    permission,
    verdict,
    by: by === undefined ? null : { binding: by.binding.metadata, role: by.role.metadata, rule: by.rule },
    omitted: omitted ?? null,
    evidence: evidence.map(observationDocument),
    nearest: nearest.map((row) => ({ differs: row.differs, ...observationDocument(row) })),
  };
}
