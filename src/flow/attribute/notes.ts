// What an event tells beside accesses, in words for people.
import type { NoteKind } from '../types.ts';

/** One sentence for each kind of note. Counts and subjects are added by whoever shows it. */
export const notes: Readonly<Record<NoteKind, string>> = {
  // Every RequestReceived event gives one: who shows this note takes their number off.
  'no-decision':
    'The event carries no authorization decision (written before authorization, refused before it, or stripped by a collector), so it proves nothing.',
  unauthenticated: 'The event names no user: the request failed authentication and asked nobody for permission.',
  denied: 'The authorizer refused the request: shown as denied need, granted only with --include-denied.',
  'empty-verb':
    'The request has the empty verb (OPTIONS and the like through a proxy), which only a rule with the verb "" or * allows.',
  'secondary-authorization-denied':
    'The request was authorised, but a further check behind it (create behind an apply, create behind a WebSocket, escalate, bind, a signer) was refused.',
  'apply-outcome-unknown':
    'A patch ended in 403, 409 or 422, or in a feed without HTTP codes: if it was a server-side apply of a new object, it needs create as well, and the log does not tell.',
  'websocket-create-needed-from-1.35':
    'A WebSocket exec, attach or portforward needs get alone up to Kubernetes 1.34 and create as well from 1.35 on.',
  'escalate-or-hold-underivable':
    'A role was written, which needs every rule in it or the verb escalate, and the log does not hold its rules.',
  'bind-or-hold-underivable':
    'A binding was written, which needs every rule of its role or the verb bind, and the log does not hold its roleRef.',
  'signer-underivable':
    'A certificate was approved, signed or attested, which needs a permission on its signer, and the log does not name the signer.',
  'param-underivable':
    'An admission policy or its binding was written, which can need read access to its parameter object, and the log does not tell which resource that is.',
  'bodies-missing':
    'The audit level promises the body of the request, but the log does not hold it (truncated, or replaced by the exporter).',
  'owner-kind-unmapped':
    'An owner reference with blockOwnerDeletion names a kind whose resource is not known here, so the permission on its finalizers was not derived.',
  'not-by-rbac':
    'The request was allowed by something other than RBAC (a cloud provider, a webhook): generated RBAC would stand beside that grant, not replace it.',
  'system-masters': 'The user is a member of system:masters, which is allowed everything before RBAC is asked.',
  'node-authorizer': 'The user is a node: the Node authorizer serves it, and RBAC for it is not needed.',
  anonymous: 'The request was anonymous: whatever is granted to it is granted to everybody who can reach the server.',
  'name-from-object-ref':
    'The event carries no usable request URI; its permission was taken from objectRef, which can hold names and namespaces that the authorizer did not see.',
  'groups-not-logged':
    'The event does not list the groups of its user; only those that every such user has were assumed.',
  'trusted-success':
    'The event carries no authorization decision; its successful answer was taken for one (--trust-success).',
  'unreadable-uri': 'The path of the request cannot be decoded, or names no resource.',
};
