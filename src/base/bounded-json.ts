// Text that is JSON -> its value, by the fast parser; with a bound on nesting, so that whoever walks the value by recursion
// does not run out of stack.

export const jsonBounds = {
  /** UTF-16 code units of one text. */
  length: 256 * 1024 * 1024,
  /** Objects and arrays within each other. */
  depth: 500,
} as const;

/** The value of a text that is one JSON object or array within the bounds; `undefined` for every other text. */
export function parseBoundedJson(text: string): unknown {
  if (text.length > jsonBounds.length || !/^\ufeff?[ \t\r\n]*[{[]/.test(text.slice(0, 64))) return undefined;
  if (isDeeper(text, jsonBounds.depth)) return undefined;
  try {
    return JSON.parse(text.startsWith('\ufeff') ? text.slice(1) : text) as unknown;
  } catch {
    return undefined; // not JSON: what else it is, and what is wrong with it, another parser says
  }
}

/** Counts brackets outside of strings; exact for JSON, which is all that it is asked about. */
function isDeeper(text: string, bound: number): boolean {
  let depth = 0;
  let inString = false;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (inString) {
      if (code === 0x5c) index += 1;
      else if (code === 0x22) inString = false;
    } else if (code === 0x22) inString = true;
    else if (code === 0x7b || code === 0x5b) {
      depth += 1;
      if (depth > bound) return true;
    } else if (code === 0x7d || code === 0x5d) depth -= 1;
  }
  return false;
}
