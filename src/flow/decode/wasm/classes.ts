// Classes: events that are equal in everything that is reported of them but their object's name, with how often and when
// they occurred, and with which names.
//
// A log has more classes than the caches hold, so looking one up mostly means waiting for memory, several times over (its
// path, its name, itself, its request). Events therefore wait until there are 64 of them, and are taken in steps, each of
// which only touches what the next one needs: the waits overlap.
import { NAME } from './kinds';
import {
  CLASS_BITS,
  CLASS_LIMIT,
  CLASS_SIZE,
  PENDING_LENGTH,
  PENDING_SIZE,
  classTable,
  classes,
  pending,
} from './layout';
import { addName, clearNames, namesHaveRoom, touchName } from './names';
import { hasRoom as partsHaveRoom, internHashed, likelyPart } from './parts';
import { enter, touch } from './requests';
import { finish, firstDifference, mix } from './text';

// A class: its key (64 bytes, see `classFields` in class-reader.ts), count u64, events u64, first i64, last i64, length of
// the sample auditID u32, the name seen last u32, from byte 104 the sample, and its names u32 (names.ts).
export const LONGEST_AUDIT_ID: u32 = 64;
const COUNT: usize = 64;
const EVENTS: usize = 72;
const FIRST: usize = 80;
const LAST: usize = 88;
const SAMPLE_LENGTH: usize = 96;
const LAST_NAME: usize = 100;
const SAMPLE: usize = 104;
const NAMES: usize = 168;

// An event that waits: its class's key, in which the URI's part is not known yet, and then:
const URI_PART: usize = 24;
const SUFFIX_PART: usize = 60;
const REQUEST_HASH: usize = 64; // 0: the event is counted without asking
const MICROS: usize = 72;
const AUDIT_ID: usize = 80;
const AUDIT_ID_LENGTH: usize = 84;
const URI_KIND: usize = 88; // 0: the part is known
const URI_AT: usize = 92;
const URI_HASH: usize = 96;
const URI_LENGTH: usize = 104;
const NAME_LENGTH: usize = 108; // 0: there is no name
const NAME_HASH: usize = 112;
const NAME_AT: usize = 120;
const NAME_PART: usize = 124; // 0: there is none, or the class has it
const CLASS_HASH: usize = 128;
const CLASS: usize = 136;

const TABLE_MASK: u32 = ((<u32>1) << CLASS_BITS) - 1;

export let classCount: u32 = 0;
/** Events whose request had been counted already. */
export let duplicates: u64 = 0;
let waiting: u32 = 0;
let touched: u64 = 0;

/** Forgets all classes. No event may be waiting. */
export function clearClasses(): void {
  classCount = 0;
  clearNames();
  memory.fill(classTable, 0, (<usize>8) << CLASS_BITS);
}

/** Whether one more event, and all that wait, will find room. */
// @ts-ignore: decorator
@inline
export function hasRoom(): bool {
  return classCount + PENDING_LENGTH <= CLASS_LIMIT && namesHaveRoom() && partsHaveRoom();
}

/** Takes the URI of the event that will wait next: its part, which is known. */
export function useUri(part: u32): void {
  const at = pending + <usize>waiting * PENDING_SIZE;
  store<u32>(at, part, URI_PART);
  store<u32>(at, 0, SUFFIX_PART);
  store<u32>(at, 0, URI_KIND);
  store<u32>(at, 0, NAME_LENGTH);
}

/** Takes the URI of the event that will wait next: bytes that will be looked up. */
// @ts-ignore: decorator
@inline
export function takeUri(kind: u32, uri: usize, length: u32, hash: u64): void {
  const at = pending + <usize>waiting * PENDING_SIZE;
  store<u32>(at, 0, SUFFIX_PART);
  store<u32>(at, kind, URI_KIND);
  store<u32>(at, <u32>uri, URI_AT);
  store<u64>(at, hash, URI_HASH);
  store<u32>(at, length, URI_LENGTH);
  store<u32>(at, 0, NAME_LENGTH);
}

/** After `takeUri`: the URI goes on with a name, and the part of what follows it. */
// @ts-ignore: decorator
@inline
export function takeName(name: usize, length: u32, hash: u64, suffix: u32): void {
  const at = pending + <usize>waiting * PENDING_SIZE;
  store<u32>(at, suffix, SUFFIX_PART);
  store<u32>(at, length, NAME_LENGTH);
  store<u64>(at, hash, NAME_HASH);
  store<u32>(at, <u32>name, NAME_AT);
}

