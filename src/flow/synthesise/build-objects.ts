// Rules by scope -> the objects that a cluster takes: each role before its binding, in a fixed order, with names that change
// only when what they name does.
import { objectName } from '../../rbac/names.ts';
import {
  type ClusterRole,
  type ClusterRoleBinding,
  type ObjectMeta,
  type PolicyRule,
  type RbacObject,
  type Role,
  type RoleBinding,
  rbacApiVersion,
  rbacGroup,
} from '../../rbac/objects.ts';
import { describeSubject, type Subject, subjectKey } from '../../rbac/subject.ts';
import { bindingSubject } from '../../rbac/subject-home.ts';
import { splitRules } from './split-rules.ts';

/** What every object says of its origin, so that Audicia's own files and objects can be told from others. */
export const managedByLabel = 'app.kubernetes.io/managed-by';
export const managedBy = 'audicia';
export const subjectAnnotation = 'audicia.io/subject';
export const reasonAnnotation = 'audicia.io/reason';

const prefix = 'audicia';

/** The rules of one subject by namespace, in the order of writing; `''` for the whole cluster. No list is empty. */
export type RulesByScope = ReadonlyMap<string, readonly PolicyRule[]>;

export interface BuildOptions {
  /** One ClusterRole with a RoleBinding in each namespace, where at least two namespaces need the same rules. */
  readonly shareRoles: boolean;
  /** Why there is a ClusterRole, for its annotation. */
  readonly clusterReason: string;
}

/** Roles and bindings by namespace, then shared ClusterRoles with their bindings, then the ClusterRole of the cluster. */
export function buildObjects(subject: Subject, rules: RulesByScope, options: BuildOptions): RbacObject[] {
  const groups = groupNamespaces(rules, options.shareRoles);
  const objects: RbacObject[] = [];
  for (const { namespaces, rules: own } of groups) {
    if (namespaces.length === 1) objects.push(...namespacedObjects(subject, namespaces[0] as string, own));
  }
  for (const { namespaces, rules: shared } of groups) {
    if (namespaces.length > 1) objects.push(...sharedObjects(subject, namespaces, shared));
  }
  const cluster = rules.get('');
  if (cluster !== undefined) objects.push(...clusterObjects(subject, cluster, options.clusterReason));
  return objects;
}

interface NamespaceGroup {
  readonly namespaces: string[];
  readonly rules: readonly PolicyRule[];
}

/** Namespaces with their rules; those with the same rules together, if they are to be shared. */
function groupNamespaces(rules: RulesByScope, shareRoles: boolean): NamespaceGroup[] {
  const groups = new Map<string, NamespaceGroup>();
  for (const [namespace, own] of rules) {
    if (namespace === '') continue;
    const key = shareRoles ? JSON.stringify(own) : namespace;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { namespaces: [namespace], rules: own });
    else group.namespaces.push(namespace);
  }
  return [...groups.values()];
}

function namespacedObjects(subject: Subject, namespace: string, rules: readonly PolicyRule[]): RbacObject[] {
  return splitRules(rules).flatMap((part, index) => {
    const name = objectName({ prefix, subject, namespace, discriminator: partOf(index) });
    const metadata = metadataOf(name, subject, namespace);
    const role: Role = { apiVersion: rbacApiVersion, kind: 'Role', metadata, rules: part };
    return [role, roleBinding(subject, namespace, name, role)];
  });
}

/**
 * The ClusterRole is called after the first of its namespaces: its rules may change without a new name, and two groups of
 * namespaces never have the same first.
 */
function sharedObjects(subject: Subject, namespaces: readonly string[], rules: readonly PolicyRule[]): RbacObject[] {
  const reason = 'Bound by RoleBindings alone: several namespaces need the same rules, each for itself.';
  return splitRules(rules).flatMap((part, index) => {
    const shared = objectName({ prefix, subject, discriminator: `shared ${namespaces[0]} ${partOf(index)}` });
    const metadata = metadataOf(shared, subject, undefined, reason);
    const role: ClusterRole = { apiVersion: rbacApiVersion, kind: 'ClusterRole', metadata, rules: part };
    const bindings = namespaces.map((namespace) => {
      // roleRef cannot be changed: a binding to another role is another binding, so the role's name is part of its own.
      const name = objectName({ prefix, subject, namespace, discriminator: `ClusterRole ${shared}` });
      return roleBinding(subject, namespace, name, role);
    });
    return [role, ...bindings];
  });
}

function clusterObjects(subject: Subject, rules: readonly PolicyRule[], reason: string): RbacObject[] {
  return splitRules(rules).flatMap((part, index) => {
    const name = objectName({ prefix, subject, discriminator: partOf(index) });
    const role: ClusterRole = {
      apiVersion: rbacApiVersion,
      kind: 'ClusterRole',
      metadata: metadataOf(name, subject, undefined, reason),
      rules: part,
    };
    const binding: ClusterRoleBinding = {
      apiVersion: rbacApiVersion,
      kind: 'ClusterRoleBinding',
      metadata: metadataOf(name, subject),
      subjects: [bindingSubject(subject)],
      roleRef: { apiGroup: rbacGroup, kind: 'ClusterRole', name },
    };
    return [role, binding];
  });
}

function roleBinding(subject: Subject, namespace: string, name: string, role: Role | ClusterRole): RoleBinding {
  return {
    apiVersion: rbacApiVersion,
    kind: 'RoleBinding',
    metadata: metadataOf(name, subject, namespace),
    subjects: [bindingSubject(subject)],
    roleRef: { apiGroup: rbacGroup, kind: role.kind, name: role.metadata.name },
  };
}

/** The first part has the plain name, so that a role that never needs a second is never called a part. */
function partOf(index: number): string {
  return index === 0 ? '' : `part ${index + 1}`;
}

function metadataOf(name: string, subject: Subject, namespace?: string, reason?: string): ObjectMeta {
  const who = subject.kind === 'Group' ? describeSubject(subject) : subjectKey(subject);
  const annotations = { [subjectAnnotation]: who, ...(reason === undefined ? {} : { [reasonAnnotation]: reason }) };
  return {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    labels: { [managedByLabel]: managedBy },
    annotations,
  };
}
