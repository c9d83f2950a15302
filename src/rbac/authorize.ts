// RBAC objects -> whether a user may do something, and by which rule. The resolver and the authorizer of the API server:
// `VisitRulesFor` (pkg/registry/rbac/validation/rule.go) and rbac.go, v1.34.
import { byCodeUnit } from '../base/order.ts';
import { ruleAllows, ruleAllowsSomeName } from './match.ts';
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
import type { Permission, ResourcePermission } from './permission.ts';
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

/** A binding that applies to a user, and what it leads to. */
interface BoundRole {
  readonly binding: RoleBinding | ClusterRoleBinding;
  /** `undefined` when it does not exist. */
  readonly role: Role | ClusterRole | undefined;
  readonly index: RuleIndex;
}

/** What was found for one user. */
interface Found {
  /** What the subject of a binding that applies to the user is called. */
  readonly keys: readonly string[];
  readonly rolesByNamespace: Map<string, readonly BoundRole[]>;
}

const noNames: ReadonlySet<string> = new Set();

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
  readonly #ruleIndexes = new Map<Role | ClusterRole | undefined, RuleIndex>();
  /** What was found for a user, by scope: one user's requests come together. Holds a user no longer than the caller does. */
  readonly #found = new WeakMap<UserIdentity, Found>();

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

  /**
   * Judges one request, as the authorizer chain with RBAC as its only authorizer does. What applies to `user` is remembered
   * by the object, which must not be changed.
   */
  authorize(user: UserIdentity, permission: Permission): Decision {
    if (this.#privileged && user.groups.includes(privilegedGroup)) return { allowed: true, unresolved: [] };
    const unresolved: string[] = [];
    for (const { binding, role, index } of this.#rolesFor(user, namespaceOf(permission))) {
      if (role === undefined) {
        unresolved.push(describeUnresolved(binding));
        continue;
      }
      const ruleIndex = firstAllowing(role, index, permission);
      const rule = role.rules[ruleIndex];
      if (rule !== undefined) return { allowed: true, by: { binding, role, ruleIndex, rule }, unresolved };
    }
    return { allowed: false, unresolved };
  }

  /**
   * For which names `authorize` allows the request, whatever its own name is: `undefined` for every name and for none, else
   * those of the set, where `''` stands for a request without a name.
   */
  allowedNames(user: UserIdentity, permission: ResourcePermission): ReadonlySet<string> | undefined {
    if (this.#privileged && user.groups.includes(privilegedGroup)) return undefined;
    let allowed: Set<string> | undefined;
    for (const { role, index } of this.#rolesFor(user, permission.namespace)) {
      for (const candidate of index.candidates(permission)) {
        const rule = role?.rules[candidate];
        if (rule === undefined || !ruleAllowsSomeName(rule, permission)) continue;
        if (rule.resourceNames === undefined || rule.resourceNames.length === 0) return undefined;
        allowed ??= new Set();
        for (const name of rule.resourceNames) allowed.add(name);
      }
    }
    return allowed ?? noNames;
  }

  /**
   * Every rule that applies to the user in the namespace, in order; `''` for cluster-wide requests and URLs, to which
   * RoleBindings never apply. Rules for URLs are yielded wherever they stand, but a request for a URL has no namespace, so
   * those that a RoleBinding leads to never take effect. Missing roles are appended to `unresolved`.
   */
  *rulesFor(user: UserIdentity, namespace: string, unresolved: string[] = []): Generator<GrantPath, void, undefined> {
    for (const { binding, role } of this.#rolesFor(user, namespace)) {
      if (role === undefined) unresolved.push(describeUnresolved(binding));
      else for (const [ruleIndex, rule] of role.rules.entries()) yield { binding, role, ruleIndex, rule };
    }
  }

  /** The roles behind `rulesFor(user, scope)` that bindings of this very scope lead to: of `''`, ClusterRoleBindings. */
  rolesBoundIn(user: UserIdentity, scope: string): (Role | ClusterRole)[] {
    const roles: (Role | ClusterRole)[] = [];
    for (const { binding, role } of this.#rolesFor(user, scope)) {
      if (role !== undefined && (binding.kind === 'ClusterRoleBinding') === (scope === '')) roles.push(role);
    }
    return roles;
  }

  /** What applies to the user in a namespace, in order. */
  #rolesFor(user: UserIdentity, namespace: string): readonly BoundRole[] {
    // Nothing is kept for namespaces without bindings: there may be as many as a caller asks for.
    if (namespace !== '' && !this.#bound.has(namespace)) return this.#rolesFor(user, '');
    let found = this.#found.get(user);
    if (found === undefined) {
      found = { keys: [userKey(user.name), ...user.groups.map(groupKey)], rolesByNamespace: new Map() };
      this.#found.set(user, found);
    }
    let roles = found.rolesByNamespace.get(namespace);
    if (roles === undefined) {
      const own = this.#bindingsOf(found.keys, namespace).map((binding) => this.#boundRole(binding));
      roles = namespace === '' ? own : [...this.#rolesFor(user, ''), ...own];
      found.rolesByNamespace.set(namespace, roles);
    }
    return roles;
  }

  #boundRole(binding: RoleBinding | ClusterRoleBinding): BoundRole {
    const role = this.#resolve(binding);
    return { binding, role, index: this.#indexOf(role) };
  }

  #indexOf(role: Role | ClusterRole | undefined): RuleIndex {
    let index = this.#ruleIndexes.get(role);
    if (index === undefined) {
      index = new RuleIndex(role?.rules ?? []);
      this.#ruleIndexes.set(role, index);
    }
    return index;
  }

  /** The bindings of one scope that apply to a user, each once, in order. */
  #bindingsOf(keys: readonly string[], namespace: string): readonly (RoleBinding | ClusterRoleBinding)[] {
    const bySubject = this.#bound.get(namespace);
    if (bySubject === undefined) return [];
    const bindings = new Map<number, RoleBinding | ClusterRoleBinding>();
    for (const key of keys) {
      for (const { order, binding } of bySubject.get(key) ?? []) bindings.set(order, binding);
    }
    if (bindings.size <= 1) return [...bindings.values()];
    return [...bindings].sort((a, b) => a[0] - b[0]).map(([, binding]) => binding);
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

/** Index of the first rule that allows the request, -1 when none does. */
function firstAllowing(role: Role | ClusterRole, index: RuleIndex, permission: Permission): number {
  for (const candidate of index.candidates(permission)) {
    if (ruleAllows(role.rules[candidate] as PolicyRule, permission)) return candidate;
  }
  return -1;
}

function describeUnresolved(binding: RoleBinding | ClusterRoleBinding): string {
  const { kind, name } = binding.roleRef;
  return `${nameObject(binding)} refers to ${kind} ${name}, which does not exist.`;
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
