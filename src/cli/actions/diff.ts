// Runs `audicia diff`: two sets of manifests, reports or usage -> what one grants (or used) and the other does not.
import { readFileSync, statSync } from 'node:fs';
import { AudiciaError, exitCodes } from '../../base/errors.ts';
import { parseYaml } from '../../base/yaml.ts';
import { savedUsageFormat } from '../../flow/aggregate/saved-usage.ts';
import { diffPolicies, type SubjectDiff } from '../../flow/evaluate/diff-policies.ts';
import type { SubjectGrant } from '../../flow/evaluate/explode-policy.ts';
import { isUrlAtom } from '../../rbac/explode.ts';
import { parseManifests } from '../../rbac/manifests.ts';
import { describeSubject } from '../../rbac/subject.ts';
import type { CommonFlags } from '../common-flags.ts';
import type { CliContext } from '../context.ts';
import { printable } from '../printable.ts';
import type { Terminal } from '../terminal.ts';
import { type RbacInput, readRbac, reportManifests } from './read-rbac.ts';
import { readText } from './read-text.ts';
import { warn } from './run-summary.ts';
import { diffUsageFiles } from './usage.ts';

/** `audicia diff OLD NEW`: exit 1 when they differ, 2 when some of either could not be read. */
export function diff(this: CliContext, flags: CommonFlags, before: string, after: string): void {
  const saved = [before, after].map(isSavedUsage);
  if (saved[0] && saved[1]) {
    diffUsageFiles.call(this, flags, before, after);
    return;
  }
  if (saved[0] || saved[1]) {
    throw new AudiciaError('bad-manifest', `${saved[0] ? before : after} is saved usage and the other is not.`, {
      hint: 'Compare usage with usage, or manifests with manifests; audicia verify compares manifests with usage.',
    });
  }
  const old = readPolicies(before);
  const now = readPolicies(after);
  if (!this.terminal.json) for (const side of [old, now]) reportManifests(side, this.terminal);
  const { subjects, more } = diffPolicies(old.objects, now.objects);
  if (subjects.length > 0) this.process.exitCode = exitCodes.findings;
  if (old.broken + now.broken > 0) this.process.exitCode = exitCodes.usage;
  if (flags.output === 'json') {
    const problems = [...old.problems, ...now.problems];
    this.terminal.out(`${JSON.stringify({ subjects: subjects.map(diffDocument), more, problems }, undefined, 2)}\n`);
    return;
  }
  for (const difference of subjects) this.terminal.out(`${diffLines(difference, this.terminal).join('\n')}\n`);
  if (more) warn(this.terminal, 'There is more than could be compared: the difference above is not complete.');
  if (subjects.length === 0) this.terminal.err('No difference in permissions.\n');
}

function isSavedUsage(path: string): boolean {
  if (path === '-' || !statSync(path, { throwIfNoEntry: false })?.isFile()) return false;
  return readFileSync(path, 'utf8').slice(0, 200).includes(`"${savedUsageFormat}"`);
}

/** Manifests, or what the reports among them suggest. */
function readPolicies(path: string): RbacInput {
  if (path !== '-' && statSync(path, { throwIfNoEntry: false })?.isFile()) {
    const suggested = suggestedManifests(readText(path));
    if (suggested.length > 0) {
      const { objects, problems } = parseManifests(suggested.join('---\n'), path);
      return { objects, broken: problems.length, problems };
    }
  }
  return readRbac([path]);
}

/** The YAML strings in `status.suggestedPolicy.manifests` of every AudiciaPolicyReport in the text. */
function suggestedManifests(text: string): string[] {
  if (!text.includes('AudiciaPolicyReport')) return [];
  return parseYaml(text).flatMap(({ value }) => {
    const report = value as ReportShape | null | undefined;
    const manifests = report?.kind === 'AudiciaPolicyReport' ? report.status?.suggestedPolicy?.manifests : undefined;
    return Array.isArray(manifests)
      ? manifests.filter((manifest): manifest is string => typeof manifest === 'string')
      : [];
  });
}

interface ReportShape {
  readonly kind?: unknown;
  readonly status?: { readonly suggestedPolicy?: { readonly manifests?: unknown } };
}

function diffLines({ subject, added, removed }: SubjectDiff, terminal: Terminal): string[] {
  const line = (sign: '+' | '-') => (grant: SubjectGrant) => {
    return terminal.paint('stdout', sign === '+' ? 'green' : 'red', printable(`  ${sign} ${describeGrant(grant)}`));
  };
  return [printable(describeSubject(subject)), ...added.map(line('+')), ...removed.map(line('-'))];
}

function diffDocument({ subject, added, removed }: SubjectDiff) {
  const document = (grant: SubjectGrant) => ({ text: describeGrant(grant), namespace: grant.namespace, ...grant.atom });
  return { subject, added: added.map(document), removed: removed.map(document) };
}

/** As describePermission writes a permission, with wildcards as they stand. */
export function describeGrant({ namespace, atom }: SubjectGrant): string {
  if (isUrlAtom(atom)) return `${atom.verb || '""'} ${atom.path}`;
  const [resource, subresource] = splitResource(atom.resource);
  const group = atom.apiGroup === '' ? '' : `.${atom.apiGroup}`;
  const where = namespace === '' ? ' in the whole cluster' : ` in ${namespace}`;
  const name = atom.name === undefined ? '' : ` (name ${atom.name || '""'})`;
  return `${atom.verb || '""'} ${resource}${group}${subresource}${where}${name}`;
}

function splitResource(resource: string): [string, string] {
  const slash = resource.indexOf('/');
  return slash < 0 ? [resource, ''] : [resource.slice(0, slash), resource.slice(slash)];
}
