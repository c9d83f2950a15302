// When the log has events at all: ranges of active minutes, which unite commutatively, and the gaps between them.
import type { Coverage, MinuteRange } from '../types.ts';
import { addCounts, mergeObserved, newObserved } from './evidence.ts';

/** Ranges kept. Beyond it the shortest holes are closed first: a small gap may be lost, a large one never. */
export const coverageBound = 4_096;

/** A stretch without any event counts as a gap from this many minutes on. */
export const gapMinutes = 15;

export function newCoverage(): Coverage {
  return {
    observed: newObserved(),
    requests: 0,
    duplicates: 0,
    filtered: new Map(),
    activeMinutes: [],
    badRecords: new Map(),
    foreignLines: 0,
    skippedRecords: 0,
    bytes: 0,
  };
}

export function mergeCoverage(into: Coverage, from: Coverage): void {
  mergeObserved(into.observed, from.observed);
  into.requests += from.requests;
  into.duplicates += from.duplicates;
  addCounts(into.filtered, from.filtered);
  into.activeMinutes = uniteMinutes(into.activeMinutes, from.activeMinutes);
  addCounts(into.badRecords, from.badRecords);
  into.foreignLines += from.foreignLines;
  into.skippedRecords += from.skippedRecords;
  into.bytes += from.bytes;
}

/** The union of two sets of ranges, sorted, disjoint and not touching, at most `coverageBound` of them. */
export function uniteMinutes(a: readonly MinuteRange[], b: readonly MinuteRange[]): MinuteRange[] {
  const all = [...a, ...b].sort((x, y) => x[0] - y[0] || x[1] - y[1]);
  const united: [number, number][] = [];
  for (const [first, last] of all) {
    const previous = united.at(-1);
    if (previous !== undefined && first <= previous[1] + 1) previous[1] = Math.max(previous[1], last);
    else united.push([first, last]);
  }
  return united.length <= coverageBound ? united : closeSmallestHoles(united);
}

/** Stretches of at least `gapMinutes` without a single event inside the window, longest first. */
export function gaps(active: readonly MinuteRange[]): MinuteRange[] {
  const found: MinuteRange[] = [];
  for (let i = 1; i < active.length; i++) {
    const from = (active[i - 1] as MinuteRange)[1] + 1;
    const to = (active[i] as MinuteRange)[0] - 1;
    if (to - from + 1 >= gapMinutes) found.push([from, to]);
  }
  return found.sort((x, y) => y[1] - y[0] - (x[1] - x[0]) || x[0] - y[0]);
}

function closeSmallestHoles(ranges: readonly [number, number][]): MinuteRange[] {
  const holes = ranges.slice(1).map((range, i) => range[0] - (ranges[i] as MinuteRange)[1]);
  const widest = [...holes].sort((x, y) => y - x);
  const threshold = widest[coverageBound - 1] as number;
  const closed: [number, number][] = [];
  for (const [first, last] of ranges) {
    const previous = closed.at(-1);
    if (previous !== undefined && first - previous[1] <= threshold) previous[1] = last;
    else closed.push([first, last]);
  }
  return closed;
}
