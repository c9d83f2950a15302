// What the strategy `wildcards: Safe` may join: URLs of the API server that only describe it. A rule for URLs never reaches
// a resource (NonResourceURLMatches, pkg/apis/rbac/v1/evaluation_helpers.go v1.34), and `get` under these trees returns
// names of API groups and versions, schemas, the version, or a health check's verdict; no object and no metric.
import { byCodeUnit } from '../base/order.ts';

/** Roots of the trees, as system:discovery and the health handlers serve them. */
const harmlessTrees: readonly string[] = ['/api', '/apis', '/healthz', '/livez', '/openapi', '/readyz', '/version'];

/** Siblings that must have been seen before they are joined. */
const siblingsNeeded = 2;

/**
 * The suffix wildcards (`/apis/apps/*`) that may stand for the given paths of `get`: one per parent with at least two
 * children seen, inside a harmless tree; without those that another one reaches. In code-unit order. `refused` are paths
 * whose `get` the authorizer refused: no wildcard reaches one, unless it is among `paths` as well.
 */
export function safeUrlWildcards(paths: Iterable<string>, refused: Iterable<string> = []): string[] {
  const childrenByParent = new Map<string, Set<string>>();
  const onlyRefused = new Set(refused);
  for (const path of paths) {
    onlyRefused.delete(path);
    const cut = path.lastIndexOf('/');
    const parent = path.slice(0, cut);
    if (cut === path.length - 1 || !isInHarmlessTree(parent) || path.includes('*')) continue;
    childrenByParent.set(parent, (childrenByParent.get(parent) ?? new Set()).add(path));
  }
  const joined: string[] = [];
  for (const [parent, children] of childrenByParent) {
    const pattern = `${parent}/*`;
    if (children.size < siblingsNeeded) continue;
    if (![...onlyRefused].some((path) => reaches(pattern, path))) joined.push(pattern);
  }
  const widest = joined.filter((pattern) => !joined.some((other) => other !== pattern && reaches(other, pattern)));
  return widest.sort(byCodeUnit);
}

/** Whether the suffix wildcard `pattern` (as `safeUrlWildcards` makes them) allows `path`. */
export function reaches(pattern: string, path: string): boolean {
  return path.startsWith(pattern.slice(0, -1));
}

function isInHarmlessTree(path: string): boolean {
  return harmlessTrees.some((root) => path === root || path.startsWith(`${root}/`));
}
