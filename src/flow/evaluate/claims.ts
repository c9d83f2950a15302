// Usage -> claims: what the evidence asks of a policy and what it can vouch for. Written apart from synthesise on purpose: a
// proof that shares its reading of the evidence with what it proves would repeat its mistakes.
import { isUrlPermission, type Permission } from '../../rbac/permission.ts';
import type { InferenceKind, PermissionUsage, SubjectUsage, SynthesisOptions } from '../types.ts';

/** What decides which evidence counts. */
export type ClaimOptions = Pick<SynthesisOptions, 'inferences' | 'includeDenied'>;

/** One permission that evidence stands for. `permission.name` is `''`. */
export interface Claim {
  readonly permission: Permission;
  readonly names: readonly string[];
  /** Requests without a name were seen. */
  readonly nameless: boolean;
  /** More names were seen than were kept: nothing less than any name will do. */
  readonly moreNames: boolean;
  /** Absent for what requests showed by themselves. */
  readonly inference?: InferenceKind;
  /** JSON of rule lists; the claim is met as well by holding all of them. */
  readonly unlessHeld?: readonly string[];
}

export function claimsOf(usage: SubjectUsage, options: ClaimOptions): Claim[] {
  const claims = [...usage.used.values()].map(toClaim);
  if (options.includeDenied) for (const entry of usage.denied.values()) claims.push(toClaim(entry));
  for (const entry of usage.inferred.values()) {
    if (!options.inferences.has(entry.inference)) continue;
    const claim = { ...toClaim(entry), inference: entry.inference };
    const { unlessHeld } = entry;
    if (unlessHeld === undefined || unlessHeld.more) claims.push(claim);
    else claims.push({ ...claim, unlessHeld: unlessHeld.sorted() });
  }
  if (options.inferences.has('informer')) claims.push(...informerClaims(usage));
  return claims;
}

/** The paths that the subject was refused to read. */
export function refusedReads(usage: SubjectUsage): string[] {
  const urls = [...usage.denied.values()].map(({ permission }) => permission).filter(isUrlPermission);
  return urls.filter(({ verb }) => verb === 'get').map(({ path }) => path);
}

/** The requests that a claim stands for, as the authorizer would see them. */
export function* requestsOf(claim: Claim): Generator<Permission, void, undefined> {
  const { permission } = claim;
  if (isUrlPermission(permission)) {
    yield permission;
    return;
  }
  if (claim.nameless) yield permission;
  for (const name of claim.names) yield { ...permission, name };
  if (claim.moreNames) yield { ...permission, name: unseenName };
}

/** How many those are. */
export function countRequests(claim: Claim): number {
  if (isUrlPermission(claim.permission)) return 1;
  return claim.names.length + (claim.nameless ? 1 : 0) + (claim.moreNames ? 1 : 0);
}

/** Stands for the names that were not kept. No object can be called so: it holds a slash. */
export const unseenName = 'names/not/kept';

/** A row of the usage table, taken at its word. */
export function toClaim(entry: PermissionUsage): Claim {
  return {
    permission: entry.permission,
    names: entry.names.sorted(),
    nameless: entry.nameless,
    moreNames: entry.names.more,
  };
}

/** An informer lists before, and its controller gets beside, what it watches. */
function* informerClaims(usage: SubjectUsage): Generator<Claim, void, undefined> {
  for (const entry of usage.used.values()) {
    const { permission } = entry;
    if (isUrlPermission(permission) || permission.verb !== 'watch' || permission.subresource !== '') continue;
    const claim = toClaim(entry);
    for (const verb of ['list', 'get']) yield { ...claim, permission: { ...permission, verb }, inference: 'informer' };
  }
}
