// Bytes -> where a JSON object ends. Follows RFC 8259's structure byte by byte, over any number of pieces, and says at once
// when what came so far cannot become JSON any more: so a line that was cut is told from a document that goes on in the
// next line. Numbers, literals and escapes are followed loosely; JSON.parse judges the whole.

/** Deeper documents are taken as broken: JSON.parse needs memory for every level. */
const deepest = 1_000_000;

/** Arrays of records, directly inside an object, that can be larger than memory: they are decoded piece by piece. */
const recordArrays = new Set(['items', 'records', 'events', 'logEvents', 'results']);
const longestRecordArrayKey = 16;

// What may come next.
const value = 0;
const valueOrEnd = 1;
const keyOrEnd = 2;
const key = 3;
const colon = 4;
const commaOrEnd = 5;
const inString = 6;
const inEscape = 7;
const inScalar = 8;

const arrayLevel = 0;
const objectLevel = 1;

export type Extent = 'more' | 'complete' | 'invalid';

/** Follows one document at a time. `start` before the first byte; then `feed` until it no longer says `more`. */
export class JsonExtent {
  /** Bytes of the document that were followed so far; once `complete`, its length; once `invalid`, the bad byte's place. */
  length = 0;
  /** Where the elements of an array of records begin (just behind its bracket); 0 as long as there was none. */
  recordsStart = 0;
  /** Just behind the last comma between two of its elements; 0 when there is none, or the array has ended. */
  lastRecordEnd = 0;

  #state = value;
  #stringIsKey = false;
  #levels = new Uint8Array(256);
  #depth = 0;
  #outerKey = '';
  #isInRecords = false;

  start(): void {
    this.length = 0;
    this.recordsStart = 0;
    this.lastRecordEnd = 0;
    this.#state = value;
    this.#depth = 0;
    this.#outerKey = '';
    this.#isInRecords = false;
  }

  /** Follows `bytes[from, to)`; the document may end, or go wrong, before `to`: `length` then says where. */
  feed(bytes: Uint8Array, from: number, to: number): Extent {
    const base = this.length - from;
    for (let at = from; at < to; at++) {
      const byte = bytes[at] as number;
      if (this.#state === inString) {
        // The bulk of every log: text that is neither the string's end, nor an escape, nor forbidden.
        if (byte !== 0x22 && byte !== 0x5c && byte >= 0x20) {
          if (this.#stringIsKey && this.#depth === 1) this.#addToKey(byte);
          continue;
        }
      }
      this.length = base + at;
      const extent = this.#step(byte);
      if (extent === 'more') continue;
      if (extent === 'complete') this.length++;
      return extent;
    }
    this.length = base + to;
    return 'more';
  }

  #step(byte: number): Extent {
    if (this.#state === inString) return this.#stepString(byte);
    if (this.#state === inEscape) return this.#expect(byte >= 0x20, inString);
    if (this.#state === inScalar) {
      if (isScalarByte(byte)) return 'more';
      this.#state = commaOrEnd;
    }
    if (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) return 'more';
    switch (this.#state) {
      case colon:
        return this.#expect(byte === 0x3a, value);
      case key:
        return this.#beginKey(byte);
      case keyOrEnd:
        return byte === 0x7d ? this.#close(objectLevel) : this.#beginKey(byte);
      case commaOrEnd:
        return this.#stepAfterValue(byte);
      case valueOrEnd:
        return byte === 0x5d ? this.#close(arrayLevel) : this.#beginValue(byte);
      default:
        return this.#beginValue(byte);
    }
  }

  #expect(holds: boolean, next: number): Extent {
    if (!holds) return 'invalid';
    this.#state = next;
    return 'more';
  }

  #stepString(byte: number): Extent {
    if (byte === 0x5c) return this.#expect(true, inEscape);
    return this.#expect(byte === 0x22, this.#stringIsKey ? colon : commaOrEnd);
  }

  #beginKey(byte: number): Extent {
    this.#stringIsKey = true;
    if (this.#depth === 1) this.#outerKey = '';
    return this.#expect(byte === 0x22, inString);
  }

  #beginValue(byte: number): Extent {
    if (byte === 0x22) {
      this.#stringIsKey = false;
      return this.#expect(true, inString);
    }
    if (byte === 0x7b) return this.#open(objectLevel);
    if (byte === 0x5b) return this.#open(arrayLevel);
    return this.#expect(isScalarByte(byte), inScalar);
  }

  #open(level: number): Extent {
    if (this.#depth >= deepest) return 'invalid';
    if (this.#depth === this.#levels.length) {
      const larger = new Uint8Array(this.#levels.length * 4);
      larger.set(this.#levels);
      this.#levels = larger;
    }
    this.#levels[this.#depth++] = level;
    this.#state = level === objectLevel ? keyOrEnd : valueOrEnd;
    if (this.#depth === 2 && level === arrayLevel && this.recordsStart === 0 && recordArrays.has(this.#outerKey)) {
      this.recordsStart = this.length + 1;
      this.#isInRecords = true;
    }
    return 'more';
  }

  #close(level: number): Extent {
    if (this.#depth === 0 || this.#levels[this.#depth - 1] !== level) return 'invalid';
    this.#depth--;
    this.#state = commaOrEnd;
    if (this.#depth === 1) {
      this.#isInRecords = false;
      this.lastRecordEnd = 0;
    }
    return this.#depth === 0 ? 'complete' : 'more';
  }

  #stepAfterValue(byte: number): Extent {
    if (byte === 0x7d) return this.#close(objectLevel);
    if (byte === 0x5d) return this.#close(arrayLevel);
    if (byte !== 0x2c) return 'invalid';
    const isInObject = this.#levels[this.#depth - 1] === objectLevel;
    if (this.#depth === 2 && this.#isInRecords) this.lastRecordEnd = this.length + 1;
    this.#state = isInObject ? key : value;
    return 'more';
  }

  #addToKey(byte: number): void {
    if (this.#outerKey.length < longestRecordArrayKey) this.#outerKey += String.fromCharCode(byte);
  }
}

function isScalarByte(byte: number): boolean {
  if (byte >= 0x30 && byte <= 0x39) return true;
  if ((byte >= 0x61 && byte <= 0x7a) || byte === 0x45) return true;
  return byte === 0x2d || byte === 0x2b || byte === 0x2e;
}

/** Whether a text that is not JSON could have become JSON, had it gone on: it was cut rather than broken. */
export function isCutJson(text: string): boolean {
  const bytes = Buffer.from(text);
  const extent = new JsonExtent();
  extent.start();
  return extent.feed(bytes, 0, bytes.length) === 'more';
}
