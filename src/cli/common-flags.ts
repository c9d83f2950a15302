// The flags that every command takes, and the few shapes of flag that several share.
import { isSimilar } from '../base/similar.ts';

export interface CommonFlags {
  readonly output: 'table' | 'json';
  readonly color: 'auto' | 'always' | 'never';
  readonly verbose: boolean;
}

export const commonFlags = {
  output: {
    kind: 'enum',
    values: ['table', 'json'],
    default: 'table',
    brief: 'Print for people or for machines; errors on stderr become JSON as well',
  },
  color: {
    kind: 'enum',
    values: ['auto', 'always', 'never'],
    default: 'auto',
    brief: 'Use colours: auto means on a terminal, unless NO_COLOR is set',
  },
  verbose: {
    kind: 'boolean',
    default: false,
    withNegated: false,
    brief: 'Print causes and stack traces with errors',
  },
} as const;

export const commonAliases = { o: 'output' } as const;

/** A flag whose values are those of the AudiciaSource, accepted in any case and with hyphens: `namespace-strict`. */
export function choiceFlag<const T extends string>(values: readonly T[], brief: string) {
  return {
    kind: 'parsed',
    optional: true,
    brief,
    placeholder: values.join('|'),
    parse: (input: string) => parseChoice(values, input),
    proposeCompletions: () => values,
  } as const;
}

/** The one of `values` that `input` means. Throws a sentence naming what is allowed. */
export function parseChoice<T extends string>(values: readonly T[], input: string): T {
  const found = values.find((value) => isSimilar(value, input));
  if (found === undefined) throw new TypeError(`is not one of ${values.join(', ')}`);
  return found;
}

/** A string flag, repeatable where `variadic`. */
export function textFlag(placeholder: string, brief: string) {
  return { kind: 'parsed', optional: true, parse: String, placeholder, brief } as const;
}

/** A string flag that may be given several times. */
export function textsFlag(placeholder: string, brief: string) {
  return { kind: 'parsed', optional: true, variadic: true, parse: String, placeholder, brief } as const;
}

/** A flag that is off unless given. */
export function switchFlag(brief: string) {
  return { kind: 'boolean', default: false, withNegated: false, brief } as const;
}

/** A whole number of at least `minimum`. */
export function wholeFlag(minimum: number, placeholder: string, brief: string) {
  return {
    kind: 'parsed',
    optional: true,
    placeholder,
    brief,
    parse: (input: string) => parseWhole(minimum, input),
  } as const;
}

function parseWhole(minimum: number, input: string): number {
  const value = Number(input);
  if (!/^[0-9]+$/.test(input) || !Number.isSafeInteger(value) || value < minimum) {
    throw new TypeError(`is not a whole number of at least ${minimum}`);
  }
  return value;
}
