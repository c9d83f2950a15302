// Policy + usage -> why: for each rule the evidence behind it; for one permission what allows it, or the nearest thing seen.
import { byCodeUnit } from '../../base/order.ts';
import { Authorizer, type GrantPath } from '../../rbac/authorize.ts';
import { defaultObjects } from '../../rbac/defaults.ts';
import { ruleAllows } from '../../rbac/match.ts';
import { type ClusterRole, nameObject, type PolicyRule, type RbacObject, type Role } from '../../rbac/objects.ts';
import { isUrlPermission, type Permission, permissionKey, withoutName } from '../../rbac/permission.ts';
import { identityOfSubject } from '../../rbac/subject-identity.ts';
import type { InferenceKind, OmittedPermission, PermissionUsage, Policy, SubjectUsage } from '../types.ts';
import { requestsOf, toClaim } from './claims.ts';
import { type Difference, differences, distance } from './distance.ts';

/** A row of the usage table, and how it came there. */
export interface Observation {
  readonly usage: PermissionUsage;
  readonly how: 'used' | 'denied' | InferenceKind;
}

export interface ExplainedRule {
  /** The role, as `nameObject` writes it. */
  readonly object: string;
  /** Namespaces the rule holds in, `''` for the whole cluster. */
  readonly scopes: readonly string[];
  readonly rule: PolicyRule;
  /** Everything seen that the rule allows, most often seen first. Inferred and denied rows only where they were granted. */
  readonly evidence: readonly Observation[];
}

/** Every rule of the policy with its evidence, in the order of the objects. */
export function explainPolicy(policy: Policy, usage: SubjectUsage, includeDenied = false): ExplainedRule[] {
  const granted = new Set(policy.inferred.filter((grant) => grant.granted).map(({ inference }) => inference));
  const counted = [...observationsOf(usage), ...informerRows(policy, usage)].filter(({ how }) => {
    if (how === 'used') return true;
    return how === 'denied' ? includeDenied : granted.has(how);
  });
  const explained: ExplainedRule[] = [];
  for (const role of policy.objects) {
    if (role.kind !== 'Role' && role.kind !== 'ClusterRole') continue;
    const scopes = scopesOf(role, policy.objects);
    for (const rule of role.rules) {
      const evidence = counted.filter(({ usage: entry }) => isAllowedIn(entry, rule, scopes)).sort(byCount);
      explained.push({ object: nameObject(role), scopes, rule, evidence });
    }
  }
  return explained;
}

export interface ExplainedPermission {
  readonly permission: Permission;
  /**
   * `granted` by the policy; `default`: every authenticated identity has it; `omitted`: seen, and left out by choice;
   * `proposed`: inferred, and not switched on; `denied`: only ever refused; `never-seen`.
   */
  readonly verdict: 'granted' | 'default' | 'omitted' | 'proposed' | 'denied' | 'never-seen';
  /** The rule that allows it. */
  readonly by?: GrantPath;
  readonly omitted?: OmittedPermission;
  /** Rows of the usage table for this very permission, whatever their names. */
  readonly evidence: readonly Observation[];
  /** At most `nearestBound` other rows, nearest first, with what sets them apart. */
  readonly nearest: readonly (Observation & { readonly differs: readonly Difference[] })[];
}

export const nearestBound = 5;

/** Why the subject may, or may not, do this one thing. A name of `''` asks about requests without a name. */
export function explainPermission(
  permission: Permission,
  policy: Policy,
  usage: SubjectUsage,
  options: { readonly assumeDefaults: boolean },
): ExplainedPermission {
  const key = permissionKey(withoutName(permission));
  const all = [...observationsOf(usage), ...informerRows(policy, usage)];
  const evidence = all.filter((row) => permissionKey(row.usage.permission) === key);
  const others = all.filter((row) => permissionKey(row.usage.permission) !== key);
  const omitted = policy.omitted.find((entry) => permissionKey(entry.permission) === key);
  return {
    permission,
    ...verdictOn(permission, policy, usage, options, evidence, omitted),
    ...(omitted === undefined ? {} : { omitted }),
    evidence,
    nearest: nearest(permission, others),
  };
}

