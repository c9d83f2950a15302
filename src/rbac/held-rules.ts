// Whether a subject holds the rules that it wrote or bound: then the API server asks it for no `escalate` and no `bind`
// (`RoleEscalationAuthorized`, `BindingAuthorized`, `ConfirmNoEscalation`; pkg/registry/rbac, v1.34).
import { uncoveredRules } from './cover.ts';
import type { PolicyRule } from './objects.ts';

/**
 * Whether `held` covers every one of the rule lists, each the JSON of a list of rules. False for no lists at all, and for
 * text that is no such list: what is not known is not held.
 */
export function holdsRuleLists(held: readonly PolicyRule[], ruleLists: readonly string[]): boolean {
  if (ruleLists.length === 0) return false;
  return ruleLists.every((text) => {
    const rules = parseRules(text);
    return rules !== undefined && uncoveredRules(held, rules).length === 0;
  });
}

function parseRules(text: string): PolicyRule[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.every(isRule) ? value : undefined;
  } catch {
    return undefined; // a damaged usage file: the same as rules that were never logged
  }
}

function isRule(value: unknown): value is PolicyRule {
  if (typeof value !== 'object' || value === null) return false;
  const { verbs, apiGroups, resources, resourceNames, nonResourceURLs } = value as Record<string, unknown>;
  const optional = [apiGroups, resources, resourceNames, nonResourceURLs];
  return isStrings(verbs) && optional.every((list) => list === undefined || isStrings(list));
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string');
}
