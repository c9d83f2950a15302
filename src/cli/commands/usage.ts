// `audicia usage`: what subjects did, with the evidence. Flags and docs; the actions are in ../actions/.
import { buildCommand, buildRouteMap } from '@stricli/core';
import { type CommonFlags, commonAliases, commonFlags, switchFlag, textFlag } from '../common-flags.ts';
import type { CliContext } from '../context.ts';
import { logArguments, type ReadFlags, readFlags, subjectFlag } from '../read-flags.ts';

export interface UsageFlags extends CommonFlags, ReadFlags {
  readonly save?: string;
  readonly subject?: readonly string[];
  readonly summary: boolean;
}

export interface UsageMergeFlags extends CommonFlags {
  readonly save?: string;
}

const saveFlag = textFlag('FILE', 'Save the usage for later commands; - for stdout');

const showCommand = buildCommand<UsageFlags, string[], CliContext>({
  loader: async () => (await import('../actions/usage.ts')).showUsage,
  parameters: {
    flags: {
      save: saveFlag,
      subject: subjectFlag,
      summary: switchFlag('Print one line per subject instead of every permission'),
      ...readFlags,
      ...commonFlags,
    },
    aliases: { s: 'subject', ...commonAliases },
    positional: logArguments,
  },
  docs: {
    brief: 'Show who used which permission, when and how often',
    fullDescription: [
      'Shows, for every subject, the permissions it used with their evidence, what it was refused,',
      'what can be inferred beside that, and what the log could not show.',
    ].join('\n'),
    customUsage: ['LOG...', 'LOG... --save usage.json', '--usage usage.json --subject web/backend'],
  },
});

const mergeCommand = buildCommand<UsageMergeFlags, string[], CliContext>({
  loader: async () => (await import('../actions/usage.ts')).mergeUsageFiles,
  parameters: {
    flags: { save: saveFlag, ...commonFlags },
    aliases: commonAliases,
    positional: {
      kind: 'array',
      minimum: 1,
      parameter: { brief: 'Saved usage', parse: String, placeholder: 'FILE' },
    },
  },
  docs: {
    brief: 'Unite saved usage; the same log is never counted twice',
    customUsage: ['monday.json tuesday.json --save week.json'],
  },
});

const diffCommand = buildCommand<CommonFlags, [string, string], CliContext>({
  loader: async () => (await import('../actions/usage.ts')).diffUsageFiles,
  parameters: {
    flags: commonFlags,
    aliases: commonAliases,
    positional: {
      kind: 'tuple',
      parameters: [
        { brief: 'Saved usage', parse: String, placeholder: 'OLD' },
        { brief: 'Saved usage', parse: String, placeholder: 'NEW' },
      ],
    },
  },
  docs: {
    brief: 'Show which permissions one saved usage has and the other has not; exit 1 when they differ',
    customUsage: ['monday.json tuesday.json'],
  },
});

export const usageCommands = buildRouteMap<string, CliContext>({
  routes: { show: showCommand, merge: mergeCommand, diff: diffCommand },
  defaultCommand: 'show',
  docs: {
    brief: 'Show, save, merge and compare who used which permission',
    fullDescription: 'audicia usage LOG... is short for audicia usage show LOG...',
  },
});
