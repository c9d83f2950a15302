// SubjectUsage -> Policy: the RBAC objects that allow what the subject was seen to do, and nothing else under the options.
import { byCodeUnit } from '../../base/order.ts';
import { Authorizer, type UserIdentity } from '../../rbac/authorize.ts';
import { compactAtoms } from '../../rbac/compact.ts';
import { defaultObjects } from '../../rbac/defaults.ts';
import type { UrlAtom } from '../../rbac/explode.ts';
import { safeUrlWildcards } from '../../rbac/harmless-urls.ts';
import { holdsRuleLists } from '../../rbac/held-rules.ts';
import type { PolicyRule } from '../../rbac/objects.ts';
import { isUrlPermission, permissionKey } from '../../rbac/permission.ts';
import { identityOfSubject } from '../../rbac/subject-identity.ts';
import type { InferredGrant, Policy, SubjectUsage, SynthesisOptions } from '../types.ts';
import { buildObjects } from './build-objects.ts';
import { type Grant, lostNames, toGrant } from './grant.ts';
import { grantAtoms, grantRule } from './grant-rule.ts';
import { type InferredNeed, inferredNeeds, type Need, observedNeeds, uniteNeeds } from './need.ts';
import { beyond, isAllowedAlready } from './needs-left.ts';
import { type Placement, placeGrants } from './place-grants.ts';
import { describeReasons, subjectWarnings, summariseClusterReasons } from './reasons.ts';

/**
 * Suggests the policy of one subject. The same usage and options give the same policy, byte for byte, in whatever order the
 * usage was counted; counts and dates never enter it. What cannot be granted is in `omitted`, never dropped.
 */
export function synthesise(usage: SubjectUsage, options: SynthesisOptions): Policy {
  const user = identityOfSubject(usage.subject, usage.commonGroups ?? []);
  const defaults = new Authorizer(options.assumeDefaults ? defaultObjects : [], { privilegedGroup: false });
  const isOpen = (need: Need) => !isAllowedAlready(need, user, defaults);

  const observed = observedNeeds(usage, options);
  const open = observed.filter(isOpen);
  const inferred = beyond(inferredNeeds(usage).filter(isOpen), open);
  const chosen = chooseInferred(inferred, open, user, defaults, options);
  const needs = uniteNeeds([...open, ...chosen.granted]);

  const placement = placeGrants(
    needs.map((need) => toGrant(need, options.strategy)),
    options.strategy,
  );
  const rules = rulesByScope(placement, refusedPaths(usage), options);
  return {
    subject: usage.subject,
    objects: buildObjects(usage.subject, rules, {
      shareRoles: options.shareRoles && options.strategy.scopeMode === 'ClusterScopeAllowed',
      clusterReason: summariseClusterReasons(placement.cluster),
    }),
    omitted: placement.omitted,
    inferred: listInferred(chosen, placement, options),
    reasons: describeReasons(usage, placement, { observed: observed.length, open: open.length, granted: needs.length }),
    warnings: [...subjectWarnings(usage, placement, options), ...lostNames(needs, options.strategy)],
  };
}

interface ChosenInferences {
  readonly granted: readonly InferredNeed[];
  readonly proposed: readonly InferredNeed[];
}

/**
 * Which inferred permissions are granted and which proposed. Those that rules held make superfluous are neither. What is
 * held is judged without the candidates themselves, so that the answer depends on no order.
 */
function chooseInferred(
  inferred: readonly InferredNeed[],
  open: readonly Need[],
  user: UserIdentity,
  defaults: Authorizer,
  options: SynthesisOptions,
): ChosenInferences {
  const enabled = inferred.filter((need) => options.inferences.has(need.inference));
  const proposed = inferred.filter((need) => !options.inferences.has(need.inference));
  if (inferred.every((need) => need.unlessHeld === undefined)) return { granted: enabled, proposed };
  const base = uniteNeeds([...open, ...enabled.filter((need) => need.unlessHeld === undefined)]);
  const placement = placeGrants(
    base.map((need) => toGrant(need, options.strategy)),
    options.strategy,
  );
  const isNeeded = (need: InferredNeed) => {
    if (need.unlessHeld === undefined) return true;
    const namespace = isUrlPermission(need.permission) ? '' : need.permission.namespace;
    return !holdsRuleLists(heldRules(placement, namespace, user, defaults), need.unlessHeld);
  };
  return { granted: enabled.filter(isNeeded), proposed: proposed.filter(isNeeded) };
}

/** The rules that apply in a namespace: those of ClusterRoleBindings and, but for `''`, those of the namespace's. */
function heldRules(
  placement: Placement,
  namespace: string,
  user: UserIdentity,
  defaults: Authorizer,
): readonly PolicyRule[] {
  const grants = [...placement.cluster, ...(placement.byNamespace.get(namespace) ?? [])];
  const own = grants.map(grantRule);
  return [...own, ...[...defaults.rulesFor(user, namespace)].map(({ rule }) => rule)];
}

/** What was inferred, granted unless it had to be left out. With the names of its grant, not with all that were seen. */
function listInferred(chosen: ChosenInferences, placement: Placement, options: SynthesisOptions): InferredGrant[] {
  const omitted = new Set(placement.omitted.map(({ permission }) => permissionKey(permission)));
  const list = (needs: readonly InferredNeed[], isOn: boolean) =>
    needs.map((need) => {
      const { permission, key, names = [] } = toGrant(need, options.strategy);
      const granted = isOn && !omitted.has(key);
      return { inference: need.inference, granted, permission, names };
    });
  const all = [...list(chosen.granted, true), ...list(chosen.proposed, false)];
  return all.sort((a, b) => byCodeUnit(a.inference, b.inference));
}

/** The rules of each role, by namespace; `''` for the ClusterRole. No list is empty. */
function rulesByScope(
  placement: Placement,
  refused: readonly string[],
  options: SynthesisOptions,
): Map<string, PolicyRule[]> {
  const { verbMerge, wildcards } = options.strategy;
  const rules = new Map<string, PolicyRule[]>();
  for (const [namespace, grants] of placement.byNamespace) {
    rules.set(namespace, compactAtoms(grantAtoms(grants), { verbMerge }));
  }
  if (placement.cluster.length === 0) return rules;
  const atoms = grantAtoms(placement.cluster);
  if (wildcards === 'Safe') atoms.urls.push(...joinedUrls(placement.cluster, refused));
  return rules.set('', compactAtoms(atoms, { verbMerge }));
}

/** The wildcards that Safe permits; compaction drops what they reach. */
function joinedUrls(grants: readonly Grant[], refused: readonly string[]): UrlAtom[] {
  const paths: string[] = [];
  for (const { permission } of grants) {
    if (isUrlPermission(permission) && permission.verb === 'get') paths.push(permission.path);
  }
  return safeUrlWildcards(paths, refused).map((path) => ({ verb: 'get', path }));
}

/** Paths whose `get` was refused: a wildcard must not grant them in passing. */
function refusedPaths(usage: SubjectUsage): string[] {
  const paths: string[] = [];
  for (const { permission } of usage.denied.values()) {
    if (isUrlPermission(permission) && permission.verb === 'get') paths.push(permission.path);
  }
  return paths;
}
