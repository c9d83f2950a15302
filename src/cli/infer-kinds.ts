// The words of --infer -> kinds of inference.
import { AudiciaError } from '../base/errors.ts';
import { nearest } from '../base/similar.ts';
import { defaultInferences, inferences } from '../flow/attribute/inferences.ts';
import type { InferenceKind } from '../flow/types.ts';

/** Everything that --infer takes. */
export function inferWords(): string[] {
  return ['all', 'none', 'default', ...Object.keys(inferences)];
}

/**
 * The kinds whose permissions are granted: those that are named, `all`, `none`, or `default` (also with others beside it).
 * Throws AudiciaError `bad-flag`.
 */
export function inferencesOf(words: readonly string[] | undefined, none: boolean): ReadonlySet<InferenceKind> {
  if (none && words !== undefined) throw badInfer('--infer and --no-infer cannot be given together.');
  if (none) return new Set();
  if (words === undefined) return defaultInferences;
  const kinds = new Set<InferenceKind>();
  for (const word of words) for (const kind of kindsOf(word)) kinds.add(kind);
  return kinds;
}

function kindsOf(word: string): Iterable<InferenceKind> {
  if (word === 'none') return [];
  if (word === 'default') return defaultInferences;
  const all = Object.keys(inferences) as InferenceKind[];
  if (word === 'all') return all;
  const kind = all.find((name) => name === word);
  if (kind !== undefined) return [kind];
  const near = nearest(word, inferWords(), 1)[0];
  throw badInfer(`--infer: "${word}" is not one of ${inferWords().join(', ')}.`, near && `Did you mean ${near}?`);
}

function badInfer(message: string, hint = 'See audicia generate --help.'): AudiciaError {
  return new AudiciaError('bad-flag', message, { hint });
}
