// What the module offers to scanner.ts: lines in, classes of equal events out.
//
// AssemblyScript: TypeScript's syntax with machine types. `v128` is 16 bytes; `load` and `store` take addresses.
import { clearBodies } from './bodies';
import { classCount, clearClasses, duplicates, flush, touchedBits } from './classes';
import { combine, commit } from './commit';
import { readEvent } from './event';
import { SCRATCH_SIZE, classes, divide, minutes, scratch, window } from './layout';
import { clearParts, full } from './parts';
import { enter, useRequests } from './requests';
import { hashBytes, writeSplats } from './text';
import { writeTexts } from './texts';
import { clearMinutes, minuteBase } from './time';
import { skipValue } from './validate';

export { classCount, clearMinutes, duplicates, flush, minuteBase, touchedBits };

/** The lines up to `position` are done. */
const DONE: u32 = 0;
/** The line from `lineStart` to `lineEnd` needs the exact path. */
const LINE: u32 = 1;
/** There is no room: drain, `clear`, and go on at `position`. */
const FULL: u32 = 2;

export let position: usize = 0;
export let lineStart: usize = 0;
export let lineEnd: usize = 0;
/** Lines so far, the one reported as `LINE` included. */
export let lines: u32 = 0;
/** Events so far, those of the exact path not included. */
export let events: u32 = 0;

/** Takes possession of an arena and of the shared request set. False when the arena is too small. */
export function init(base: usize, size: usize, windowSize: usize, requests: usize, requestSlots: u32): bool {
  if (!divide(base, size, windowSize)) return false;
  useRequests(requests, requestSlots);
  writeSplats();
  writeTexts();
  clearMinutes();
  clearBodies();
  clear();
  return true;
}

/** Forgets parts and classes, not requests. */
export function clear(): void {
  clearParts();
  clearClasses();
}

export function windowAt(): usize {
  return window;
}

export function classesAt(): usize {
  return classes;
}

export function minutesAt(): usize {
  return minutes;
}

export function scratchAt(): usize {
  return scratch;
}

export function scratchSize(): usize {
  return SCRATCH_SIZE;
}

/** The byte after the last newline in `from`..`to`; `from` when there is none. */
export function endOfLines(from: usize, to: usize): usize {
  const newline = i8x16.splat(0x0a);
  while (to >= from + 16) {
    const found = <u32>i8x16.bitmask(i8x16.eq(v128.load(to - 16), newline));
    if (found != 0) return to - 16 + (32 - <usize>clz(found));
    to -= 16;
  }
  while (to > from && load<u8>(to - 1) != 0x0a) to--;
  return to;
}

/** Moves the `length` bytes at `from` down to `to`. (Built-in copying of shared memory goes byte by byte in V8.) */
export function moveDown(to: usize, from: usize, length: usize): void {
  if (to == from) return;
  for (let i: usize = 0; i < length; i += 16) v128.store(to + i, v128.load(from + i));
}

/** The first newline at or after `p`: there must be one. */
export function findNewline(p: usize): usize {
  const newline = i8x16.splat(0x0a);
  while (true) {
    const found = i8x16.bitmask(i8x16.eq(v128.load(p), newline));
    if (found != 0) return p + <usize>ctz(found);
    p += 16;
  }
}

/** Scans whole lines: the byte before `to` is a newline. */
export function scan(from: usize, to: usize): u32 {
  let p = from;
  while (p < to) {
    const end = readEvent(p);
    if (end != 0) {
      let next = end;
      if (load<u8>(next) == 0x0d) next++;
      if (load<u8>(next) == 0x0a && commit()) {
        p = next + 1;
        lines++;
        events++;
        continue;
      }
    }
    if (full) {
      flush();
      position = p;
      return FULL;
    }
    lines++;
    const newline = findNewline(p);
    position = newline + 1;
    if (newline == p || (newline == p + 1 && load<u8>(p) == 0x0d)) {
      p = position;
      continue;
    }
    flush();
    lineStart = p;
    lineEnd = newline;
    return LINE;
  }
  // What waits points into the window.
  flush();
  position = p;
  return DONE;
}

/** Hash of `length` bytes in the scratch. */
export function hashScratch(length: u32): u64 {
  return hashBytes(scratch, length);
}

/** Enters a request of the exact path, as those of `scan`; false when it had been counted. */
export function enterRequest(auditId: u64, verb: u64, path: u64, username: u64, micros: i64): bool {
  return enter(combine(auditId, verb, path, username), micros);
}

/** For tests: the length of the valid compact JSON value at `p`; 0 when it is not one. */
export function valueLength(p: usize): usize {
  const end = skipValue(p);
  return end == 0 ? 0 : end - p;
}
