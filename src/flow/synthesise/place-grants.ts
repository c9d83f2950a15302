// Grants -> where each takes effect: a Role in its namespace, never wider; the cluster only for what no Role can give; or
// nowhere, with the reason. As `VisitRulesFor` resolves them (pkg/registry/rbac/validation/rule.go, v1.34).
import { byCodeUnit, sortedUnique } from '../../base/order.ts';
import { isNamespaceName } from '../../rbac/names.ts';
import { isUrlPermission, type Permission, permissionKey, type ResourcePermission } from '../../rbac/permission.ts';
import type { OmittedPermission, PolicyStrategy } from '../types.ts';
import { coversNames, type Grant } from './grant.ts';

/** Grants by scope, each list in the order of `permissionKey`. */
export interface Placement {
  /** By a ClusterRoleBinding, in effect for URLs, cluster-scoped requests and every namespace. */
  readonly cluster: readonly Grant[];
  /** By a RoleBinding in the namespace. No list is empty; namespaces in code-unit order. */
  readonly byNamespace: ReadonlyMap<string, readonly Grant[]>;
  /** What takes effect nowhere, or was left out by choice. */
  readonly omitted: readonly OmittedPermission[];
  /** Whether the subject makes namespaces itself: what lies in them cannot be applied before they exist. */
  readonly createsNamespaces: boolean;
}

/**
 * Puts every grant where it takes effect, and drops those in a namespace that a cluster-wide one allows anyway. Takes the
 * grants in the order of `permissionKey`, each permission once.
 */
export function placeGrants(grants: readonly Grant[], strategy: PolicyStrategy): Placement {
  const createsNamespaces = grants.some(({ permission }) => isNamespaceCreation(permission));
  const cluster: Grant[] = [];
  const namespaced: Grant[] = [];
  const left: { readonly grant: Grant; readonly reason: string }[] = [];
  for (const grant of grants) {
    const reason = whyNot(grant, strategy);
    if (reason !== undefined) left.push({ grant, reason });
    else if (isClusterWide(grant.permission)) cluster.push(grant);
    else if (createsNamespaces && strategy.scopeMode === 'ClusterScopeAllowed' && isNamespaceItself(grant)) {
      cluster.push(clusterWideByName(grant));
    } else namespaced.push(grant);
  }
  const united = uniteGrants(cluster);
  const beside = new ClusterGrants(united);
  const omitted: OmittedPermission[] = [];
  for (const { grant, reason } of left) {
    const rest = isClusterWide(grant.permission) ? grant : beside.rest(grant);
    if (rest !== undefined) omitted.push({ permission: rest.permission, names: rest.names ?? [], reason });
  }
  return { cluster: united, byNamespace: groupByNamespace(namespaced, beside), omitted, createsNamespaces };
}

/** Whether only a ClusterRoleBinding can grant it: URLs, cluster-scoped resources, requests over all namespaces. */
export function isClusterWide(permission: Permission): boolean {
  return isUrlPermission(permission) || permission.namespace === '';
}

/** Why a permission is granted nowhere; `undefined` when it can be. */
function whyNot(grant: Grant, strategy: PolicyStrategy): string | undefined {
  const { permission } = grant;
  const wildcard = readAsWildcard(permission);
  if (wildcard !== undefined) {
    return `RBAC reads ${wildcard} as a pattern, so a rule for this one request would allow many others.`;
  }
  if (isClusterWide(permission)) {
    if (strategy.scopeMode === 'ClusterScopeAllowed') return undefined;
    return `Only a ClusterRole bound by a ClusterRoleBinding can grant it; scopeMode NamespaceStrict writes none.`;
  }
  const { namespace } = permission as ResourcePermission;
  if (isNamespaceName(namespace)) return undefined;
  return `No namespace can have the name ${JSON.stringify(namespace)}, so no Role can be there to grant it.`;
}

