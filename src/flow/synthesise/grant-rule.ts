// Grant -> the one rule that gives it and nothing else, or that rule's atoms.
import type { RuleAtoms } from '../../rbac/compact.ts';
import type { PolicyRule } from '../../rbac/objects.ts';
import { isUrlPermission, ruleResource } from '../../rbac/permission.ts';
import type { Grant } from './grant.ts';

export function grantRule(grant: Grant): PolicyRule {
  const { permission, names } = grant;
  if (isUrlPermission(permission)) return { nonResourceURLs: [permission.path], verbs: [permission.verb] };
  const rule = { apiGroups: [permission.apiGroup], resources: [ruleResource(permission)], verbs: [permission.verb] };
  return names === undefined ? rule : { ...rule, resourceNames: names };
}

export function grantAtoms(grants: readonly Grant[]): RuleAtoms {
  const atoms: RuleAtoms = { resources: [], urls: [] };
  for (const { permission, names } of grants) {
    if (isUrlPermission(permission)) {
      atoms.urls.push(permission);
      continue;
    }
    const { verb, apiGroup } = permission;
    const resource = ruleResource(permission);
    if (names === undefined) atoms.resources.push({ verb, apiGroup, resource, name: undefined });
    else for (const name of names) atoms.resources.push({ verb, apiGroup, resource, name });
  }
  return atoms;
}
