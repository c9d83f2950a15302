// An update or apply that answers 201 has created its object: create was authorised as well, with the name
// (handlers/update.go since 1.12, handlers/patch.go since 1.14, createAuthorizerAttributes).
import { isSuccess } from '../decision.ts';
import { type AllowedRequest, type Hidden, inferred, nothing, onlyAccesses, onlyNotes, refused } from './hidden.ts';

export function createOnUpdate(request: AllowedRequest): Hidden {
  const { event, permission } = request;
  if (permission.verb !== 'update' && permission.verb !== 'patch') return nothing;
  // Behind a proxy the code is the backend's.
  if (permission.subresource === 'proxy') return nothing;
  const create = { ...permission, verb: 'create' };
  if (event.code === 201) return onlyAccesses(inferred(request, 'create-on-update', create));
  if (event.code === 403 && event.message.includes('cannot create resource "')) {
    return { accesses: [refused(request, create)], notes: ['secondary-authorization-denied'] };
  }
  return isUnclear(request) ? onlyNotes('apply-outcome-unknown') : nothing;
}

// Had it been the apply of a new object, create was authorised before the conflict, the validation or admission. GKE
// logs no HTTP codes: its success may be a 200 or a 201.
function isUnclear({ event, permission }: AllowedRequest): boolean {
  if (permission.verb !== 'patch' || permission.subresource !== '') return false;
  if (event.origin === 'gke' && isSuccess(event.code)) return true;
  return event.code === 409 || event.code === 422 || (event.code === 403 && !isSecondaryRefusal(event.message));
}

/** Whether the message of a 403 with decision allow tells of a check behind the request's own, other than admission. */
export function isSecondaryRefusal(message: string): boolean {
  return refusals.test(message);
}

const refusals = new RegExp(
  [
    'User ".*" cannot \\S+ (?:resource|path) "', // responsewriters/errors.go
    'is forbidden: (?:$|rbac: |RBAC: )', // ensureAuthorizedForVerb, core/pod/rest/authorize.go
    'attempting to grant RBAC permissions not currently held', // ConfirmNoEscalation, registry/rbac/validation/rule.go
    'must have cluster-admin privileges to use the aggregationRule', // clusterrole/policybased/storage.go
    'user not permitted to (?:approve|sign|attest)', // plugin/pkg/admission/certificates
    'cannot set (?:an ownerRef|blockOwnerDeletion)', // plugin/pkg/admission/gc/gc_admission.go
    'changing status\\.\\S+', // registry/resource/utils.go
  ].join('|'),
  's',
);
