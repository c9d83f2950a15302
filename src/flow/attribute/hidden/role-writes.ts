// Whoever writes a role must hold every rule in it, or may escalate (RoleEscalationAuthorized and ConfirmNoEscalation,
// registry/rbac/escalation_check.go and {role,clusterrole}/policybased/storage.go, v1.37).
import { type PolicyRule, rbacGroup } from '../../../rbac/objects.ts';
import { arrayAt, at, fieldOf, isObject, stringsAt } from '../body.ts';
import { changesOnlyCollectorFields } from './collector-fields.ts';
import { type AllowedRequest, type Hidden, inferred, isSuccessfulWrite, nothing, onlyAccesses, withoutBody } from './hidden.ts';

export function escalateBehindRoleWrite(request: AllowedRequest): Hidden {
  const { event, permission } = request;
  if (permission.apiGroup !== rbacGroup || permission.subresource !== '') return nothing;
  if (permission.resource !== 'roles' && permission.resource !== 'clusterroles') return nothing;
  if (!isSuccessfulWrite(request)) return nothing;
  if (permission.verb === 'patch' && changesOnlyCollectorFields(event.requestObject)) return nothing;

  const role = writtenRole(request);
  if (role === undefined) return withoutBody(request, 'escalate-or-hold-underivable');
  const rules = arrayAt(role, 'rules').map(ruleOf);
  if (gathersRules(role)) rules.push(...fullAuthority);
  // Every subject holds an empty role.
  if (rules.length === 0) return nothing;
  // The name is the URL's: none on a POST, so that resourceNames would refuse it.
  return onlyAccesses(inferred(request, 'escalate', { ...permission, verb: 'escalate' }, rules));
}

// The rules of a role are one atomic list: a patch that names them replaces them. One that does not leaves them, unknown.
function writtenRole({ event, permission }: AllowedRequest): unknown {
  if (permission.verb !== 'patch') return event.requestObject ?? event.responseObject;
  if (isObject(event.responseObject) && at(event.responseObject, 'kind') !== 'Status') return event.responseObject;
  return Array.isArray(fieldOf(event.requestObject, 'rules')) ? event.requestObject : undefined;
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
