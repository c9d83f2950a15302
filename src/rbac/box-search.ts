// A set of cells and boxes that cover it -> fewer boxes that cover it, if a bounded search finds them. The boxes to choose
// from are the maximal ones (some minimum cover consists of those alone); choosing is a set cover by branch and bound.
import { CoverSearch, type SearchBudget } from './set-cover.ts';

/** Distinct cells, sorted; one small integer per axis. */
export type Cells = readonly (readonly number[])[];

/** One list of values per axis, ascending. */
export type CellBox = readonly (readonly number[])[];

/**
 * Where the search stops looking for fewer boxes, beside `searchNodes` (set-cover.ts). All are counts, never times, so
 * that the same input gives the same output on every machine. Within `exactCells` cells and `candidates` maximal boxes the
 * answer is the minimum, unless the nodes run out.
 */
export const searchBounds = {
  /** Folded cells of one part, up to which all maximal boxes are listed. */
  exactCells: 256,
  /** Folded cells of one part, up to which merged boxes are at least widened and chosen from. */
  widenCells: 1_000,
  /** Maximal boxes of one part. */
  candidates: 2_000,
} as const;

/** Boxes that cover exactly the cells and are fewer than the known ones; `undefined` when none were found. */
export function searchFewerBoxes(cells: Cells, known: readonly CellBox[], budget: SearchBudget): CellBox[] | undefined {
  // One box is found by any merging, so that two boxes are never one too many.
  if (known.length <= 2 || cells.length > searchBounds.widenCells) return undefined;
  const exact = cells.length <= searchBounds.exactCells ? maximalBoxes(cells) : undefined;
  const grid = new Grid(cells);
  const candidates = exact ?? widenedBoxes(known, grid);
  const covers = candidates.map((box) => [...grid.cellsOf(box)]);
  const chosen = new CoverSearch(cells.length, covers, known.length, budget).run();
  if (chosen === undefined) return undefined;
  return trimOverlaps(
    chosen.map((index) => candidates[index] as CellBox),
    grid,
  );
}

/**
 * Whether it is easily seen that no cover has fewer than `count` boxes: by so many cells of which no two fit into one box.
 * False where there are too many cells to look, and where such cells exist but were not met in passing.
 */
export function needsAsMany(cells: Cells, count: number): boolean {
  if (cells.length > searchBounds.widenCells) return false;
  const grid = new Grid(cells);
  const together = (a: readonly number[], b: readonly number[]) =>
    grid.holds(a.map((id, axis) => [id, b[axis] as number]));
  const apart: (readonly number[])[] = [];
  for (const cell of cells.length <= rankedCells ? byCompany(cells, together) : cells) {
    if (!apart.some((other) => together(cell, other))) apart.push(cell);
    if (apart.length === count) return true;
  }
  return false;
}

/** Cells up to which the lonely ones are looked for: it takes the square of them. */
const rankedCells = 64;

/** Those first that fit into one box with the fewest others, since they are the likeliest to need a box each. */
function byCompany(cells: Cells, together: (a: readonly number[], b: readonly number[]) => boolean): Cells {
  const company = new Map(cells.map((cell) => [cell, cells.filter((other) => together(cell, other)).length]));
  return [...cells].sort((a, b) => (company.get(a) as number) - (company.get(b) as number));
}

/** Which cells there are, and their indices. */
class Grid {
  readonly cells: Cells;
  readonly #indexByKey = new Map<number, number>();
  readonly sizes: readonly number[];

  constructor(cells: Cells) {
    this.cells = cells;
    this.sizes = (cells[0] ?? []).map((_, axis) => 1 + Math.max(...cells.map((cell) => cell[axis] as number)));
    for (const [index, cell] of cells.entries()) this.#indexByKey.set(this.#key(cell), index);
  }

  /** Indices of the box's cells, -1 for each that does not exist. */
  *cellsOf(box: CellBox, axis = 0, key = 0): Generator<number, void, undefined> {
    if (axis === box.length) {
      yield this.#indexByKey.get(key) ?? -1;
      return;
    }
    for (const id of box[axis] as readonly number[]) {
      yield* this.cellsOf(box, axis + 1, key * (this.sizes[axis] as number) + id);
    }
  }

  /** Whether every cell of the box exists. */
  holds(box: CellBox, axis = 0, key = 0): boolean {
    if (axis === box.length) return this.#indexByKey.has(key);
    for (const id of box[axis] as readonly number[]) {
      if (!this.holds(box, axis + 1, key * (this.sizes[axis] as number) + id)) return false;
    }
    return true;
  }

