// Classes: events that are equal in everything that is reported of them, with how often and when they occurred.
//
// A log has more classes than the caches hold, so looking one up mostly means waiting for memory, three times over (its
// path, itself, its request). Events therefore wait until there are 64 of them, and are taken in steps, each of which only
// touches what the next one needs: the waits overlap.
import {
  CLASS_SIZE,
  PENDING_LENGTH,
  PENDING_SIZE,
  TABLE_BITS,
  TABLE_LIMIT,
  classTable,
  classes,
  pending,
} from './layout';
import { hasRoom as partsHaveRoom, internHashed, likelyPart } from './parts';
import { enter, touch } from './requests';
import { finish, firstDifference, mix } from './text';

// A class: its key (56 bytes, see `classFields` in scanner.ts), count u64, events u64, first i64, last i64, length of the
// sample auditID u32, and from byte 104 the sample.
export const LONGEST_AUDIT_ID: u32 = 64;
const COUNT: usize = 64;
const EVENTS: usize = 72;
const FIRST: usize = 80;
const LAST: usize = 88;
const SAMPLE_LENGTH: usize = 96;
const SAMPLE: usize = 104;

// An event that waits: its class's key, without the URI's part (u32 at 24), and then:
const URI_PART: usize = 24;
const URI_KIND: usize = 60;
const URI_AT: usize = 64;
const URI_LENGTH: usize = 68;
const AUDIT_ID: usize = 72;
const AUDIT_ID_LENGTH: usize = 76;
const URI_HASH: usize = 80;
const REQUEST_HASH: usize = 88; // 0: the event is counted without asking
const MICROS: usize = 96;
const CLASS_HASH: usize = 104;

const TABLE_MASK: u32 = ((<u32>1) << TABLE_BITS) - 1;

export let classCount: u32 = 0;
/** Events whose request had been counted already. */
export let duplicates: u64 = 0;
let waiting: u32 = 0;
let touched: u64 = 0;

/** Forgets all classes. No event may be waiting. */
export function clearClasses(): void {
  classCount = 0;
  memory.fill(classTable, 0, (<usize>8) << TABLE_BITS);
}

/** Whether one more event, and all that wait, will find room. */
// @ts-ignore: decorator
@inline
export function hasRoom(): bool {
  return classCount + PENDING_LENGTH <= TABLE_LIMIT && partsHaveRoom();
}

/** Lets an event wait. What it points at must stay where it is until `flush`. */
// @ts-ignore: decorator
@inline
export function wait(
  verbLow: u64,
  verbHigh: u64,
  users: u64,
  userAgent: u32,
  reasons: u64,
  texts: u64,
  origin: u64,
  outcome: u32,
  uriKind: u32,
  uriAt: usize,
  uriLength: u32,
  uriHash: u64,
  auditId: usize,
  auditIdLength: u32,
  requestHash: u64,
  micros: i64,
): void {
  const at = pending + <usize>waiting * PENDING_SIZE;
  store<u64>(at, verbLow);
  store<u64>(at, verbHigh, 8);
  store<u64>(at, users, 16);
  store<u32>(at, userAgent, 28);
  store<u64>(at, reasons, 32);
  store<u64>(at, texts, 40);
  store<u64>(at, origin, 48);
  store<u32>(at, outcome, 56);
  store<u32>(at, uriKind, URI_KIND);
  store<u32>(at, <u32>uriAt, URI_AT);
  store<u32>(at, uriLength, URI_LENGTH);
  store<u32>(at, <u32>auditId, AUDIT_ID);
  store<u32>(at, auditIdLength, AUDIT_ID_LENGTH);
  store<u64>(at, uriHash, URI_HASH);
  store<u64>(at, requestHash, REQUEST_HASH);
  store<i64>(at, micros, MICROS);
  if (++waiting == PENDING_LENGTH) flush();
}

