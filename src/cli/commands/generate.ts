// `audicia generate`: logs in, RBAC manifests out. Flags and docs; the action is in ../actions/generate.ts.
import { buildCommand } from '@stricli/core';
import { type CommonFlags, commonAliases, commonFlags, switchFlag, textFlag } from '../common-flags.ts';
import type { CliContext } from '../context.ts';
import { type PolicyFlags, policyFlags } from '../policy-flags.ts';
import { logArguments, type ReadFlags, readFlags, subjectFlag } from '../read-flags.ts';

export interface GenerateFlags extends CommonFlags, ReadFlags, PolicyFlags {
  readonly out?: string;
  readonly reports: boolean;
  readonly subject?: readonly string[];
}

export const generateCommand = buildCommand<GenerateFlags, string[], CliContext>({
  loader: async () => (await import('../actions/generate.ts')).generate,
  parameters: {
    flags: {
      out: textFlag(
        'DIR|-',
        'Folder to write manifests to, or - for one YAML stream on stdout; without it nothing is written',
      ),
      reports: switchFlag('Write an AudiciaPolicyReport for each subject beside its manifests'),
      subject: subjectFlag,
      ...policyFlags,
      ...readFlags,
      ...commonFlags,
    },
    aliases: { s: 'subject', ...commonAliases },
    positional: logArguments,
  },
  docs: {
    brief: 'Write least-privilege RBAC for every subject in audit logs',
    fullDescription: [
      'Reads audit logs and makes, for every subject in them, the smallest RBAC that keeps it working.',
      'Every policy is verified before it is written: nothing observed is missing, nothing is granted without evidence.',
    ].join('\n'),
    customUsage: [
      'LOG... --out DIR',
      'LOG... --out - | kubectl apply --dry-run=server -f -',
      '--source source.yaml --out DIR',
    ],
  },
});
