// RBAC objects -> what each subject in them is granted, atom by atom and scope by scope: what policies are compared by.
import { explodeRule, isUrlAtom, type RuleAtom } from '../../rbac/explode.ts';
import type { ClusterRole, PolicyRule, RbacObject, RbacSubject, Role } from '../../rbac/objects.ts';

/** One atom as it reaches a subject. Wildcards stay what they are. */
export interface SubjectGrant {
  readonly subject: RbacSubject;
  /** The namespace it holds in; `''` for the whole cluster. */
  readonly namespace: string;
  readonly atom: RuleAtom;
}

/**
 * Every grant of the objects, lazily: what bindings lead to, as the authorizer resolves them. A binding to a missing role
 * grants nothing; a rule for URLs grants nothing in a namespace; a ServiceAccount without a namespace is one of the
 * binding's own.
 */
export function* explodePolicy(objects: readonly RbacObject[]): Generator<SubjectGrant, void, undefined> {
  const roles = rolesByKey(objects);
  for (const binding of objects) {
    if (binding.kind !== 'RoleBinding' && binding.kind !== 'ClusterRoleBinding') continue;
    const namespace = binding.kind === 'RoleBinding' ? (binding.metadata.namespace ?? '') : '';
    const { kind, name } = binding.roleRef;
    const role = roles.get(roleKey(kind, kind === 'Role' ? namespace : '', name));
    for (const subject of role === undefined ? [] : binding.subjects) {
      yield* grantsOf(inNamespace(subject, namespace), namespace, role?.rules ?? []);
    }
  }
}

function* grantsOf(subject: RbacSubject, namespace: string, rules: readonly PolicyRule[]): Generator<SubjectGrant> {
  for (const rule of rules) {
    for (const atom of explodeRule(rule)) {
      if (isUrlAtom(atom) && namespace !== '') continue;
      yield { subject, namespace, atom };
    }
  }
}

function rolesByKey(objects: readonly RbacObject[]): Map<string, Role | ClusterRole> {
  const roles = new Map<string, Role | ClusterRole>();
  for (const object of objects) {
    if (object.kind === 'ClusterRole') roles.set(roleKey('ClusterRole', '', object.metadata.name), object);
    else if (object.kind === 'Role')
      roles.set(roleKey('Role', object.metadata.namespace ?? '', object.metadata.name), object);
  }
  return roles;
}

function roleKey(kind: string, namespace: string, name: string): string {
  return JSON.stringify([kind, namespace, name]);
}

function inNamespace(subject: RbacSubject, namespace: string): RbacSubject {
  if (subject.kind !== 'ServiceAccount' || subject.namespace || namespace === '') return subject;
  return { ...subject, namespace };
}
