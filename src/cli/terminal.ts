// Where a command's words go. Results go to stdout, everything else to stderr; colours and progress only where a person
// is looking. Whether to speak JSON is known before the flags are parsed, so that a wrong flag is reported in it too.
import { styleText } from 'node:util';

export type ColorMode = 'auto' | 'always' | 'never';
export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

/** How the user wants to be spoken to. */
export interface Presentation {
  readonly json: boolean;
  readonly verbose: boolean;
  readonly color: ColorMode;
}

/** The narrow part of process that the command line uses. */
export interface CliProcess {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly stdin: NodeJS.ReadStream;
  readonly env: NodeJS.ProcessEnv;
  on(event: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
  exit(code: number): never;
}

/** A command's view of the two streams. */
export interface Terminal {
  readonly json: boolean;
  readonly verbose: boolean;
  /** Whether a progress bar may be drawn on stderr. */
  readonly live: boolean;
  /** Width of stdout, where it is a terminal. */
  readonly columns: number | undefined;
  /** Writes results to stdout, as they are. */
  out(text: string): void;
  /** Writes anything else to stderr, as it is. */
  err(text: string): void;
  /** Colours a text for one of the streams, or leaves it alone. */
  paint(stream: 'stdout' | 'stderr', style: Style, text: string): string;
  /** Waits until stdout has taken what was written: called between large pieces, so that a slow reader is waited for. */
  flushed(): Promise<void>;
}

/** Reads `--output json`, `--verbose` and `--color` off the arguments, before the command's own parsing. */
export function presentationOf(argv: readonly string[]): Presentation {
  const end = argv.indexOf('--');
  const flags = end < 0 ? argv : argv.slice(0, end);
  const color = flagValue(flags, ['--color']);
  return {
    json: flagValue(flags, ['--output', '-o']) === 'json',
    verbose: flags.includes('--verbose'),
    color: color === 'always' || color === 'never' ? color : 'auto',
  };
}

function flagValue(flags: readonly string[], names: readonly string[]): string | undefined {
  for (const [index, flag] of flags.entries()) {
    for (const name of names) {
      if (flag === name) return flags[index + 1];
      if (flag.startsWith(`${name}=`)) return flag.slice(name.length + 1);
    }
  }
  return undefined;
}

export function createTerminal(process: CliProcess, presentation: Presentation): Terminal {
  const colored = {
    stdout: wantsColor(process, 'stdout', presentation.color),
    stderr: wantsColor(process, 'stderr', presentation.color),
  };
  return {
    json: presentation.json,
    verbose: presentation.verbose,
    live: process.stderr.isTTY === true && !presentation.json && process.env['TERM'] !== 'dumb',
    columns: process.stdout.columns,
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    paint(stream, style, text) {
      if (!colored[stream]) return text;
      return styleText(style, text, { validateStream: false });
    },
    async flushed() {
      if (!process.stdout.writableNeedDrain) return;
      await new Promise<void>((resolve) => process.stdout.once('drain', resolve));
    },
  };
}

/** `--color` decides; else NO_COLOR (no-color.org: any value but the empty one) and whether the stream is a terminal. */
export function wantsColor(process: CliProcess, stream: 'stdout' | 'stderr', mode: ColorMode): boolean {
  if (mode !== 'auto') return mode === 'always';
  if (process.env['NO_COLOR']) return false;
  return process[stream].isTTY === true && process.env['TERM'] !== 'dumb';
}
