// Request and response bodies that resemble one seen before. Most writes repeat an object with a few values changed (a
// lease's renewTime, a resourceVersion), and comparing is several times faster than validating.
//
// A body is as valid as the remembered one when the two differ only within string values and in scalars: each such value is
// validated by itself, and after it both are in the same state. Their keys are the same, so what was found out of the
// remembered one's keys holds for it as well.
import { BODY_BITS, BODY_ROOM, LONGEST_BODY, bodySlots, bodies, stringMasks } from './layout';
import { finish, firstDifference, hashBytes } from './text';
import { closingQuote, scalarEnd } from './validate';

// A remembered body: length u32, flags u32, offset of the owners u32 (0: none), 4 unused, then its bytes, padded to
// whole steps of 64, then a mask for each step: which bytes are inside strings (opening quote included).
const HEAD: usize = 16;
const SHORTEST_BODY: u32 = 128;
/** `Version"` */
const VERSION: u64 = 0x226e6f6973726556;

/** The body was examined for what a request's tells: owners and options. */
export const EXAMINED: u32 = 1;
export const UNSAFE_DELETE: u32 = 2;

/** What is known of the body that `resembles` took. */
export let bodyFlags: u32 = 0;
/** The value of metadata.ownerReferences; 0 when there is none. */
export let bodyOwners: usize = 0;

// Bodies are written one after the other into a ring; positions count on for ever, so that a position tells whether what
// was there has been overwritten.
let head: u64 = 0;
let pathSlot: usize = 0;
let startSlot: usize = 0;
let valueSlot: usize = 0;
/** The first value that told the body from the one it was compared with last. */
let differingValue: usize = 0;

export function clearBodies(): void {
  head = <u64>BODY_ROOM;
  memory.fill(bodySlots, 0, (<usize>24) << BODY_BITS);
}

// @ts-ignore: decorator
@inline
function slotOf(table: usize, hash: u64): usize {
  return bodySlots + (((table << BODY_BITS) + <usize>(finish(hash) >> (64 - BODY_BITS))) << 3);
}

/** The remembered body that the slot leads to; 0 when there is none, or no more, or less is known of it than `wanted`. */
// @ts-ignore: decorator
@inline
function bodyIn(slot: usize, wanted: u32): usize {
  const position = load<u64>(slot);
  if (position == 0 || position + <u64>BODY_ROOM < head) return 0;
  const body = bodies + <usize>(position % <u64>BODY_ROOM);
  return (load<u32>(body, 4) & wanted) == wanted ? body : 0;
}

/**
 * The byte after the body at `p`, if it resembles one that was seen in a like place: of the same path, beginning the same,
 * or with the same first value that tells it from those. 0 when it must be validated. `wanted` are flags that the remembered
 * body must have.
 */
export function resembles(p: usize, pathHash: u64, wanted: u32): usize {
  pathSlot = slotOf(0, pathHash);
  startSlot = slotOf(1, hashBytes(p, 48));
  valueSlot = 0;
  differingValue = 0;
  let body = bodyIn(pathSlot, wanted);
  if (body != 0) {
    const end = compare(body, p);
    if (end != 0) return end;
  }
  const second = bodyIn(startSlot, wanted);
  if (second != 0 && second != body) {
    body = second;
    differingValue = 0;
    const end = compare(body, p);
    if (end != 0) return end;
  }
  if (differingValue == 0) return 0;
  valueSlot = slotOf(2, hashBytes(differingValue, 24));
  const third = bodyIn(valueSlot, wanted);
  return third != 0 && third != body ? compare(third, p) : 0;
}

