// Answers that were found before, by key. It forgets all of them when it is full, so that its memory is bounded whatever
// the input; what is asked for often is soon known again.

/** Remembers at most `bound` answers of a pure function. */
export class Memo<Key, Value> {
  readonly #known = new Map<Key, Value>();
  readonly #bound: number;
  readonly #find: (key: Key) => Value;

  constructor(bound: number, find: (key: Key) => Value) {
    this.#bound = bound;
    this.#find = find;
  }

  get(key: Key): Value {
    const known = this.#known.get(key);
    if (known !== undefined || this.#known.has(key)) return known as Value;
    const value = this.#find(key);
    if (this.#known.size >= this.#bound) this.#known.clear();
    this.#known.set(key, value);
    return value;
  }
}
