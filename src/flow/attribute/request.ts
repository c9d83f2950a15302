// Method or verb, and URI -> what the authorizer is asked. As NewRequestInfo,
// apiserver/pkg/endpoints/request/requestinfo.go v1.34 (unchanged in its results up to 1.37).
import type { Permission } from '../../rbac/permission.ts';
import { isWatch, nameOfListOptions } from './list-options.ts';
import { splitUri } from './uri.ts';

/** A request as an audit event tells it: the verb is the authorizer's own, the HTTP method is not logged. */
export interface LoggedRequest {
  readonly verb: string;
  readonly uri: string;
}

/** A request as a client sends it. `uri` is path and query, as in a request line. */
export interface SentRequest {
  /** `GET`, `POST` and so on: case-sensitive, as HTTP has it. */
  readonly method: string;
  readonly uri: string;
}

/** The permission a request asks for, or in a few words why the API server could not tell either. */
export type RequestAttributes = { readonly permission: Permission } | { readonly problem: string };

/** Computes the authorizer's attributes of a request. Never throws, whatever the URI. */
export function attributesOfRequest(request: LoggedRequest | SentRequest): RequestAttributes {
  const uri = splitUri(request.uri);
  if (uri === undefined) return { problem: 'its path holds an escape that cannot be decoded' };
  const parts = splitPath(uri.path);
  const prefix = apiPrefix(parts);
  if (prefix === undefined) {
    return { permission: { verb: 'verb' in request ? request.verb : request.method.toLowerCase(), path: uri.path } };
  }
  return resourceAttributes(request, parts.slice(prefix.length), prefix.apiGroup, uri.query);
}

// Trimmed of slashes at both ends; empty segments within stay.
function splitPath(path: string): string[] {
  let start = 0;
  let end = path.length;
  while (start < end && path[start] === '/') start++;
  while (end > start && path[end - 1] === '/') end--;
  return start === end ? [] : path.slice(start, end).split('/');
}

// How many segments come before the resource, and the group; `undefined` when the path is no resource's.
function apiPrefix(parts: readonly string[]): { length: number; apiGroup: string } | undefined {
  if (parts[0] === 'api' && parts.length >= 3) return { length: 2, apiGroup: '' };
  if (parts[0] === 'apis' && parts.length >= 4) return { length: 3, apiGroup: parts[1] as string };
  return undefined;
}

function resourceAttributes(
  request: LoggedRequest | SentRequest,
  afterVersion: readonly string[],
  apiGroup: string,
  query: string,
): RequestAttributes {
  const special = afterVersion[0] === 'watch' || afterVersion[0] === 'proxy' ? afterVersion[0] : undefined;
  if (special !== undefined && afterVersion.length < 2) return { problem: 'its path names no resource' };
  const { namespace, parts } = withoutNamespace(special === undefined ? afterVersion : afterVersion.slice(1));
  const asked = 'verb' in request ? request.verb : (special ?? verbOfMethod(request.method));
  const resource = parts[0] as string;
  let name = parts[1] ?? '';
  // The proxy verb takes everything after the name for the path behind the proxy.
  const subresource = asked === 'proxy' ? '' : (parts[2] ?? '');

  let verb = asked;
  if (name === '' && 'method' in request) {
    if (asked === 'get') verb = isWatch(query) ? 'watch' : 'list';
    if (asked === 'delete') verb = 'deletecollection';
  }
  const selectable = special === undefined && (verb === 'list' || verb === 'watch');
  if (name === '' && selectable) name = nameOfListOptions(query);
  return { permission: { verb, apiGroup, resource, subresource, namespace, name } };
}

// `namespaces/a` is a request for namespace a inside namespace a; `namespaces/a/pods` is one for pods.
function withoutNamespace(parts: readonly string[]): { namespace: string; parts: readonly string[] } {
  if (parts[0] !== 'namespaces' || parts.length < 2) return { namespace: '', parts };
  const namespace = parts[1] as string;
  if (parts.length === 2 || parts[2] === 'status' || parts[2] === 'finalize') return { namespace, parts };
  return { namespace, parts: parts.slice(2) };
}

function verbOfMethod(method: string): string {
  return verbByMethod.get(method) ?? '';
}

const verbByMethod: ReadonlyMap<string, string> = new Map([
  ['POST', 'create'],
  ['GET', 'get'],
  ['HEAD', 'get'],
  ['PUT', 'update'],
  ['PATCH', 'patch'],
  ['DELETE', 'delete'],
]);
