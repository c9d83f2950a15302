// From Kubernetes 1.35 on a WebSocket exec, attach or portforward (a GET) needs create as well as get
// (ensureAuthorizedForVerb, registry/core/pod/rest/authorize.go).
import { mayBeAtLeast } from '../options.ts';
import { isSecondaryRefusal } from './create-on-update.ts';
import { type AllowedRequest, type Hidden, inferred, nothing, onlyAccesses, onlyNotes, refused } from './hidden.ts';

const streams = new Set(['exec', 'attach', 'portforward']);

export function websocketCreate(request: AllowedRequest): Hidden {
  const { event, permission, options } = request;
  if (permission.verb !== 'get' || permission.apiGroup !== '' || permission.resource !== 'pods') return nothing;
  if (!streams.has(permission.subresource)) return nothing;
  const create = { ...permission, verb: 'create' };
  if (event.code === 403) {
    // Admission comes first: its refusal tells nothing about create.
    if (!isSecondaryRefusal(event.message)) return nothing;
    return { accesses: [refused(request, create)], notes: ['secondary-authorization-denied'] };
  }
  if (!mayBeAtLeast(options.targetVersion, 1, 35)) return onlyNotes('websocket-create-needed-from-1.35');
  const access = inferred(request, 'websocket-create', create);
  if (options.targetVersion !== undefined) return onlyAccesses(access);
  return { accesses: [access], notes: ['websocket-create-needed-from-1.35'] };
}
