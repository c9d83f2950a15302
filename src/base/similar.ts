// What the user probably meant: names near the one that was not found.
import { byCodeUnit } from './order.ts';

/** Whether two words are equal but for case and hyphens, as `namespace-strict` and `NamespaceStrict` are. */
export function isSimilar(a: string, b: string): boolean {
  return plain(a) === plain(b);
}

function plain(word: string): string {
  return word.replaceAll('-', '').toLowerCase();
}

/** Longer words are compared by their first 128 characters only: the cost is quadratic. */
const compared = 128;

/**
 * At most `count` of `candidates` that are near `wanted`, the nearest first. Near is: it is a part of them, or at most a
 * third of its characters are other ones (two letters that changed places are two).
 */
export function nearest(wanted: string, candidates: Iterable<string>, count = 3): string[] {
  const word = wanted.slice(0, compared).toLowerCase();
  const limit = Math.max(word.length > 3 ? 2 : 1, Math.floor(word.length / 3));
  const found: { name: string; distance: number }[] = [];
  for (const name of candidates) {
    const distance = closeness(word, name.slice(0, compared).toLowerCase(), limit);
    if (distance <= limit) found.push({ name, distance });
  }
  found.sort((a, b) => a.distance - b.distance || byCodeUnit(a.name, b.name));
  return found.slice(0, count).map(({ name }) => name);
}

function closeness(wanted: string, name: string, limit: number): number {
  if (wanted === name) return 0;
  if (wanted.length >= 3 && name.includes(wanted)) return 0.5;
  // No need to look closer, and among a hundred thousand names no time to.
  if (Math.abs(wanted.length - name.length) > limit) return Number.POSITIVE_INFINITY;
  return distance(wanted, name);
}

/** Levenshtein's distance, a row at a time. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
}
