// Bytes: finding the end of a string, comparing, hashing. Loads may reach up to 64 bytes beyond what is looked at; no
// result depends on them.
import { splats } from './layout';

export const QUOTE: u32 = 0x22;
export const BACKSLASH: u32 = 0x5c;

/** 64 comparison results, one bit per byte. */
// @ts-ignore: decorator
@inline
export function bits64(a: v128, b: v128, c: v128, d: v128): u64 {
  const low = <u32>i8x16.bitmask(a) | (<u32>i8x16.bitmask(b) << 16);
  const high = <u32>i8x16.bitmask(c) | (<u32>i8x16.bitmask(d) << 16);
  return <u64>low | (<u64>high << 32);
}

// Vectors of one byte each. They are loaded, not written as constants: V8 builds a constant anew at each use (three
// instructions), also in a loop.
const QUOTES: usize = 0;
const BACKSLASHES: usize = 16;
const TOP_BITS: usize = 32;
const OPENS: usize = 48;
const CLOSES: usize = 64;
const COMMAS: usize = 80;
const COLONS: usize = 96;
const CASES: usize = 112;

/** Lays them out. */
export function writeSplats(): void {
  v128.store(splats, i8x16.splat(0x22), QUOTES);
  v128.store(splats, i8x16.splat(0x5c), BACKSLASHES);
  v128.store(splats, i8x16.splat(<i8>0xe0), TOP_BITS);
  v128.store(splats, i8x16.splat(0x7b), OPENS);
  v128.store(splats, i8x16.splat(0x7d), CLOSES);
  v128.store(splats, i8x16.splat(0x2c), COMMAS);
  v128.store(splats, i8x16.splat(0x3a), COLONS);
  v128.store(splats, i8x16.splat(0x20), CASES);
}

// @ts-ignore: decorator
@inline
export function quoteBytes(): v128 {
  return v128.load(splats, QUOTES);
}

// @ts-ignore: decorator
@inline
export function backslashBytes(): v128 {
  return v128.load(splats, BACKSLASHES);
}

/** A byte that has none of these bits is a control character. */
// @ts-ignore: decorator
@inline
export function topBits(): v128 {
  return v128.load(splats, TOP_BITS);
}

// @ts-ignore: decorator
@inline
export function openBytes(): v128 {
  return v128.load(splats, OPENS);
}

// @ts-ignore: decorator
@inline
export function closeBytes(): v128 {
  return v128.load(splats, CLOSES);
}

// @ts-ignore: decorator
@inline
export function commaBytes(): v128 {
  return v128.load(splats, COMMAS);
}

// @ts-ignore: decorator
@inline
export function colonBytes(): v128 {
  return v128.load(splats, COLONS);
}

/** The bit that tells `{` from `[` and `}` from `]`. */
// @ts-ignore: decorator
@inline
export function caseBits(): v128 {
  return v128.load(splats, CASES);
}

/** Bytes that end the plain run of a string: quote, backslash, control characters. */
// @ts-ignore: decorator
@inline
function special(v: v128, quotes: v128, backslashes: v128, top: v128): v128 {
  return v128.or(
    v128.or(i8x16.eq(v, quotes), i8x16.eq(v, backslashes)),
    i8x16.eq(v128.and(v, top), i8x16.splat(0)),
  );
}

// @ts-ignore: decorator
@inline
function special64(p: usize, quotes: v128, backslashes: v128, top: v128): u64 {
  return bits64(
    special(v128.load(p), quotes, backslashes, top),
    special(v128.load(p, 16), quotes, backslashes, top),
    special(v128.load(p, 32), quotes, backslashes, top),
    special(v128.load(p, 48), quotes, backslashes, top),
  );
}

/** The first quote, backslash or control character at or after `p`. */
export function findSpecial(p: usize): usize {
  const quotes = quoteBytes();
  const backslashes = backslashBytes();
  const top = topBits();
  while (true) {
    const found = special64(p, quotes, backslashes, top);
    if (found != 0) return p + <usize>ctz(found);
    p += 64;
  }
}

/** The closing quote of the string whose first byte is at `p`; 0 when it holds an escape or a control character. */
// @ts-ignore: decorator
@inline
export function plainEnd(p: usize): usize {
  const end = findSpecial(p);
  return load<u8>(end) == QUOTE ? end : 0;
}

/** The same for strings that are mostly shorter than 16 bytes. */
// @ts-ignore: decorator
@inline
export function shortPlainEnd(p: usize): usize {
  const found = i8x16.bitmask(special(v128.load(p), quoteBytes(), backslashBytes(), topBits()));
  if (found == 0) return plainEnd(p + 16);
  const end = p + <usize>ctz(found);
  return load<u8>(end) == QUOTE ? end : 0;
}

