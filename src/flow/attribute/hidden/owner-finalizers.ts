// Where OwnerReferencesPermissionEnforcement is on (not by default), an owner reference with blockOwnerDeletion needs
// update on the owner's finalizers (ownerRefToDeleteAttributeRecords, plugin/pkg/admission/gc/gc_admission.go v1.37).
import type { Access, OwnerReference } from '../../types.ts';
import { resourceOfKind } from '../built-in-kinds.ts';
import { type AllowedRequest, type Hidden, inferred, isSuccessfulWrite, nothing } from './hidden.ts';

export function ownerFinalizers(request: AllowedRequest): Hidden {
  const { event, permission } = request;
  const blocking = event.ownerReferences.filter((reference) => reference.blockOwnerDeletion);
  if (blocking.length === 0 || !isSuccessfulWrite(request)) return nothing;
  // The plugin leaves pods/status alone.
  if (permission.resource === 'pods' && permission.subresource === 'status') return nothing;
  const accesses = blocking
    .map((reference) => accessToOwner(request, reference))
    .filter((found) => found !== undefined);
  return { accesses, notes: accesses.length < blocking.length ? ['owner-kind-unmapped'] : [] };
}

function accessToOwner(request: AllowedRequest, owner: OwnerReference): Access | undefined {
  const mapped = resourceOfKind(owner.apiVersion, owner.kind);
  if (mapped === undefined) return undefined;
  return inferred(request, 'owner-finalizers', {
    verb: 'update',
    apiGroup: mapped.apiGroup,
    resource: mapped.resource,
    subresource: 'finalizers',
    // A namespaced owner lies in its dependent's namespace.
    namespace: mapped.namespaced ? request.permission.namespace : '',
    name: owner.name,
  });
}
