// GKE: an entry of Cloud Audit Logs -> AuditEvent. The entry is no audit.k8s.io event: it has no URI, no groups and no
// impersonation, and says in `resourceName` what was asked for.
import { arrayOf, fieldOf, isObject, type JsonObject, objectOf, stringOf } from '../../base/json-fields.ts';
import type { AuditEvent, ObjectRef } from '../types.ts';
import { readOwnerReferences } from './event.ts';
import { parseMicros } from './parse-micros.ts';
import { type Part, skipped } from './parts.ts';
import { bodyOf, isUnsafeDelete, readsBodies } from './reads-bodies.ts';

/** HTTP statuses of google.rpc codes. The API server's 409 arrives as ALREADY_EXISTS or ABORTED. */
const httpByRpcCode = new Map([
  [0, 200],
  [1, 499],
  [2, 500],
  [3, 400],
  [4, 504],
  [5, 404],
  [6, 409],
  [7, 403],
  [8, 429],
  [9, 400],
  [10, 409],
  [11, 400],
  [12, 501],
  [13, 500],
  [14, 503],
  [15, 500],
  [16, 401],
]);

/** The event in a log entry, or `skipped` when it is another service's; `undefined` when the object is no log entry. */
export function partsOfLogEntry(entry: JsonObject): readonly Part[] | undefined {
  const payload = objectOf(entry, 'protoPayload');
  if (payload === undefined) return undefined;
  const method = stringOf(payload, 'methodName');
  const service = stringOf(payload, 'serviceName');
  // Copies in some other systems lack the service's name; `io.k8s.` is the Kubernetes API's own prefix.
  if (service === '' ? !method.startsWith('io.k8s.') : service !== 'k8s.io') return [skipped];
  return [partOfRequest(entry, payload, method)];
}

/** What was asked for: a resource or a URL. */
interface Target {
  readonly verb: string;
  readonly requestUri: string;
  readonly objectRef: ObjectRef | undefined;
}

function partOfRequest(entry: JsonObject, payload: JsonObject, method: string): Part {
  const target = readTarget(method, readResourceName(payload));
  if (typeof target === 'string') return { as: 'bad', reason: target };
  const operation = objectOf(entry, 'operation') ?? {};
  const event = toEvent(entry, payload, target, operation);
  // operation.id is the request's auditID, the same in all entries of a request; insertId names the entry alone.
  const auditId = stringOf(operation, 'id') || stringOf(entry, 'insertId');
  const receivedMicros = parseMicros(fieldOf(entry, 'timestamp')) || parseMicros(fieldOf(entry, 'receiveTimestamp'));
  return { as: 'event', decoded: { event, path: event.requestUri, auditId, receivedMicros } };
}

function toEvent(entry: JsonObject, payload: JsonObject, target: Target, operation: JsonObject): AuditEvent {
  const { verb, requestUri, objectRef } = target;
  const labels = objectOf(entry, 'labels') ?? {};
  const status = objectOf(payload, 'status');
  const code = readCode(payload, status);
  const decision = readDecision(payload, labels, code);
  const authentication = objectOf(payload, 'authenticationInfo') ?? {};
  const requestBody = bodyOf(fieldOf(payload, 'request'));
  const keepsBodies = readsBodies(verb, '', objectRef);
  return {
    origin: 'gke',
    level: '',
    stage: readStage(operation),
    verb,
    requestUri,
    user: {
      // principalSubject names federated identities, which have no e-mail.
      username: stringOf(authentication, 'principalEmail') || stringOf(authentication, 'principalSubject'),
      uid: '',
      groups: undefined,
      extra: {},
    },
    impersonatedUser: undefined,
    impersonationConstraint: '',
    userAgent: stringOf(objectOf(payload, 'requestMetadata') ?? {}, 'callerSuppliedUserAgent'),
    objectRef,
    code,
    message: code === 403 && decision === 'allow' && status !== undefined ? stringOf(status, 'message') : '',
    decision,
    reason: stringOf(labels, 'authorization.k8s.io/reason'),
    admitPolicy: stringOf(labels, 'podsecuritypolicy.policy.k8s.io/admit-policy'),
    requestObject: keepsBodies || isUnsafeDelete(verb, requestBody) ? requestBody : undefined,
    responseObject: keepsBodies ? bodyOf(fieldOf(payload, 'response')) : undefined,
    ownerReferences: readOwnerReferences(verb, requestBody),
  };
}

