// Whether one rule allows one request: the matching of the RBAC authorizer, nothing added and nothing smoothed over.
// As `RuleAllows` (plugin/pkg/auth/authorizer/rbac/rbac.go) and pkg/apis/rbac/v1/evaluation_helpers.go, v1.34; the same
// code stands in 1.37.
import type { PolicyRule } from './objects.ts';
import type { Permission, ResourcePermission } from './permission.ts';
import { isUrlPermission, ruleResource } from './permission.ts';

/**
 * Whether the rule allows the request. Every comparison is byte-exact. A rule for resources never allows a URL, nor a rule
 * for URLs a resource.
 */
export function ruleAllows(rule: PolicyRule, permission: Permission): boolean {
  if (isUrlPermission(permission)) {
    return verbMatches(rule, permission.verb) && urlMatches(rule, permission.path);
  }
  return ruleAllowsSomeName(rule, permission) && nameMatches(rule, permission.name);
}

/** Whether the rule allows the request for some name, or for none: which, its `resourceNames` say. */
export function ruleAllowsSomeName(rule: PolicyRule, permission: ResourcePermission): boolean {
  return (
    verbMatches(rule, permission.verb) &&
    groupMatches(rule, permission.apiGroup) &&
    resourceMatches(rule, ruleResource(permission), permission.subresource)
  );
}

/** Whether one entry of `nonResourceURLs` covers the path: equal, or a trailing star after a prefix of it. */
export function urlPatternMatches(pattern: string, path: string): boolean {
  if (pattern === path) return true;
  return pattern.endsWith('*') && path.startsWith(trimTrailingStars(pattern));
}

/** The pattern without all of its trailing stars: `/a**` means what `/a*` means (strings.TrimRight in the source). */
export function trimTrailingStars(pattern: string): string {
  let end = pattern.length;
  while (end > 0 && pattern.charCodeAt(end - 1) === 0x2a) end -= 1;
  return pattern.slice(0, end);
}

const none: readonly string[] = [];

function verbMatches(rule: PolicyRule, verb: string): boolean {
  return rule.verbs.includes('*') || rule.verbs.includes(verb);
}

function groupMatches(rule: PolicyRule, apiGroup: string): boolean {
  const groups = rule.apiGroups ?? none;
  return groups.includes('*') || groups.includes(apiGroup);
}

/** `*` covers subresources too; `pods/*` and `*` + `/*` cover nothing that exists; `pods` does not cover `pods/log`. */
function resourceMatches(rule: PolicyRule, combined: string, subresource: string): boolean {
  const resources = rule.resources ?? none;
  if (resources.includes('*') || resources.includes(combined)) return true;
  return subresource !== '' && resources.includes(`*/${subresource}`);
}

/** No names means every name; a star is the literal name `*`; the empty name is what a request without a name has. */
function nameMatches(rule: PolicyRule, name: string): boolean {
  const names = rule.resourceNames ?? none;
  return names.length === 0 || names.includes(name);
}

function urlMatches(rule: PolicyRule, path: string): boolean {
  return (rule.nonResourceURLs ?? none).some((pattern) => urlPatternMatches(pattern, path));
}
