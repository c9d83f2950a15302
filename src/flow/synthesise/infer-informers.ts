// A watch seen -> the list and get that come with an informer: client-go falls back to a list whenever the streaming list
// is refused or a watch expires (WatchListClient, on by default from client-go 1.35), and controllers read what they watch.
import { isUrlPermission, permissionKey, type ResourcePermission } from '../../rbac/permission.ts';
import type { PermissionUsage, SubjectUsage } from '../types.ts';
import type { InferredNeed } from './need.ts';

/**
 * `list` for each watch and `get` for each watch, where they were not seen with the same names. Of one and the same scope:
 * an informer over a namespace never asks for another.
 */
export function inferInformers(usage: SubjectUsage): InferredNeed[] {
  const inferred: InferredNeed[] = [];
  for (const watch of usage.used.values()) {
    const { permission } = watch;
    if (isUrlPermission(permission) || permission.verb !== 'watch' || permission.subresource !== '') continue;
    for (const verb of ['list', 'get']) {
      const need = behind(permission, verb, watch);
      const seen = usage.used.get(need.key);
      if (seen === undefined || !holds(seen, need)) inferred.push(need);
    }
  }
  return inferred;
}

function behind(permission: ResourcePermission, verb: string, watch: PermissionUsage): InferredNeed {
  const inferred = { ...permission, verb };
  return {
    permission: inferred,
    key: permissionKey(inferred),
    names: watch.names.sorted(),
    nameless: watch.nameless,
    moreNames: watch.names.more,
    inference: 'informer',
    unlessHeld: undefined,
  };
}

function holds(seen: PermissionUsage, need: InferredNeed): boolean {
  if (seen.nameless || seen.names.more) return true;
  return !need.nameless && !need.moreNames && need.names.every((name) => seen.names.has(name));
}
