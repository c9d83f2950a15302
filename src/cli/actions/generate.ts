// Runs `audicia generate`: logs -> usage -> policies, each proven -> manifests, and a table at the end.
import { AudiciaError, exitCodes } from '../../base/errors.ts';
import { inferences } from '../../flow/attribute/inferences.ts';
import { isProven, type ProvenPolicy } from '../../flow/derive-policies.ts';
import { type OutputFile, policyFiles } from '../../flow/export/policy-files.ts';
import { reportFiles } from '../../flow/export/report-files.ts';
import { writeTree } from '../../flow/export/write-tree.ts';
import { buildReport } from '../../flow/report/policy-report.ts';
import type { SynthesisOptions } from '../../flow/types.ts';
import { isNamespaceName } from '../../rbac/names.ts';
import { chooseSubjects } from '../choose-subjects.ts';
import type { GenerateFlags } from '../commands/generate.ts';
import type { CliContext } from '../context.ts';
import { printable } from '../printable.ts';
import { synthesisOptionsOf } from '../settings.ts';
import { generateDocument } from './generate-document.ts';
import { nextLines, reportFailures, reportWarnings, tableOfPolicies, totalsOf } from './generate-text.ts';
import { makePolicies } from './make-policies.ts';
import { type ReadUsage, readUsage } from './read-usage.ts';

/** `limits.maxRulesPerReport` where no AudiciaSource sets it. */
const defaultMaxRules = 200;

/** What a run of generate came to. */
export interface Generated {
  readonly read: ReadUsage;
  readonly made: readonly ProvenPolicy[];
  readonly files: readonly OutputFile[];
  /** Where files were written, `-` for stdout, `undefined` for nowhere. */
  readonly out: string | undefined;
  readonly written: {
    readonly created: number;
    readonly changed: number;
    readonly unchanged: number;
    /** Files of earlier runs whose subjects are not in this one. */
    readonly left: readonly string[];
  };
}

export async function generate(this: CliContext, flags: GenerateFlags, ...logs: string[]): Promise<void> {
  if (flags.reports && flags.out === undefined) throw badFlag('--reports writes files, so it needs --out.');
  const read = await readUsage(this, flags, logs);
  const options = synthesisOptionsOf(flags, read.source);
  if (!isNamespaceName(options.homeNamespace)) {
    throw badFlag(`--home-namespace: "${options.homeNamespace}" cannot be the name of a namespace.`);
  }
  const made = await makePolicies(chooseSubjects(read.table, flags.subject), options, this.interruption());
  const proven = made.filter(isProven);
  const files = [...filesOf(proven, options), ...(flags.reports ? reportsOf(proven, read, options) : [])];
  const written = await write(this, flags, files);
  const generated = { read, made, files, out: flags.out, written };
  if (flags.output === 'json') this.terminal.out(`${JSON.stringify(generateDocument(generated), undefined, 2)}\n`);
  else print(this, generated);
  this.process.exitCode = made.every(isProven) ? read.exitCode : exitCodes.findings;
}

function filesOf(made: readonly ProvenPolicy[], options: SynthesisOptions): OutputFile[] {
  const policies = made.map(({ policy }) => policy);
  return policyFiles(policies, { homeNamespace: options.homeNamespace, texts: inferences });
}

/**
 * A report says when it was made: at the time of the log's last event, so that the same log gives the same bytes; by the
 * clock only where no event carries a time.
 */
function reportsOf(made: readonly ProvenPolicy[], read: ReadUsage, options: SynthesisOptions): OutputFile[] {
  const now = read.table.coverage.observed.lastSeen || Date.now() * 1000;
  const maxRules = read.source?.spec.limits.maxRulesPerReport ?? defaultMaxRules;
  const { homeNamespace } = options;
  return reportFiles(
    made.map(({ usage, policy, verification }) =>
      buildReport(usage, policy, verification, { homeNamespace, maxRules, now }),
    ),
  );
}

async function write(context: CliContext, flags: GenerateFlags, files: readonly OutputFile[]) {
  const nothing = { created: 0, changed: 0, unchanged: 0, left: [] };
  if (flags.out === undefined) return nothing;
  if (flags.out !== '-') {
    const tree = await writeTree(flags.out, files, { signal: context.interruption() });
    const { created, changed, unchanged, left } = tree;
    return { created: created.length, changed: changed.length, unchanged: unchanged.length, left };
  }
  // With --output json the document holds the objects.
  if (flags.output === 'json') return nothing;
  for (const { content } of files) {
    context.terminal.out(content);
    await context.terminal.flushed();
  }
  return nothing;
}

/** The manifests have stdout to themselves where they go there; then the table goes to stderr. */
function print({ terminal }: CliContext, generated: Generated): void {
  const { made, read, out } = generated;
  const stream = out === '-' ? 'stderr' : 'stdout';
  const say = out === '-' ? terminal.err : terminal.out;
  reportWarnings(made, read, terminal);
  say(`${tableOfPolicies(made).join('\n')}\n\n`);
  say(`${totalsOf(generated).map(printable).join('\n')}\n`);
  reportFailures(made, terminal);
  say(
    `${nextLines(generated)
      .map((line) => terminal.paint(stream, 'dim', line))
      .join('\n')}\n`,
  );
}

function badFlag(message: string): AudiciaError {
  return new AudiciaError('bad-flag', message, { hint: 'See audicia generate --help.' });
}
