// How far one permission is from another, in the words that set them apart: to find the nearest thing that was seen.
import { isUrlPermission, type Permission } from '../../rbac/permission.ts';

export type Difference = 'verb' | 'apiGroup' | 'resource' | 'subresource' | 'namespace' | 'path';

/** The higher, the less the two have to do with each other. */
const weights: Readonly<Record<Difference, number>> = {
  verb: 2,
  namespace: 2,
  subresource: 3,
  path: 3,
  apiGroup: 4,
  resource: 6,
};

/** Past this, two permissions are strangers. */
const farthest = 7;

/** What sets the permissions apart, names aside; a URL and a resource differ in everything. */
export function differences(a: Permission, b: Permission): Difference[] {
  if (isUrlPermission(a) || isUrlPermission(b)) {
    if (!isUrlPermission(a) || !isUrlPermission(b)) return ['resource', 'path'];
    const path: Difference[] = a.path === b.path ? [] : areRelated(a.path, b.path) ? ['path'] : ['path', 'resource'];
    return a.verb === b.verb ? path : ['verb', ...path];
  }
  const fields = ['verb', 'apiGroup', 'resource', 'subresource', 'namespace'] as const;
  return fields.filter((field) => a[field] !== b[field]);
}

/** How far apart; `undefined` for strangers. */
export function distance(differs: readonly Difference[]): number | undefined {
  let sum = 0;
  for (const field of differs) sum += weights[field];
  return sum > farthest ? undefined : sum;
}

/** Paths of which one lies below the other, or both below one folder that is not the root. */
function areRelated(a: string, b: string): boolean {
  if (a.startsWith(b) || b.startsWith(a)) return a !== '/' && b !== '/';
  const parent = a.slice(0, a.lastIndexOf('/'));
  return parent !== '' && b.startsWith(`${parent}/`);
}