/** Quotes, backslashes, control characters and `wanted` among 64 bytes. */
// @ts-ignore: decorator
@inline
export function specialOr64(a: v128, b: v128, c: v128, d: v128, wanted: v128): u64 {
  const quotes = quoteBytes();
  const backslashes = backslashBytes();
  const top = topBits();
  return bits64(
    v128.or(special(a, quotes, backslashes, top), i8x16.eq(a, wanted)),
    v128.or(special(b, quotes, backslashes, top), i8x16.eq(b, wanted)),
    v128.or(special(c, quotes, backslashes, top), i8x16.eq(c, wanted)),
    v128.or(special(d, quotes, backslashes, top), i8x16.eq(d, wanted)),
  );
}

/** The first quote, backslash, control character or `mark` at or after `p`. */
// @ts-ignore: decorator
@inline
export function findSpecialOr(p: usize, mark: i8): usize {
  const wanted = i8x16.splat(mark);
  while (true) {
    const found = specialOr64(v128.load(p), v128.load(p, 16), v128.load(p, 32), v128.load(p, 48), wanted);
    if (found != 0) return p + <usize>ctz(found);
    p += 64;
  }
}

/** Whether the `length` (1 to 16) bytes at both places are equal. */
// @ts-ignore: decorator
@inline
export function same16(a: usize, b: usize, length: u32): bool {
  const mask = ((<u32>1) << length) - 1;
  return (<u32>i8x16.bitmask(i8x16.eq(v128.load(a), v128.load(b))) & mask) == mask;
}

/** Whether the `length` (17 to 32) bytes at both places are equal. */
// @ts-ignore: decorator
@inline
export function same32(a: usize, b: usize, length: u32): bool {
  const whole = i8x16.eq(v128.load(a), v128.load(b));
  const rest = i8x16.eq(v128.load(a, 16), v128.load(b, 16));
  const mask = <u32>((<u64>1 << length) - 1);
  const found = <u32>i8x16.bitmask(whole) | (<u32>i8x16.bitmask(rest) << 16);
  return (found & mask) == mask;
}

/** Whether the `length` (33 to 64) bytes at both places are equal. */
// @ts-ignore: decorator
@inline
export function same64(a: usize, b: usize, length: u32): bool {
  const found = bits64(
    i8x16.eq(v128.load(a), v128.load(b)),
    i8x16.eq(v128.load(a, 16), v128.load(b, 16)),
    i8x16.eq(v128.load(a, 32), v128.load(b, 32)),
    i8x16.eq(v128.load(a, 48), v128.load(b, 48)),
  );
  const mask = ((<u64>1) << length) - 1;
  return (found & mask) == mask;
}

/** Where the bytes first differ; -1 when the first `length` bytes are equal. */
export function firstDifference(a: usize, b: usize, length: u32): i32 {
  let i: u32 = 0;
  for (; i + 64 <= length; i += 64) {
    const p = a + <usize>i;
    const q = b + <usize>i;
    const low = v128.or(v128.xor(v128.load(p), v128.load(q)), v128.xor(v128.load(p, 16), v128.load(q, 16)));
    const high = v128.or(v128.xor(v128.load(p, 32), v128.load(q, 32)), v128.xor(v128.load(p, 48), v128.load(q, 48)));
    if (v128.any_true(v128.or(low, high))) break;
  }
  for (; i < length; i += 16) {
    const same = <u32>i8x16.bitmask(i8x16.eq(v128.load(a + i), v128.load(b + i)));
    if (same != 0xffff) {
      const at = i + ctz(~same);
      return at < length ? <i32>at : -1;
    }
  }
  return -1;
}

/** Whether all bytes are below 0x80. */
export function isAscii(p: usize, end: usize): bool {
  for (; p < end; p += 16) {
    const high = <u32>i8x16.bitmask(v128.load(p));
    if (high != 0) return p + <usize>ctz(high) >= end;
  }
  return true;
}

const M1: u64 = 0x9e3779b97f4a7c15;
const M2: u64 = 0xc2b2ae3d27d4eb4f;

/** Spreads the bits of a hash in progress. */
// @ts-ignore: decorator
@inline
export function mix(h: u64, x: u64): u64 {
  const m = (h ^ x) * M1;
  return rotl(m, 29) ^ (m >> 47);
}

// @ts-ignore: decorator
@inline
export function finish(h: u64): u64 {
  h = (h ^ (h >> 32)) * M2;
  return h ^ (h >> 29);
}

/** Hash of the bytes: two lanes of multiplications, so that they overlap. */
export function hashBytes(p: usize, length: u32): u64 {
  let a: u64 = M2 ^ <u64>length;
  let b: u64 = M1;
  while (length >= 16) {
    a = rotl((a ^ load<u64>(p)) * M1, 29);
    b = rotl((b ^ load<u64>(p, 8)) * M2, 31);
    p += 16;
    length -= 16;
  }
  if (length >= 8) {
    a = rotl((a ^ load<u64>(p)) * M1, 29);
    p += 8;
    length -= 8;
  }
  if (length != 0) b = rotl((b ^ (load<u64>(p) & ((<u64>1 << (length << 3)) - 1))) * M2, 31);
  return finish(mix(a, rotl(b, 17)));
}
