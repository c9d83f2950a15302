// `audicia completion`: a script that completes commands, flags and values in a shell. The script asks `audicia
// __complete` at each tab, so that it never goes out of date.
import { buildCommand } from '@stricli/core';
import type { CliContext } from '../context.ts';

export const shells = ['bash', 'zsh', 'fish', 'powershell'] as const;
export type Shell = (typeof shells)[number];

export const completionCommand = buildCommand<Record<never, never>, [Shell], CliContext>({
  loader: async () => (await import('../actions/completion.ts')).printScript,
  parameters: {
    positional: {
      kind: 'tuple',
      parameters: [
        {
          brief: shells.join(', '),
          placeholder: 'SHELL',
          parse: parseShell,
          proposeCompletions: () => shells,
        },
      ],
    },
  },
  docs: {
    brief: 'Print a completion script for bash, zsh, fish or powershell',
    fullDescription: [
      'bash:        source <(audicia completion bash)',
      'zsh:         source <(audicia completion zsh)',
      'fish:        audicia completion fish | source',
      'powershell:  audicia completion powershell | Out-String | Invoke-Expression',
    ].join('\n'),
    customUsage: shells,
  },
});

/** Hidden: what may follow the words of a command line, one per line, with a tab and a description. */
export const completeCommand = buildCommand<Record<never, never>, string[], CliContext>({
  loader: async () => (await import('../actions/completion.ts')).propose,
  parameters: {
    positional: { kind: 'array', parameter: { brief: 'Words after audicia', parse: String, placeholder: 'WORD' } },
  },
  docs: { brief: 'Propose completions (called by the completion scripts)' },
});

function parseShell(input: string): Shell {
  const shell = shells.find((name) => name === input);
  if (shell === undefined) throw new TypeError(`is not one of ${shells.join(', ')}`);
  return shell;
}
