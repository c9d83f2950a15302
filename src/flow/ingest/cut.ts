// A large plain file -> ranges that can be decoded each on its own, and give together what the whole file gives.
import { closeSync, openSync, readSync } from 'node:fs';

export interface ByteRange {
  readonly from: number;
  readonly to: number;
}

/**
 * Bytes in a range, roughly. Small enough for the workers to end together, large enough for a range's own cost to
 * vanish. It is never derived from the number of workers, so that every number of them sees the same ranges.
 */
export const rangeBytes = 32 * 1024 * 1024;

/** How far behind its place a cut is looked for. A file without a cut there goes on uncut up to the next place. */
const searchBytes = 16 * 1024 * 1024;

const newline = 0x0a;
const carriageReturn = 0x0d;
const closingBrace = 0x7d;
const openingBrace = 0x7b;

/** Cuts an uncompressed file of `sizeBytes` near every multiple of `every`. Throws the system's error. */
export function cutFile(path: string, sizeBytes: number, every = rangeBytes): ByteRange[] {
  const ranges: ByteRange[] = [];
  let from = 0;
  if (sizeBytes > every) {
    const file = openSync(path, 'r');
    try {
      for (let place = every; place < sizeBytes; place += every) {
        if (place <= from) continue;
        const cut = findCut(file, place, Math.min(sizeBytes, place + searchBytes));
        if (cut === undefined) continue;
        ranges.push({ from, to: cut });
        from = cut;
      }
    } finally {
      closeSync(file);
    }
  }
  if (from < sizeBytes || ranges.length === 0) ranges.push({ from, to: sizeBytes });
  return ranges;
}

/** The first place in `[from, to)` where one record surely ends and another begins. */
function findCut(file: number, from: number, to: number): number | undefined {
  const text = new Uint8Array(Math.min(to - from, searchBytes));
  let filled = 0;
  // The first line is a part of one, so that it tells nothing.
  let lineStart = -1;
  let scanned = 0;
  for (;;) {
    const length = readSync(file, text, filled, Math.min(64 * 1024 + filled, text.length - filled), from + filled);
    if (length === 0) return undefined;
    filled += length;
    for (;;) {
      const end = text.subarray(0, filled).indexOf(newline, scanned);
      if (end < 0 || end + 1 >= filled) break;
      if (lineStart >= 0 && isCut(text.subarray(lineStart, end), text[end + 1] as number)) return from + end + 1;
      lineStart = end + 1;
      scanned = end + 1;
    }
    const hasPendingEnd = text[filled - 1] === newline;
    scanned = hasPendingEnd ? filled - 1 : filled;
  }
}

/**
 * Whether a file can be cut between a line and the next one, which begins with the byte `next`. The line must hold one
 * complete JSON object up to its end, behind a prefix perhaps. In JSON, whatever contains that object goes on with a
 * comma or a closing bracket: a brace, letter or digit therefore begins a record of its own, whatever came before.
 */
function isCut(line: Uint8Array, next: number): boolean {
  if (next !== openingBrace && !isAlphanumeric(next)) return false;
  const end = line.at(-1) === carriageReturn ? line.length - 1 : line.length;
  if (line[end - 1] !== closingBrace) return false;
  const start = line.indexOf(openingBrace);
  if (start < 0) return false;
  try {
    JSON.parse(new TextDecoder().decode(line.subarray(start, end)));
    return true;
  } catch {
    return false;
  }
}

function isAlphanumeric(byte: number): boolean {
  const lower = byte | 0x20;
  return (byte >= 0x30 && byte <= 0x39) || (lower >= 0x61 && lower <= 0x7a);
}
