// Needs -> grants: which names a rule will carry. RBAC knows three kinds of rule for a verb on a resource: for any name,
// for listed names, and (not used here) for no name; a rule for listed names refuses every request without one.
import { keepsNames } from '../../rbac/guarded-verbs.ts';
import { describePermission, isUrlPermission, type Permission } from '../../rbac/permission.ts';
import type { PolicyStrategy } from '../types.ts';
import type { Need } from './need.ts';

/** One permission as a rule will grant it. */
export interface Grant {
  readonly permission: Permission;
  /** Its `permissionKey`. */
  readonly key: string;
  /** In code-unit order, never empty; `undefined` for any name. */
  readonly names: readonly string[] | undefined;
  /** The names it was seen with, when it never was seen without: for choices that only they allow. */
  readonly seenNames: readonly string[];
}

/** The grant of a need under the strategy. Always allows everything that the need was seen with. */
export function toGrant(need: Need, strategy: PolicyStrategy): Grant {
  const { permission, key } = need;
  if (isUrlPermission(permission) || need.nameless || need.moreNames || need.names.length === 0) {
    return { permission, key, names: undefined, seenNames: [] };
  }
  const explicit = strategy.resourceNames === 'Explicit' || keepsNames(permission.verb);
  return { permission, key, names: explicit ? need.names : undefined, seenNames: need.names };
}

/** Says of which grants names were lost, because more were seen than are kept. */
export function lostNames(needs: readonly Need[], strategy: PolicyStrategy): string[] {
  const warnings: string[] = [];
  for (const need of needs) {
    const { permission } = need;
    if (!need.moreNames || need.nameless || isUrlPermission(permission)) continue;
    if (strategy.resourceNames === 'Omit' && !keepsNames(permission.verb)) continue;
    warnings.push(
      `${describePermission(permission)} is granted for any name: it was seen with more names than are kept ` +
        `(${need.names.length}).`,
    );
  }
  return warnings;
}

/** Whether `wide` allows everything that `narrow` allows, for one and the same verb, resource and scope. */
export function coversNames(wide: readonly string[] | undefined, narrow: readonly string[] | undefined): boolean {
  if (wide === undefined) return true;
  return narrow?.every((name) => wide.includes(name)) ?? false;
}