function verdictOn(
  permission: Permission,
  policy: Policy,
  usage: SubjectUsage,
  options: { readonly assumeDefaults: boolean },
  evidence: readonly Observation[],
  omitted: OmittedPermission | undefined,
): Pick<ExplainedPermission, 'verdict' | 'by'> {
  const user = identityOfSubject(usage.subject, usage.commonGroups ?? []);
  const own = new Authorizer(policy.objects, { privilegedGroup: false }).authorize(user, permission);
  if (own.by !== undefined) return { verdict: 'granted', by: own.by };
  const defaults = new Authorizer(options.assumeDefaults ? defaultObjects : [], { privilegedGroup: false });
  const byDefault = defaults.authorize(user, permission);
  if (byDefault.by !== undefined) return { verdict: 'default', by: byDefault.by };
  if (omitted !== undefined) return { verdict: 'omitted' };
  const key = permissionKey(withoutName(permission));
  if (policy.inferred.some((grant) => !grant.granted && permissionKey(grant.permission) === key)) {
    return { verdict: 'proposed' };
  }
  return { verdict: evidence.some(({ how }) => how === 'denied') ? 'denied' : 'never-seen' };
}

function nearest(permission: Permission, rows: readonly Observation[]): ExplainedPermission['nearest'] {
  const near: { row: Observation; differs: readonly Difference[]; far: number }[] = [];
  for (const row of rows) {
    const differs = differences(permission, row.usage.permission);
    const far = distance(differs);
    if (far !== undefined) near.push({ row, differs, far });
  }
  near.sort((a, b) => a.far - b.far || byCount(a.row, b.row));
  return near.slice(0, nearestBound).map(({ row, differs }) => ({ ...row, differs }));
}

/** All rows: used, then denied, then inferred, each in the order of its keys. */
function observationsOf(usage: SubjectUsage): Observation[] {
  const rows: Observation[] = [];
  for (const how of ['used', 'denied'] as const) {
    for (const entry of sortedValues(usage[how])) rows.push({ usage: entry, how });
  }
  for (const entry of sortedValues(usage.inferred)) rows.push({ usage: entry, how: entry.inference });
  return rows;
}

/** What a watch stands for beside itself, where that is granted: rows with the watch's evidence. */
function informerRows(policy: Policy, usage: SubjectUsage): Observation[] {
  const rows: Observation[] = [];
  for (const { inference, granted, permission } of policy.inferred) {
    if (inference !== 'informer' || !granted) continue;
    const watch = usage.used.get(permissionKey({ ...permission, verb: 'watch' }));
    if (inference === 'informer' && watch !== undefined)
      rows.push({ usage: { ...watch, permission }, how: 'informer' });
  }
  return rows;
}

function sortedValues<V>(map: ReadonlyMap<string, V>): V[] {
  return [...map].sort(([a], [b]) => byCodeUnit(a, b)).map(([, value]) => value);
}

function scopesOf(role: Role | ClusterRole, objects: readonly RbacObject[]): string[] {
  const scopes: string[] = [];
  for (const binding of objects) {
    if (binding.kind !== 'RoleBinding' && binding.kind !== 'ClusterRoleBinding') continue;
    const { kind, name } = binding.roleRef;
    const namespace = binding.metadata.namespace ?? '';
    if (kind !== role.kind || name !== role.metadata.name) continue;
    if (kind === 'Role' && namespace !== role.metadata.namespace) continue;
    scopes.push(namespace);
  }
  return scopes;
}

function isAllowedIn(entry: PermissionUsage, rule: PolicyRule, scopes: readonly string[]): boolean {
  const { permission } = entry;
  const namespace = isUrlPermission(permission) ? '' : permission.namespace;
  if (!scopes.includes('') && !scopes.includes(namespace)) return false;
  for (const request of requestsOf(toClaim(entry))) if (ruleAllows(rule, request)) return true;
  return false;
}

function byCount(a: Observation, b: Observation): number {
  return b.usage.evidence.count - a.usage.evidence.count;
}