function readResourceName(payload: JsonObject): string {
  const name = stringOf(payload, 'resourceName');
  if (name !== '') return name;
  const first = (arrayOf(payload, 'authorizationInfo') ?? [])[0];
  return isObject(first) ? stringOf(first, 'resource') : '';
}

/**
 * Verb and target, or why they cannot be told. `io.k8s.<method>` is a URL, `io.k8s.<group>.<version>.<resource>.<verb>`
 * a resource; group, namespace and names are taken from resourceName alone, because the method's words for a group are
 * reversed for some groups and not for others.
 */
function readTarget(method: string, resourceName: string): Target | string {
  const words = method.split('.');
  if (words.length < 3) return 'its methodName names no verb';
  const verb = words.at(-1) as string;
  if (words.length === 3) return readUrl(verb, resourceName);
  const objectRef = readObjectRef(resourceName, words, verb);
  if (objectRef === undefined) return 'its resourceName names no resource';
  return { verb, requestUri: '', objectRef };
}

const httpMethods = new Set(['get', 'head', 'post', 'put', 'patch', 'delete', 'options']);

/** `io.k8s.get` with the path as resourceName; the health endpoints are methods of their own (`io.k8s.readyz`). */
function readUrl(method: string, resourceName: string): Target {
  const isHttpMethod = httpMethods.has(method);
  const path = resourceName === '' && !isHttpMethod ? method : resourceName.replace(/^\//, '');
  return { verb: isHttpMethod ? method : 'get', requestUri: `/${path}`, objectRef: undefined };
}

/** `<group>/<version>[/namespaces/<ns>]/<resource>[/<name>[/<subresource>]]`, `core` being the group without a name. */
function readObjectRef(resourceName: string, methodWords: readonly string[], verb: string): ObjectRef | undefined {
  const [group, apiVersion, ...parts] = resourceName.split('/');
  if (group === undefined || apiVersion === undefined || (parts[0] ?? '') === '') return undefined;
  const apiGroup = group === 'core' ? '' : group;
  const [first, second = '', third = ''] = parts as [string, ...string[]];
  const isNamespaceItself =
    parts.length < 3 || methodWords.at(-2) === 'namespaces' || methodWords.at(-3) === 'namespaces';
  if (first !== 'namespaces' || isNamespaceItself) {
    // A request for a namespace by name is a request in it; a create has no name in its path (requestinfo.go).
    const namespace = first === 'namespaces' && verb !== 'create' ? second : '';
    return { resource: first, subresource: third, namespace, name: second, apiGroup, apiVersion };
  }
  const [, , , name = '', subresource = ''] = parts;
  return { resource: third, subresource, namespace: second, name, apiGroup, apiVersion };
}

/** 0 when the entry holds no status at all; an empty status is success. */
function readCode(payload: JsonObject, status: JsonObject | undefined): number {
  const response = objectOf(payload, 'response') ?? {};
  const responseCode = fieldOf(response, 'code');
  // A failed request's response is a Kubernetes Status, with the HTTP code itself.
  if (typeof responseCode === 'number' && responseCode >= 100 && responseCode <= 599) return Math.trunc(responseCode);
  if (status === undefined) return 0;
  const code = fieldOf(status, 'code');
  return code === undefined ? 200 : (httpByRpcCode.get(code as number) ?? 0);
}

/**
 * The label where there is one, else `granted`. A false one is left out of the JSON by some writers, so that a missing
 * one means a refusal if the request was refused, and otherwise nothing.
 */
function readDecision(payload: JsonObject, labels: JsonObject, code: number): string {
  const label = stringOf(labels, 'authorization.k8s.io/decision');
  if (label !== '') return label;
  const checks = (arrayOf(payload, 'authorizationInfo') ?? []).filter(isObject);
  if (checks.length === 0) return '';
  const granted = checks.map((check) => fieldOf(check, 'granted'));
  if (granted.includes(false)) return 'forbid';
  if (granted.every((value) => value === true)) return 'allow';
  return code === 403 ? 'forbid' : '';
}

/** Long-running requests have an entry at their start and one at their end; for others both flags are set, or none. */
function readStage(operation: JsonObject): string {
  if (fieldOf(operation, 'last') === true) return 'ResponseComplete';
  return fieldOf(operation, 'first') === true ? 'ResponseStarted' : '';
}
