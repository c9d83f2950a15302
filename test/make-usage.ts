// Usage of a subject, written by hand: for tests that need a few permissions and nothing of a log.
import { addTally, newInferredUsage, newPermissionUsage } from '../src/flow/aggregate/evidence.ts';
import { inferredKey, newSubjectUsage } from '../src/flow/aggregate/usage-builder.ts';
import {
  defaultPolicyStrategy,
  type InferenceKind,
  type PermissionUsage,
  type PolicyStrategy,
  type SubjectUsage,
  type SynthesisOptions,
} from '../src/flow/types.ts';
import type { PolicyRule } from '../src/rbac/objects.ts';
import { isUrlPermission, type Permission, permissionKey, withoutName } from '../src/rbac/permission.ts';
import { subjectOfUsername } from '../src/rbac/subject.ts';

/** `get pods/log in a p`, `list nodes`, `create deployments.apps in a`, `get /metrics`: verb, resource, `in` namespace, name. */
export function permission(words: string): Permission {
  const [verb = '', what = '', ...rest] = words.split(' ');
  if (what.startsWith('/')) return { verb, path: what };
  const [full = '', subresource = ''] = what.split('/');
  const [resource = '', ...group] = full.split('.');
  const namespace = rest[0] === 'in' ? (rest[1] ?? '') : '';
  const name = (rest[0] === 'in' ? rest[2] : rest[0]) ?? '';
  return { verb, apiGroup: group.join('.'), resource, subresource, namespace, name };
}

export interface UsageParts {
  readonly user?: string;
  readonly groups?: readonly string[];
  readonly used?: readonly string[];
  readonly denied?: readonly string[];
  readonly inferred?: readonly (readonly [InferenceKind, string, (readonly PolicyRule[])?])[];
}

/** By default the service account `a/sa`, with the groups that it has in a cluster. */
export function usageOf(parts: UsageParts): SubjectUsage {
  const usage = newSubjectUsage(subjectOfUsername(parts.user ?? 'system:serviceaccount:a:sa'));
  const groups = parts.groups ?? ['system:serviceaccounts', 'system:serviceaccounts:a', 'system:authenticated'];
  for (const group of groups) usage.groups.add(group);
  usage.commonGroups = new Set(groups);
  for (const words of parts.used ?? []) see(usage.used, permission(words));
  for (const words of parts.denied ?? []) see(usage.denied, permission(words));
  for (const [inference, words, rules] of parts.inferred ?? []) infer(usage, inference, permission(words), rules);
  return usage;
}

/** Default options, with those parts of the strategy that are given. */
export function optionsOf(
  strategy: Partial<PolicyStrategy> = {},
  options: Partial<Omit<SynthesisOptions, 'strategy'>> = {},
): SynthesisOptions {
  return {
    strategy: { ...defaultPolicyStrategy, ...strategy },
    inferences: new Set(['create-on-update', 'escalate', 'bind']),
    assumeDefaults: true,
    includeDenied: false,
    shareRoles: false,
    homeNamespace: 'home',
    ...options,
  };
}

function see(entries: Map<string, PermissionUsage>, seen: Permission): void {
  const bare = withoutName(seen);
  const entry = entries.get(permissionKey(bare)) ?? newPermissionUsage(bare);
  entries.set(permissionKey(bare), entry);
  addSighting(entry, seen);
}

function infer(
  usage: SubjectUsage,
  inference: InferenceKind,
  seen: Permission,
  rules: readonly PolicyRule[] | undefined,
): void {
  const bare = withoutName(seen);
  const key = inferredKey(inference, permissionKey(bare));
  const entry = usage.inferred.get(key) ?? newInferredUsage(bare, inference);
  usage.inferred.set(key, entry);
  addSighting(entry, seen);
  if (rules === undefined) entry.unlessHeld = undefined;
  else entry.unlessHeld?.add(JSON.stringify(rules));
}

function addSighting(entry: PermissionUsage, seen: Permission): void {
  if (isUrlPermission(seen) || seen.name === '') entry.nameless = true;
  else entry.names.add(seen.name);
  const tally = { count: 1, events: 1, firstSeen: 1_700_000_000_000_000, lastSeen: 1_700_000_000_000_000 };
  addTally(entry.evidence, { ...tally, sampleAuditId: 'audit-1' }, 'kubectl', '');
}