/** Counts the events that wait. */
export function flush(): void {
  const end = pending + <usize>waiting * PENDING_SIZE;
  waiting = 0;
  let any: u64 = 0;
  for (let at = pending; at < end; at += PENDING_SIZE) {
    const part = likelyPart(load<u32>(at, URI_KIND), load<u64>(at, URI_HASH));
    store<u32>(at, part, URI_PART);
    any |= touch(load<u64>(at, REQUEST_HASH));
  }
  for (let at = pending; at < end; at += PENDING_SIZE) {
    const part = <usize>load<u32>(at, URI_PART);
    any |= load<u64>(part) | load<u64>(part, 64);
  }
  for (let at = pending; at < end; at += PENDING_SIZE) {
    const uri = internHashed(
      load<u32>(at, URI_KIND),
      <usize>load<u32>(at, URI_AT),
      load<u32>(at, URI_LENGTH),
      load<u64>(at, URI_HASH),
    );
    store<u32>(at, uri, URI_PART);
    const hash = hashKey(at, uri);
    store<u64>(at, hash, CLASS_HASH);
    any |= load<u64>(slotOf(hash));
  }
  for (let at = pending; at < end; at += PENDING_SIZE) {
    const likely = <usize>load<u32>(slotOf(load<u64>(at, CLASS_HASH)), 4);
    any |= load<u64>(likely) | load<u64>(likely, COUNT);
  }
  // Kept, or the loads above would be optimised away.
  touched = any;
  for (let at = pending; at < end; at += PENDING_SIZE) {
    const found = findClass(at, load<u64>(at, CLASS_HASH));
    const micros = load<i64>(at, MICROS);
    noteEvent(found, micros, <usize>load<u32>(at, AUDIT_ID), load<u32>(at, AUDIT_ID_LENGTH));
    const requestHash = load<u64>(at, REQUEST_HASH);
    if (requestHash == 0 || enter(requestHash, micros)) store<u64>(found, load<u64>(found, COUNT) + 1, COUNT);
    else duplicates++;
  }
}

// The URI's part and the user agent were written by two stores: loaded by two loads, they need not wait for memory.
// @ts-ignore: decorator
@inline
function uriAndAgent(at: usize, uri: u32): u64 {
  return <u64>uri | (<u64>load<u32>(at, 28) << 32);
}

// @ts-ignore: decorator
@inline
function hashKey(at: usize, uri: u32): u64 {
  const left = mix(mix(mix(load<u64>(at), load<u64>(at, 16)), uriAndAgent(at, uri)), <u64>load<u32>(at, 56));
  const right = mix(mix(mix(load<u64>(at, 8), load<u64>(at, 32)), load<u64>(at, 40)), load<u64>(at, 48));
  return finish(mix(left, rotl(right, 23)));
}

// @ts-ignore: decorator
@inline
function slotOf(hash: u64): usize {
  return classTable + (<usize>(<u32>hash & TABLE_MASK) << 3);
}

/** The class of the event at `key`; made if need be. */
function findClass(key: usize, hash: u64): usize {
  const k0 = load<u64>(key);
  const k1 = load<u64>(key, 8);
  const k2 = load<u64>(key, 16);
  const k3 = uriAndAgent(key, load<u32>(key, URI_PART));
  const k4 = load<u64>(key, 32);
  const k5 = load<u64>(key, 40);
  const k6 = load<u64>(key, 48);
  const k7 = <u64>load<u32>(key, 56);
  const tag = <u32>(hash >> 32);
  let at = slotOf(hash);
  const last = classTable + (<usize>TABLE_MASK << 3);
  while (true) {
    const found = <usize>load<u32>(at, 4);
    if (found == 0) break;
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
    at = at == last ? classTable : at + 8;
  }
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
  store<u64>(made, 0, COUNT);
  store<u64>(made, 0, EVENTS);
  return made;
}

/** Notes an event of a class: when, and under which auditID. */
// @ts-ignore: decorator
@inline
function noteEvent(at: usize, micros: i64, auditId: usize, length: u32): void {
  const events = load<u64>(at, EVENTS);
  store<u64>(at, events + 1, EVENTS);
  if (events == 0 || micros > load<i64>(at, LAST)) store<i64>(at, micros, LAST);
  if (events == 0 || micros <= load<i64>(at, FIRST)) noteEarliest(at, events == 0, micros, auditId, length);
}

function noteEarliest(at: usize, isNew: bool, micros: i64, auditId: usize, length: u32): void {
  const ties = !isNew && micros == load<i64>(at, FIRST);
  if (ties && !isLess(auditId, length, at + SAMPLE, load<u32>(at, SAMPLE_LENGTH))) return;
  store<i64>(at, micros, FIRST);
  store<u32>(at, length, SAMPLE_LENGTH);
  for (let i: usize = 0; i < LONGEST_AUDIT_ID; i += 16) v128.store(at + SAMPLE + i, v128.load(auditId + i));
}

function isLess(a: usize, aLength: u32, b: usize, bLength: u32): bool {
  const differs = firstDifference(a, b, min(aLength, bLength));
  if (differs < 0) return aLength < bLength;
  return load<u8>(a + differs) < load<u8>(b + differs);
}

/** What `flush` touched: exported, so that the compiler keeps it. */
export function touchedBits(): u64 {
  return touched;
}