/** The word of the request that a rule cannot hold literally; `undefined` when there is none. */
function readAsWildcard(permission: Permission): string | undefined {
  if (permission.verb === '*') return 'the verb "*"';
  if (isUrlPermission(permission)) {
    return permission.path.endsWith('*') ? `the path ${JSON.stringify(permission.path)}` : undefined;
  }
  if (permission.apiGroup === '*') return 'the API group "*"';
  return permission.resource === '*' ? 'the resource "*"' : undefined;
}

function isNamespaceCreation(permission: Permission): boolean {
  if (isUrlPermission(permission)) return false;
  return permission.verb === 'create' && isNamespaceResource(permission) && permission.subresource === '';
}

function isNamespaceResource(permission: ResourcePermission): boolean {
  return permission.apiGroup === '' && permission.resource === 'namespaces';
}

/** `namespaces/x`, which the authorizer sees in namespace x and with name x (requestinfo.go). */
function isNamespaceItself(grant: Grant): boolean {
  const { permission, seenNames } = grant;
  if (isUrlPermission(permission) || !isNamespaceResource(permission)) return false;
  return seenNames.length === 1 && seenNames[0] === permission.namespace;
}

function clusterWideByName(grant: Grant): Grant {
  const { namespace } = grant.permission as ResourcePermission;
  const permission = { ...(grant.permission as ResourcePermission), namespace: '' };
  return { ...grant, permission, key: permissionKey(permission), names: [namespace] };
}

/** Grants of the same permission made one, in the order of `permissionKey`. */
function uniteGrants(grants: readonly Grant[]): Grant[] {
  const united: Grant[] = [];
  for (const grant of [...grants].sort((a, b) => byCodeUnit(a.key, b.key))) {
    const last = united.at(-1);
    if (last?.key === grant.key) united[united.length - 1] = { ...grant, names: unitedNames(last, grant) };
    else united.push(grant);
  }
  return united;
}

function unitedNames(a: Grant, b: Grant): readonly string[] | undefined {
  if (a.names === undefined || b.names === undefined) return undefined;
  return sortedUnique([...a.names, ...b.names]);
}

/** The grants for the whole cluster, which take effect in every namespace, whatever it is called. */
class ClusterGrants {
  readonly #byKey: ReadonlyMap<string, Grant>;
  // Nearly always enough to see that nothing is wider, without making a key.
  readonly #resources = new Set<string>();

  constructor(cluster: readonly Grant[]) {
    this.#byKey = new Map(cluster.map((grant) => [grant.key, grant]));
    for (const { permission } of cluster) if (!isUrlPermission(permission)) this.#resources.add(permission.resource);
  }

  /** What of a grant in a namespace they do not give already; `undefined` when they give all of it. */
  rest(grant: Grant): Grant | undefined {
    const permission = grant.permission as ResourcePermission;
    if (!this.#resources.has(permission.resource)) return grant;
    const wider = this.#byKey.get(permissionKey({ ...permission, namespace: '' }));
    return wider === undefined ? grant : without(grant, wider.names);
  }
}

/** Each list keeps the order of the grants. */
function groupByNamespace(grants: readonly Grant[], cluster: ClusterGrants): Map<string, Grant[]> {
  const byNamespace = new Map<string, Grant[]>();
  for (const grant of grants) {
    const permission = grant.permission as ResourcePermission;
    const rest = cluster.rest(grant);
    if (rest === undefined) continue;
    const list = byNamespace.get(permission.namespace);
    if (list === undefined) byNamespace.set(permission.namespace, [rest]);
    else list.push(rest);
  }
  return new Map([...byNamespace].sort(([a], [b]) => byCodeUnit(a, b)));
}

/** What is left of a grant when `names` (`undefined`: any) are granted already; `undefined` when nothing is. */
function without(grant: Grant, names: readonly string[] | undefined): Grant | undefined {
  if (coversNames(names, grant.names)) return undefined;
  if (names === undefined || grant.names === undefined) return grant;
  const covered = new Set(names);
  return { ...grant, names: grant.names.filter((name) => !covered.has(name)) };
}
