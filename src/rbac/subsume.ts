// Atoms of one role -> those that no other of them covers. Names are covered by the same grant without names, anything by
// a wildcard; what is left grants the same requests.
import type { ResourceAtom, UrlAtom } from './explode.ts';
import { keyField } from './permission.ts';

/** Each atom once, without those that a more general one of the list covers. Keeps the order. */
export function withoutCoveredResources(atoms: readonly ResourceAtom[]): ResourceAtom[] {
  const byKey = new Map<string, ResourceAtom>();
  const starred = { verb: false, apiGroup: false, resource: false };
  let unnamed = 0;
  for (const atom of atoms) {
    const { verb, apiGroup, resource, name } = atom;
    byKey.set(atomKey(verb, apiGroup, resource, name), atom);
    if (name === undefined) unnamed += 1;
    starred.verb ||= verb === '*';
    starred.apiGroup ||= apiGroup === '*';
    starred.resource ||= resource.startsWith('*');
  }
  const isStarred = starred.verb || starred.apiGroup || starred.resource;
  // As a rule nothing is more general than anything else.
  if (!isStarred && (unnamed === 0 || unnamed === atoms.length)) return [...byKey.values()];
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
      for (const resource of resources) for (const name of names) keys.push(atomKey(verb, group, resource, name));
    }
  }
  return keys;
}

/** A resource's name holds no slash, so that the first one parts it from its subresource. */
function widerResources(resource: string): string[] {
  const slash = resource.indexOf('/');
  return slash < 0 ? ['*'] : ['*', `*${resource.slice(slash)}`];
}

/** A string that is equal for equal atoms and different for different ones. */
export function atomKey(verb: string, apiGroup: string, resource: string, name: string | undefined): string {
  const key = `${keyField(resource)}\u0000${keyField(verb)}\u0000${keyField(apiGroup)}`;
  return name === undefined ? key : `${key}\u0000${keyField(name)}`;
}

/** Each atom once, without those whose paths a starred one of the same verb, or of every verb, covers. Keeps the order. */
export function withoutCoveredUrls(atoms: readonly UrlAtom[]): UrlAtom[] {
  const byKey = new Map<string, UrlAtom>();
  const lengths = new Set<number>();
  for (const atom of atoms) {
    byKey.set(urlKey(atom.verb, atom.path), atom);
    if (atom.path.endsWith('*')) lengths.add(atom.path.length - 1);
  }
  const kept: UrlAtom[] = [];
  for (const [key, atom] of byKey) {
    const wider = widerUrls(atom.path, lengths).flatMap((path) => [atom.verb, '*'].map((verb) => urlKey(verb, path)));
    if (!wider.some((other) => other !== key && byKey.has(other))) kept.push(atom);
  }
  return kept;
}

function urlKey(verb: string, path: string): string {
  return `${keyField(verb)}\u0000${path}`;
}

/** The path itself, and each starred pattern of an occurring length that covers it. */
function widerUrls(path: string, prefixLengths: ReadonlySet<number>): string[] {
  const literal = path.endsWith('*') ? path.length - 1 : path.length;
  const wider = [path];
  for (const length of prefixLengths) if (length <= literal) wider.push(`${path.slice(0, length)}*`);
  return wider;
}
