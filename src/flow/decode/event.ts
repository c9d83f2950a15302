// Parsed JSON of an audit.k8s.io Event (v1, and v1beta1 and v1alpha1 of old logs) -> AuditEvent. The exact reading of an
// event: whatever the fast path does must come to the same.
import { arrayOf, fieldOf, isObject, type JsonObject, objectOf, stringOf, stringsOf } from '../../base/json-fields.ts';
import type { AuditEvent, Micros, ObjectRef, OwnerReference, UserInfo } from '../types.ts';
import { parseMicros } from './parse-micros.ts';
import { bodyOf, isUnsafeDelete, readsBodies } from './reads-bodies.ts';
import { pathOfUri, relevantUri } from './relevant-uri.ts';

/** An event with what identifies and dates it. */
export interface DecodedEvent {
  readonly event: AuditEvent;
  /** The request's whole path; `''` when the feed carries none. */
  readonly path: string;
  /** As logged; clients can set it. `''` when absent. */
  readonly auditId: string;
  /** When the request was received; 0 when no time can be read. */
  readonly receivedMicros: Micros;
}

/**
 * What a JSON object is: an event; something else altogether (`other`); or something that calls itself an audit event
 * and cannot be used (`broken`).
 */
export type EventReading =
  | { readonly as: 'event'; readonly decoded: DecodedEvent }
  | { readonly as: 'other' }
  | { readonly as: 'broken'; readonly reason: string };

const auditGroup = 'audit.k8s.io/';

/**
 * Reads an event. It must have a `verb` (text, possibly empty: an OPTIONS through the proxy) and at least one of `user`,
 * `requestURI` and `objectRef`; every other field may be missing, and one of the wrong type counts as missing.
 *
 * It calls itself an audit event when `kind` is Event and `apiVersion` begins with `audit.k8s.io/`, when one of the two
 * is right and the other missing, or when it sits in a container of audit events (`inContainer`; the webhook's items
 * have neither). An object with neither, found elsewhere, is one if nothing is missing and it has `auditID` or `stage`.
 */
export function readEvent(value: JsonObject, inContainer: boolean, containerMicros: Micros): EventReading {
  const kind = fieldOf(value, 'kind');
  const apiVersion = fieldOf(value, 'apiVersion');
  if (kind !== undefined && typeof kind !== 'string') return broken('its kind is not text');
  if (apiVersion !== undefined && typeof apiVersion !== 'string') return broken('its apiVersion is not text');
  const isAuditGroup = apiVersion?.startsWith(auditGroup) === true;
  if ((kind !== undefined && kind !== 'Event') || (apiVersion !== undefined && !isAuditGroup)) {
    return inContainer || isAuditGroup ? broken('it is an object of another kind') : { as: 'other' };
  }
  const hasVerb = typeof fieldOf(value, 'verb') === 'string';
  const hasIdentity = stringOf(value, 'auditID') !== '' || stringOf(value, 'stage') !== '';
  const claims = inContainer || isAuditGroup || (kind === 'Event' && (hasVerb || hasIdentity));
  if (hasVerb && hasRequest(value)) {
    return claims || hasIdentity ? { as: 'event', decoded: decodeEvent(value, containerMicros) } : { as: 'other' };
  }
  if (!claims) return { as: 'other' };
  return broken(hasVerb ? 'it has no user, no requestURI and no objectRef' : 'it has no verb');
}

function broken(reason: string): EventReading {
  return { as: 'broken', reason };
}

function hasRequest(value: JsonObject): boolean {
  if (objectOf(value, 'user') !== undefined || objectOf(value, 'objectRef') !== undefined) return true;
  return stringOf(value, 'requestURI') !== '';
}

