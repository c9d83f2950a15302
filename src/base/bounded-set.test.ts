import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BoundedSet } from './bounded-set.ts';
import { sortedUnique } from './order.ts';

describe('a bounded set', () => {
  it('holds the smallest values, whatever the order, and says when it dropped some', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ maxLength: 2 }), { maxLength: 40 }),
        fc.integer({ min: 1, max: 5 }),
        (values, bound) => {
          const set = new BoundedSet(bound);
          for (const value of values) set.add(value);
          const all = sortedUnique(values);
          expect(set.toValues()).toEqual({ values: all.slice(0, bound), more: all.length > bound });
          expect(set.size).toBe(Math.min(bound, all.length));
          for (const value of values) expect(set.has(value)).toBe(all.indexOf(value) < bound);
        },
      ),
    );
  });

  it('merges to what one set of all values would hold', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 2 })), fc.array(fc.string({ maxLength: 2 })), (left, right) => {
        const parts = [left, right].map((values) => {
          const set = new BoundedSet(3);
          for (const value of values) set.add(value);
          return set;
        });
        const merged = new BoundedSet(3);
        for (const part of parts.reverse()) merged.addAll(part);
        const whole = new BoundedSet(3);
        for (const value of [...left, ...right]) whole.add(value);
        expect(merged.toValues()).toEqual(whole.toValues());
      }),
    );
  });
});
