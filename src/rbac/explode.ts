// Takes a rule apart into the single grants it is the product of: what minimality is proved on, atom by atom.
// As `BreakdownRule` (component-helpers/auth/rbac/validation/policy_comparator.go, v1.34).
import type { PolicyRule } from './objects.ts';

/** One verb on one resource. Wildcards stay what they are: the literal `*`. */
export interface ResourceAtom {
  readonly verb: string;
  readonly apiGroup: string;
  /** As rules write it: `pods`, `pods/exec`, `*`, `*` with a subresource. */
  readonly resource: string;
  /** `undefined` for a grant on every name, and on requests without one; `''` is the name of a nameless request. */
  readonly name: string | undefined;
}

/** One verb on one entry of `nonResourceURLs`, a trailing star included. */
export interface UrlAtom {
  readonly verb: string;
  readonly path: string;
}

export type RuleAtom = ResourceAtom | UrlAtom;

export function isUrlAtom(atom: RuleAtom): atom is UrlAtom {
  return 'path' in atom;
}

/**
 * Every atom of the rule, in the order of its lists. A list that is empty makes the product empty: a rule without verbs,
 * or with resources but without API groups, grants nothing. Lazy, since a product may be far longer than its rule.
 */
export function* explodeRule(rule: PolicyRule): Generator<RuleAtom, void, undefined> {
  const names = rule.resourceNames?.length ? rule.resourceNames : [undefined];
  for (const apiGroup of rule.apiGroups ?? []) {
    for (const resource of rule.resources ?? []) {
      for (const verb of rule.verbs) {
        for (const name of names) yield { verb, apiGroup, resource, name };
      }
    }
  }
  for (const path of rule.nonResourceURLs ?? []) {
    for (const verb of rule.verbs) yield { verb, path };
  }
}

/** The rule that grants the atom and nothing else. */
export function atomRule(atom: RuleAtom): PolicyRule {
  if (isUrlAtom(atom)) return { nonResourceURLs: [atom.path], verbs: [atom.verb] };
  const rule = { apiGroups: [atom.apiGroup], resources: [atom.resource], verbs: [atom.verb] };
  return atom.name === undefined ? rule : { ...rule, resourceNames: [atom.name] };
}
