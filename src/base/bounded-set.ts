// A set of strings that never holds more than its bound and says when it had to drop some. It keeps the smallest by code
// unit, so that adding in any order, and merging in any grouping, gives the same set.
import { byCodeUnit } from './order.ts';

/** What a BoundedSet holds, as it is saved: the values in code-unit order, and whether others were seen beside them. */
export interface BoundedValues {
  readonly values: readonly string[];
  /** True when more distinct values were offered than the bound allows. */
  readonly more: boolean;
}

/** Keeps the `bound` smallest distinct strings offered to it. Merging is associative, commutative and idempotent. */
export class BoundedSet {
  readonly #values = new Set<string>();
  readonly #bound: number;
  #more = false;
  #largest = '';

  constructor(bound: number) {
    this.#bound = bound;
  }

  /** How many values are held: at most the bound. */
  get size(): number {
    return this.#values.size;
  }

  /** Whether more distinct values were offered than are held. */
  get more(): boolean {
    return this.#more;
  }

  has(value: string): boolean {
    return this.#values.has(value);
  }

  add(value: string): void {
    if (this.#values.has(value)) return;
    if (this.#values.size < this.#bound) {
      this.#values.add(value);
      if (value > this.#largest) this.#largest = value;
      return;
    }
    this.#more = true;
    if (value > this.#largest) return;
    this.#values.delete(this.#largest);
    this.#values.add(value);
    this.#largest = largestOf(this.#values);
  }

  addAll(other: BoundedSet | BoundedValues): void {
    const values = other instanceof BoundedSet ? other.#values : other.values;
    for (const value of values) this.add(value);
    if (other.more) this.#more = true;
  }

  /** The values in code-unit order. */
  sorted(): string[] {
    return [...this.#values].sort(byCodeUnit);
  }

  toValues(): BoundedValues {
    return { values: this.sorted(), more: this.#more };
  }
}

function largestOf(values: Iterable<string>): string {
  let largest = '';
  for (const value of values) if (value > largest) largest = value;
  return largest;
}
