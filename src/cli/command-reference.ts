// A command's definition -> its flags and arguments as people read them. Help and the pages under docs/commands/ are both
// made from this, so that a flag is described in one place only.
import type { Command } from '@stricli/core';
import type { CliContext } from './context.ts';

export interface FlagReference {
  /** `--scope-mode`, `--[no-]progress`. */
  readonly name: string;
  /** `-o`, or `''`. */
  readonly short: string;
  /** What follows the flag, `''` for a switch. */
  readonly value: string;
  readonly repeatable: boolean;
  readonly brief: string;
  /** The value without the flag, `''` where there is none. */
  readonly fallback: string;
}

export interface ArgumentReference {
  /** `LOG...`, `SHELL`. */
  readonly name: string;
  readonly brief: string;
}

/** The parts of a Stricli flag that matter here, of whatever kind it is. */
interface FlagDefinition {
  readonly kind: 'boolean' | 'counter' | 'enum' | 'parsed';
  readonly brief: string;
  readonly placeholder?: string;
  readonly values?: readonly string[];
  readonly default?: unknown;
  readonly variadic?: boolean | string;
  readonly hidden?: boolean;
}

export function flagsOf(command: Command<CliContext>): FlagReference[] {
  const flags = (command.parameters.flags ?? {}) as Readonly<Record<string, FlagDefinition>>;
  const shortByName = new Map<string, string>();
  for (const [letter, name] of Object.entries(command.parameters.aliases ?? {})) {
    if (name !== undefined) shortByName.set(name, `-${letter}`);
  }
  return Object.entries(flags)
    .filter(([, flag]) => flag.hidden !== true)
    .map(([name, flag]) => ({
      name: flag.kind === 'boolean' && flag.default === true ? `--[no-]${kebab(name)}` : `--${kebab(name)}`,
      short: shortByName.get(name) ?? '',
      value: flag.kind === 'boolean' ? '' : (flag.placeholder ?? flag.values?.join('|') ?? 'VALUE'),
      repeatable: flag.variadic === true,
      brief: flag.brief,
      fallback: fallbackOf(flag.default),
    }));
}

export function argumentsOf(command: Command<CliContext>): ArgumentReference[] {
  const positional = command.parameters.positional;
  if (positional === undefined) return [];
  if (positional.kind === 'array') {
    const { placeholder, brief } = positional.parameter;
    return [{ name: `${placeholder}...`, brief }];
  }
  return positional.parameters.map(({ placeholder, brief }) => ({ name: placeholder ?? '', brief }));
}

/** The usage lines, starting with the command's full name. */
export function usageOf(command: Command<CliContext>, prefix: readonly string[], text: HelpTexts): string[] {
  const help = command.formatHelp({
    prefix,
    config: { useAliasInUsageLine: false, onlyRequiredInUsageLine: true, caseStyle: 'convert-camel-to-kebab' },
    ansiColor: false,
    text,
    additionalFlags: [],
    includeArgumentEscapeSequenceFlag: false,
    includeHidden: false,
  });
  // Stricli keeps the usage lines of a command to itself; its help opens with a header, and they follow up to a blank line.
  const lines = help.split('\n').slice(1);
  return lines.slice(0, lines.indexOf('')).map((line) => line.trim());
}

type HelpTexts = Parameters<Command<CliContext>['formatHelp']>[0]['text'];

/** `scopeMode` as it is typed: `scope-mode`. */
export function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function fallbackOf(value: unknown): string {
  if (value === undefined || value === false) return '';
  return value === true ? 'on' : String(value);
}
