// The two halves of a request URI, decoded as Go's net/url decodes them: the path as one string, the query as the first
// value of each key.

/** Path (decoded) and query (raw) of a request URI; `undefined` when the path holds a percent sign that starts no escape. */
export function splitUri(uri: string): { readonly path: string; readonly query: string } | undefined {
  const mark = uri.indexOf('?');
  const escapedPath = mark < 0 ? uri : uri.slice(0, mark);
  const path = unescapePath(escapedPath);
  if (path === undefined) return undefined;
  return { path: path === '' ? '/' : path, query: mark < 0 ? '' : uri.slice(mark + 1) };
}

/**
 * The first value of each key, as url.Values.Get reads it. Pairs that Go refuses are left out: those with a semicolon
 * or a broken escape (url.ParseQuery collects their errors, http.Request.URL.Query ignores them).
 */
export function firstQueryValues(query: string): Map<string, string> {
  const values = new Map<string, string>();
  for (const pair of query.split('&')) {
    if (pair === '' || pair.includes(';')) continue;
    const equals = pair.indexOf('=');
    const key = unescapeQuery(equals < 0 ? pair : pair.slice(0, equals));
    const value = equals < 0 ? '' : unescapeQuery(pair.slice(equals + 1));
    if (key === undefined || value === undefined || values.has(key)) continue;
    values.set(key, value);
  }
  return values;
}

const brokenEscape = /%(?![0-9A-Fa-f]{2})/;

// A plus stays a plus in a path. Bytes that are no UTF-8 can stand in no RBAC rule, so such a path counts as unreadable.
function unescapePath(text: string): string | undefined {
  if (!text.includes('%')) return text;
  if (brokenEscape.test(text)) return undefined;
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function unescapeQuery(text: string): string | undefined {
  const spaced = text.replaceAll('+', ' ');
  if (!spaced.includes('%')) return spaced;
  if (brokenEscape.test(spaced)) return undefined;
  return spaced.replace(/(?:%[0-9A-Fa-f]{2})+/g, decodeLossily);
}

function decodeLossily(escapes: string): string {
  const bytes = Uint8Array.from({ length: escapes.length / 3 }, (_, i) =>
    Number.parseInt(escapes.slice(i * 3 + 1, i * 3 + 3), 16),
  );
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}
