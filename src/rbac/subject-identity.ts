// A subject -> the user that comes to the authorizer when it acts.
import type { UserIdentity } from './authorize.ts';
import { type Subject, subjectKey } from './subject.ts';

/** Members are allowed everything before RBAC is read, so that with them nothing would need a role and nothing be proved. */
const privilegedGroup = 'system:masters';

/**
 * The user with the groups that every one of its requests carried, system:masters aside. A Group acts as a member of it
 * without a name of its own.
 */
export function identityOfSubject(subject: Subject, commonGroups: Iterable<string>): UserIdentity {
  const groups = [...commonGroups].filter((group) => group !== privilegedGroup);
  if (subject.kind === 'Group') return { name: '', groups: [...new Set([...groups, subject.name])] };
  return { name: subjectKey(subject), groups };
}
