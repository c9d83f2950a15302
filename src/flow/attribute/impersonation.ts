// impersonatedUser -> the checks that the impersonator passed before its request was judged. As
// filters/impersonation.go v1.34 and filters/impersonation/mode.go v1.37; the field is set only once all have passed.
import { isUrlPermission, type Permission, type ResourcePermission } from '../../rbac/permission.ts';
import { subjectOfUsername } from '../../rbac/subject.ts';
import { isPossibleServiceAccount } from '../../rbac/subject-home.ts';
import type { UserInfo } from '../types.ts';
import { anonymousUser, authenticatedGroup, serviceAccountGroups, unauthenticatedGroup } from './groups.ts';

const authenticationGroup = 'authentication.k8s.io';
const constraintPrefix = 'impersonate:';
const nodePrefix = 'system:node:';

/**
 * What the impersonator was authorised for. `constraint` is authenticationMetadata.impersonationConstraint, `''` for
 * impersonation as it was before Kubernetes 1.35; `target` is the request itself, `undefined` when it is unreadable.
 */
export function impersonationPermissions(
  impersonated: UserInfo,
  constraint: string,
  target: Permission | undefined,
): readonly Permission[] {
  if (!constraint.startsWith(constraintPrefix)) return identityPermissions(impersonated, 'impersonate', '');
  const checks: Permission[] = identityPermissions(impersonated, constraint, authenticationGroup);
  const mode = constraint.slice(constraintPrefix.length);
  if (target !== undefined) checks.push(withVerb(target, `impersonate-on:${mode}:${target.verb}`));
  return checks;
}

// One check for the name, one for the uid, one for each group and each value of extra that was asked for.
function identityPermissions(user: UserInfo, verb: string, nameGroup: string): ResourcePermission[] {
  const checks = [nameCheck(user.username, verb, nameGroup)];
  if (user.uid !== '') checks.push(check(verb, authenticationGroup, 'uids', '', user.uid));
  if (!hasFixedGroups(user.username, nameGroup)) {
    for (const group of requestedGroups(user)) checks.push(check(verb, nameGroup, 'groups', '', group));
  }
  for (const key of Object.keys(user.extra)) {
    for (const value of user.extra[key] ?? []) checks.push(check(verb, authenticationGroup, 'userextras', key, value));
  }
  return checks;
}

function nameCheck(username: string, verb: string, nameGroup: string): ResourcePermission {
  const subject = subjectOfUsername(username);
  // A name that no service account can have is a user's to the filter (SplitUsername, serviceaccount/util.go).
  if (subject.kind === 'ServiceAccount' && isPossibleServiceAccount(subject)) {
    return { ...check(verb, nameGroup, 'serviceaccounts', '', subject.name), namespace: subject.namespace };
  }
  if (nameGroup !== '' && isNode(username)) {
    // The check of an associated node is made for all names at once, as the name `*` (GetName, mode.go).
    const name = verb === 'impersonate:associated-node' ? '*' : username.slice(nodePrefix.length);
    return check(verb, nameGroup, 'nodes', '', name);
  }
  return check(verb, nameGroup, 'users', '', username);
}

// Constrained impersonation gives nodes and service accounts their groups itself and refuses any that are asked for.
function hasFixedGroups(username: string, nameGroup: string): boolean {
  return nameGroup !== '' && (isNode(username) || serviceAccountGroups(username).length > 0);
}

function isNode(username: string): boolean {
  return username.startsWith(nodePrefix) && username.length > nodePrefix.length;
}

/** The groups that were asked for: those logged, less what the server appended by itself. */
function requestedGroups(user: UserInfo): readonly string[] {
  const groups = user.groups ?? [];
  const appended = user.username === anonymousUser ? unauthenticatedGroup : authenticatedGroup;
  const last = groups.length - 1;
  // Appended only where no group before it says the same; a last one that was asked for looks no different.
  const isAppended = groups[last] === appended && !alreadySaid(groups.slice(0, last), appended);
  const asked = isAppended ? groups.slice(0, last) : groups;
  // A service account's own groups are given to it when none were asked for.
  const own = serviceAccountGroups(user.username);
  const isAutomatic =
    isAppended && own.length > 0 && asked.length === own.length && asked.every((g, i) => g === own[i]);
  return isAutomatic ? [] : [...new Set(asked)];
}

function alreadySaid(before: readonly string[], appended: string): boolean {
  if (before.includes(unauthenticatedGroup)) return true;
  return appended === authenticatedGroup && before.includes(authenticatedGroup);
}

function check(
  verb: string,
  apiGroup: string,
  resource: string,
  subresource: string,
  name: string,
): ResourcePermission {
  return { verb, apiGroup, resource, subresource, namespace: '', name };
}

function withVerb(permission: Permission, verb: string): Permission {
  return isUrlPermission(permission) ? { verb, path: permission.path } : { ...permission, verb };
}
