// From Kubernetes 1.36 on, writing resourceclaims/status needs permissions on what it changes
// (AuthorizedForBinding and AuthorizedForDeviceStatus, registry/resource/utils.go v1.37).
import { arrayAt, at, fieldOf, isObject, stringAt } from '../../../base/json-fields.ts';
import { sortedUnique } from '../../../base/order.ts';
import type { Access } from '../../types.ts';
import { mayBeAtLeast } from '../options.ts';
import { type AllowedRequest, type Hidden, inferred, isSuccessfulWrite, nothing } from './hidden.ts';

export function resourceClaimStatus(request: AllowedRequest): Hidden {
  const { event, permission, options } = request;
  const { apiGroup, resource, subresource, verb } = permission;
  if (apiGroup !== 'resource.k8s.io' || resource !== 'resourceclaims' || subresource !== 'status') return nothing;
  if (verb === 'create' || !isSuccessfulWrite(request) || !mayBeAtLeast(options.targetVersion, 1, 36)) return nothing;
  const status = fieldOf(event.requestObject, 'status');
  if (!isObject(status)) return nothing;

  const accesses: Access[] = [];
  if (at(status, 'allocation') !== undefined || at(status, 'reservedFor') !== undefined) {
    // Asked for the whole cluster and without a name, whatever the claim's namespace.
    const bind = { ...permission, subresource: 'binding', namespace: '', name: '' };
    accesses.push(inferred(request, 'resource-claim', bind));
  }
  const drivers = arrayAt(status, 'devices').map((device) => stringAt(device, 'driver'));
  for (const driver of sortedUnique(drivers.filter((name) => name !== ''))) {
    // A driver on the claim's own node may hold associated-node instead; that it runs there is not in the log.
    const drive = { ...permission, verb: `arbitrary-node:${verb}`, subresource: 'driver', name: driver };
    accesses.push(inferred(request, 'resource-claim', drive));
  }
  return { accesses, notes: [] };
}