/** Remembers the body that `resembles` could not take. Its string masks are those of the last `skipRecorded`. */
export function remember(p: usize, end: usize, flags: u32, owners: usize): void {
  const length = <u32>(end - p);
  if (length < SHORTEST_BODY || length > LONGEST_BODY) return;
  const steps = <usize>(length + 63) >> 6;
  const size = HEAD + steps * 72;
  const left = BODY_ROOM - <usize>(head % <u64>BODY_ROOM);
  if (left < size + 64) head += <u64>left;
  const position = head;
  head += <u64>((size + 15) & ~(<usize>15));
  const at = bodies + <usize>(position % <u64>BODY_ROOM);
  store<u32>(at, length);
  store<u32>(at, flags, 4);
  store<u32>(at, owners == 0 ? 0 : <u32>(owners - p), 8);
  const bytes = at + HEAD;
  for (let i: usize = 0; i < steps << 6; i += 16) v128.store(bytes + i, v128.load(p + i));
  const masks = bytes + (steps << 6);
  for (let i: usize = 0; i < steps; i++) store<u64>(masks + (i << 3), load<u64>(stringMasks + (i << 3)));
  store<u64>(pathSlot, position);
  store<u64>(startSlot, position);
  if (valueSlot != 0) store<u64>(valueSlot, position);
}

/** The byte after the value at `p`, if it differs from the remembered body only in string values and scalars; else 0. */
function compare(body: usize, p: usize): usize {
  const length = load<u32>(body);
  const bytes = body + HEAD;
  const masks = bytes + ((<usize>(length + 63) >> 6) << 6);
  const owners = load<u32>(body, 8);
  let ownersAt: usize = 0;
  let i: u32 = 0;
  while (true) {
    const differs = firstDifference(bytes + <usize>i, p, length - i);
    const same = differs < 0 ? length - i : <u32>differs;
    if (owners != 0 && owners >= i && owners < i + same) ownersAt = p + <usize>(owners - i);
    i += same;
    p += <usize>same;
    if (differs < 0) break;
    if (i == 0) return 0;
    if (isInString(masks, i - 1)) {
      if (differingValue == 0) noteValue(p);
      // Not in the middle of an escape.
      if (hasBackslash(load<u64>(p - 8))) return 0;
      i = stringEnd(masks, i);
      // Keys must be the same.
      if (load<u8>(bytes + <usize>i, 1) == 0x3a) return 0;
      p = closingQuote(p);
      if (p == 0) return 0;
    } else {
      while (isScalarByte(load<u8>(bytes + <usize>(i - 1)))) {
        i--;
        p--;
      }
      const known = scalarEnd(bytes + <usize>i);
      if (known == 0) return 0;
      p = scalarEnd(p);
      if (p == 0 || load<u8>(p) != load<u8>(known)) return 0;
      i = <u32>(known - bytes);
    }
  }
  bodyFlags = load<u32>(body, 4);
  bodyOwners = ownersAt;
  return p;
}

// @ts-ignore: decorator
@inline
function isInString(masks: usize, i: u32): bool {
  return ((load<u64>(masks + ((<usize>i >> 6) << 3)) >> (i & 63)) & 1) != 0;
}

/** The closing quote of the string around `i` (which may be there already). */
// @ts-ignore: decorator
@inline
function stringEnd(masks: usize, i: u32): u32 {
  let word = masks + ((<usize>i >> 6) << 3);
  let outside = ~load<u64>(word) & (~(<u64>0) << (i & 63));
  while (outside == 0) {
    word += 8;
    outside = ~load<u64>(word);
  }
  return (<u32>(word - masks) << 3) + <u32>ctz(outside);
}

/** Notes the string value around `p` as telling, unless it is a resourceVersion (or apiVersion), which tells nothing. */
function noteValue(p: usize): void {
  while (load<u8>(p - 1) != 0x22) p--;
  if (load<u64>(p - 10) != VERSION) differingValue = p;
}

/** Whether one of the last six of these eight bytes is a backslash. */
// @ts-ignore: decorator
@inline
function hasBackslash(word: u64): bool {
  const x = (word >> 16) ^ 0x5c5c5c5c5c5c;
  // Zero bytes of x, as in Hacker's Delight; the two bytes shifted in are not zero after this.
  const y = x | 0x0101000000000000;
  return ((y - 0x0101010101010101) & ~y & 0x8080808080808080) != 0;
}

// @ts-ignore: decorator
@inline
function isScalarByte(c: u32): bool {
  return c - 0x30 < 10 || (c | 0x20) - 0x61 < 26 || c == 0x2b || c == 0x2d || c == 0x2e;
}
