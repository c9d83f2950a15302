// RBAC objects -> whether a user may do something, and by which rule. The resolver and the authorizer of the API server:
// `VisitRulesFor` (pkg/registry/rbac/validation/rule.go) and rbac.go, v1.34.
import { byCodeUnit } from '../base/order.ts';
import { ruleAllows } from './match.ts';
import type {
  ClusterRole,
  ClusterRoleBinding,
  PolicyRule,
  RbacObject,
  RbacSubject,
  Role,
  RoleBinding,
} from './objects.ts';
import { nameObject } from './objects.ts';
import type { Permission } from './permission.ts';
import { isUrlPermission } from './permission.ts';
import { RuleIndex } from './rule-index.ts';
import { subjectKey } from './subject.ts';

/** Whose request it is: the name and groups that authentication (or impersonation) ended with. */
export interface UserIdentity {
  readonly name: string;
  readonly groups: readonly string[];
}

/** The way from a binding to one rule of its role. */
export interface GrantPath {
  readonly binding: RoleBinding | ClusterRoleBinding;
  readonly role: Role | ClusterRole;
  /** Index into `role.rules`. */
  readonly ruleIndex: number;
  readonly rule: PolicyRule;
}

export interface Decision {
  readonly allowed: boolean;
  /** The first rule that allows it. Absent when refused, and when system:masters alone allows it. */
  readonly by?: GrantPath;
  /** Bindings met on the way whose role does not exist, one sentence each. They grant nothing and stop nothing. */
  readonly unresolved: readonly string[];
}

export interface AuthorizerOptions {
  /** Whether members of system:masters may do everything before any rule is read (NewPrivilegedGroups). Default true. */
  readonly privilegedGroup?: boolean;
}

/** A binding with its place in the order of evaluation. */
interface Bound {
  readonly order: number;
  readonly binding: RoleBinding | ClusterRoleBinding;
}

interface BoundRole {
  readonly binding: RoleBinding | ClusterRoleBinding;
  readonly role: Role | ClusterRole;
}

const privilegedGroup = 'system:masters';

/**
 * Answers for one set of RBAC objects. Evaluates in a stated order, where the API server has its cache's: all
 * ClusterRoleBindings by name, then the namespace's RoleBindings by name. RBAC only adds, so the order decides `by` alone.
 * Of two objects with the same kind, namespace and name, the later one holds, as if they were applied one after the other.
 * Aggregated ClusterRoles count with the `rules` that are written in them, as the API server reads them.
 */
export class Authorizer {
  readonly #privileged: boolean;
  /** By namespace (`''` for ClusterRoles), then name. */
  readonly #roles = new Map<string, Map<string, Role | ClusterRole>>();
  /** By namespace (`''` for ClusterRoleBindings), then the user or group it applies to. */
  readonly #bound = new Map<string, Map<string, Bound[]>>();
  /** Made when a role is first judged by. */
  readonly #ruleIndexes = new Map<Role | ClusterRole, RuleIndex>();

  constructor(objects: Iterable<RbacObject>, options: AuthorizerOptions = {}) {
    this.#privileged = options.privilegedGroup ?? true;
    const bindings = new Map<string, Map<string, RoleBinding | ClusterRoleBinding>>();
    for (const object of objects) {
      const namespace = scopeOf(object);
      if (namespace === undefined) continue;
      const { name } = object.metadata;
      if (object.kind === 'Role' || object.kind === 'ClusterRole') inner(this.#roles, namespace).set(name, object);
      else inner(bindings, namespace).set(name, object);
    }
    for (const [namespace, byName] of bindings) this.#index(namespace, byName);
  }

  /** Judges one request, as the authorizer chain with RBAC as its only authorizer does. */
  authorize(user: UserIdentity, permission: Permission): Decision {
    if (this.#privileged && user.groups.includes(privilegedGroup)) return { allowed: true, unresolved: [] };
    const unresolved: string[] = [];
    for (const { binding, role } of this.#rolesOf(user, namespaceOf(permission), unresolved)) {
      const ruleIndex = this.#firstAllowing(role, permission);
      const rule = ruleIndex === undefined ? undefined : role.rules[ruleIndex];
      if (ruleIndex === undefined || rule === undefined) continue;
      return { allowed: true, by: { binding, role, ruleIndex, rule }, unresolved };
    }
    return { allowed: false, unresolved };
  }

  /**
   * Every rule that applies to the user in the namespace, in order; `''` for cluster-wide requests and URLs, to which
   * RoleBindings never apply. Rules for URLs are yielded wherever they stand, but a request for a URL has no namespace, so
   * those that a RoleBinding leads to never take effect. Missing roles are appended to `unresolved`.
   */
  *rulesFor(user: UserIdentity, namespace: string, unresolved: string[] = []): Generator<GrantPath, void, undefined> {
    for (const { binding, role } of this.#rolesOf(user, namespace, unresolved)) {
      for (const [ruleIndex, rule] of role.rules.entries()) yield { binding, role, ruleIndex, rule };
    }
  }

  *#rolesOf(user: UserIdentity, namespace: string, unresolved: string[]): Generator<BoundRole, void, undefined> {
    for (const scope of namespace === '' ? [''] : ['', namespace]) {
      for (const binding of this.#bindingsOf(user, scope)) {
        const role = this.#resolve(binding);
        if (role !== undefined) {
          yield { binding, role };
          continue;
        }
        const { kind, name } = binding.roleRef;
        unresolved.push(`${nameObject(binding)} refers to ${kind} ${name}, which does not exist.`);
      }
    }
  }

  #firstAllowing(role: Role | ClusterRole, permission: Permission): number | undefined {
    let index = this.#ruleIndexes.get(role);
    if (index === undefined) {
      index = new RuleIndex(role.rules);
      this.#ruleIndexes.set(role, index);
    }
    for (const candidate of index.candidates(permission)) {
      if (ruleAllows(role.rules[candidate] as PolicyRule, permission)) return candidate;
    }
    return undefined;
  }

