// The obvious way to what the scanner does with names: events that differ in nothing but the name of their object are one,
// with a list of names. Shares no code with src/flow/decode.

export interface FoldableEvent {
  readonly verb: string;
  readonly requestUri: string;
  readonly impersonatedUser: unknown;
  readonly impersonationConstraint: string;
  readonly admitPolicy: string;
  readonly ownerReferences: readonly unknown[];
}

/** The segments of a path (the first is empty: it lies before the first slash), and which of them is the object's name. */
export function splitObjectPath(path: string): { readonly segments: string[]; readonly nameAt: number } | undefined {
  const segments = path.split('/');
  if (path.includes('%') || segments[0] !== '') return undefined;
  const resources = segments[1] === 'api' ? 3 : segments[1] === 'apis' ? 4 : undefined;
  if (resources === undefined) return undefined;
  const [first = '', , third] = segments.slice(resources);
  const isNamespaced = first === 'namespaces' && third !== undefined && third !== 'status' && third !== 'finalize';
  if (!isNamespaced && ['namespaces', 'watch', 'proxy'].includes(first)) return undefined;
  const nameAt = resources + (isNamespaced ? 3 : 1);
  if (segments.length <= nameAt || segments.slice(1, nameAt + 2).includes('')) return undefined;
  return { segments, nameAt };
}

/** The event with `*` for its object's name, and that name; `undefined` where names must not be united. */
export function foldName<E extends FoldableEvent>(event: E): { readonly event: E; readonly name: string } | undefined {
  const { verb, requestUri } = event;
  if (verb === '' || verb === 'proxy' || requestUri.includes('?')) return undefined;
  // These bring names of their own.
  const isPlain = event.impersonatedUser === undefined && event.impersonationConstraint === '';
  if (!isPlain || event.admitPolicy !== '' || event.ownerReferences.length > 0) return undefined;
  const found = splitObjectPath(requestUri);
  if (found === undefined) return undefined;
  const { segments, nameAt } = found;
  const name = segments[nameAt] as string;
  return { event: { ...event, requestUri: segments.with(nameAt, '*').join('/') }, name };
}

/**
 * What groups of events are compared by: a key that is the same for all names, and the names. A group that was united
 * though it must not be keeps its list, so that it shows.
 */
export function foldedKey(
  day: number,
  event: FoldableEvent,
  names: readonly string[] | undefined,
): { readonly key: string; readonly names: readonly string[] } {
  const folded = foldName(event);
  const key = JSON.stringify([day, folded?.event ?? event]);
  return { key, names: names ?? (folded === undefined ? [] : [folded.name]) };
}

/** Both lists, each name once, in one order. */
export function uniteNames(a: readonly string[], b: readonly string[]): string[] {
  return [...new Set([...a, ...b])].sort();
}
