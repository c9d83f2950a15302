// Needs -> those that neither the default roles of the subject's groups nor other needs ask for already.
import type { Authorizer, UserIdentity } from '../../rbac/authorize.ts';
import { isUrlPermission, type Permission, permissionKey } from '../../rbac/permission.ts';
import type { Need } from './need.ts';

/** Whether everything that the need was seen with is allowed to the user already. Never so for names that were not kept. */
export function isAllowedAlready(need: Need, user: UserIdentity, defaults: Authorizer): boolean {
  const { permission, names, nameless, moreNames } = need;
  if (moreNames) return false;
  const requests = [...(nameless ? [permission] : []), ...names.map((name) => withName(permission, name))];
  return requests.every((request) => defaults.authorize(user, request).allowed);
}

/** The needs that ask for something which `others` (each permission once) do not ask for. */
export function beyond<N extends Need>(needs: readonly N[], others: readonly Need[]): N[] {
  const byKey = new Map(others.map((need) => [permissionKey(need.permission), need]));
  return needs.filter((need) => {
    const same = byKey.get(permissionKey(need.permission));
    return same === undefined || !asksForAll(same, need);
  });
}

function asksForAll(wide: Need, narrow: Need): boolean {
  if (wide.nameless || wide.moreNames) return true;
  if (narrow.nameless || narrow.moreNames) return false;
  const names = new Set(wide.names);
  return narrow.names.every((name) => names.has(name));
}

function withName(permission: Permission, name: string): Permission {
  return isUrlPermission(permission) ? permission : { ...permission, name };
}
