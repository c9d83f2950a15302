// What a reviewer must know beside the rules, in sentences: why there is a ClusterRole, why there is nothing, and what about
// the subject itself makes RBAC say less than it seems to.
import { byCodeUnit, sortedUnique } from '../../base/order.ts';
import { isUrlPermission, type Permission, type ResourcePermission, ruleResource } from '../../rbac/permission.ts';
import { describeSubject, subjectKey } from '../../rbac/subject.ts';
import type { SubjectUsage, SynthesisOptions } from '../types.ts';
import { isKnownClusterScoped } from './cluster-scoped.ts';
import type { Grant } from './grant.ts';
import type { Placement } from './place-grants.ts';

/** Needs before defaults were taken away, after, and with what was inferred. */
export interface NeedCounts {
  readonly observed: number;
  readonly open: number;
  readonly granted: number;
}

/** Why the policy looks as it does: one sentence per resource that needs a ClusterRole, or why there is no object. */
export function describeReasons(usage: SubjectUsage, placement: Placement, counts: NeedCounts): string[] {
  if (counts.granted === 0) return [whyNothing(usage, counts)];
  const reasons = placement.cluster.length > 0 ? clusterReasons(placement.cluster) : [];
  if (placement.cluster.length === 0 && placement.byNamespace.size === 0) {
    reasons.push('No object was written: everything that was seen is left out, each with its reason.');
  }
  return reasons;
}

/** In one line and without names, for the ClusterRole's annotation: which kinds of request no Role can allow. */
export function summariseClusterReasons(cluster: readonly Grant[]): string {
  const single = singleObjectResources(cluster);
  const kinds = new Set(cluster.map(({ permission }) => kindOf(permission, single)));
  return `Needed for ${[...kinds].sort(byCodeUnit).join(', ')}; no Role can allow these.`;
}

function whyNothing(usage: SubjectUsage, counts: NeedCounts): string {
  if (counts.observed > 0) {
    return 'No object is needed: the default roles, which every authenticated identity has, allow all that was seen.';
  }
  if (usage.denied.size > 0) return 'No object was written: every request that was seen was refused.';
  return 'No object was written: no authorised request of this subject was seen.';
}

function clusterReasons(cluster: readonly Grant[]): string[] {
  const single = singleObjectResources(cluster);
  const urls: string[] = [];
  const rows = new Map<string, { permission: ResourcePermission; kind: string; verbs: string[] }>();
  for (const { permission } of cluster) {
    if (isUrlPermission(permission)) {
      urls.push(`${permission.verb || '""'} ${permission.path}`);
      continue;
    }
    const kind = kindOf(permission, single);
    const key = JSON.stringify([permission.apiGroup, ruleResource(permission), kind]);
    const row = rows.get(key) ?? { permission, kind, verbs: [] };
    row.verbs.push(permission.verb || '""');
    rows.set(key, row);
  }
  const reasons = [...rows.values()].map(({ permission, kind, verbs }) => resourceReason(permission, kind, verbs));
  if (urls.length > 0) {
    reasons.push(`ClusterRole for ${sortedUnique(urls).join(', ')}: a path that is no resource lies in no namespace.`);
  }
  return reasons;
}

function resourceReason(permission: ResourcePermission, kind: string, verbs: readonly string[]): string {
  const group = permission.apiGroup === '' ? '' : `.${permission.apiGroup}`;
  const what = `${sortedUnique(verbs).join(', ')} ${permission.resource}${group}`;
  const resource = permission.subresource === '' ? what : `${what}/${permission.subresource}`;
  if (kind === allNamespaces) return `ClusterRole for ${resource}: the requests were made over all namespaces.`;
  if (kind === madeNamespaces) {
    return `ClusterRole for ${resource}: the subject makes namespaces itself, before a Role could lie in one.`;
  }
  return `ClusterRole for ${resource}: the resource is cluster-scoped.`;
}

const allNamespaces = 'requests over all namespaces';
const madeNamespaces = 'namespaces that the subject makes itself';
const clusterScoped = 'cluster-scoped resources';
const paths = 'paths that are no resources';

const collectionVerbs: ReadonlySet<string> = new Set(['list', 'watch', 'deletecollection']);

function kindOf(permission: Permission, single: ReadonlySet<string>): string {
  if (isUrlPermission(permission)) return paths;
  if (isNamespaceByName(permission)) return madeNamespaces;
  const { apiGroup, resource } = permission;
  if (isKnownClusterScoped(apiGroup, resource) || single.has(resourceKey(permission))) return clusterScoped;
  return allNamespaces;
}

/** Such a request always carries the namespace; placement alone moves it to the cluster, for subjects that make namespaces. */
function isNamespaceByName({ apiGroup, resource, verb }: ResourcePermission): boolean {
  return apiGroup === '' && resource === 'namespaces' && verb !== 'create' && !collectionVerbs.has(verb);
}

/** A single object without a namespace gives its resource away as cluster-scoped; a list alone does not. */
function singleObjectResources(cluster: readonly Grant[]): Set<string> {
  const keys = new Set<string>();
  for (const { permission } of cluster) {
    if (!isUrlPermission(permission) && !collectionVerbs.has(permission.verb)) keys.add(resourceKey(permission));
  }
  return keys;
}

function resourceKey({ apiGroup, resource }: ResourcePermission): string {
  return JSON.stringify([apiGroup, resource]);
}

/** What the roles cannot change or may not be enough for, because of who the subject is or what it does. */
export function subjectWarnings(usage: SubjectUsage, placement: Placement, options: SynthesisOptions): string[] {
  const { subject } = usage;
  const who = describeSubject(subject);
  const warnings: string[] = [];
  if (usage.groups.has('system:masters')) {
    warnings.push(
      `${who} was a member of system:masters, to whom the API server allows everything before it reads any role: ` +
        'these roles limit nothing until that membership ends.',
    );
  }
  if (subjectKey(subject).startsWith('system:node:')) {
    warnings.push(
      `${who} is a node: the Node authorizer allows its requests by what runs on it, which is narrower than any role. ` +
        'Do not replace it by these.',
    );
  }
  if (subjectKey(subject) === 'system:anonymous') {
    warnings.push('Whoever presents no credentials is system:anonymous: a role for it is a role for everybody.');
  }
  if (subject.kind === 'Group') warnings.push(`${who}: every member of the group gets what is granted to it.`);
  if (placement.createsNamespaces && placement.byNamespace.size > 0) {
    warnings.push(
      'The subject makes namespaces itself: a Role in such a namespace can be applied only once it exists.',
    );
  }
  if (options.shareRoles && options.strategy.scopeMode === 'NamespaceStrict') {
    warnings.push(
      'Roles are not shared between namespaces: that takes a ClusterRole, and NamespaceStrict writes none.',
    );
  }
  return warnings;
}
