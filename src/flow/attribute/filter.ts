// AudiciaSource's `ignoreSystemUsers` and `filters` -> whose accesses, and where, are kept. Semantics of the published
// operator (its pkg/filter and pkg/normalizer), with its regular expressions (RE2) in linear time.
import { RE2JS } from 're2js';
import { AudiciaError } from '../../base/errors.ts';
import { Memo } from '../../base/memo.ts';
import { isUrlPermission, keyField } from '../../rbac/permission.ts';
import { type Subject, subjectKey, subjectOfUsername } from '../../rbac/subject.ts';
import type { Access, Attribution } from '../types.ts';

export interface FilterRule {
  readonly action: 'Allow' | 'Deny';
  /** RE2, matched anywhere in the username; absent or empty: the rule says nothing about users. */
  readonly userPattern?: string | undefined;
  /** RE2, matched anywhere in the namespace (`''` for the cluster's); absent or empty: nothing about namespaces. */
  readonly namespacePattern?: string | undefined;
}

export interface FilterSettings {
  readonly ignoreSystemUsers: boolean;
  readonly filters: readonly FilterRule[];
}

/** `rule`: the words that name what took it away, one per setting, for counting. */
export type FilterVerdict = { readonly keep: true } | { readonly keep: false; readonly rule: string };

/** Judges what a user did in a namespace. */
export type AccessFilter = (username: string, namespace: string) => FilterVerdict;

/** Longest pattern taken: RE2 is linear in the text, but every character of a pattern costs memory and time as well. */
export const maxPatternLength = 1000;
/** Most filters taken. */
export const maxFilters = 1000;
/** Pairs of user and namespace whose verdict is remembered; then the memory starts anew. */
const rememberedVerdicts = 10_000;
/** Namespaces of one user whose verdict is remembered. */
const rememberedNamespaces = 1_000;

/**
 * Compiles the settings. A rule matches when its user pattern or its namespace pattern does (either is enough, as in the
 * published operator); one without patterns matches nothing. The first that matches decides; with none, it is kept.
 * `ignoreSystemUsers` comes after the rules and takes away every `system:` user that is no service account.
 *
 * Throws AudiciaError `bad-pattern`, naming the filter, the field and the pattern.
 */
export function compileFilters(settings: FilterSettings): AccessFilter {
  if (settings.filters.length > maxFilters) {
    throw new AudiciaError(
      'bad-pattern',
      `filters has ${settings.filters.length} rules; at most ${maxFilters} are allowed.`,
    );
  }
  const rules = settings.filters.map(compileRule);
  const verdicts = new Map<string, FilterVerdict>();
  return (username, namespace) => {
    const key = `${keyField(username)}\u0000${namespace}`;
    let verdict = verdicts.get(key);
    if (verdict === undefined) {
      verdict = judge(rules, settings.ignoreSystemUsers, username, namespace);
      if (verdicts.size >= rememberedVerdicts) verdicts.clear();
      verdicts.set(key, verdict);
    }
    return verdict;
  };
}

/** What a filter leaves of an attribution; `rule` is what took away the request itself, when nothing of it remains. */
export type FilteredAttribution =
  | { readonly attribution: Attribution }
  | { readonly attribution: undefined; readonly rule: string };

/**
 * Compiles the settings for whole attributions: each access is kept or not by its own user and namespace. Throws as
 * `compileFilters`.
 */
export function compileAttributionFilter(settings: FilterSettings): (attribution: Attribution) => FilteredAttribution {
  const filter = compileFilters(settings);
  // Attribution gives equal subjects as the same object, mostly, so that their usernames are not made anew each time.
  const known = new Memo<Subject, Map<string, FilterVerdict>>(rememberedVerdicts, () => new Map());
  const judgeSubject: SubjectFilter = (subject, namespace) => {
    const byNamespace = known.get(subject);
    let verdict = byNamespace.get(namespace);
    if (verdict === undefined) {
      verdict = filter(subjectKey(subject), namespace);
      if (byNamespace.size >= rememberedNamespaces) byNamespace.clear();
      byNamespace.set(namespace, verdict);
    }
    return verdict;
  };
  return (attribution) => filterAttribution(attribution, judgeSubject);
}

type SubjectFilter = (subject: Subject, namespace: string) => FilterVerdict;

function filterAttribution(attribution: Attribution, filter: SubjectFilter): FilteredAttribution {
  const { subject } = attribution;
  const own = subject === undefined ? kept : filter(subject, attribution.namespace ?? '');
  const isKept = (access: Access) => filter(access.subject, namespaceOf(access)).keep;
  if (own.keep && attribution.accesses.every(isKept)) return { attribution };
  const accesses = attribution.accesses.filter(isKept);
  if (own.keep) return { attribution: { ...attribution, accesses } };
  if (accesses.length === 0) return { attribution: undefined, rule: own.rule };
  // What remains is an impersonator's, or what a server asked for somebody else: their notes go with them.
  const remaining = new Set(accesses.map((access) => subjectKey(access.subject)));
  const notes = attribution.notes.filter(
    (note) => note.subject !== undefined && remaining.has(subjectKey(note.subject)),
  );
  return { attribution: { ...attribution, subject: undefined, groups: [], accesses, notes } };
}

interface CompiledRule {
  readonly action: FilterRule['action'];
  readonly name: string;
  readonly user: RE2JS | undefined;
  readonly namespace: RE2JS | undefined;
}

const kept: FilterVerdict = { keep: true };

function judge(
  rules: readonly CompiledRule[],
  ignoreSystemUsers: boolean,
  username: string,
  namespace: string,
): FilterVerdict {
  for (const rule of rules) {
    if (!rule.user?.test(username) && !rule.namespace?.test(namespace)) continue;
    if (rule.action === 'Deny') return { keep: false, rule: rule.name };
    break;
  }
  if (ignoreSystemUsers && isSystemUser(username)) return { keep: false, rule: 'ignoreSystemUsers' };
  return kept;
}

function isSystemUser(username: string): boolean {
  return username.startsWith('system:') && subjectOfUsername(username).kind !== 'ServiceAccount';
}

function compileRule(rule: FilterRule, index: number): CompiledRule {
  const user = compilePattern(rule.userPattern, index, 'userPattern');
  const namespace = compilePattern(rule.namespacePattern, index, 'namespacePattern');
  return { action: rule.action, name: `filters[${index}]`, user, namespace };
}

function compilePattern(pattern: string | undefined, index: number, field: string): RE2JS | undefined {
  if (pattern === undefined || pattern === '') return undefined;
  const where = `filters[${index}].${field}`;
  if (pattern.length > maxPatternLength) {
    const shown = `${JSON.stringify(pattern.slice(0, 40)).slice(0, -1)}…"`;
    throw new AudiciaError(
      'bad-pattern',
      `${where} is ${pattern.length} characters long, at most ${maxPatternLength} are allowed: ${shown}.`,
    );
  }
  try {
    return RE2JS.compile(pattern);
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw new AudiciaError(
      'bad-pattern',
      `${where} is no regular expression: ${JSON.stringify(pattern)} (${problem}).`,
      {
        hint: 'Patterns use the RE2 syntax of Go: no look-around, no back-references.',
        cause,
      },
    );
  }
}

function namespaceOf(access: Access): string {
  return isUrlPermission(access.permission) ? '' : access.permission.namespace;
}
