// What a user types for "who" -> the identity or subject that it means.
import type { UserIdentity } from '../rbac/authorize.ts';
import { type Subject, subjectOfUsername } from '../rbac/subject.ts';

/**
 * The identity that `--as` and `--as-group` stand for, with the groups that impersonation adds by itself
 * (impersonation.go, v1.34): a ServiceAccount's two groups unless groups are given, and system:authenticated, or
 * system:unauthenticated for the anonymous user.
 */
export function identityOf(name: string, groups: readonly string[]): UserIdentity {
  const all = new Set(groups);
  const subject = subjectOfUsername(name);
  if (groups.length === 0 && subject.kind === 'ServiceAccount') {
    all.add('system:serviceaccounts');
    all.add(`system:serviceaccounts:${subject.namespace}`);
  }
  if (name === 'system:anonymous') all.add('system:unauthenticated');
  else if (!all.has('system:unauthenticated')) all.add('system:authenticated');
  return { name, groups: [...all] };
}

/**
 * The subjects that a word can mean, the likeliest first: a full username, `sa:namespace/name`, `user:name`,
 * `group:name`, `namespace/name`, or as describeSubject writes it (`ServiceAccount web/backend`).
 */
export function subjectsOfWord(word: string): Subject[] {
  const [, kind, rest] = /^(sa|serviceaccount|user|group)[: ](.*)$/is.exec(word) ?? [];
  if (kind !== undefined && rest !== undefined) {
    const exact = subjectOfKind(kind.toLowerCase(), rest);
    if (exact) return [exact, subjectOfUsername(word)];
  }
  const account = serviceAccountOf(word);
  return account ? [subjectOfUsername(word), account] : [subjectOfUsername(word)];
}

function subjectOfKind(kind: string, name: string): Subject | undefined {
  if (name === '') return undefined;
  if (kind === 'user') return { kind: 'User', name };
  if (kind === 'group') return { kind: 'Group', name };
  return serviceAccountOf(name.replace(':', '/'));
}

function serviceAccountOf(word: string): Subject | undefined {
  const parts = word.split('/');
  if (parts.length !== 2 || parts[0] === '' || parts[1] === '') return undefined;
  return { kind: 'ServiceAccount', namespace: parts[0] as string, name: parts[1] as string };
}
