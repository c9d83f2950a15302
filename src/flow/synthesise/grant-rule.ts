// Grant -> the one rule that gives it and nothing else.
import type { PolicyRule } from '../../rbac/objects.ts';
import { isUrlPermission, ruleResource } from '../../rbac/permission.ts';
import type { Grant } from './grant.ts';

export function grantRule(grant: Grant): PolicyRule {
  const { permission, names } = grant;
  if (isUrlPermission(permission)) return { nonResourceURLs: [permission.path], verbs: [permission.verb] };
  const rule = { apiGroups: [permission.apiGroup], resources: [ruleResource(permission)], verbs: [permission.verb] };
  return names === undefined ? rule : { ...rule, resourceNames: names };
}
