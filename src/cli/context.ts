// What a command's action is given beside its flags: the streams, how the user wants to be spoken to, and Ctrl-C.
import type { CommandContext, StricliProcess } from '@stricli/core';
import type { CliProcess, Terminal } from './terminal.ts';

export interface CliContext extends CommandContext {
  /** Stricli's view of the process. An action sets `exitCode` to tell findings; errors it throws. */
  readonly process: StricliProcess;
  readonly terminal: Terminal;
  readonly stdin: NodeJS.ReadStream;
  readonly env: NodeJS.ProcessEnv;
  /**
   * Aborted by the first Ctrl-C (or SIGTERM); a second one ends the process at once. An action that never asks for the
   * signal is ended by the first, as any program is.
   */
  interruption(): AbortSignal;
}

/** The signals that ask a program to stop, and the statuses that shells report for them. */
const statusBySignal = { SIGINT: 130, SIGTERM: 143 } as const;

export function interruptionOf(process: CliProcess): () => AbortSignal {
  let controller: AbortController | undefined;
  return () => {
    if (controller) return controller.signal;
    const installed = new AbortController();
    controller = installed;
    for (const name of ['SIGINT', 'SIGTERM'] as const) {
      process.on(name, () => {
        if (installed.signal.aborted) process.exit(statusBySignal[name]);
        installed.abort();
      });
    }
    return installed.signal;
  };
}
