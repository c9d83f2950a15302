// Points in a few dimensions -> the fewest boxes (products of value sets) that hold those points and no others. A policy
// rule is such a box over verbs, names, resources and API groups; this file knows nothing of them.
//
// The minimum is NP-hard in general (biclique cover). So: split into parts that no box can span, fold values whose slices
// are equal, merge along the axes in every order, and where a part is small enough search for fewer (box-search.ts).
//
// Cells are numbers throughout and lie axis by axis: a policy of thousands of small roles comes here once for each of them.
import { sortedUnique } from '../base/order.ts';
import type { CellBox, Cells } from './box-search.ts';
import { needsAsMany, searchFewerBoxes } from './box-search.ts';
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
  const columns: number[][] = [];
  for (let axis = 0; axis < axes; axis += 1) {
    const column = points.map((point) => point[axis] as string);
    const list = sortedUnique(column);
    const idOf = new Map<string, number>();
    for (const value of list) idOf.set(value, idOf.size);
    values.push(list);
    columns.push(column.map((value) => idOf.get(value) as number));
  }
  const cells = distinctColumns(columns);
  const lines = columns.map((_, axis) => linesAlong(axis, cells));
  const budget = new SearchBudget();
  const boxes: Box[] = [];
  for (const part of splitParts(cells[0]?.length ?? 0, lines)) {
    for (const box of coverPart(part, cells, lines, budget)) {
      // Ids are in the order of their values.
      boxes.push(box.map((ids, axis) => ids.map((id) => (values[axis] as string[])[id] as string)));
    }
  }
  return boxes;
}

/** One list of ids per axis, all as long as there are cells. */
type Columns = readonly (readonly number[])[];

/** Sorted by ids, axis 0 first, each cell once. */
function distinctColumns(columns: Columns): Columns {
  const keys = keysWithout(-1, columns);
  const order = [...keys.keys()].sort((a, b) => (keys[a] as number) - (keys[b] as number));
  const distinct = order.filter(
    (cell, position) => position === 0 || keys[cell] !== keys[order[position - 1] as number],
  );
  return columns.map((column) => distinct.map((cell) => column[cell] as number));
}

/**
 * For each cell a number that is equal for cells which agree on all axes but `axis`; in the order of the ids on those axes,
 * the first one foremost.
 */
function keysWithout(axis: number, columns: Columns): number[] {
  const count = columns[0]?.length ?? 0;
  let keys: number[] = new Array(count).fill(0);
  let span = 1;
  for (const [other, column] of columns.entries()) {
    if (other === axis) continue;
    let size = 0;
    for (const id of column) if (id >= size) size = id + 1;
    if (size === 1) continue;
    if (span * size > Number.MAX_SAFE_INTEGER) {
      keys = ranked(keys);
      span = count;
    }
    for (let cell = 0; cell < count; cell += 1) keys[cell] = (keys[cell] as number) * size + (column[cell] as number);
    span *= size;
  }
  return keys;
}

/** The numbers as their places among all of them: below their count, so that there is room for another axis. */
function ranked(keys: readonly number[]): number[] {
  const rankOf = new Map<number, number>();
  for (const key of [...new Set(keys)].sort((a, b) => a - b)) rankOf.set(key, rankOf.size);
  return keys.map((key) => rankOf.get(key) as number);
}

/** For each cell the first cell of its line: those that differ from it along the axis alone. */
function linesAlong(axis: number, cells: Columns): number[] {
  const firstByKey = new Map<number, number>();
  return keysWithout(axis, cells).map((key, cell) => {
    const first = firstByKey.get(key);
    if (first === undefined) firstByKey.set(key, cell);
    return first ?? cell;
  });
}

/**
 * Parts that no box can span: two cells of one box are joined by cells of that box that differ along one axis at a time.
 * In order of their first cell; each part's cells ascending.
 */
