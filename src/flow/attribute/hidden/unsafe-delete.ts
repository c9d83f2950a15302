// A delete that ignores read errors needs a verb of its own (authorizeUnsafeDelete, handlers/delete.go v1.34).
import { fieldOf } from '../../../base/json-fields.ts';
import type { AuditEvent } from '../../types.ts';
import { firstQueryValues } from '../uri.ts';
import { type AllowedRequest, type Hidden, inferred, nothing, onlyAccesses, refused } from './hidden.ts';

const option = 'ignoreStoreReadErrorWithClusterBreakingPotential';
const verb = 'unsafe-delete-ignore-read-errors';

export function unsafeDelete(request: AllowedRequest): Hidden {
  const { event, permission } = request;
  if (permission.verb !== 'delete' || permission.subresource !== '' || !asksForIt(request)) return nothing;
  const unsafe = { ...permission, verb };
  if (event.code === 403 && event.message.includes(`not permitted to do "${verb}"`)) {
    return { accesses: [refused(request, unsafe)], notes: ['secondary-authorization-denied'] };
  }
  return isAnsweredBefore(event) ? nothing : onlyAccesses(inferred(request, 'unsafe-delete', unsafe));
}

// Options that do not go together are refused before the check, admission's refusals come after it; without a message
// a 403 may be either.
function isAnsweredBefore({ code, message }: AuditEvent): boolean {
  return code === 400 || code === 422 || (code === 403 && message === '');
}

// The options stand in the body or, without one, in the query, where any value but 0 and false is true.
function asksForIt({ event }: AllowedRequest): boolean {
  if (event.requestObject !== undefined) return fieldOf(event.requestObject, option) === true;
  const mark = event.requestUri.indexOf('?');
  if (mark < 0) return false;
  const value = firstQueryValues(event.requestUri.slice(mark + 1)).get(option);
  return value !== undefined && value !== '0' && value.toLowerCase() !== 'false';
}
