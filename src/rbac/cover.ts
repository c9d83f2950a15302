// What one list of rules lacks of another: the check behind "hold every rule, or escalate, or bind".
// As `Covers` (component-helpers/auth/rbac/validation/policy_comparator.go, v1.34). It compares rules by their writing,
// not by what they allow: a star is covered by a star alone, and no two owner rules cover one atom together.
import type { RuleAtom } from './explode.ts';
import { atomRule, explodeRule, isUrlAtom } from './explode.ts';
import { urlPatternMatches } from './match.ts';
import type { PolicyRule } from './objects.ts';

/**
 * The atoms of the servant rules, one rule each and in order, that no owner rule covers; empty when the owner holds them
 * all. A rule without atoms, and so an empty role, is always held.
 */
export function uncoveredRules(owner: readonly PolicyRule[], servant: readonly PolicyRule[]): PolicyRule[] {
  const uncovered: PolicyRule[] = [];
  for (const rule of servant) {
    for (const atom of explodeRule(rule)) {
      if (!owner.some((held) => ruleCovers(held, atom))) uncovered.push(atomRule(atom));
    }
  }
  return uncovered;
}

function ruleCovers(owner: PolicyRule, atom: RuleAtom): boolean {
  if (!owner.verbs.includes('*') && !owner.verbs.includes(atom.verb)) return false;
  // An atom without names is covered by a rule without names only; for a URL the source asks the same.
  const names = owner.resourceNames ?? [];
  if (isUrlAtom(atom)) {
    return names.length === 0 && (owner.nonResourceURLs ?? []).some((held) => urlPatternMatches(held, atom.path));
  }
  const nameCovered = names.length === 0 || (atom.name !== undefined && names.includes(atom.name));
  return nameCovered && groupCovers(owner, atom.apiGroup) && resourceCovers(owner, atom.resource);
}

function groupCovers(owner: PolicyRule, apiGroup: string): boolean {
  const groups = owner.apiGroups ?? [];
  return groups.includes('*') || groups.includes(apiGroup);
}

/** `*` followed by a slash and the subresource covers that subresource of every resource. */
function resourceCovers(owner: PolicyRule, resource: string): boolean {
  const resources = owner.resources ?? [];
  if (resources.includes('*') || resources.includes(resource)) return true;
  const slash = resource.indexOf('/');
  return slash >= 0 && resources.includes(`*${resource.slice(slash)}`);
}
