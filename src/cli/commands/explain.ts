// `audicia explain`: why a rule is there, or why it is not. Flags and docs; the action is in ../actions/explain.ts.
import { buildCommand } from '@stricli/core';
import { type CommonFlags, commonAliases, commonFlags, textFlag, textsFlag } from '../common-flags.ts';
import type { CliContext } from '../context.ts';
import { type PolicyFlags, policyFlags } from '../policy-flags.ts';
import { type ReadFlags, readFlags } from '../read-flags.ts';

export interface ExplainFlags extends CommonFlags, ReadFlags, PolicyFlags {
  readonly log?: readonly string[];
  readonly namespace?: string;
  readonly name?: string;
}

export const explainCommand = buildCommand<ExplainFlags, string[], CliContext>({
  loader: async () => (await import('../actions/explain.ts')).explain,
  parameters: {
    flags: {
      log: textsFlag('LOG', 'Audit log: file, folder, quoted glob or - for stdin; may be repeated'),
      namespace: textFlag('NAMESPACE', 'Namespace of the permission'),
      name: textFlag('NAME', 'Name of the object'),
      ...readFlags,
      ...policyFlags,
      ...commonFlags,
    },
    aliases: { n: 'namespace', ...commonAliases },
    positional: {
      kind: 'array',
      minimum: 1,
      maximum: 6,
      parameter: {
        brief: 'SUBJECT, and if wanted VERB RESOURCE[.GROUP][/SUBRESOURCE] [NAME] or VERB /path',
        parse: String,
        placeholder: 'SUBJECT',
      },
    },
  },
  docs: {
    brief: 'Say why a subject is granted a permission, or why it is not',
    fullDescription: [
      "Without a permission: every rule of the subject's policy with its evidence.",
      'With one: the evidence for it, or the nearest thing that was observed.',
      'A subject is a username, NAMESPACE/NAME for a ServiceAccount, or group:NAME.',
    ].join('\n'),
    customUsage: [
      'SUBJECT --log audit.log',
      'SUBJECT VERB RESOURCE[.GROUP][/SUBRESOURCE] [NAME] [-n NAMESPACE] --log audit.log',
      'SUBJECT "get pods/log in web" --usage usage.json',
    ],
  },
});
