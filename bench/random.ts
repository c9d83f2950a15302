// A seeded generator of random numbers: the same seed gives the same log on every machine.

/** Hexadecimal text of every 16-bit number, so that an identifier costs eight look-ups. */
const hex4 = Array.from({ length: 0x10000 }, (_, value) => value.toString(16).padStart(4, '0'));

/** Marsaglia's xorshift128: fast, and random enough for traffic that only has to look real. */
export class Random {
  #a: number;
  #b = 362436069;
  #c = 521288629;
  #d = 88675123;

  constructor(seed: number) {
    this.#a = (seed | 0) ^ 123456789;
    for (let i = 0; i < 20; i += 1) this.bits();
  }

  /** 32 random bits as a signed number. */
  bits(): number {
    const t = this.#a ^ (this.#a << 11);
    this.#a = this.#b;
    this.#b = this.#c;
    this.#c = this.#d;
    this.#d = this.#d ^ (this.#d >>> 19) ^ t ^ (t >>> 8);
    return this.#d;
  }

  /** In [0, 1). */
  fraction(): number {
    return (this.bits() >>> 0) / 0x100000000;
  }

  /** A whole number in [0, bound). */
  below(bound: number): number {
    return Math.floor(this.fraction() * bound);
  }

  pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)] as T;
  }

  /** `count` different values, in the order of `values`. */
  sample<T>(values: readonly T[], count: number): T[] {
    const left = [...values];
    while (left.length > count) left.splice(this.below(left.length), 1);
    return left;
  }

  uuid(): string {
    const [p, q, r, s] = [this.bits(), this.bits(), this.bits(), this.bits()];
    const third = ((q & 0x0fff) | 0x4000) as number;
    const fourth = ((r >>> 16) & 0x3fff) | 0x8000;
    return `${hex4[p >>> 16]}${hex4[p & 0xffff]}-${hex4[q >>> 16]}-${hex4[third]}-${hex4[fourth]}-${hex4[r & 0xffff]}${hex4[s >>> 16]}${hex4[s & 0xffff]}`;
  }

  /** Letters and digits as Kubernetes appends them to generated names. */
  suffix(length: number): string {
    let text = '';
    for (let i = 0; i < length; i += 1) text += 'bcdfghjklmnpqrstvwxz2456789'[this.below(27)];
    return text;
  }
}
