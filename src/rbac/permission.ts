// One permission: what a request asks of the authorizer, without who asks. The terms are authorizer.Attributes' own
// (k8s.io/apiserver/pkg/authorization/authorizer/interfaces.go); the API version is left out because RBAC never reads it.

/** A request for a resource. Every field is the authorizer's: byte-exact, never normalised. */
export interface ResourcePermission {
  readonly verb: string;
  /** `''` for the core group. */
  readonly apiGroup: string;
  readonly resource: string;
  /** `''` when there is none. */
  readonly subresource: string;
  /** `''` for cluster-scoped resources and for requests over all namespaces. */
  readonly namespace: string;
  /** `''` when the authorizer sees no name (list, watch, plain create, deletecollection). */
  readonly name: string;
}

/** A request for a path that is no resource. */
export interface UrlPermission {
  readonly verb: string;
  /** The path as the server sees it: decoded, without its query. */
  readonly path: string;
}

export type Permission = ResourcePermission | UrlPermission;

export function isUrlPermission(permission: Permission): permission is UrlPermission {
  return 'path' in permission;
}

/** `pods` or `pods/exec`, as RBAC rules write it. */
export function ruleResource(permission: ResourcePermission): string {
  if (permission.subresource === '') return permission.resource;
  return `${permission.resource}/${permission.subresource}`;
}

/**
 * A string that is equal for equal permissions and different for different ones, whatever their fields hold; sorting by it
 * sorts by group, resource, namespace, verb, name, with URLs after the core group. Fields are joined by NUL, which
 * `keyField` keeps out of them: `%00` in a path is a NUL in the permission. A slash within `resource`, which no request can
 * have, is not told from the one before a subresource.
 */
export function permissionKey(permission: Permission): string {
  const verb = keyField(permission.verb);
  if (isUrlPermission(permission)) return `\u0001\u0000${keyField(permission.path)}\u0000${verb}`;
  const resource = keyField(ruleResource(permission));
  const scope = `${resource}\u0000${keyField(permission.namespace)}`;
  return `${keyField(permission.apiGroup)}\u0000${scope}\u0000${verb}\u0000${keyField(permission.name)}`;
}

/**
 * The text as a field of a key whose fields are joined by NUL: without NUL, different for different texts, in the same order
 * by code unit. Nearly always the text itself.
 */
export function keyField(text: string): string {
  if (!text.includes('\u0000') && !text.includes('\u0001')) return text;
  return text.replaceAll('\u0001', '\u0001\u0002').replaceAll('\u0000', '\u0001\u0001');
}

/** The permission for any name: what usage is kept by. */
export function withoutName(permission: Permission): Permission {
  if (isUrlPermission(permission) || permission.name === '') return permission;
  return { ...permission, name: '' };
}

/** For people: `get pods/log in my-team (name p)`, `get /metrics`, `list nodes`, `create deployments.apps in web`. */
export function describePermission(permission: Permission): string {
  if (isUrlPermission(permission)) return `${permission.verb || '""'} ${permission.path}`;
  const group = permission.apiGroup === '' ? '' : `.${permission.apiGroup}`;
  const sub = permission.subresource === '' ? '' : `/${permission.subresource}`;
  const where = permission.namespace === '' ? '' : ` in ${permission.namespace}`;
  const name = permission.name === '' ? '' : ` (name ${permission.name})`;
  return `${permission.verb || '""'} ${permission.resource}${group}${sub}${where}${name}`;
}
