// requestURI -> the part of it that can decide something. Queries differ from request to request (resourceVersion,
// limit, timeout); leaving them out keeps equal requests equal.

/** Query parameters that change what the authorizer is asked; semantics of selectors: NewRequestInfo, requestinfo.go. */
const selectorKey = 'fieldSelector';
const unsafeDeleteKey = 'ignoreStoreReadErrorWithClusterBreakingPotential';

/**
 * The path as logged, still percent-encoded. The query stays, whole, only where it has a `fieldSelector` on a list or
 * watch, or asks for a delete that ignores read errors.
 */
export function relevantUri(uri: string, verb: string): string {
  const mark = uri.indexOf('?');
  if (mark < 0) return uri;
  const query = uri.slice(mark + 1);
  if ((verb === 'list' || verb === 'watch') && queryHasKey(query, selectorKey)) return uri;
  return queryHasKey(query, unsafeDeleteKey) ? uri : uri.slice(0, mark);
}

/** The path alone: what the identity of a request holds. */
export function pathOfUri(uri: string): string {
  const mark = uri.indexOf('?');
  return mark < 0 ? uri : uri.slice(0, mark);
}

/** Whether a parameter has this key once decoded as net/url does: `%66ieldSelector` counts, a broken escape does not. */
function queryHasKey(query: string, key: string): boolean {
  let from = 0;
  while (from <= query.length) {
    const amp = query.indexOf('&', from);
    const end = amp < 0 ? query.length : amp;
    const equals = query.indexOf('=', from);
    if (decodesTo(query, from, equals >= 0 && equals < end ? equals : end, key)) return true;
    from = end + 1;
  }
  return false;
}

// The keys looked for are plain ASCII letters, so that bytes can be compared one by one, without decoding UTF-8.
function decodesTo(text: string, from: number, to: number, key: string): boolean {
  let at = from;
  for (let k = 0; k < key.length; k++) {
    if (at >= to) return false;
    let code = text.charCodeAt(at);
    if (code === 0x25) {
      code = hexPair(text, at + 1, to);
      at += 2;
    }
    if (code !== key.charCodeAt(k)) return false;
    at++;
  }
  return at === to;
}

function hexPair(text: string, at: number, to: number): number {
  if (at + 2 > to) return -1;
  const pair = text.slice(at, at + 2);
  return /^[0-9a-fA-F]{2}$/.test(pair) ? Number.parseInt(pair, 16) : -1;
}
