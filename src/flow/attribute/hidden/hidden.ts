// The checks behind a request, which leave no event of their own: what every rule in this folder takes and gives.
import { fieldOf, isObject } from '../../../base/json-fields.ts';
import type { PolicyRule } from '../../../rbac/objects.ts';
import type { Permission, ResourcePermission } from '../../../rbac/permission.ts';
import type { Subject } from '../../../rbac/subject.ts';
import type { Access, AuditEvent, InferenceKind, NoteKind } from '../../types.ts';
import { isSuccess } from '../decision.ts';
import type { AttributeOptions } from '../options.ts';

/** A resource request that the authorizer allowed, and by whom it was made. */
export interface AllowedRequest {
  readonly event: AuditEvent;
  readonly permission: ResourcePermission;
  readonly subject: Subject;
  readonly groups: readonly string[];
  readonly options: AttributeOptions;
}

/** What lay behind it: accesses that were proven or will be needed, and what could not be derived. */
export interface Hidden {
  readonly accesses: readonly Access[];
  readonly notes: readonly NoteKind[];
}

/** Looks for one kind of hidden check. Returns `nothing` where the request cannot have caused one. */
export type HiddenRule = (request: AllowedRequest) => Hidden;

export const nothing: Hidden = { accesses: [], notes: [] };

export function onlyNotes(...notes: readonly NoteKind[]): Hidden {
  return { accesses: [], notes };
}

export function onlyAccesses(...accesses: readonly Access[]): Hidden {
  return { accesses, notes: [] };
}

/** A permission that the same subject had, or has, to hold as well. */
export function inferred(
  request: AllowedRequest,
  kind: InferenceKind,
  permission: Permission,
  unlessHeld?: readonly PolicyRule[],
): Access {
  const { subject, groups } = request;
  const access: Access = { subject, groups, permission, verdict: 'allowed', inferred: kind };
  return unlessHeld === undefined ? access : { ...access, unlessHeld };
}

/** A permission whose refusal the answer to the request tells. */
export function refused(request: AllowedRequest, permission: Permission): Access {
  const { subject, groups } = request;
  return { subject, groups, permission, verdict: 'denied' };
}

/** Whether the request created, changed or patched an object and succeeded; refused ones prove no check behind them. */
export function isSuccessfulWrite({ event, permission }: AllowedRequest): boolean {
  return isWriteVerb(permission.verb) && isSuccess(event.code);
}

export function isWriteVerb(verb: string): boolean {
  return verb === 'create' || verb === 'update' || verb === 'patch';
}

/**
 * The object as it was written: the request's body, for a patch the response's. `undefined` when the log does not hold
 * it; a patch itself is no object, and neither is what has no spec.
 */
export function writtenObject({ event, permission }: AllowedRequest): unknown {
  const bodies = permission.verb === 'patch' ? [event.responseObject] : [event.requestObject, event.responseObject];
  return bodies.find((body) => isObject(fieldOf(body, 'spec')));
}

/** Notes for a check that needs a body which the log does not hold. */
export function withoutBody({ event }: AllowedRequest, ...notes: readonly NoteKind[]): Hidden {
  const promised = event.level === 'Request' || event.level === 'RequestResponse';
  const isMissing = promised && event.requestObject === undefined;
  return onlyNotes(...notes, ...(isMissing ? (['bodies-missing'] as const) : []));
}
