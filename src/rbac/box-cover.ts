// Points in a few dimensions -> the fewest boxes (products of value sets) that hold those points and no others. A policy
// rule is such a box over verbs, names, resources and API groups; this file knows nothing of them.
//
// The minimum is NP-hard in general (biclique cover). So: split into parts that no box can span, fold values whose slices
// are equal, merge along the axes in every order, and where a part is small enough search for fewer (box-search.ts).
import { byCodeUnit, sortedUnique } from '../base/order.ts';
import type { CellBox, Cells } from './box-search.ts';
import { searchFewerBoxes } from './box-search.ts';
import { SearchBudget } from './set-cover.ts';

/** One value per axis. All points of one call have as many. */
export type Point = readonly string[];

/** One non-empty list of distinct values per axis, sorted by code unit: every combination of them is meant. */
export type Box = readonly (readonly string[])[];

/** Beyond so many folded points in one part only the given order of axes is tried: keeps the work near linear. */
const everyOrderUpTo = 5_000;

/**
 * Boxes whose union is exactly the points. Never more boxes than merging equal rows along the axes one after the other, in
 * whatever order, gives; of equally few, the boxes that merging along axis 0 first, then 1 and so on gives, which are
 * disjoint. The same points in any order, or repeated, give the same boxes.
 */
export function coverWithBoxes(points: readonly Point[]): Box[] {
  const axes = points[0]?.length ?? 0;
  const values: string[][] = [];
  for (let axis = 0; axis < axes; axis += 1) values.push(sortedUnique(points.map((point) => point[axis] as string)));
  const idOf = values.map((list) => new Map(list.map((value, id) => [value, id])));
  const cells = distinctCells(points.map((point) => point.map((value, axis) => idOf[axis]?.get(value) as number)));
  const budget = new SearchBudget();
  const boxes: Box[] = [];
  for (const part of splitParts(cells)) {
    for (const box of coverPart(part, budget)) {
      boxes.push(box.map((ids, axis) => ids.map((id) => values[axis]?.[id] as string).sort(byCodeUnit)));
    }
  }
  return boxes;
}

function coverPart(part: Cells, budget: SearchBudget): CellBox[] {
  const folded = fold(part);
  let best: CellBox[] | undefined;
  for (const order of mergeOrders(folded.cells)) {
    const boxes = mergeAlong(folded.cells, order);
    if (best === undefined || boxes.length < best.length) best = boxes;
  }
  if (best === undefined) return [];
  const fewer = searchFewerBoxes(folded.cells, best, budget) ?? best;
  return fewer.map((box) => box.map((ids, axis) => ids.flatMap((id) => folded.members[axis]?.[id] as number[])));
}

/** Sorted by value ids, each once. */
function distinctCells(cells: Cells): Cells {
  const byKey = new Map(cells.map((cell) => [cell.join(), cell]));
  return [...byKey.values()].sort(compareCells);
}

function compareCells(a: readonly number[], b: readonly number[]): number {
  for (const [axis, id] of a.entries()) {
    const difference = id - (b[axis] as number);
    if (difference !== 0) return difference;
  }
  return 0;
}

/**
 * Parts that no box can span: two cells of one box are joined by cells of that box that differ along one axis at a time.
 * In order of their first cell.
 */
function splitParts(cells: Cells): Cells[] {
  const parent = cells.map((_, index) => index);
  for (let axis = 0; axis < (cells[0]?.length ?? 0); axis += 1) {
    const firstByLine = new Map<string, number>();
    for (const [index, cell] of cells.entries()) {
      const line = cell.with(axis, -1).join();
      const first = firstByLine.get(line);
      if (first === undefined) firstByLine.set(line, index);
      else join(parent, first, index);
    }
  }
  const parts = new Map<number, (readonly number[])[]>();
  for (const [index, cell] of cells.entries()) {
    const root = findRoot(parent, index);
    const part = parts.get(root);
    if (part === undefined) parts.set(root, [cell]);
    else part.push(cell);
  }
  return [...parts.values()];
}

function findRoot(parent: number[], start: number): number {
  let index = start;
  while (parent[index] !== index) {
    // Halving the path keeps the trees flat without recursion.
    parent[index] = parent[parent[index] as number] as number;
    index = parent[index] as number;
  }
  return index;
}

function join(parent: number[], a: number, b: number): void {
  const [low, high] = [findRoot(parent, a), findRoot(parent, b)].sort((x, y) => x - y) as [number, number];
  parent[high] = low;
}

/** Cells over classes of values; `members[axis][class]` are the values of a class. */
interface Folded {
  readonly cells: Cells;
  readonly members: readonly (readonly number[])[][];
}

/** Values of one axis with equal slices can always share their boxes: each class of them becomes one value. */
function fold(cells: Cells): Folded {
  const members: number[][][] = [];
  const classOf: Map<number, number>[] = [];
  for (let axis = 0; axis < (cells[0]?.length ?? 0); axis += 1) {
    const slices = new Map<number, string[]>();
    for (const cell of cells) {
      const id = cell[axis] as number;
      const slice = slices.get(id);
      const rest = cell.with(axis, -1).join();
      if (slice === undefined) slices.set(id, [rest]);
      else slice.push(rest);
    }
    // Cells are sorted, so that equal slices are equal lists.
    const classes = new Map<string, number[]>();
    for (const [id, slice] of [...slices].sort((a, b) => a[0] - b[0])) {
      const key = slice.join(';');
      const ids = classes.get(key);
      if (ids === undefined) classes.set(key, [id]);
      else ids.push(id);
    }
    members.push([...classes.values()]);
    classOf.push(new Map([...classes.values()].flatMap((ids, index) => ids.map((id) => [id, index]))));
  }
  const folded = cells.map((cell) => cell.map((id, axis) => classOf[axis]?.get(id) as number));
  return { cells: distinctCells(folded), members };
}

/** The orders of axes to merge along; axes with one value only are left out, merging along them does nothing. */
function mergeOrders(cells: Cells): number[][] {
  const axes = [...(cells[0] ?? []).keys()].filter((axis) => cells.some((cell) => cell[axis] !== cells[0]?.[axis]));
  return cells.length > everyOrderUpTo ? [axes] : permutations(axes);
}

/** In lexicographic order, the given order first. */
function permutations(items: readonly number[]): number[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item) => permutations(items.filter((other) => other !== item)).map((rest) => [item, ...rest]));
}

/** Unites boxes that differ along one axis only, for one axis after the other. The boxes stay disjoint. */
function mergeAlong(cells: Cells, order: readonly number[]): CellBox[] {
  let boxes: CellBox[] = cells.map((cell) => cell.map((id) => [id]));
  for (const axis of order) {
    const byRest = new Map<string, { box: CellBox; ids: number[] }>();
    for (const box of boxes) {
      const rest = box.with(axis, []).join(';');
      const row = byRest.get(rest);
      if (row === undefined) byRest.set(rest, { box, ids: [...(box[axis] as readonly number[])] });
      else row.ids.push(...(box[axis] as readonly number[]));
    }
    boxes = [...byRest.values()].map(({ box, ids }) =>
      box.with(
        axis,
        ids.sort((a, b) => a - b),
      ),
    );
  }
  return boxes;
}