  /** The bindings of one scope that apply to the user, each once, in order. */
  #bindingsOf(user: UserIdentity, namespace: string): readonly (RoleBinding | ClusterRoleBinding)[] {
    const bySubject = this.#bound.get(namespace);
    if (bySubject === undefined) return [];
    const byOrder = new Map<number, RoleBinding | ClusterRoleBinding>();
    for (const key of [userKey(user.name), ...user.groups.map(groupKey)]) {
      for (const bound of bySubject.get(key) ?? []) byOrder.set(bound.order, bound.binding);
    }
    return [...byOrder].sort((a, b) => a[0] - b[0]).map(([, binding]) => binding);
  }

  /** The role a binding leads to. A ClusterRoleBinding never leads to a Role; roleRef.apiGroup is not read. */
  #resolve(binding: RoleBinding | ClusterRoleBinding): Role | ClusterRole | undefined {
    const { kind, name } = binding.roleRef;
    if (kind === 'ClusterRole') return this.#roles.get('')?.get(name);
    if (kind !== 'Role' || binding.kind !== 'RoleBinding') return undefined;
    return this.#roles.get(binding.metadata.namespace ?? '')?.get(name);
  }

  #index(namespace: string, byName: ReadonlyMap<string, RoleBinding | ClusterRoleBinding>): void {
    const bySubject = inner(this.#bound, namespace);
    const sorted = [...byName].sort((a, b) => byCodeUnit(a[0], b[0]));
    for (const [order, [, binding]] of sorted.entries()) {
      const keys = binding.subjects.map((subject) => appliesToKey(subject, namespace));
      for (const key of new Set(keys)) {
        if (key === undefined) continue;
        const bounds = bySubject.get(key);
        if (bounds === undefined) bySubject.set(key, [{ order, binding }]);
        else bounds.push({ order, binding });
      }
    }
  }
}

/**
 * The namespace an object lies in, `''` for cluster-scoped kinds; `undefined` for a Role or RoleBinding without one, which
 * no cluster can hold and which must not pass for a cluster-scoped object.
 */
function scopeOf(object: RbacObject): string | undefined {
  if (object.kind === 'ClusterRole' || object.kind === 'ClusterRoleBinding') return '';
  return object.metadata.namespace || undefined;
}

/**
 * Whom a binding's subject applies to, as `appliesToUser` decides it; `undefined` for nobody. subject.apiGroup is not read.
 * A ServiceAccount is its username; without a namespace it is one of the binding's own, and in a ClusterRoleBinding none.
 */
function appliesToKey(subject: RbacSubject, bindingNamespace: string): string | undefined {
  if (subject.kind === 'User') return userKey(subject.name);
  if (subject.kind === 'Group') return groupKey(subject.name);
  if (subject.kind !== 'ServiceAccount') return undefined;
  const namespace = subject.namespace || bindingNamespace;
  if (namespace === '') return undefined;
  return userKey(subjectKey({ kind: 'ServiceAccount', namespace, name: subject.name }));
}

/** RoleBindings are read for requests with a namespace only; a request for a URL has none. */
function namespaceOf(permission: Permission): string {
  return isUrlPermission(permission) ? '' : permission.namespace;
}

function userKey(name: string): string {
  return `u${name}`;
}

function groupKey(name: string): string {
  return `g${name}`;
}

function inner<Value>(outer: Map<string, Map<string, Value>>, key: string): Map<string, Value> {
  const found = outer.get(key);
  if (found !== undefined) return found;
  const made = new Map<string, Value>();
  outer.set(key, made);
  return made;
}
