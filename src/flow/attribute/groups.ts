// The groups of a user when the feed does not log them: those that the API server gives everybody.
import { subjectOfUsername } from '../../rbac/subject.ts';
import { isPossibleServiceAccount } from '../../rbac/subject-home.ts';
import type { UserInfo } from '../types.ts';

export const authenticatedGroup = 'system:authenticated';
export const unauthenticatedGroup = 'system:unauthenticated';
export const mastersGroup = 'system:masters';
export const nodesGroup = 'system:nodes';
export const anonymousUser = 'system:anonymous';

/** The groups the authorizer saw: as logged, or else those that follow from the username alone. */
export function groupsOf(user: UserInfo): readonly string[] {
  return hasLoggedGroups(user) ? (user.groups ?? []) : impliedGroups(user.username);
}

/** False where the feed left the groups out: a real user is in one at least, since authentication adds it. */
export function hasLoggedGroups(user: UserInfo): boolean {
  return user.groups !== undefined && user.groups.length > 0;
}

/** What every user of this name is a member of (serviceaccount/util.go MakeGroupNames, authenticator/group). */
export function impliedGroups(username: string): readonly string[] {
  if (username === anonymousUser) return [unauthenticatedGroup];
  return [...serviceAccountGroups(username), authenticatedGroup];
}

/** The two groups of every service account, in the server's order; none for users who cannot be one (SplitUsername). */
export function serviceAccountGroups(username: string): readonly string[] {
  const subject = subjectOfUsername(username);
  if (subject.kind !== 'ServiceAccount' || !isPossibleServiceAccount(subject)) return [];
  return ['system:serviceaccounts', `system:serviceaccounts:${subject.namespace}`];
}
