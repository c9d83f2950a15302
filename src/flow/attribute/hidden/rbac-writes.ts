// Which writes of RBAC objects the API server checks for escalation: successful ones of the object itself that change
// more than the garbage collector's fields (storage.go of registry/rbac/*/policybased, v1.37).
import { rbacGroup } from '../../../rbac/objects.ts';
import { changesOnlyCollectorFields } from './collector-fields.ts';
import { type AllowedRequest, isSuccessfulWrite } from './hidden.ts';

/** Whether the request wrote one of these resources of the RBAC group, and the write was checked for escalation. */
export function isCheckedRbacWrite(request: AllowedRequest, resources: readonly string[]): boolean {
  const { event, permission } = request;
  if (permission.apiGroup !== rbacGroup || permission.subresource !== '') return false;
  if (!resources.includes(permission.resource) || !isSuccessfulWrite(request)) return false;
  return permission.verb !== 'patch' || !changesOnlyCollectorFields(event.requestObject);
}
