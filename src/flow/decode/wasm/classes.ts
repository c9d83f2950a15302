// Classes: events that are equal in everything that is reported of them, with how often and when they occurred.
import { CLASS_SIZE, QUEUE_LENGTH, QUEUE_STRIDE, TABLE_BITS, TABLE_LIMIT, classTable, classes, queue } from './layout';
import { enter, touch } from './requests';
import { finish, firstDifference, mix } from './text';

// A class: its key (64 bytes, see `Key` in scanner.ts), count u64, events u64, first i64, last i64, length of the sample
// auditID u32, and from byte 104 the sample.
export const LONGEST_AUDIT_ID: u32 = 64;
const SAMPLE: usize = 104;

export let classCount: u32 = 0;
/** Events whose request had been counted already. */
export let duplicates: u64 = 0;
let queued: u32 = 0;
let touched: u64 = 0;

/** Forgets all classes. The queue must be empty. */
export function clearClasses(): void {
  classCount = 0;
  memory.fill(classTable, 0, (<usize>8) << TABLE_BITS);
}

/** The class with this key; 0 when there is no room for another. */
export function findClass(k0: u64, k1: u64, k2: u64, k3: u64, k4: u64, k5: u64, k6: u64, k7: u64): usize {
  const left = mix(mix(mix(k0, k2), k3), k4);
  const right = mix(mix(mix(k1, k5), k6), k7);
  const hash = finish(mix(left, rotl(right, 23)));
  const mask: u32 = ((<u32>1) << TABLE_BITS) - 1;
  const tag = <u32>(hash >> 32);
  let slot = <u32>hash & mask;
  while (true) {
    const at = classTable + ((<usize>slot) << 3);
    const found = <usize>load<u32>(at, 4);
    if (found == 0) {
      if (classCount >= TABLE_LIMIT) return 0;
      const made = classes + <usize>classCount * CLASS_SIZE;
      classCount++;
      store<u32>(at, tag);
      store<u32>(at, <u32>made, 4);
      store<u64>(made, k0);
      store<u64>(made, k1, 8);
      store<u64>(made, k2, 16);
      store<u64>(made, k3, 24);
      store<u64>(made, k4, 32);
      store<u64>(made, k5, 40);
      store<u64>(made, k6, 48);
      store<u64>(made, k7, 56);
      store<u64>(made, 0, 64);
      store<u64>(made, 0, 72);
      return made;
    }
    if (load<u32>(at) == tag) {
      const differs =
        (load<u64>(found) ^ k0) |
        (load<u64>(found, 8) ^ k1) |
        (load<u64>(found, 16) ^ k2) |
        (load<u64>(found, 24) ^ k3) |
        (load<u64>(found, 32) ^ k4) |
        (load<u64>(found, 40) ^ k5) |
        (load<u64>(found, 48) ^ k6) |
        (load<u64>(found, 56) ^ k7);
      if (differs == 0) return found;
    }
    slot = (slot + 1) & mask;
  }
}

/** Notes an event of a class: when, and under which auditID. */
// @ts-ignore: decorator
@inline
export function noteEvent(at: usize, micros: i64, auditId: usize, length: u32): void {
  const events = load<u64>(at, 72);
  store<u64>(at, events + 1, 72);
  if (events == 0 || micros > load<i64>(at, 88)) store<i64>(at, micros, 88);
  if (events == 0 || micros <= load<i64>(at, 80)) noteEarliest(at, events == 0, micros, auditId, length);
}

function noteEarliest(at: usize, isNew: bool, micros: i64, auditId: usize, length: u32): void {
  if (!isNew && micros == load<i64>(at, 80) && !isLess(auditId, length, at + SAMPLE, load<u32>(at, 96))) return;
  store<i64>(at, micros, 80);
  store<u32>(at, length, 96);
  memory.copy(at + SAMPLE, auditId, length);
}

function isLess(a: usize, aLength: u32, b: usize, bLength: u32): bool {
  const shorter = min(aLength, bLength);
  const differs = firstDifference(a, b, shorter);
  if (differs < 0) return aLength < bLength;
  return load<u8>(a + differs) < load<u8>(b + differs);
}

/** Counts a request of a class without asking whether it was counted before. */
// @ts-ignore: decorator
@inline
export function countEvent(at: usize): void {
  store<u64>(at, load<u64>(at, 64) + 1, 64);
}

/** Counts a request of a class, unless it turns out to have been counted before. */
// @ts-ignore: decorator
@inline
export function countRequest(at: usize, hash: u64, micros: i64): void {
  const entry = queue + <usize>queued * QUEUE_STRIDE;
  store<u64>(entry, hash);
  store<i64>(entry, micros, 8);
  store<u32>(entry, <u32>at, 16);
  if (++queued == QUEUE_LENGTH) flush();
}

/** Looks up the requests that wait. */
export function flush(): void {
  const end = queue + <usize>queued * QUEUE_STRIDE;
  let any: u64 = 0;
  for (let entry = queue; entry < end; entry += QUEUE_STRIDE) any |= touch(load<u64>(entry));
  // Kept, or the loads above would be optimised away.
  touched = any;
  for (let entry = queue; entry < end; entry += QUEUE_STRIDE) {
    if (enter(load<u64>(entry), load<i64>(entry, 8))) countEvent(<usize>load<u32>(entry, 16));
    else duplicates++;
  }
  queued = 0;
}

/** What `flush` touched: exported, so that the compiler keeps it. */
export function touchedBits(): u64 {
  return touched;
}
