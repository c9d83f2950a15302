// Usage -> needs: every permission that the policy has to grant under the options, each once, with the names it was seen
// with; and those that were inferred but are not granted.
import { byCodeUnit, sortedUnique } from '../../base/order.ts';
import { isUrlPermission, type Permission, permissionKey } from '../../rbac/permission.ts';
import type { InferenceKind, PermissionUsage, SubjectUsage, SynthesisOptions } from '../types.ts';
import { inferInformers } from './infer-informers.ts';

/** A permission with everything that decides how it is granted. `permission.name` is `''`. */
export interface Need {
  readonly permission: Permission;
  /** In code-unit order. */
  readonly names: readonly string[];
  /** Whether it is needed for requests without a name. */
  readonly nameless: boolean;
  /** Whether names beside `names` were seen and not kept. */
  readonly moreNames: boolean;
}

/** A need that no request showed by itself. */
export interface InferredNeed extends Need {
  readonly inference: InferenceKind;
  /** Rule lists (JSON) which, all held, make it superfluous; `undefined` when they are not known in full. */
  readonly unlessHeld: readonly string[] | undefined;
}

/** What requests showed: used, and refused ones where the user asks for them. In the order of `permissionKey`. */
export function observedNeeds(usage: SubjectUsage, options: SynthesisOptions): Need[] {
  const entries = [...usage.used.values()];
  if (options.includeDenied) entries.push(...usage.denied.values());
  return uniteNeeds(entries.map(toNeed)).filter(({ names, nameless }) => nameless || names.length > 0);
}

/** What was inferred, switched on or not: by attribution, and get and list behind a watch. In a fixed order. */
export function inferredNeeds(usage: SubjectUsage): InferredNeed[] {
  const inferred = [...usage.inferred.values()].map((entry) => ({
    ...toNeed(entry),
    inference: entry.inference,
    unlessHeld: entry.unlessHeld === undefined || entry.unlessHeld.more ? undefined : entry.unlessHeld.sorted(),
  }));
  const all: InferredNeed[] = [...inferred, ...inferInformers(usage)];
  const key = (need: InferredNeed) => `${need.inference}\u0000${permissionKey(need.permission)}`;
  return all.sort((a, b) => byCodeUnit(key(a), key(b)));
}

/** Needs of the same permission made one, in the order of `permissionKey`. */
export function uniteNeeds(needs: Iterable<Need>): Need[] {
  const byKey = new Map<string, Need>();
  for (const need of needs) {
    const key = permissionKey(need.permission);
    const other = byKey.get(key);
    byKey.set(key, other === undefined ? need : unite(other, need));
  }
  return [...byKey].sort(([a], [b]) => byCodeUnit(a, b)).map(([, need]) => need);
}

function toNeed(usage: PermissionUsage): Need {
  const { permission, names, nameless } = usage;
  return {
    permission,
    names: names.sorted(),
    nameless: nameless || isUrlPermission(permission),
    moreNames: names.more,
  };
}

function unite(a: Need, b: Need): Need {
  return {
    permission: a.permission,
    names: sortedUnique([...a.names, ...b.names]),
    nameless: a.nameless || b.nameless,
    moreNames: a.moreNames || b.moreNames,
  };
}
