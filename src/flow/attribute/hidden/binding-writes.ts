// Whoever writes a binding must hold every rule of the role, or may bind it (BindingAuthorized,
// registry/rbac/escalation_check.go v1.37). The rules are not in the log, so bind is what can be said.
import { fieldOf, isObject, stringAt } from '../../../base/json-fields.ts';
import { rbacGroup } from '../../../rbac/objects.ts';
import { type AllowedRequest, type Hidden, inferred, nothing, onlyAccesses, withoutBody } from './hidden.ts';
import { isCheckedRbacWrite } from './rbac-writes.ts';

export function bindBehindBindingWrite(request: AllowedRequest): Hidden {
  const { event, permission } = request;
  if (!isCheckedRbacWrite(request, ['rolebindings', 'clusterrolebindings'])) return nothing;

  const roleRef = [event.requestObject, event.responseObject].map((body) => fieldOf(body, 'roleRef')).find(isObject);
  const name = stringAt(roleRef, 'name');
  const resource = resourceByKind.get(stringAt(roleRef, 'kind'));
  if (name === '' || resource === undefined) return withoutBody(request, 'bind-or-hold-underivable');
  const { namespace } = permission;
  const bind = { verb: 'bind', apiGroup: rbacGroup, resource, subresource: '', namespace, name };
  return onlyAccesses(inferred(request, 'bind', bind));
}

const resourceByKind: ReadonlyMap<string, string> = new Map([
  ['ClusterRole', 'clusterroles'],
  ['Role', 'roles'],
]);