function splitParts(count: number, lines: Columns): number[][] {
  const parent = Array.from({ length: count }, (_, cell) => cell);
  for (const line of lines) {
    for (let cell = 0; cell < count; cell += 1) join(parent, line[cell] as number, cell);
  }
  const parts = new Map<number, number[]>();
  for (let cell = 0; cell < count; cell += 1) {
    const root = findRoot(parent, cell);
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
  const [rootA, rootB] = [findRoot(parent, a), findRoot(parent, b)];
  if (rootA < rootB) parent[rootB] = rootA;
  else parent[rootA] = rootB;
}

function coverPart(part: readonly number[], cells: Columns, lines: Columns, budget: SearchBudget): CellBox[] {
  const whole = wholeBox(part, cells);
  if (whole !== undefined) return [whole];
  const folded = fold(part, cells, lines);
  const { boxes, isFewest } = mergeInEveryOrder(folded.cells);
  const fewer = isFewest ? boxes : (searchFewerBoxes(folded.cells, boxes, budget) ?? boxes);
  return fewer.map((box) =>
    box.map((ids, axis) => ids.flatMap((id) => folded.members[axis]?.[id] as number[]).sort((a, b) => a - b)),
  );
}

/** The fewest boxes that merging gives, the first such; and whether no cover has fewer. The cells are no one box. */
function mergeInEveryOrder(cells: Cells): { readonly boxes: CellBox[]; readonly isFewest: boolean } {
  let best: CellBox[] | undefined;
  for (const order of mergeOrders(cells)) {
    const boxes = mergeAlong(cells, order);
    if (best !== undefined && boxes.length >= best.length) continue;
    best = boxes;
    // Mostly the first or second order shows that no other will do better.
    if (boxes.length <= 2 || needsAsMany(cells, boxes.length)) return { boxes, isFewest: true };
  }
  return { boxes: best ?? [], isFewest: false };
}

/** The one box that the part is, if it is one: as most are. */
function wholeBox(part: readonly number[], cells: Columns): CellBox | undefined {
  if (part.length === 1) return cells.map((column) => [column[part[0] as number] as number]);
  let volume = 1;
  const box: number[][] = [];
  for (const column of cells) {
    const ids = new Set<number>();
    for (const cell of part) ids.add(column[cell] as number);
    volume *= ids.size;
    if (volume > part.length) return undefined;
    box.push([...ids].sort((a, b) => a - b));
  }
  return box;
}

/** Cells over classes of values; `members[axis][class]` are the values of a class. */
interface Folded {
  readonly cells: Cells;
  readonly members: readonly (readonly number[])[][];
}

/**
 * Values of one axis with equal slices can always share their boxes: each class of them becomes one value, and of the cells
 * those remain that have the first value of its class on every axis.
 */
function fold(part: readonly number[], cells: Columns, lines: Columns): Folded {
  const members: number[][][] = [];
  const classOf: Map<number, number>[] = [];
  for (const [axis, column] of cells.entries()) {
    const classes = equalSlices(part, column, lines[axis] as readonly number[]);
    const classOfFirst = new Map<number, number>();
    for (const [index, ids] of classes.entries()) classOfFirst.set(ids[0] as number, index);
    members.push(classes);
    classOf.push(classOfFirst);
  }
  const folded: number[][] = [];
  for (const cell of part) {
    const ids = cells.map((column, axis) => classOf[axis]?.get(column[cell] as number) ?? -1);
    if (!ids.includes(-1)) folded.push(ids);
  }
  return { cells: folded, members };
}

/** The values of a column in classes of those that cross the same lines, in order of their first. */
function equalSlices(part: readonly number[], column: readonly number[], lines: readonly number[]): number[][] {
  // A value's state stands for the lines it has crossed so far: cells are sorted, so that equal slices cross them in one order.
  const states = new Map<number, number>();
  const next = new Map<number, number>();
  for (const cell of part) {
    const id = column[cell] as number;
    const step = (states.get(id) ?? 0) * column.length + (lines[cell] as number);
    let state = next.get(step);
    if (state === undefined) {
      state = next.size + 1;
      next.set(step, state);
    }
    states.set(id, state);
  }
  const classes = new Map<number, number[]>();
  for (const id of [...states.keys()].sort((a, b) => a - b)) {
    const state = states.get(id) as number;
    const ids = classes.get(state);
    if (ids === undefined) classes.set(state, [id]);
    else ids.push(id);
  }
  return [...classes.values()];
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
