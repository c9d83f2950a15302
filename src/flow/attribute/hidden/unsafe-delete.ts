// A delete that ignores read errors needs a verb of its own (authorizeUnsafeDelete, handlers/delete.go v1.34).
import { fieldOf } from '../body.ts';
import { firstQueryValues } from '../uri.ts';
import { type AllowedRequest, type Hidden, inferred, nothing, onlyAccesses } from './hidden.ts';

const option = 'ignoreStoreReadErrorWithClusterBreakingPotential';

export function unsafeDelete(request: AllowedRequest): Hidden {
  const { event, permission } = request;
  if (permission.verb !== 'delete' || permission.subresource !== '' || event.code === 403) return nothing;
  if (!asksForIt(request)) return nothing;
  return onlyAccesses(inferred(request, 'unsafe-delete', { ...permission, verb: 'unsafe-delete-ignore-read-errors' }));
}

// The options stand in the body or, without one, in the query, where any value but 0 and false is true.
function asksForIt({ event }: AllowedRequest): boolean {
  if (event.requestObject !== undefined) return fieldOf(event.requestObject, option) === true;
  const mark = event.requestUri.indexOf('?');
  if (mark < 0) return false;
  const value = firstQueryValues(event.requestUri.slice(mark + 1)).get(option);
  return value !== undefined && value !== '0' && value.toLowerCase() !== 'false';
}
