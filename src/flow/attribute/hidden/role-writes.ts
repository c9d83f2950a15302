// Whoever writes a role must hold every rule in it, or may escalate (RoleEscalationAuthorized and ConfirmNoEscalation,
// registry/rbac/escalation_check.go and {role,clusterrole}/policybased/storage.go, v1.37).
import { arrayAt, fieldOf, stringsAt } from '../../../base/json-fields.ts';
import type { PolicyRule } from '../../../rbac/objects.ts';
import { type AllowedRequest, type Hidden, inferred, nothing, onlyAccesses, withoutBody } from './hidden.ts';
import { isCheckedRbacWrite } from './rbac-writes.ts';

export function escalateBehindRoleWrite(request: AllowedRequest): Hidden {
  const { permission } = request;
  if (!isCheckedRbacWrite(request, ['roles', 'clusterroles'])) return nothing;

  const role = writtenRole(request);
  if (role === undefined) return withoutBody(request, 'escalate-or-hold-underivable');
  const rules = arrayAt(role, 'rules').map(ruleOf);
  if (gathersRules(role)) rules.push(...fullAuthority);
  // Every subject holds an empty role.
  if (rules.length === 0) return nothing;
  // The name is the URL's: none on a POST, so that resourceNames would refuse it.
  return onlyAccesses(inferred(request, 'escalate', { ...permission, verb: 'escalate' }, rules));
}

// What the role holds after the write. The rules of a role are one atomic list: a patch that names them replaces them,
// and one that gathers rules needs full authority, whatever the others are. Any other patch leaves rules unknown.
function writtenRole({ event, permission }: AllowedRequest): unknown {
  const { requestObject, responseObject } = event;
  if (permission.verb !== 'patch') return [requestObject, responseObject].find(isRole);
  if (isRole(responseObject)) return responseObject;
  return Array.isArray(fieldOf(requestObject, 'rules')) || gathersRules(requestObject) ? requestObject : undefined;
}

// Not a Status, not a PartialObjectMetadata, not what an exporter puts in the place of a body.
function isRole(body: unknown): boolean {
  const kind = fieldOf(body, 'kind');
  return kind === 'Role' || kind === 'ClusterRole' || Array.isArray(fieldOf(body, 'rules')) || gathersRules(body);
}

// Gathering what others write may gather anything (hasAggregationRule and fullAuthority, clusterrole storage.go).
function gathersRules(role: unknown): boolean {
  return arrayAt(role, 'aggregationRule', 'clusterRoleSelectors').length > 0;
}

const fullAuthority: readonly PolicyRule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['*'], nonResourceURLs: ['*'] },
];

function ruleOf(value: unknown): PolicyRule {
  const resourceNames = stringsAt(value, 'resourceNames');
  const nonResourceURLs = stringsAt(value, 'nonResourceURLs');
  const verbs = stringsAt(value, 'verbs');
  if (nonResourceURLs.length > 0) return { verbs, nonResourceURLs };
  const rule = { verbs, apiGroups: stringsAt(value, 'apiGroups'), resources: stringsAt(value, 'resources') };
  return resourceNames.length === 0 ? rule : { ...rule, resourceNames };
}
