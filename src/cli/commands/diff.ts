// `audicia diff`: two sets of manifests, compared in permissions. Flags and docs; the action is in ../actions/diff.ts.
import { buildCommand } from '@stricli/core';
import { type CommonFlags, commonAliases, commonFlags } from '../common-flags.ts';
import type { CliContext } from '../context.ts';

export const diffCommand = buildCommand<CommonFlags, [string, string], CliContext>({
  loader: async () => (await import('../actions/diff.ts')).diff,
  parameters: {
    flags: commonFlags,
    aliases: commonAliases,
    positional: {
      kind: 'tuple',
      parameters: [
        {
          brief: 'Manifests (folder or file), an AudiciaPolicyReport, or saved usage',
          parse: String,
          placeholder: 'OLD',
        },
        { brief: 'The same, to compare with', parse: String, placeholder: 'NEW' },
      ],
    },
  },
  docs: {
    brief: 'Compare manifests (or usage) in permissions, not in lines; exit 1 when they differ',
    fullDescription: [
      'Shows for each subject which permissions were added and which removed.',
      'However rules are split, ordered or named makes no difference, as it makes none to the API server.',
    ].join('\n'),
    customUsage: ['rbac-old/ rbac-new/', 'monday.json tuesday.json'],
  },
});
