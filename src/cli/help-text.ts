// A command's reference -> the text of --help, wrapped to the width of the terminal.
import type { ApplicationText, Command, RouteMap } from '@stricli/core';
import { argumentsOf, type FlagReference, flagsOf, usageOf } from './command-reference.ts';
import type { CliContext } from './context.ts';

/** Columns of the text when the terminal does not say, and at most. */
const defaultWidth = 100;
const largestWidth = 120;
const smallestWidth = 60;
/** Left-hand sides longer than this get a line of their own. */
const widestLeft = 34;

export interface HelpOptions {
  /** The words that led to the command, `audicia` first. */
  readonly prefix: readonly string[];
  readonly text: ApplicationText;
  /** Width of the terminal, where there is one. */
  readonly columns: number | undefined;
  /** Paints a heading. */
  readonly heading: (text: string) => string;
}

/** The whole help of a group of commands, and of the command that it runs by default. */
export function groupHelpText(group: RouteMap<CliContext>, options: HelpOptions): string {
  const { prefix, heading } = options;
  const isRoot = prefix.length === 1;
  const commands = group
    .getAllEntries()
    .filter((entry) => !entry.hidden)
    .map(({ name, target }): [string, string] => [name['convert-camel-to-kebab'], target.brief]);
  const sections = [[group.brief], [heading('USAGE'), `  ${prefix.join(' ')} COMMAND`]];
  if (group.fullDescription) sections.push(group.fullDescription.split('\n'));
  sections.push([heading('COMMANDS'), ...columnsOf(commands, widthOf(options))]);
  const fallback = group.getDefaultCommand();
  if (fallback) return `${joined(sections)}\n${helpText(fallback, options)}`;
  const flags: [string, string][] = [['-h, --help', 'Print help and exit; after a command, help of that command']];
  if (isRoot) flags.push(['-v, --version', 'Print the version and exit']);
  sections.push([heading('FLAGS'), ...columnsOf(flags, widthOf(options))]);
  return joined(sections);
}

/** The whole help of a command. */
export function helpText(command: Command<CliContext>, options: HelpOptions): string {
  const { prefix, text, heading } = options;
  const width = widthOf(options);
  const sections = [[command.brief], [heading('USAGE'), ...usageOf(command, prefix, text).map((line) => `  ${line}`)]];
  if (command.fullDescription) sections.push(command.fullDescription.split('\n'));
  const args = argumentsOf(command).map(({ name, brief }): [string, string] => [name, brief]);
  if (args.length > 0) sections.push([heading('ARGUMENTS'), ...columnsOf(args, width)]);
  const flags = flagsOf(command).map((flag): [string, string] => [leftOf(flag), rightOf(flag)]);
  sections.push([heading('FLAGS'), ...columnsOf([...flags, ['-h, --help', 'Print help and exit']], width)]);
  return joined(sections);
}

function widthOf({ columns }: HelpOptions): number {
  return Math.min(largestWidth, Math.max(smallestWidth, columns ?? defaultWidth));
}

function joined(sections: readonly (readonly string[])[]): string {
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function leftOf(flag: FlagReference): string {
  const short = flag.short === '' ? '    ' : `${flag.short}, `;
  const value = flag.value === '' ? '' : ` ${flag.value}`;
  return `${short}${flag.name}${value}`;
}

function rightOf(flag: FlagReference): string {
  return flag.fallback === '' ? flag.brief : `${flag.brief} (default ${flag.fallback})`;
}

function columnsOf(rows: readonly [string, string][], width: number): string[] {
  const short = rows.map(([left]) => left.length).filter((length) => length <= widestLeft);
  const indent = Math.max(0, ...short) + 4;
  return rows.flatMap(([left, right]) => {
    const lines = wrap(right, width - indent);
    if (left.length > widestLeft) return [`  ${left}`, ...lines.map((line) => `${' '.repeat(indent)}${line}`)];
    return lines.map((line, index) => (index === 0 ? `  ${left}`.padEnd(indent) : ' '.repeat(indent)) + line);
  });
}

/** The words in lines of at most `width` characters; a longer word stands alone. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
