// The one order that every output uses: UTF-16 code units, never the locale, so that the same input gives the same
// bytes on every machine.

/** Compares two strings by code unit: negative, zero or positive, for `Array.prototype.sort`. */
export function byCodeUnit(a: string, b: string): number {
  if (a < b) return -1;
  return a > b ? 1 : 0;
}

/** The values in code-unit order, without repetitions; a new array. */
export function sortedUnique(values: Iterable<string>): string[] {
  return [...new Set(values)].sort(byCodeUnit);
}
