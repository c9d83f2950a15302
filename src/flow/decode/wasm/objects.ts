// What the objects of an event tell: owners and options in the request's body, and (of that and objectRef) whether they belong
// to an API group whose bodies are read. Nothing else of them is kept, but all of it is validated.
import { EXAMINED, UNSAFE_DELETE, bodyFlags, bodyOwners, remember, resembles } from './bodies';
import { MAX_KEYS, keys } from './layout';
import { BACKSLASH, plainEnd, same16, same32 } from './text';
import { tGroups, tIgnoreStore, tMetadataKey, tOwnerReferences } from './texts';
import { pathHash } from './uri';
import { keyCount, skipBody, skipRecorded, skipValue } from './validate';

/** metadata.ownerReferences of the request's body; 0: none. */
export let ownersAt: usize = 0;
/** Whether the request's body may ask to ignore read errors. */
export let asksUnsafeDelete: bool = false;
export let objectRefAt: usize = 0;
export let objectRefEnd: usize = 0;

export function clearObjects(): void {
  ownersAt = 0;
  asksUnsafeDelete = false;
  objectRefAt = 0;
}

export function readObjectRef(p: usize): usize {
  objectRefAt = p;
  objectRefEnd = skipValue(p);
  return objectRefEnd;
}

/** Finds owners, and options of an unsafe delete. */
export function readRequestObject(p: usize): usize {
  if (load<u8>(p) != 0x7b) return skipValue(p);
  const end = resembles(p, pathHash, EXAMINED);
  if (end == 0) return examineRequestObject(p);
  ownersAt = bodyOwners;
  asksUnsafeDelete = (bodyFlags & UNSAFE_DELETE) != 0;
  return end;
}

function examineRequestObject(p: usize): usize {
  const end = skipBody(p);
  if (end == 0 || keyCount > MAX_KEYS) return 0;
  let metadata: usize = 0;
  for (let i: u32 = 0; i < keyCount; i++) {
    const key = <usize>load<u32>(keys + ((<usize>i) << 2));
    if (plainEnd(key) == 0) return 0;
    if (same16(key, tMetadataKey, 10)) {
      if (metadata != 0) return 0;
      metadata = key + 10;
    } else if (same16(key, tIgnoreStore, 11)) {
      asksUnsafeDelete = true;
    }
  }
  if (metadata != 0 && !findOwners(metadata)) return 0;
  remember(p, end, asksUnsafeDelete ? EXAMINED | UNSAFE_DELETE : EXAMINED, ownersAt);
  return end;
}

/** Finds metadata.ownerReferences, if it is an array; false when it is not certain. */
function findOwners(p: usize): bool {
  if (load<u8>(p) != 0x7b) return true;
  if (skipRecorded(p) == 0 || keyCount > MAX_KEYS) return false;
  let value: usize = 0;
  for (let i: u32 = 0; i < keyCount; i++) {
    const key = <usize>load<u32>(keys + ((<usize>i) << 2));
    if (plainEnd(key) == 0) return false;
    if (!same32(key, tOwnerReferences, 17)) continue;
    if (value != 0) return false;
    value = key + 17;
  }
  if (value != 0 && load<u8>(value) == 0x5b) ownersAt = value;
  return true;
}

export function readResponseObject(p: usize): usize {
  if (load<u8>(p) != 0x7b) return skipValue(p);
  const known = resembles(p, pathHash + 1, 0);
  if (known != 0) return known;
  const end = skipBody(p);
  if (end != 0) remember(p, end, 0, 0);
  return end;
}

/** Whether the text may name an API group whose bodies are read. */
export function namesReadGroup(p: usize, end: usize): bool {
  const dotK8s = load<u32>(tGroups, 40);
  for (let at = p; at < end; at += 16) {
    const v = v128.load(at);
    const found = v128.or(i8x16.eq(v, i8x16.splat(0x2e)), i8x16.eq(v, i8x16.splat(0x5c)));
    for (let dots = <u32>i8x16.bitmask(found); dots != 0; dots &= dots - 1) {
      const dot = at + <usize>ctz(dots);
      if (dot >= end) break;
      if (load<u8>(dot) == BACKSLASH) return true;
      if (load<u32>(dot) != dotK8s || dot < p + 8) continue;
      const before = load<u64>(dot - 8);
      if (before == load<u64>(tGroups) || before == load<u64>(tGroups, 8)) return true;
      if (before == load<u64>(tGroups, 16) || before == load<u64>(tGroups, 24)) return true;
      if (before == load<u64>(tGroups, 32)) return true;
    }
  }
  return false;
}