/** Lets an event wait, after its URI was taken. What it points at must stay where it is until `flush`. */
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
  store<u64>(at, requestHash, REQUEST_HASH);
  store<i64>(at, micros, MICROS);
  store<u32>(at, <u32>auditId, AUDIT_ID);
  store<u32>(at, auditIdLength, AUDIT_ID_LENGTH);
  if (++waiting == PENDING_LENGTH) flush();
}

/** Counts the events that wait. */
export function flush(): void {
  const end = pending + <usize>waiting * PENDING_SIZE;
  waiting = 0;
  let any: u64 = 0;
  for (let at = pending; at < end; at += PENDING_SIZE) {
    if (load<u32>(at, URI_KIND) != 0) store<u32>(at, likelyPart(load<u32>(at, URI_KIND), load<u64>(at, URI_HASH)), URI_PART);
    store<u32>(at, load<u32>(at, NAME_LENGTH) == 0 ? 0 : likelyPart(NAME, load<u64>(at, NAME_HASH)), NAME_PART);
    any |= touch(load<u64>(at, REQUEST_HASH));
  }
  for (let at = pending; at < end; at += PENDING_SIZE) {
    const part = <usize>load<u32>(at, URI_PART);
    any |= load<u64>(part) | load<u64>(part, 64) | load<u64>(<usize>load<u32>(at, NAME_PART));
  }
  for (let at = pending; at < end; at += PENDING_SIZE) {
    const uri = internUri(at);
    const hash = hashKey(at, uri);
    store<u64>(at, hash, CLASS_HASH);
    any |= load<u64>(slotOf(hash));
  }
  for (let at = pending; at < end; at += PENDING_SIZE) {
    const likely = <usize>load<u32>(slotOf(load<u64>(at, CLASS_HASH)), 4);
    any |= load<u64>(likely) | load<u64>(likely, COUNT);
  }
  for (let at = pending; at < end; at += PENDING_SIZE) {
    const found = findClass(at, load<u64>(at, CLASS_HASH));
    const micros = load<i64>(at, MICROS);
    noteEvent(found, micros, <usize>load<u32>(at, AUDIT_ID), load<u32>(at, AUDIT_ID_LENGTH));
    const requestHash = load<u64>(at, REQUEST_HASH);
    if (requestHash == 0 || enter(requestHash, micros)) store<u64>(found, load<u64>(found, COUNT) + 1, COUNT);
    else duplicates++;
    const name = load<u32>(at, NAME_PART);
    if (name == 0) continue;
    if (load<u32>(found, LAST_NAME) == name) {
      store<u32>(at, 0, NAME_PART);
    } else {
      store<u32>(found, name, LAST_NAME);
      store<u32>(at, <u32>found, CLASS);
      any |= touchName(found, name);
    }
  }
  for (let at = pending; at < end; at += PENDING_SIZE) {
    const name = load<u32>(at, NAME_PART);
    if (name == 0) continue;
    const found = <usize>load<u32>(at, CLASS);
    addName(found, name, found + NAMES);
  }
  // Kept, or what only touches would be optimised away.
  touched = any;
}

/** Interns the URI, and the name in it. */
// @ts-ignore: decorator
@inline
function internUri(at: usize): u32 {
  if (load<u32>(at, NAME_LENGTH) != 0) {
    const nameAt = <usize>load<u32>(at, NAME_AT);
    store<u32>(at, internHashed(NAME, nameAt, load<u32>(at, NAME_LENGTH), load<u64>(at, NAME_HASH)), NAME_PART);
  }
  const kind = load<u32>(at, URI_KIND);
  if (kind == 0) return load<u32>(at, URI_PART);
  const uri = internHashed(kind, <usize>load<u32>(at, URI_AT), load<u32>(at, URI_LENGTH), load<u64>(at, URI_HASH));
  store<u32>(at, uri, URI_PART);
  return uri;
}

// What was written by two stores is loaded by two loads: then it need not wait for memory.
// @ts-ignore: decorator
@inline
function uriAndAgent(at: usize, uri: u32): u64 {
  return <u64>uri | (<u64>load<u32>(at, 28) << 32);
}

// @ts-ignore: decorator
@inline
function outcomeAndSuffix(at: usize): u64 {
  return <u64>load<u32>(at, 56) | (<u64>load<u32>(at, SUFFIX_PART) << 32);
}

// @ts-ignore: decorator
@inline
function hashKey(at: usize, uri: u32): u64 {
  const left = mix(mix(mix(load<u64>(at), load<u64>(at, 16)), uriAndAgent(at, uri)), outcomeAndSuffix(at));
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
  const k7 = outcomeAndSuffix(key);
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
  store<u32>(made, 0, LAST_NAME);
  store<u32>(made, 0, NAMES);
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
