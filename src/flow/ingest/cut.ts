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

/** Bytes read first at each place: enough for a few ordinary lines. */
const firstBytes = 64 * 1024;

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
    const finder = new CutFinder(file);
    try {
      for (let place = every; place < sizeBytes; place += every) {
        if (place <= from) continue;
        const cut = finder.find(place, Math.min(sizeBytes, place + searchBytes));
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

/** Looks for cuts in one file, with one buffer that grows only where lines are long. */
class CutFinder {
  readonly #file: number;
  #text = new Uint8Array(firstBytes);

  constructor(file: number) {
    this.#file = file;
  }

  /** The first place in `[from, to)` where one record surely ends and another begins. */
  find(from: number, to: number): number | undefined {
    let filled = 0;
    let scanned = 0;
    // The first line is a part of one, so that it tells nothing.
    let lineStart = -1;
    for (;;) {
      if (filled === this.#text.length) this.#grow();
      const wanted = Math.min(this.#text.length, to - from) - filled;
      const length = readSync(this.#file, this.#text, filled, wanted, from + filled);
      if (length === 0) return undefined;
      filled += length;
      const text = this.#text.subarray(0, filled);
      for (
        let end = text.indexOf(newline, scanned);
        end >= 0 && end + 1 < filled;
        end = text.indexOf(newline, end + 1)
      ) {
        if (lineStart >= 0 && isCut(text.subarray(lineStart, end), text[end + 1] as number)) return from + end + 1;
        lineStart = end + 1;
        scanned = end + 1;
      }
      // A newline at the very end is looked at again, with the byte that follows it.
      scanned = Math.max(scanned, filled - 1);
    }
  }

  #grow(): void {
    const longer = new Uint8Array(this.#text.length * 4);
    longer.set(this.#text);
    this.#text = longer;
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
