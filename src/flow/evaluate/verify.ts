// RBAC objects + usage -> proof in both directions: no authorised request is refused, no grant stands without evidence.
// Works on any manifests, not just on generated ones: on hand-written ones the same lists say what is wrong with them.
import { sortedUnique } from '../../base/order.ts';
import { Authorizer, type UserIdentity } from '../../rbac/authorize.ts';
import { defaultObjects } from '../../rbac/defaults.ts';
import { explodeRule, isUrlAtom, type RuleAtom, type UrlAtom } from '../../rbac/explode.ts';
import { holdsRuleLists } from '../../rbac/held-rules.ts';
import { nameObject, type PolicyRule, type RbacObject } from '../../rbac/objects.ts';
import { isUrlPermission, type Permission, permissionKey, withoutName } from '../../rbac/permission.ts';
import { identityOfSubject } from '../../rbac/subject-identity.ts';
import type { OmittedPermission, SubjectUsage, SynthesisOptions, UnprovenGrant, Verification } from '../types.ts';
import { type Claim, claimsOf, countRequests, refusedReads, unseenName } from './claims.ts';
import { EvidenceIndex } from './evidence-index.ts';

export interface VerifyOptions
  extends Pick<SynthesisOptions, 'strategy' | 'inferences' | 'assumeDefaults' | 'includeDenied'> {
  /** What the policy says it leaves out: then its refusal is listed under `omitted` instead of `missing`. */
  readonly omitted?: readonly OmittedPermission[];
}

/** Grants without evidence that are listed; a rule of stars and long lists could otherwise make millions. */
export const unprovenBound = 10_000;

/**
 * Judges the objects for one subject, as the API server would: every observed request against all objects (and the default
 * roles, where they are assumed), and every grant that reaches the subject against the evidence. Membership of
 * system:masters is left aside, since with it nothing would be refused and nothing proved.
 */
export function verify(objects: readonly RbacObject[], usage: SubjectUsage, options: VerifyOptions): Verification {
  const user = identityOfSubject(usage.subject, usage.commonGroups ?? []);
  const claims = claimsOf(usage, options);
  const evidence = new EvidenceIndex(claims, refusedReads(usage), options.strategy);
  const held = options.assumeDefaults ? [...objects, ...defaultObjects] : objects;
  const refused = findRefused(new Authorizer(held, { privilegedGroup: false }), user, claims);
  const omittedKeys = new Set(options.omitted?.map(({ permission }) => permissionKey(permission)));
  const isOmitted = (permission: Permission) => omittedKeys.has(permissionKey(withoutName(permission)));
  return {
    subject: usage.subject,
    missing: refused.permissions.filter((permission) => !isOmitted(permission)),
    omitted: refused.permissions.filter(isOmitted),
    ...findUnproven(new Authorizer(objects), user, objects, evidence),
    checked: refused.checked,
  };
}

function findRefused(
  authorizer: Authorizer,
  user: UserIdentity,
  claims: readonly Claim[],
): { permissions: Permission[]; checked: number } {
  const permissions: Permission[] = [];
  let checked = 0;
  for (const claim of claims) {
    checked += countRequests(claim);
    const refused = refusedRequests(claim, user, authorizer);
    if (refused.length > 0 && !isHeldInstead(claim, user, authorizer)) permissions.push(...refused);
  }
  return { permissions, checked };
}

/** The requests that the claim stands for and that would fail. */
function refusedRequests(claim: Claim, user: UserIdentity, authorizer: Authorizer): Permission[] {
  const { permission } = claim;
  if (isUrlPermission(permission)) return authorizer.authorize(user, permission).allowed ? [] : [permission];
  const allowed = authorizer.allowedNames(user, permission);
  if (allowed === undefined) return [];
  const refused: Permission[] = [];
  if (claim.nameless && !allowed.has('')) refused.push(permission);
  for (const name of claim.names) if (!allowed.has(name)) refused.push({ ...permission, name });
  if (claim.moreNames && !allowed.has(unseenName)) refused.push({ ...permission, name: unseenName });
  return refused;
}

/** `escalate` and `bind` are not asked of a subject that holds every rule which it wrote or bound. */
function isHeldInstead(claim: Claim, user: UserIdentity, authorizer: Authorizer): boolean {
  if (claim.unlessHeld === undefined || isUrlPermission(claim.permission)) return false;
  const rules: PolicyRule[] = [];
  for (const { rule } of authorizer.rulesFor(user, claim.permission.namespace)) rules.push(rule);
  return holdsRuleLists(rules, claim.unlessHeld);
}

function findUnproven(
  authorizer: Authorizer,
  user: UserIdentity,
  objects: readonly RbacObject[],
  evidence: EvidenceIndex,
): { unproven: UnprovenGrant[]; unprovenMore: boolean } {
  const unproven: UnprovenGrant[] = [];
  for (const { scope, object, rule } of grantedRules(authorizer, user, objects)) {
    for (const atom of explodeRule(rule)) {
      if (isUrlAtom(atom) ? isIdleOrSeen(scope, atom, evidence) : evidence.supports(scope, atom)) continue;
      if (unproven.length === unprovenBound) return { unproven, unprovenMore: true };
      unproven.push({ object, grant: grantOf(scope, atom) });
    }
  }
  return { unproven, unprovenMore: false };
}

/** Rules for URLs in a namespaced role have no effect: they grant nothing that could lack evidence. */
function isIdleOrSeen(scope: string, atom: UrlAtom, evidence: EvidenceIndex): boolean {
  return scope !== '' || evidence.supportsUrl(atom);
}

/** Every rule that reaches the subject, once for each scope it holds in (`''`: the whole cluster). */
function* grantedRules(
  authorizer: Authorizer,
  user: UserIdentity,
  objects: readonly RbacObject[],
): Generator<{ scope: string; object: string; rule: PolicyRule }, void, undefined> {
  const scopes = new Set(['']);
  for (const { kind, metadata } of objects) if (kind === 'RoleBinding') scopes.add(metadata.namespace ?? '');
  for (const scope of sortedUnique(scopes)) {
    for (const role of new Set(authorizer.rolesBoundIn(user, scope))) {
      const object = nameObject(role);
      for (const rule of role.rules) yield { scope, object, rule };
    }
  }
}

function grantOf(scope: string, atom: RuleAtom): UnprovenGrant['grant'] {
  if (isUrlAtom(atom)) return atom;
  const { verb, apiGroup, name } = atom;
  const slash = atom.resource.indexOf('/');
  const resource = slash < 0 ? atom.resource : atom.resource.slice(0, slash);
  const subresource = slash < 0 ? '' : atom.resource.slice(slash + 1);
  return { verb, apiGroup, resource, subresource, namespace: scope, name: name ?? '', anyName: name === undefined };
}