function decodeEvent(value: JsonObject, containerMicros: Micros): DecodedEvent {
  const verb = stringOf(value, 'verb');
  const requestUri = stringOf(value, 'requestURI');
  const objectRef = readObjectRef(fieldOf(value, 'objectRef'));
  const status = objectOf(value, 'responseStatus') ?? {};
  const annotations = objectOf(value, 'annotations') ?? {};
  const code = readCode(fieldOf(status, 'code'));
  const decision = stringOf(annotations, 'authorization.k8s.io/decision');
  const requestBody = bodyOf(fieldOf(value, 'requestObject'));
  const keepsBodies = readsBodies(verb, requestUri, objectRef);
  const impersonated = fieldOf(value, 'impersonatedUser');
  const event: AuditEvent = {
    origin: 'audit',
    level: stringOf(value, 'level'),
    stage: stringOf(value, 'stage'),
    verb,
    requestUri: relevantUri(requestUri, verb),
    user: readUser(fieldOf(value, 'user'), false),
    impersonatedUser: isObject(impersonated) ? readUser(impersonated, true) : undefined,
    impersonationConstraint: stringOf(objectOf(value, 'authenticationMetadata') ?? {}, 'impersonationConstraint'),
    userAgent: stringOf(value, 'userAgent'),
    // Beside a URI it only misleads: the server fills it from the body (audit/request.go, LogRequestObject).
    objectRef: requestUri === '' ? objectRef : undefined,
    code,
    message: code === 403 && decision === 'allow' ? stringOf(status, 'message') : '',
    decision,
    reason: stringOf(annotations, 'authorization.k8s.io/reason'),
    admitPolicy: stringOf(annotations, 'podsecuritypolicy.policy.k8s.io/admit-policy'),
    requestObject: keepsBodies || isUnsafeDelete(verb, requestBody) ? requestBody : undefined,
    responseObject: keepsBodies ? bodyOf(fieldOf(value, 'responseObject')) : undefined,
    ownerReferences: readOwnerReferences(verb, requestBody),
  };
  return {
    event,
    path: pathOfUri(requestUri),
    auditId: stringOf(value, 'auditID'),
    receivedMicros: readReceived(value) || containerMicros,
  };
}

/**
 * A user as an event holds it. `extra` is kept only where asked for: of the requestor's it decides nothing, and some of
 * its values differ in every token; of the impersonated user's each value was authorised.
 */
export function readUser(value: unknown, keepsExtra: boolean): UserInfo {
  const user = isObject(value) ? value : {};
  return {
    username: stringOf(user, 'username'),
    uid: stringOf(user, 'uid'),
    groups: stringsOf(user, 'groups'),
    extra: keepsExtra ? readExtra(fieldOf(user, 'extra')) : {},
  };
}

function readExtra(value: unknown): Record<string, readonly string[]> {
  // Without a prototype: the keys come from a client's headers.
  const extra: Record<string, readonly string[]> = Object.create(null);
  if (!isObject(value)) return extra;
  for (const key of Object.keys(value)) {
    if (Array.isArray(value[key])) extra[key] = stringsOf(value, key);
  }
  return extra;
}

/** objectRef; `undefined` when there is none or it names no resource. v1alpha1 wrote the group into apiVersion. */
export function readObjectRef(value: unknown): ObjectRef | undefined {
  if (!isObject(value)) return undefined;
  const resource = stringOf(value, 'resource');
  if (resource === '') return undefined;
  const apiVersion = stringOf(value, 'apiVersion');
  const slash = apiVersion.indexOf('/');
  const apiGroup = stringOf(value, 'apiGroup');
  return {
    resource,
    subresource: stringOf(value, 'subresource'),
    namespace: stringOf(value, 'namespace'),
    name: stringOf(value, 'name'),
    apiGroup: apiGroup === '' && slash > 0 ? apiVersion.slice(0, slash) : apiGroup,
    apiVersion: slash > 0 ? apiVersion.slice(slash + 1) : apiVersion,
  };
}

/** metadata.ownerReferences of the body of a create, update or patch; empty when there are none. */
export function readOwnerReferences(verb: string, body: unknown): readonly OwnerReference[] {
  if (verb !== 'create' && verb !== 'update' && verb !== 'patch') return [];
  const metadata = isObject(body) ? objectOf(body, 'metadata') : undefined;
  if (metadata === undefined) return [];
  return (arrayOf(metadata, 'ownerReferences') ?? []).filter(isObject).map((reference) => ({
    apiVersion: stringOf(reference, 'apiVersion'),
    kind: stringOf(reference, 'kind'),
    name: stringOf(reference, 'name'),
    blockOwnerDeletion: fieldOf(reference, 'blockOwnerDeletion') === true,
  }));
}

function readCode(value: unknown): number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= 999 ? value : 0;
}

/** When the request was received: the first of the event's own times that can be read, the nearest to it first. */
function readReceived(value: JsonObject): Micros {
  const metadata = objectOf(value, 'metadata') ?? {};
  return (
    parseMicros(fieldOf(value, 'requestReceivedTimestamp')) ||
    parseMicros(fieldOf(value, 'stageTimestamp')) ||
    parseMicros(fieldOf(value, 'timestamp')) ||
    parseMicros(fieldOf(metadata, 'creationTimestamp'))
  );
}
