// Rules of one scope -> the fewest rules that grant exactly the same. A rule is a product, so that merging two of them is
// lossless only when they differ in one list: `get pods` and `create pods/exec` stay two rules.
import { byCodeUnit } from '../base/order.ts';
import { coverWithBoxes } from './box-cover.ts';
import type { ResourceAtom, UrlAtom } from './explode.ts';
import { explodeRule, isUrlAtom } from './explode.ts';
import { trimTrailingStars } from './match.ts';
import type { PolicyRule } from './objects.ts';
import { atomKey, withoutCoveredResources, withoutCoveredUrls } from './subsume.ts';

export interface CompactOptions {
  /**
   * `Smart`: as few rules as possible. `Exact`: one rule for each verb on each resource, or on each URL, as in the published
   * Audicia, so that a reviewer reads one permission a rule; only its names share one. Both grant the same.
   */
  readonly verbMerge: 'Smart' | 'Exact';
}

/**
 * Rules that grant exactly what the given rules grant together when all stand in one role. What another rule grants
 * anyway is dropped: names beside the same without names, and whatever a wildcard covers. Nothing is generalised; a
 * wildcard comes out only where one went in. With `Smart`, never more rules than grouping by API group and verbs gives,
 * and the fewest possible within `searchBounds` (box-search.ts); beyond those, few.
 *
 * Lists are sorted by code unit, rules by groups, resources, names and verbs, URLs last. The same grants give the same
 * rules, however they were written before. The caller bounds the number of atoms: 5,000 take well under a second.
 */
export function compactRules(rules: readonly PolicyRule[], options: CompactOptions): PolicyRule[] {
  return compactAtoms(atomsOf(rules), options);
}

/** Grants one by one: what `compactRules` takes its rules apart into. A path ends in one star at most. */
export interface RuleAtoms {
  readonly resources: ResourceAtom[];
  readonly urls: UrlAtom[];
}

/** `compactRules`, for a caller that has the atoms. */
export function compactAtoms({ resources, urls }: RuleAtoms, options: CompactOptions): PolicyRule[] {
  const exact = options.verbMerge === 'Exact';
  const merged: PolicyRule[] = [];
  if (resources.length > 0) {
    const kept = withoutCoveredResources(resources);
    merged.push(...(exact ? kept.filter(({ name }) => name === undefined).map(exactRule) : unnamedRules(kept)));
    merged.push(...(exact ? exactNamedRules(kept) : namedRules(kept)));
  }
  if (urls.length > 0) {
    const kept = withoutCoveredUrls(urls);
    merged.push(...(exact ? kept.map(({ path, verb }) => urlRule([path], [verb])) : urlRules(kept)));
  }
  return merged.sort(compareRules);
}

/** The order of rules in a role: resources before URLs, then groups, resources, names, verbs. */
export function compareRules(a: PolicyRule, b: PolicyRule): number {
  return (
    compareLists(a.nonResourceURLs, b.nonResourceURLs) ||
    compareLists(a.apiGroups, b.apiGroups) ||
    compareLists(a.resources, b.resources) ||
    compareLists(a.resourceNames, b.resourceNames) ||
    compareLists(a.verbs, b.verbs)
  );
}

/** An absent list comes before any other, a list before a longer one that starts with it. */
function compareLists(a: readonly string[] = [], b: readonly string[] = []): number {
  const shared = Math.min(a.length, b.length);
  for (let index = 0; index < shared; index += 1) {
    const order = byCodeUnit(a[index] as string, b[index] as string);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function atomsOf(rules: readonly PolicyRule[]): RuleAtoms {
  const resources: ResourceAtom[] = [];
  const urls: UrlAtom[] = [];
  for (const rule of rules) {
    for (const atom of explodeRule(rule)) {
      if (!isUrlAtom(atom)) resources.push(atom);
      else if (!atom.path.endsWith('*')) urls.push(atom);
      // `/a**` means `/a*`: one spelling, so that equal grants are equal rules.
      else urls.push({ verb: atom.verb, path: `${trimTrailingStars(atom.path)}*` });
    }
  }
  return { resources, urls };
}

function unnamedRules(atoms: readonly ResourceAtom[]): PolicyRule[] {
  const points: string[][] = [];
  for (const { verb, name, resource, apiGroup } of atoms) {
    if (name === undefined) points.push([verb, resource, apiGroup]);
  }
  return coverWithBoxes(points).map(([verbs, resources, apiGroups]) => ({
    apiGroups: apiGroups as readonly string[],
    resources: resources as readonly string[],
    verbs: verbs as readonly string[],
  }));
}

/** Apart from the unnamed ones: a rule has names or none, so that no box can hold both. */
function namedRules(atoms: readonly ResourceAtom[]): PolicyRule[] {
  const points: string[][] = [];
  for (const { verb, name, resource, apiGroup } of atoms) {
    if (name !== undefined) points.push([verb, name, resource, apiGroup]);
  }
  return coverWithBoxes(points).map(([verbs, names, resources, apiGroups]) => ({
    apiGroups: apiGroups as readonly string[],
    resources: resources as readonly string[],
    resourceNames: names as readonly string[],
    verbs: verbs as readonly string[],
  }));
}

function urlRules(atoms: readonly UrlAtom[]): PolicyRule[] {
  const boxes = coverWithBoxes(atoms.map((atom) => [atom.verb, atom.path]));
  return boxes.map(([verbs, urls]) => urlRule(urls as readonly string[], verbs as readonly string[]));
}

function urlRule(nonResourceURLs: readonly string[], verbs: readonly string[]): PolicyRule {
  return { nonResourceURLs, verbs };
}

function exactRule(atom: ResourceAtom): PolicyRule {
  return { apiGroups: [atom.apiGroup], resources: [atom.resource], verbs: [atom.verb] };
}

function exactNamedRules(atoms: readonly ResourceAtom[]): PolicyRule[] {
  const namesByKey = new Map<string, { atom: ResourceAtom; names: string[] }>();
  for (const atom of atoms) {
    if (atom.name === undefined) continue;
    const key = atomKey(atom.verb, atom.apiGroup, atom.resource, undefined);
    const row = namesByKey.get(key);
    if (row === undefined) namesByKey.set(key, { atom, names: [atom.name] });
    else row.names.push(atom.name);
  }
  return [...namesByKey.values()].map(({ atom, names }) => {
    const { apiGroups, resources, verbs } = exactRule(atom);
    return { apiGroups, resources, resourceNames: names.sort(byCodeUnit), verbs } as PolicyRule;
  });
}
