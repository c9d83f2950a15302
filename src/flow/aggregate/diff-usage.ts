// Two usage tables -> what one has that the other has not, in permissions. Counts and times are no difference: a policy
// does not depend on them.
import { byCodeUnit } from '../../base/order.ts';
import type { Permission } from '../../rbac/permission.ts';
import type { Subject } from '../../rbac/subject.ts';
import type { PermissionUsage, SubjectUsage, UsageTable } from '../types.ts';

/** A permission that one side lacks: `names` are the names it lacks, `nameless` whether it lacks the nameless form. */
export interface UsageDifference {
  readonly permission: Permission;
  readonly names: readonly string[];
  readonly nameless: boolean;
}

export interface SubjectDifference {
  readonly subject: Subject;
  readonly added: readonly UsageDifference[];
  readonly removed: readonly UsageDifference[];
}

/** Subjects whose used permissions differ between `before` and `after`, in code-unit order; empty when none does. */
export function diffUsage(before: UsageTable, after: UsageTable): SubjectDifference[] {
  const keys = [...new Set([...before.subjects.keys(), ...after.subjects.keys()])].sort(byCodeUnit);
  const differences: SubjectDifference[] = [];
  for (const key of keys) {
    const old = before.subjects.get(key);
    const now = after.subjects.get(key);
    const added = lacking(now, old);
    const removed = lacking(old, now);
    if (added.length + removed.length === 0) continue;
    differences.push({ subject: ((now ?? old) as SubjectUsage).subject, added, removed });
  }
  return differences;
}

/** What `of` has used and `than` has not. */
function lacking(of: SubjectUsage | undefined, than: SubjectUsage | undefined): UsageDifference[] {
  const found: UsageDifference[] = [];
  for (const [key, usage] of [...(of?.used ?? [])].sort(([a], [b]) => byCodeUnit(a, b))) {
    const difference = differenceOf(usage, than?.used.get(key));
    if (difference.nameless || difference.names.length > 0) found.push(difference);
  }
  return found;
}

function differenceOf(usage: PermissionUsage, other: PermissionUsage | undefined): UsageDifference {
  return {
    permission: usage.permission,
    names: usage.names.sorted().filter((name) => !other?.names.has(name)),
    nameless: usage.nameless && !other?.nameless,
  };
}
