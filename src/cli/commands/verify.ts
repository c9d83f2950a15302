// `audicia verify`: manifests against usage, both ways. Flags and docs; the action is in ../actions/verify.ts.
import { buildCommand } from '@stricli/core';
import { type CommonFlags, commonAliases, commonFlags, textsFlag } from '../common-flags.ts';
import type { CliContext } from '../context.ts';
import { type PolicyFlags, policyFlags } from '../policy-flags.ts';
import { logArguments, type ReadFlags, readFlags, subjectFlag } from '../read-flags.ts';

export interface VerifyFlags extends CommonFlags, ReadFlags, PolicyFlags {
  readonly rbac: readonly string[];
  readonly log?: readonly string[];
  readonly subject?: readonly string[];
}

export const verifyCommand = buildCommand<VerifyFlags, string[], CliContext>({
  loader: async () => (await import('../actions/verify.ts')).verifyRbac,
  parameters: {
    flags: {
      rbac: {
        kind: 'parsed',
        parse: String,
        variadic: true,
        placeholder: 'DIR|FILE',
        brief: 'RBAC manifests to verify: folders (read with their subfolders) or files; may be repeated',
      },
      log: textsFlag('LOG', 'Audit log, as an alternative to naming it as an argument; may be repeated'),
      subject: subjectFlag,
      ...readFlags,
      ...policyFlags,
      ...commonFlags,
    },
    aliases: { s: 'subject', ...commonAliases },
    positional: logArguments,
  },
  docs: {
    brief: 'Check RBAC manifests against usage: what would fail, what has no evidence',
    fullDescription: [
      'Lists the observed requests that would fail if a subject held nothing but the given manifests,',
      'and the permissions that the manifests grant without evidence. Exit 1 when there is any.',
    ].join('\n'),
    customUsage: ['--rbac DIR LOG...', '--rbac DIR --usage usage.json'],
  },
});
