// Parts of events: byte strings that occur again and again (users, paths, user agents, reasons). Each distinct one is
// stored once, and known by its entry's address afterwards. Comparison is always byte for byte; hashes only find
// candidates.
import {
  LONGEST_PART,
  PART_BITS,
  PART_LIMIT,
  PENDING_LENGTH,
  PENDING_ROOM,
  PREDICTOR_BITS,
  heap,
  heapEnd,
  partTable,
  predictor,
} from './layout';
import { finish, firstDifference, hashBytes, mix } from './text';
import { skipValue } from './validate';

// An entry: length u32, kind u32, identity hash u64, canonical entry u32, 12 unused, then the bytes.
export const ENTRY_HEAD: u32 = 32;
const TABLE_MASK: u32 = ((<u32>1) << PART_BITS) - 1;

/** Room ran out: everything must be drained before the line can be read. */
export let full: bool = false;

/** Says so. */
export function setFull(): void {
  full = true;
}

let heapTop: usize = 0;
let partCount: u32 = 0;

/** Forgets all parts. */
export function clearParts(): void {
  heapTop = heap;
  partCount = 0;
  full = false;
  memory.fill(partTable, 0, (<usize>8) << PART_BITS);
  memory.fill(predictor, 0, (<usize>4) << PREDICTOR_BITS);
}

// @ts-ignore: decorator
@inline
export function partLength(entry: u32): u32 {
  return load<u32>(entry);
}

// @ts-ignore: decorator
@inline
export function partKind(entry: u32): u32 {
  return load<u32>(entry, 4);
}

// @ts-ignore: decorator
@inline
export function identityOf(entry: u32): u64 {
  return load<u64>(entry, 8);
}

// @ts-ignore: decorator
@inline
export function setIdentity(entry: u32, hash: u64): void {
  store<u64>(entry, hash, 8);
}

/** The entry that stands for this one in classes; 0 when it has not been examined yet. */
// @ts-ignore: decorator
@inline
export function canonicalOf(entry: u32): u32 {
  return load<u32>(entry, 16);
}

// @ts-ignore: decorator
@inline
export function setCanonical(entry: u32, canonical: u32): void {
  store<u32>(entry, canonical, 16);
}

/** The entry of these bytes; 0 when they are too long, or there is no room (`full`). */
export function intern(kind: u32, p: usize, end: usize): u32 {
  const length = <u32>(end - p);
  if (length > LONGEST_PART) return 0;
  if (!hasRoom() || heapTop + <usize>length > heapEnd - PENDING_ROOM - 64) {
    full = true;
    return 0;
  }
  return internHashed(kind, p, length, hashBytes(p, length));
}

// @ts-ignore: decorator
@inline
function spread(kind: u32, hash: u64): u64 {
  return finish(hash + <u64>kind);
}

// @ts-ignore: decorator
@inline
function slotOf(spreadHash: u64): usize {
  return partTable + (<usize>(<u32>spreadHash & TABLE_MASK) << 3);
}

/** The entry where these bytes are looked for first: probably theirs; 0 when there is none. */
// @ts-ignore: decorator
@inline
export function likelyPart(kind: u32, hash: u64): u32 {
  return load<u32>(slotOf(spread(kind, hash)), 4);
}

/** As intern, with the bytes' hash, and where there is room. */
export function internHashed(kind: u32, p: usize, length: u32, hash: u64): u32 {
  const spreadHash = spread(kind, hash);
  const tag = <u32>(spreadHash >> 32);
  let at = slotOf(spreadHash);
  const last = partTable + (<usize>TABLE_MASK << 3);
  while (true) {
    const entry = load<u32>(at, 4);
    if (entry == 0) return add(at, tag, kind, p, length);
    if (load<u32>(at) == tag && partKind(entry) == kind && partLength(entry) == length) {
      if (firstDifference(<usize>(entry + ENTRY_HEAD), p, length) < 0) return entry;
    }
    at = at == last ? partTable : at + 8;
  }
}

/** Whether the URIs of all events that may wait will find room, each in two parts. */
// @ts-ignore: decorator
@inline
export function hasRoom(): bool {
  return partCount + 2 * PENDING_LENGTH <= PART_LIMIT && heapTop <= heapEnd - PENDING_ROOM;
}

function add(slot: usize, tag: u32, kind: u32, p: usize, length: u32): u32 {
  const entry = heapTop;
  const top = entry + ENTRY_HEAD + (<usize>(length + 31) & ~(<usize>15));
  heapTop = top;
  partCount++;
  store<u32>(slot, tag);
  store<u32>(slot, <u32>entry, 4);
  store<u32>(entry, length);
  store<u32>(entry, kind, 4);
  store<u64>(entry, 0, 8);
  store<u64>(entry, 0, 16);
  memory.copy(entry + ENTRY_HEAD, p, length);
  return <u32>entry;
}

// @ts-ignore: decorator
@inline
function predictorSlot(hash: u64): usize {
  return predictor + ((<usize>(hash >> (64 - PREDICTOR_BITS))) << 2);
}

/**
 * The part whose bytes are the JSON string, object or array at `p`; the value ends `partLength` further on. 0 when it is
 * not valid, too long, or there is no room.
 *
 * A value that was seen before is known by comparing bytes: its last byte closes it, so what follows cannot belong to
 * it. `seed` leads to a first guess; where that guess goes wrong, the bytes there lead to a second.
 */
export function recognise(kind: u32, seed: u64, p: usize): u32 {
  let slot = predictorSlot(mix(<u64>kind, seed));
  let guess = load<u32>(slot);
  if (guess != 0) {
    const length = partLength(guess);
    const kindGuessed = partKind(guess);
    const differs = firstDifference(<usize>(guess + ENTRY_HEAD), p, length);
    if (differs < 0 && kindGuessed == kind) return guess;
    const at = <usize>max(differs, 0);
    slot = predictorSlot(mix(mix(<u64>guess << 32 | <u64>at, load<u64>(p + at)), <u64>kind));
    guess = load<u32>(slot);
    if (guess != 0 && partKind(guess) == kind) {
      if (firstDifference(<usize>(guess + ENTRY_HEAD), p, partLength(guess)) < 0) return guess;
    }
  }
  const end = skipValue(p);
  if (end == 0) return 0;
  const entry = intern(kind, p, end);
  if (entry != 0) store<u32>(slot, entry);
  return entry;
}
