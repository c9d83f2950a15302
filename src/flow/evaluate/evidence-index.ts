// Claims -> what they prove, ready to be asked atom by atom: does any evidence support this grant in this scope?
import type { ResourceAtom, UrlAtom } from '../../rbac/explode.ts';
import { keepsNames } from '../../rbac/guarded-verbs.ts';
import { safeUrlWildcards } from '../../rbac/harmless-urls.ts';
import { isUrlPermission, keyField, ruleResource } from '../../rbac/permission.ts';
import type { PolicyStrategy } from '../types.ts';
import type { Claim } from './claims.ts';

interface Seen {
  /** A request without a name, or more names than are kept, were seen: then any name may be granted. */
  any: boolean;
  readonly names: Set<string>;
}

/** The evidence of one subject. */
export class EvidenceIndex {
  readonly #strategy: PolicyStrategy;
  /** By namespace, then by `resourceKey`, then by verb. */
  readonly #resources = new Map<string, Map<string, Map<string, Seen>>>();
  readonly #urls = new Set<string>();
  readonly #wildcards: ReadonlySet<string>;

  /** `refused` are the paths whose `get` was refused. */
  constructor(claims: readonly Claim[], refused: readonly string[], strategy: PolicyStrategy) {
    this.#strategy = strategy;
    const readPaths: string[] = [];
    for (const claim of claims) {
      const { permission } = claim;
      if (!isUrlPermission(permission)) {
        this.#addResource(claim);
        continue;
      }
      this.#urls.add(urlKey(permission));
      if (permission.verb === 'get') readPaths.push(permission.path);
    }
    this.#wildcards = new Set(strategy.wildcards === 'Safe' ? safeUrlWildcards(readPaths, refused) : []);
  }

  /** Whether the URL was seen with the verb, or the pattern is a harmless one over seen siblings that Safe permits. */
  supportsUrl(atom: UrlAtom): boolean {
    if (atom.path.endsWith('*')) return atom.verb === 'get' && this.#wildcards.has(atom.path);
    return atom.verb !== '*' && this.#urls.has(urlKey(atom));
  }

  /**
   * Whether a grant in `scope` (a namespace, or `''` for the whole cluster) rests on evidence of that very scope. A pattern
   * never does: no finite number of requests proves that everything was needed.
   */
  supports(scope: string, atom: ResourceAtom): boolean {
    const { verb, apiGroup, resource, name } = atom;
    if (verb === '*' || apiGroup === '*' || resource.startsWith('*')) return false;
    if (scope === '' && this.#isNamespaceByName(atom)) return true;
    const seen = this.#find(scope, apiGroup, resource, verb);
    if (seen === undefined) return false;
    if (seen.any || (name !== undefined && seen.names.has(name))) return true;
    return this.#strategy.resourceNames === 'Omit' && !keepsNames(verb);
  }

  /** `namespaces/x` by its name has one and the same reach in a ClusterRole as in a Role of namespace x. */
  #isNamespaceByName(atom: ResourceAtom): boolean {
    const { apiGroup, resource, verb, name } = atom;
    if (apiGroup !== '' || name === undefined || name === '') return false;
    if (resource !== 'namespaces' && !resource.startsWith('namespaces/')) return false;
    return this.#find(name, apiGroup, resource, verb)?.names.has(name) ?? false;
  }

  #find(scope: string, apiGroup: string, resource: string, verb: string): Seen | undefined {
    return this.#resources.get(scope)?.get(resourceKey(apiGroup, resource))?.get(verb);
  }

  #addResource(claim: Claim): void {
    const { permission } = claim;
    if (isUrlPermission(permission)) return;
    const { namespace, verb } = permission;
    const byResource = inner(this.#resources, namespace);
    const byVerb = inner(byResource, resourceKey(permission.apiGroup, ruleResource(permission)));
    let seen = byVerb.get(verb);
    if (seen === undefined) {
      seen = { any: false, names: new Set() };
      byVerb.set(verb, seen);
    }
    seen.any ||= claim.nameless || claim.moreNames;
    for (const name of claim.names) seen.names.add(name);
  }
}

function resourceKey(apiGroup: string, resource: string): string {
  return `${keyField(resource)}\u0000${apiGroup}`;
}

function urlKey(url: { readonly verb: string; readonly path: string }): string {
  return `${keyField(url.verb)}\u0000${url.path}`;
}

function inner<Value>(outer: Map<string, Map<string, Value>>, key: string): Map<string, Value> {
  let found = outer.get(key);
  if (found === undefined) {
    found = new Map();
    outer.set(key, found);
  }
  return found;
}
