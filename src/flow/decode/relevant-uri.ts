// requestURI -> the part of it that can decide something. Queries differ from request to request (resourceVersion,
// limit, timeout), and so do paths behind a proxy; leaving them out keeps equal requests equal.

/** Query parameters that change what the authorizer is asked; semantics of selectors: NewRequestInfo, requestinfo.go. */
const selectorKey = 'fieldSelector';
const unsafeDeleteKey = 'ignoreStoreReadErrorWithClusterBreakingPotential';
/** These matter beside a `fieldSelector`: the server forgets it when it cannot decode them (attribute/list-options.ts). */
const labelSelectorKey = 'labelSelector';
const integerKeys = ['limit', 'timeoutSeconds'];

/**
 * The path as logged, still percent-encoded, up to the subresource: attribution reads nothing behind it. A query stays only
 * where it has a `fieldSelector` on a list or watch, or asks for a delete that ignores read errors, and then without the
 * parameters that cannot matter.
 */
export function relevantUri(uri: string, verb: string): string {
  const mark = uri.indexOf('?');
  const path = relevantPath(mark < 0 ? uri : uri.slice(0, mark), verb);
  if (mark < 0) return path;
  const parameters = uri.slice(mark + 1).split('&');
  const selects = verb === 'list' || verb === 'watch';
  const decides = parameters.some((parameter) => {
    return (selects && hasKey(parameter, selectorKey)) || hasKey(parameter, unsafeDeleteKey);
  });
  return decides ? `${path}?${relevantParameters(parameters).join('&')}` : path;
}

/** The path alone: what the identity of a request holds. */
export function pathOfUri(uri: string): string {
  const mark = uri.indexOf('?');
  return mark < 0 ? uri : uri.slice(0, mark);
}

/** Where in a path the name of its object is, and where its subresource (or else the name) ends. */
export interface ObjectInPath {
  readonly nameStart: number;
  readonly nameEnd: number;
  readonly end: number;
}

/**
 * Finds the object that a path is about: `/api/V/…` or `/apis/G/V/…`, then `namespaces/NS/` or not, RESOURCE, NAME, and
 * perhaps SUBRESOURCE. `undefined` for a namespace itself, where the name is the namespace as well, and for all paths that
 * are not as plain as this (attribute/request.ts): with an escape, with an empty segment, below `watch` or `proxy`.
 */
export function objectInPath(path: string): ObjectInPath | undefined {
  if (path.includes('%')) return undefined;
  let start = path.startsWith('/api/') ? 5 : path.startsWith('/apis/') ? afterSegment(path, 6) : 0;
  if (start > 0) start = afterSegment(path, start);
  if (start === 0) return undefined;
  let nameStart = afterSegment(path, start);
  if (nameStart === 0 || path.startsWith('watch/', start) || path.startsWith('proxy/', start)) return undefined;
  if (path.startsWith('namespaces/', start)) {
    start = afterSegment(path, nameStart);
    if (start === 0) return undefined;
    nameStart = afterSegment(path, start);
    if (nameStart === 0 || path.startsWith('status/', start) || path.startsWith('finalize/', start)) return undefined;
  }
  const nameEnd = segmentEnd(path, nameStart);
  if (nameEnd === nameStart) return undefined;
  if (nameEnd === path.length) return { nameStart, nameEnd, end: nameEnd };
  const end = segmentEnd(path, nameEnd + 1);
  return end === nameEnd + 1 ? undefined : { nameStart, nameEnd, end };
}

function segmentEnd(path: string, start: number): number {
  const slash = path.indexOf('/', start);
  return slash < 0 ? path.length : slash;
}

/** Where the segment after the one at `start` begins; 0 when that one is empty, or the last. */
function afterSegment(path: string, start: number): number {
  const end = segmentEnd(path, start);
  return end === start || end === path.length ? 0 : end + 1;
}

// With the verb `proxy` there is no subresource.
function relevantPath(path: string, verb: string): string {
  if (verb === 'proxy') return path;
  const object = objectInPath(path);
  return object === undefined ? path : path.slice(0, object.end);
}

function relevantParameters(parameters: readonly string[]): readonly string[] {
  const keys = parameters.map(keyOf);
  // Of two with one key the first one counts, so that a valid one must not go while another stays.
  const isCertain = !keys.some((key) => oddCharacters.test(key));
  return parameters.filter((parameter, i) => {
    const key = keys[i] as string;
    if (integerKeys.includes(key)) {
      const isAlone = isCertain && keys.indexOf(key) === keys.lastIndexOf(key);
      return !isAlone || !/^\d{1,18}$/.test(parameter.slice(key.length + 1));
    }
    return key === selectorKey || key === labelSelectorKey || key === unsafeDeleteKey || oddCharacters.test(key);
  });
}

/** What makes a key another one when it is decoded, or takes the whole parameter away (net/url's ParseQuery). */
const oddCharacters = /[%+;]/;

function keyOf(parameter: string): string {
  const equals = parameter.indexOf('=');
  return equals < 0 ? parameter : parameter.slice(0, equals);
}

/** Whether a parameter has this key once decoded as net/url does: `%66ieldSelector` counts, a broken escape does not. */
function hasKey(parameter: string, key: string): boolean {
  return decodesTo(keyOf(parameter), key);
}

// The keys looked for are plain ASCII letters, so that bytes can be compared one by one, without decoding UTF-8.
function decodesTo(text: string, key: string): boolean {
  let at = 0;
  for (let k = 0; k < key.length; k++) {
    if (at >= text.length) return false;
    let code = text.charCodeAt(at);
    if (code === 0x25) {
      code = hexPair(text, at + 1);
      at += 2;
    }
    if (code !== key.charCodeAt(k)) return false;
    at++;
  }
  return at === text.length;
}

function hexPair(text: string, at: number): number {
  const pair = text.slice(at, at + 2);
  return /^[0-9a-fA-F]{2}$/.test(pair) ? Number.parseInt(pair, 16) : -1;
}
