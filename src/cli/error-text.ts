// Errors -> what the user reads: one sentence and one hint, or the same as a line of JSON; causes with --verbose only.
import { AudiciaError, exitCodes } from '../base/errors.ts';
import { printable } from './printable.ts';
import type { Terminal } from './terminal.ts';

/** An error as `--output json` prints it on stderr, one line: `{"error": {"code", "message", "hint"}}`. */
interface ErrorDocument {
  readonly error: { readonly code: string; readonly message: string; readonly hint: string };
}

/** The exit status for anything thrown: the error's own, 130 for an abort, 70 for a defect of ours. */
export function exitCodeOf(thrown: unknown): number {
  if (thrown instanceof AudiciaError) return thrown.exitCode;
  return isAbort(thrown) ? exitCodes.interrupted : exitCodes.internal;
}

/** The text for stderr, without a line end. */
export function errorText(thrown: unknown, terminal: Terminal): string {
  const error = asAudiciaError(thrown);
  if (terminal.json) {
    const document: ErrorDocument = { error: { code: error.code, message: error.message, hint: error.hint } };
    return JSON.stringify(document);
  }
  const lines = [`${terminal.paint('stderr', 'red', 'error:')} ${printable(error.message)}`];
  if (error.hint !== '') lines.push(`${terminal.paint('stderr', 'cyan', 'hint:')} ${printable(error.hint)}`);
  if (terminal.verbose) lines.push(...causes(thrown));
  return lines.join('\n');
}

function asAudiciaError(thrown: unknown): AudiciaError {
  if (isAbort(thrown)) return new AudiciaError('interrupted', 'Interrupted; nothing was written.', { cause: thrown });
  if (thrown instanceof AudiciaError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new AudiciaError('internal', `A defect in audicia: ${message}`, {
    hint: 'Please report it; --verbose shows where it happened.',
    cause: thrown,
  });
}

function isAbort(thrown: unknown): boolean {
  if (thrown instanceof AudiciaError) return thrown.code === 'interrupted';
  return thrown instanceof Error && thrown.name === 'AbortError';
}

/** The stack and the chain of causes; at most eight links, as a chain can be a ring. */
function causes(thrown: unknown): string[] {
  const lines: string[] = [];
  let link = thrown;
  for (let depth = 0; depth < 8 && link !== undefined; depth++) {
    const text = link instanceof Error ? (link.stack ?? link.message) : String(link);
    lines.push(...(depth === 0 ? text : `caused by: ${text}`).split('\n').map(printable));
    link = link instanceof Error ? link.cause : undefined;
  }
  return lines;
}
