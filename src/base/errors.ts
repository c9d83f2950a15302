// What the program throws when it cannot go on. One class and one table of codes: the code decides the exit status, the
// message is the sentence a user reads, the hint is what to do next.

/** Exit statuses of every command, as docs/exit-codes.md lists them. */
export const exitCodes = {
  done: 0,
  /** The command did its work and found what it was asked to look for: a difference, a refusal, a missing permission. */
  findings: 1,
  /** The command line or a configuration is wrong. */
  usage: 2,
  /** A file could not be read or written. */
  io: 3,
  /** The input was read and holds no audit events at all. */
  noEvents: 4,
  /** A defect of Audicia's own. */
  internal: 70,
  /** Interrupted (Ctrl-C), as shells report it: 128 + SIGINT. */
  interrupted: 130,
} as const;

/** Why a run ended: each code belongs to one exit status and never changes its meaning. */
const statusByCode = {
  'bad-records': exitCodes.findings,
  'usage-overlap': exitCodes.usage,
  'bad-flag': exitCodes.usage,
  'bad-config': exitCodes.usage,
  'bad-pattern': exitCodes.usage,
  'bad-manifest': exitCodes.usage,
  'bad-usage-file': exitCodes.usage,
  'bad-request': exitCodes.usage,
  'no-such-subject': exitCodes.usage,
  'no-input': exitCodes.io,
  'unreadable-input': exitCodes.io,
  'unwritable-output': exitCodes.io,
  'no-events': exitCodes.noEvents,
  interrupted: exitCodes.interrupted,
  internal: exitCodes.internal,
} as const satisfies Record<string, number>;

export type ErrorCode = keyof typeof statusByCode;

/** An error that a user can act on. `message` is one sentence naming the file, object or field; never holds a secret. */
export class AudiciaError extends Error {
  readonly code: ErrorCode;
  /** What to do next, as a sentence; empty when the message says it all. */
  readonly hint: string;

  constructor(code: ErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AudiciaError';
    this.code = code;
    this.hint = options.hint ?? '';
  }

  get exitCode(): number {
    return statusByCode[this.code];
  }
}
