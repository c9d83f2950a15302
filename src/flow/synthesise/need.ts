// Usage -> needs: every permission that the policy has to grant under the options, each once, with the names it was seen
// with; and those that were inferred but are not granted.
import { byCodeUnit, sortedUnique } from '../../base/order.ts';
import { isUrlPermission, type Permission, permissionKey } from '../../rbac/permission.ts';
import type { InferenceKind, PermissionUsage, SubjectUsage, SynthesisOptions } from '../types.ts';
import { inferInformers } from './infer-informers.ts';

/** A permission with everything that decides how it is granted. `permission.name` is `''`. */
export interface Need {
  readonly permission: Permission;
  /** Its `permissionKey`: made once, since everything here is looked up and sorted by it. */
  readonly key: string;
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
  const needs: Need[] = [];
  for (const [key, entry] of usage.used) needs.push(toNeed(key, entry));
  if (options.includeDenied) for (const [key, entry] of usage.denied) needs.push(toNeed(key, entry));
  return uniteNeeds(needs).filter(({ names, nameless }) => nameless || names.length > 0);
}

/** What was inferred, switched on or not: by attribution, and get and list behind a watch. In a fixed order. */
export function inferredNeeds(usage: SubjectUsage): InferredNeed[] {
  const all: InferredNeed[] = [];
  for (const entry of usage.inferred.values()) {
    const { inference, unlessHeld } = entry;
    const rules = unlessHeld === undefined || unlessHeld.more ? undefined : unlessHeld.sorted();
    all.push({ ...toNeed(permissionKey(entry.permission), entry), inference, unlessHeld: rules });
  }
  for (const need of inferInformers(usage)) all.push(need);
  return all.sort((a, b) => byCodeUnit(a.inference, b.inference) || byCodeUnit(a.key, b.key));
}

/** Needs of the same permission made one, in the order of `permissionKey`. */
export function uniteNeeds(needs: readonly Need[]): Need[] {
  const sorted = [...needs].sort(byKey);
  const united: Need[] = [];
  for (const need of sorted) {
    const last = united.at(-1);
    if (last?.key === need.key) united[united.length - 1] = unite(last, need);
    else united.push(need);
  }
  return united;
}

function byKey(a: Need, b: Need): number {
  return byCodeUnit(a.key, b.key);
}

function toNeed(key: string, usage: PermissionUsage): Need {
  const { permission, names, nameless } = usage;
  return {
    permission,
    key,
    names: names.sorted(),
    nameless: nameless || isUrlPermission(permission),
    moreNames: names.more,
  };
}

function unite(a: Need, b: Need): Need {
  return {
    permission: a.permission,
    key: a.key,
    names: sortedUnique([...a.names, ...b.names]),
    nameless: a.nameless || b.nameless,
    moreNames: a.moreNames || b.moreNames,
  };
}
