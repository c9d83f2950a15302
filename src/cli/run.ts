// Runs one command line: builds the application, gives commands their context, and turns every ending into an exit status.
import { ExitCode, run, type StricliProcess } from '@stricli/core';
import { exitCodes } from '../base/errors.ts';
import { buildAudicia } from './app.ts';
import { type CliContext, interruptionOf } from './context.ts';
import { type CliProcess, createTerminal, presentationOf, wantsColor } from './terminal.ts';

/** Runs the command that `typed` names (without node and script) and returns the exit status. Never throws. */
export async function runCli(typed: readonly string[], process: CliProcess): Promise<number> {
  const argv = plainArguments(typed);
  const presentation = presentationOf(argv);
  const terminal = createTerminal(process, presentation);
  endQuietlyWhenUnread(process);
  const streams: StricliProcess = {
    stdout: {
      write: terminal.out,
      getColorDepth: () => (wantsColor(process, 'stdout', presentation.color) ? 8 : 1),
    },
    stderr: { write: terminal.err },
    env: process.env,
  };
  const context: CliContext = {
    process: streams,
    terminal,
    stdin: process.stdin,
    env: process.env,
    interruption: interruptionOf(process),
  };
  await run(buildAudicia(terminal), argv, context);
  return statusOf(Number(streams.exitCode ?? 0));
}

/**
 * Arguments as kubectl takes them, in the form that Stricli takes: `-ojson` is `-o json`, `--namespace=` is an empty value,
 * `help usage` is `usage --help`. The letters are those of flags with a value.
 */
function plainArguments(argv: readonly string[]): string[] {
  if (argv[0] === 'help') return [...plainArguments(argv.slice(1)), '--help'];
  const end = argv.indexOf('--');
  const flags = end < 0 ? argv : argv.slice(0, end);
  const plain = flags.flatMap((word) => {
    const [, letter, value] = /^-([ons])([^=-].*)$/s.exec(word) ?? [];
    if (letter !== undefined && value !== undefined) return [`-${letter}`, value];
    return /^--[a-z-]+=$/.test(word) ? [word.slice(0, -1), ''] : [word];
  });
  return end < 0 ? plain : [...plain, ...argv.slice(end)];
}

/** Stricli's own codes, which are negative, in terms of ours. */
function statusOf(code: number): number {
  if (code === ExitCode.InvalidArgument || code === ExitCode.UnknownCommand) return exitCodes.usage;
  return code < 0 ? exitCodes.internal : code;
}

/**
 * A reader that has seen enough (`| head -1`) closes the pipe; that is success, not an error, as with any filter. Other
 * errors of the two streams cannot be told to anybody.
 */
function endQuietlyWhenUnread(process: CliProcess): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    process.exit(error.code === 'EPIPE' ? exitCodes.done : exitCodes.io);
  });
  process.stderr.on('error', () => process.exit(exitCodes.io));
}
