// The set of requests that were counted: 8-byte slots in memory that all workers share, in buckets of 16 (two cache
// lines). A full bucket gives up its oldest. With N slots, one of the last N/4 requests is forgotten with a probability of
// about 5 in a million (a bucket, 4 requests on average, would have to receive 16), one of the last N/8 practically never.
//
// A slot holds 40 bits of the request's hash and 24 bits of its time in units of 65.536 ms (12.7 days until they repeat);
// its bucket stands for further bits of the hash. Two are one request when the hashes are equal and the times differ by
// at most 15 units: always up to 0.98 s, never from 1.05 s.

const SLOTS: u32 = 16;
const TIME_MASK: u64 = 0xffffff;
const NEAR: u64 = 15;

let base: usize = 0;
let mask: u64 = 0;

/** `slots` is a power of two, at least 16; `at` is 64-byte aligned; the memory is zeroed by whoever creates it. */
export function useRequests(at: usize, slots: u32): void {
  base = at;
  mask = <u64>(slots / SLOTS) - 1;
}

// @ts-ignore: decorator
@inline
function bucketOf(hash: u64): usize {
  return base + ((<usize>(hash & mask)) << 7);
}

/** Touches the request's bucket, so that it is in the cache when it is looked up. */
// @ts-ignore: decorator
@inline
export function touch(hash: u64): u64 {
  return load<u64>(bucketOf(hash));
}

/** Enters a request; false when it had been counted before. */
export function enter(hash: u64, micros: i64): bool {
  const tag = hash >> 24 == 0 ? <u64>1 : hash >> 24;
  const time = (<u64>micros >> 16) & TIME_MASK;
  const slot = (tag << 24) | time;
  const bucket = bucketOf(hash);
  while (true) {
    let oldest = bucket;
    let oldestAge: u64 = 0;
    let oldestSlot: u64 = 0;
    let at = bucket;
    for (let i: u32 = 0; i < SLOTS; i++, at += 8) {
      const held = load<u64>(at);
      if (held == 0) {
        oldest = at;
        oldestSlot = 0;
        break;
      }
      const age = (time - held) & TIME_MASK;
      if (held >> 24 == tag && (age <= NEAR || age >= TIME_MASK + 1 - NEAR)) return false;
      // What lies ahead in time counts as new.
      const order = (age + NEAR) & TIME_MASK;
      if (i == 0 || order > oldestAge) {
        oldestAge = order;
        oldest = at;
        oldestSlot = held;
      }
    }
    // Another worker may have been faster: then look again.
    if (atomic.cmpxchg<u64>(oldest, oldestSlot, slot) == oldestSlot) return true;
  }
}
