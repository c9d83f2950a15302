// Atoms of one role -> those that no other of them covers. Names are covered by the same grant without names, anything by
// a wildcard; what is left grants the same requests.
import type { ResourceAtom, UrlAtom } from './explode.ts';

/** Each atom once, without those that a more general one of the list covers. Keeps the order. */
export function withoutCoveredResources(atoms: readonly ResourceAtom[]): ResourceAtom[] {
  const byKey = new Map(atoms.map((atom) => [keyOf(atom.verb, atom.apiGroup, atom.resource, atom.name), atom]));
  const starred = {
    verb: atoms.some((atom) => atom.verb === '*'),
    apiGroup: atoms.some((atom) => atom.apiGroup === '*'),
    resource: atoms.some((atom) => atom.resource.startsWith('*')),
  };
  const kept: ResourceAtom[] = [];
  for (const [key, atom] of byKey) {
    const wider = widerKeys(atom, starred);
    if (!wider.some((other) => other !== key && byKey.has(other))) kept.push(atom);
  }
  return kept;
}

/** The keys of all grants that cover the atom, as RuleAllows matches; only such wildcards as occur at all. */
function widerKeys(atom: ResourceAtom, starred: { verb: boolean; apiGroup: boolean; resource: boolean }): string[] {
  const verbs = starred.verb ? [atom.verb, '*'] : [atom.verb];
  const groups = starred.apiGroup ? [atom.apiGroup, '*'] : [atom.apiGroup];
  const resources = starred.resource ? [atom.resource, ...widerResources(atom.resource)] : [atom.resource];
  const names = atom.name === undefined ? [undefined] : [atom.name, undefined];
  const keys: string[] = [];
  for (const verb of verbs) {
    for (const group of groups) {
      for (const resource of resources) for (const name of names) keys.push(keyOf(verb, group, resource, name));
    }
  }
  return keys;
}

/** A resource's name holds no slash, so that the first one parts it from its subresource. */
function widerResources(resource: string): string[] {
  const slash = resource.indexOf('/');
  return slash < 0 ? ['*'] : ['*', `*${resource.slice(slash)}`];
}

function keyOf(verb: string, apiGroup: string, resource: string, name: string | undefined): string {
  // Not joined by a separator: names come from logs and may hold any character.
  return JSON.stringify(name === undefined ? [verb, apiGroup, resource] : [verb, apiGroup, resource, name]);
}

/** Each atom once, without those whose paths a starred one of the same verb, or of every verb, covers. Keeps the order. */
export function withoutCoveredUrls(atoms: readonly UrlAtom[]): UrlAtom[] {
  const byKey = new Map(atoms.map((atom) => [JSON.stringify([atom.verb, atom.path]), atom]));
  const exact = new Set(byKey.keys());
  const lengths = new Set<number>();
  for (const { path } of byKey.values()) if (path.endsWith('*')) lengths.add(path.length - 1);
  const kept: UrlAtom[] = [];
  for (const [key, atom] of byKey) {
    const wider = widerUrls(atom.path, lengths).flatMap((path) =>
      [atom.verb, '*'].map((verb) => JSON.stringify([verb, path])),
    );
    if (!wider.some((other) => other !== key && exact.has(other))) kept.push(atom);
  }
  return kept;
}

/** The path itself, and each starred pattern of an occurring length that covers it. */
function widerUrls(path: string, prefixLengths: ReadonlySet<number>): string[] {
  const literal = path.endsWith('*') ? path.length - 1 : path.length;
  const wider = [path];
  for (const length of prefixLengths) if (length <= literal) wider.push(`${path.slice(0, length)}*`);
  return wider;
}
