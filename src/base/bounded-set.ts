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
  /** The only value, where there is just one: there are many sets and most are that small, and a Set takes 200 bytes. */
  #only: string | undefined;
  /** Up to twice the bound: cut down only now and then, so that adding stays cheap however many values come. */
  #values: Set<string> | undefined;
  readonly #bound: number;
  #more = false;
  /** Once the bound was exceeded: the largest value that can still be among the smallest. */
  #limit: string | undefined;

  constructor(bound: number) {
    this.#bound = bound;
  }

  /** How many values are held: at most the bound. */
  get size(): number {
    if (this.#values === undefined) return this.#only === undefined ? 0 : 1;
    return Math.min(this.#values.size, this.#bound);
  }

  /** Whether more distinct values were offered than are held. */
  get more(): boolean {
    return this.#more || (this.#values !== undefined && this.#values.size > this.#bound);
  }

  has(value: string): boolean {
    this.#cut();
    return this.#values === undefined ? this.#only === value : this.#values.has(value);
  }

  add(value: string): void {
    if (this.#values === undefined) {
      if (this.#only === undefined) this.#only = value;
      if (this.#only === value) return;
      this.#values = new Set([this.#only]);
    }
    if (this.#limit !== undefined && value > this.#limit) {
      this.#more = true;
      return;
    }
    this.#values.add(value);
    if (this.#values.size >= 2 * this.#bound) this.#cut();
  }

  addAll(other: BoundedSet | BoundedValues): void {
    const { values, more } = other instanceof BoundedSet ? other.toValues() : other;
    for (const value of values) this.add(value);
    if (more) this.#more = true;
  }

  /** The values in code-unit order. */
  sorted(): string[] {
    this.#cut();
    if (this.#values !== undefined) return [...this.#values].sort(byCodeUnit);
    return this.#only === undefined ? [] : [this.#only];
  }

  toValues(): BoundedValues {
    return { values: this.sorted(), more: this.more };
  }

  #cut(): void {
    if (this.#values === undefined || this.#values.size <= this.#bound) return;
    const sorted = [...this.#values].sort(byCodeUnit);
    for (const value of sorted.splice(this.#bound)) this.#values.delete(value);
    this.#limit = sorted.at(-1);
    this.#more = true;
  }
}
