// Needs -> those that neither the default roles of the subject's groups nor other needs ask for already.
import type { Authorizer, UserIdentity } from '../../rbac/authorize.ts';
import { isUrlPermission } from '../../rbac/permission.ts';
import type { Need } from './need.ts';

/** Whether everything that the need was seen with is allowed to the user already. Never so for names that were not kept. */
export function isAllowedAlready(need: Need, user: UserIdentity, defaults: Authorizer): boolean {
  const { permission, names, nameless, moreNames } = need;
  if (moreNames) return false;
  if (isUrlPermission(permission)) return defaults.authorize(user, permission).allowed;
  const allowed = defaults.allowedNames(user, permission);
  if (allowed === undefined) return true;
  return (!nameless || allowed.has('')) && names.every((name) => allowed.has(name));
}

/** The needs that ask for something which `others` (each permission once) do not ask for. */
export function beyond<N extends Need>(needs: readonly N[], others: readonly Need[]): N[] {
  const asked = new Map<string, Need | undefined>();
  for (const { key } of needs) asked.set(key, undefined);
  for (const other of others) if (asked.has(other.key)) asked.set(other.key, other);
  return needs.filter((need) => {
    const same = asked.get(need.key);
    return same === undefined || !asksForAll(same, need);
  });
}

function asksForAll(wide: Need, narrow: Need): boolean {
  if (wide.nameless || wide.moreNames) return true;
  if (narrow.nameless || narrow.moreNames) return false;
  const names = new Set(wide.names);
  return narrow.names.every((name) => names.has(name));
}
