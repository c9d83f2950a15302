// Whoever writes a binding must hold every rule of the role, or may bind it (BindingAuthorized,
// registry/rbac/escalation_check.go v1.37). The rules are not in the log, so bind is what can be said.

import { fieldOf, isObject, stringAt } from '../../../base/json-fields.ts';
import { rbacGroup } from '../../../rbac/objects.ts';
import { changesOnlyCollectorFields } from './collector-fields.ts';
import {
  type AllowedRequest,
  type Hidden,
  inferred,
  isSuccessfulWrite,
  nothing,
  onlyAccesses,
  withoutBody,
} from './hidden.ts';

export function bindBehindBindingWrite(request: AllowedRequest): Hidden {
  const { event, permission } = request;
  if (permission.apiGroup !== rbacGroup || permission.subresource !== '') return nothing;
  if (permission.resource !== 'rolebindings' && permission.resource !== 'clusterrolebindings') return nothing;
  if (!isSuccessfulWrite(request)) return nothing;
  if (permission.verb === 'patch' && changesOnlyCollectorFields(event.requestObject)) return nothing;

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
