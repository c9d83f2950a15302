import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Box, Point } from './box-cover.ts';
import { coverWithBoxes } from './box-cover.ts';

function pointsOf(boxes: readonly Box[]): string[] {
  const points = new Set<string>();
  for (const box of boxes) for (const point of product(box)) points.add(JSON.stringify(point));
  return [...points].sort();
}

function product(box: Box): string[][] {
  let points: string[][] = [[]];
  for (const values of box) points = points.flatMap((point) => values.map((value) => [...point, value]));
  return points;
}

/** All non-empty subsets: obvious and slow, for a handful of values. */
function subsets<Item>(items: readonly Item[]): Item[][] {
  const all: Item[][] = [];
  for (let mask = 1; mask < 1 << items.length; mask += 1) all.push(items.filter((_, index) => (mask >> index) & 1));
  return all;
}

/** The minimum by trying every box that holds no other points, deepening until a cover is found. */
function fewestByTrying(points: readonly Point[]): number {
  const index = new Map(points.map((point) => [JSON.stringify(point), 0]));
  for (const [position, key] of [...index.keys()].entries()) index.set(key, position);
  const axes = (points[0] ?? []).map((_, axis) => [...new Set(points.map((point) => point[axis] as string))]);
  let masks = new Set<number>();
  const visit = (box: string[][], axis: number): void => {
    if (axis < axes.length) {
      for (const subset of subsets(axes[axis] as string[])) visit([...box, subset], axis + 1);
      return;
    }
    let mask = 0;
    for (const point of product(box)) {
      const position = index.get(JSON.stringify(point));
      if (position === undefined) return;
      mask |= 1 << position;
    }
    masks.add(mask);
  };
  visit([], 0);
  masks = new Set([...masks].filter((mask) => ![...masks].some((other) => other !== mask && (other & mask) === mask)));
  const all = 2 ** index.size - 1;
  const coverable = (covered: number, boxes: number): boolean => {
    if (covered === all) return true;
    if (boxes === 0) return false;
    const open = ~covered & (covered + 1);
    return [...masks].some((mask) => mask & open && coverable(covered | mask, boxes - 1));
  };
  let boxes = 0;
  while (!coverable(0, boxes)) boxes += 1;
  return boxes;
}

function grid(...sizes: number[]): fc.Arbitrary<string[][]> {
  const all = product(sizes.map((size) => Array.from({ length: size }, (_, value) => `v${value}`)));
  return fc.subarray(all, { minLength: 1 });
}

describe('coverWithBoxes', () => {
  it.each([
    ['rows by columns', [8, 3]],
    ['rows by columns, square', [4, 5]],
    ['three axes', [3, 3, 2]],
    ['four axes', [2, 2, 2, 3]],
  ])('finds the minimum: %s', (_, sizes) => {
    fc.assert(
      fc.property(grid(...sizes), (points) => {
        const boxes = coverWithBoxes(points);

        expect(pointsOf(boxes)).toEqual(points.map((point) => JSON.stringify(point)).sort());
        expect(boxes.length).toBe(fewestByTrying(points));
      }),
      { numRuns: 150 },
    );
  });

  it('gives the same boxes for the points in any order', () => {
    const shuffled = grid(4, 3, 2, 2).chain((points) =>
      fc.tuple(fc.constant(points), fc.shuffledSubarray(points, { minLength: points.length })),
    );
    fc.assert(
      fc.property(shuffled, ([points, other]) => {
        expect(coverWithBoxes([...other, ...points])).toEqual(coverWithBoxes(points));
      }),
    );
  });

  it('covers exactly what is beyond its search bounds, too', () => {
    const points: string[][] = [];
    for (let row = 0; row < 60; row += 1) {
      for (let column = 0; column < 60; column += 1) {
        if ((row * 7 + column * column) % 5 < 2 || row === column) points.push([`r${row}`, `c${column}`, 'x', 'y']);
      }
    }

    const boxes = coverWithBoxes(points);

    expect(pointsOf(boxes)).toEqual(points.map((point) => JSON.stringify(point)).sort());
    expect(boxes.length).toBeLessThanOrEqual(60);
  });

  it('has nothing to cover without points', () => {
    expect(coverWithBoxes([])).toEqual([]);
  });
});