  // Exact: at most widenCells values on each of four axes is below 2^53.
  #key(cell: readonly number[]): number {
    return cell.reduce((key, id, axis) => key * (this.sizes[axis] as number) + id, 0);
  }
}

/**
 * All boxes among the cells to which no value can be added; `undefined` when they are more than the bound.
 * Axis by axis: for every intersection of slices along the first axis, the maximal boxes of that intersection, each with
 * all values of the first axis whose slice holds it. No maximal box escapes: it is its own values' intersection's.
 */
export function maximalBoxes(cells: Cells): CellBox[] | undefined {
  if (cells[0]?.length === 1) return [[cells.map((cell) => cell[0] as number).sort((a, b) => a - b)]];
  const { rests, slices } = slicesOf(cells);
  const meets = intersections([...slices.values()]);
  if (meets === undefined) return undefined;
  const found = new Map<string, CellBox>();
  for (const meet of meets) {
    const inner = maximalBoxes(rests.filter((_, index) => (meet >> BigInt(index)) & 1n));
    if (inner === undefined) return undefined;
    const grid = new Grid(rests);
    for (const box of inner) {
      const mask = maskOf(grid.cellsOf(box));
      const values = [...slices].filter(([, slice]) => (slice & mask) === mask).map(([value]) => value);
      const whole = [values.sort((a, b) => a - b), ...box];
      found.set(whole.join(';'), whole);
    }
    if (found.size > searchBounds.candidates) return undefined;
  }
  return [...found.values()];
}

/** The cells without their first axis, and for each value of the first axis which of those it has, as a bit mask. */
function slicesOf(cells: Cells): { rests: number[][]; slices: Map<number, bigint> } {
  const indexByKey = new Map<string, number>();
  const rests: number[][] = [];
  const slices = new Map<number, bigint>();
  for (const [value, ...rest] of cells as readonly [number, ...number[]][]) {
    const key = rest.join();
    const index = indexByKey.get(key) ?? rests.length;
    if (index === rests.length) {
      indexByKey.set(key, index);
      rests.push(rest);
    }
    slices.set(value, (slices.get(value) ?? 0n) | (1n << BigInt(index)));
  }
  return { rests, slices };
}

/** The masks and all their non-empty intersections; `undefined` when they are more than the bound. */
function intersections(masks: readonly bigint[]): Set<bigint> | undefined {
  const found = new Set(masks);
  // A Set's iteration reaches what is added on the way, so that this closes it under intersection.
  for (const known of found) {
    for (const mask of masks) {
      const meet = known & mask;
      if (meet !== 0n) found.add(meet);
    }
    if (found.size > searchBounds.candidates) return undefined;
  }
  return found;
}

function maskOf(indices: Iterable<number>): bigint {
  let mask = 0n;
  for (const index of indices) mask |= 1n << BigInt(index);
  return mask;
}

/** Each box widened to a maximal one, for every axis that may be widened first. */
function widenedBoxes(boxes: readonly CellBox[], grid: Grid): CellBox[] {
  const found = new Map<string, CellBox>();
  for (const box of boxes) {
    for (let first = 0; first < box.length; first += 1) {
      let wide = box;
      for (let step = 0; step < box.length; step += 1) wide = widen(wide, (first + step) % box.length, grid);
      found.set(wide.join(';'), wide);
    }
  }
  return [...found.values()];
}

function widen(box: CellBox, axis: number, grid: Grid): CellBox {
  const held = new Set(box[axis]);
  const ids: number[] = [];
  for (let id = 0; id < (grid.sizes[axis] as number); id += 1) {
    if (held.has(id) || grid.holds(box.with(axis, [id]))) ids.push(id);
  }
  return box.with(axis, ids);
}

/** Takes from each box the values that the other boxes cover anyway: a reader should meet a permission once. */
function trimOverlaps(boxes: readonly CellBox[], grid: Grid): CellBox[] {
  const times = new Uint16Array(grid.cells.length);
  for (const box of boxes) for (const cell of grid.cellsOf(box)) times[cell] = (times[cell] as number) + 1;
  const trimmed: CellBox[] = [];
  for (const box of boxes) {
    let rest = box;
    for (const [axis, ids] of box.entries()) {
      for (const id of ids) {
        const slice = [...grid.cellsOf(rest.with(axis, [id]))];
        if ((rest[axis] as readonly number[]).length === 1 || slice.some((cell) => times[cell] === 1)) continue;
        for (const cell of slice) times[cell] = (times[cell] as number) - 1;
        rest = rest.with(
          axis,
          (rest[axis] as readonly number[]).filter((other) => other !== id),
        );
      }
    }
    trimmed.push(rest);
  }
  return trimmed;
}
