// Bytes in pieces of any size -> JSON values and lines of text, each with its place. A line is the usual record; but JSON
// may also be pretty-printed over lines, run together in one line, or be elements of an array, and lines of text may
// stand between. A line that was cut must not take the next one with it.
//
// Brackets, commas and blanks between objects at the outermost level mean nothing: the elements of an array are records
// of their own, so an array may be larger than memory. A larger object that holds an array of records (EventList, an
// export) is handed on in several objects, each with some of its records.
// One state machine, whose states share what is kept of the unfinished record: hence one file.
import type { BadRecordKind } from '../types.ts';
import { type Extent, JsonExtent } from './json-extent.ts';
import { parseJson } from './record.ts';

/** No record is longer: 64 MiB. Longer ones are reported and passed over. */
export const longestRecord = 64 * 1024 * 1024;

/** An unfinished object of this size is divided where its array of records allows: bounds memory to a few times this. */
const divisionSize = 512 * 1024;

/** What stands before the records of an object that is divided is repeated in each part, and must be short. */
const longestEnvelope = 64 * 1024;

/**
 * When an object turns out not to be JSON after some lines, those behind its first are looked at again. Hostile input
 * could make that quadratic: at most this, and twice the input, is looked at again; beyond that each line must be
 * complete in itself (until the look-ahead that broke the bound is passed).
 */
const lookAheadAllowance = 16 * 1024 * 1024;

/** Where a record begins. */
export interface RecordPlace {
  /** 1-based. */
  line: number;
  /** In bytes from the start of the input. */
  offset: number;
}

/** Takes what was framed. The place is valid during the call only. */
export interface FrameOutput {
  /** A JSON object. Returns whether it had to do with audit logs at all. */
  json(value: unknown, place: Readonly<RecordPlace>): boolean;
  /** A line that is no JSON, without its end. */
  text(line: string, place: Readonly<RecordPlace>): void;
  bad(kind: BadRecordKind, reason: string, place: Readonly<RecordPlace>): void;
}

interface Piece {
  readonly bytes: Uint8Array;
  from: number;
  readonly to: number;
}

const atLineStart = 0;
/** In a line, between objects. */
const betweenObjects = 1;
const inObject = 2;
/** In an object that is too long: followed, not kept. */
const inLongObject = 3;
const inText = 4;
/** In a line that is not looked at any more. */
const inRest = 5;

const lineEnd = 0x0a;
const carriageReturn = 0x0d;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const byteOrderMark = [0xef, 0xbb, 0xbf];

/** Frames one input after the other. */
export class Framer {
  readonly #output: FrameOutput;
  readonly #extent = new JsonExtent();
  #state = atLineStart;
  /** Where the next byte lies, and where this input began. */
  readonly #at: RecordPlace = { line: 1, offset: 0 };
  #inputOffset = 0;
  /** The unfinished record so far, and where its first byte that is not envelope lies. */
  #kept = Buffer.alloc(64 * 1024);
  #keptLength = 0;
  readonly #start: RecordPlace = { line: 1, offset: 0 };
  /** Length of the envelope at the front of a divided object's kept bytes; and of what was handed on. */
  #envelopeLength = 0;
  #dividedLength = 0;
  /** Pieces to take next, the last one first. */
  readonly #pieces: Piece[] = [];
  #lookedAgain = 0;
  /** Before this offset every record must end in its own line. */
  #singleLinesUntil = 0;
  /** Outermost arrays that are open, now and when the line began; and where the first one began. */
  #openArrays = 0;
  #openArraysBefore = 0;
  readonly #arrayStart: RecordPlace = { line: 1, offset: 0 };
  /** Whether the text began where its line did. */
  #isWholeLine = false;
  /** Whether this line held an object that had to do with audit logs. */
  #lineHeldRecord = false;

  constructor(output: FrameOutput) {
    this.#output = output;
  }

  /** Starts an input, or a range of one. */
  begin(offset: number): void {
    this.#state = atLineStart;
    this.#inputOffset = offset;
    this.moveTo(1, offset);
    if (this.#kept.length > divisionSize) this.#kept = Buffer.alloc(64 * 1024);
    this.#keptLength = 0;
    this.#lookedAgain = 0;
    this.#singleLinesUntil = 0;
    this.#openArrays = 0;
  }

  /** Whether a line begins next, and no record is unfinished: only then may lines be left out. */
  get isAtLineStart(): boolean {
    return this.#state === atLineStart;
  }

  /** Says where the next byte lies, when lines were left out. Only at a line's start. */
  moveTo(line: number, offset: number): void {
    this.#at.line = line;
    this.#at.offset = offset;
  }

  /** Frames `bytes[from, to)`. They may change after the call. */
  push(bytes: Uint8Array, from: number, to: number): void {
    this.#pieces.push({ bytes, from, to });
    this.#takePieces();
  }

  /** Ends the input: what is unfinished is reported, and what follows its first line looked at again. */
  finish(): void {
    while (this.#state !== atLineStart) {
      if (this.#state === inText) this.#endText();
      else if (this.#state === inObject) this.#failAtEnd();
      if (this.#pieces.length === 0) this.#state = atLineStart;
      this.#takePieces();
    }
    if (this.#openArrays > 0) this.#output.bad('truncated', 'the input ends inside this array', this.#arrayStart);
    this.#openArrays = 0;
  }

  #takePieces(): void {
    for (let piece = this.#pieces.at(-1); piece !== undefined; piece = this.#pieces.at(-1)) {
      if (piece.from === piece.to) this.#pieces.pop();
      else this.#take(piece);
    }
  }

  #take(piece: Piece): void {
    switch (this.#state) {
      case inObject:
        this.#continueObject(piece);
        break;
      case inLongObject:
        this.#passLongObject(piece);
        break;
      case inText:
        this.#continueText(piece);
        break;
      case inRest:
        this.#passRest(piece);
        break;
      default:
        this.#betweenObjects(piece);
        break;
    }
  }

  // ------------------------------------------------------------------------------------------------------- lines

  #betweenObjects(piece: Piece): void {
    if (this.#state === atLineStart) {
      this.#lineHeldRecord = false;
      this.#openArraysBefore = this.#openArrays;
    }
    while (piece.from < piece.to) {
      const byte = piece.bytes[piece.from] as number;
      if (byte === lineEnd) {
        this.#endLine(piece);
        return;
      }
      if (byte === openBrace) {
        this.#beginObject(piece);
        return;
      }
      if (!isPunctuation(byte)) {
        this.#beginText();
        return;
      }
      if (byte === openBracket) this.#openArray();
      if (byte === closeBracket && this.#openArrays > 0) this.#openArrays--;
      this.#state = betweenObjects;
      this.#advance(piece, piece.from + 1);
    }
  }

  #openArray(): void {
    if (this.#openArrays === 0) Object.assign(this.#arrayStart, this.#at);
    this.#openArrays++;
  }

  #endLine(piece: Piece): void {
    this.#advance(piece, piece.from + 1);
    this.#at.line++;
    this.#state = atLineStart;
  }

  #beginText(): void {
    this.#isWholeLine = this.#state === atLineStart;
    // `[main] started` is a line of text; it opened nothing.
    this.#openArrays = this.#openArraysBefore;
    this.#mark();
    this.#state = inText;
  }

  #continueText(piece: Piece): void {
    const end = lineEndIn(piece);
    const to = end < 0 ? piece.to : end;
    if (this.#keptLength + to - piece.from > longestRecord) {
      this.#output.bad('too-long', 'the line is longer than 64 MiB', this.#start);
      this.#state = inRest;
      return;
    }
    this.#keep(piece.bytes, piece.from, to);
    this.#advance(piece, to);
    if (end >= 0) this.#endText();
  }

  #endText(): void {
    if (this.#startsWithMark()) {
      this.#lookAgain(byteOrderMark.length);
      return;
    }
    let length = this.#keptLength;
    while (length > 0 && this.#kept[length - 1] === carriageReturn) length--;
    const line = textOf(this.#kept, 0, length);
    if (this.#lineHeldRecord) this.#output.bad('syntax', 'text follows the end of a record', this.#start);
    else this.#output.text(line, this.#start);
    this.#state = betweenObjects;
  }

  /** Files that were put together can have a byte order mark at the start of any line: there, and once. */
  #startsWithMark(): boolean {
    if (!this.#isWholeLine) return false;
    return this.#keptLength >= byteOrderMark.length && byteOrderMark.every((byte, i) => this.#kept[i] === byte);
  }

  #passRest(piece: Piece): void {
    const end = lineEndIn(piece);
    this.#advance(piece, end < 0 ? piece.to : end);
    if (end >= 0) this.#endLine(piece);
  }

  // ----------------------------------------------------------------------------------------------------- objects

  #beginObject(piece: Piece): void {
    this.#mark();
    if (this.#state === atLineStart && this.#takeLine(piece)) return;
    this.#extent.start();
    this.#state = inObject;
  }

  /** The usual case, many times faster than following the bytes: one object, and at most a comma behind it, is the line. */
  #takeLine(piece: Piece): boolean {
    const end = lineEndIn(piece);
    if (end < 0) return false;
    let to = end;
    while (to > piece.from && isPunctuation(piece.bytes[to - 1] as number)) to--;
    if (piece.bytes[to - 1] !== closeBrace) return false;
    const value = parseJson(textOf(piece.bytes, piece.from, to));
    if (value === undefined) return false;
    this.#lineHeldRecord = this.#output.json(value, this.#start);
    this.#advance(piece, to);
    this.#state = betweenObjects;
    return true;
  }

  #continueObject(piece: Piece): void {
    const isSingleLine = this.#start.offset < this.#singleLinesUntil;
    const end = isSingleLine ? lineEndIn(piece) : -1;
    const extent = this.#follow(piece, end < 0 ? piece.to : end + 1);
    if (extent === 'complete') {
      this.#endObject();
      return;
    }
    if (extent === 'invalid') {
      this.#failAtByte(piece.bytes[piece.from] as number);
      return;
    }
    if (end >= 0) {
      this.#fail('truncated', 'the line ends inside this record');
      return;
    }
    if (this.#keptLength >= divisionSize && !this.#divide()) {
      this.#fail('syntax', 'it is not valid JSON');
      return;
    }
    if (this.#keptLength <= longestRecord) return;
    this.#output.bad('too-long', 'the record is longer than 64 MiB', this.#start);
    this.#state = inLongObject;
  }

  /** Follows the object to its end, to a byte that is wrong, or to `to`; keeps and passes what is right. */
  #follow(piece: Piece, to: number): Extent {
    const before = this.#extent.length;
    const extent = this.#extent.feed(piece.bytes, piece.from, to);
    const end = piece.from + this.#extent.length - before;
    if (this.#state === inObject) this.#keep(piece.bytes, piece.from, end);
    this.#at.line += countLineEnds(piece.bytes, piece.from, end);
    this.#advance(piece, end);
    return extent;
  }

  #endObject(): void {
    const value = parseJson(textOf(this.#kept, 0, this.#keptLength));
    // Its structure was right, so that a number or a literal must be misspelt.
    if (value === undefined) {
      this.#fail('syntax', 'it is not valid JSON');
      return;
    }
    this.#state = betweenObjects;
    if (this.#output.json(value, this.#start)) this.#lineHeldRecord = true;
  }

  /**
   * Hands on the records that are complete, as an object of their own; keeps the envelope and the rest. False when they are
   * no JSON.
   */
  #divide(): boolean {
    const { recordsStart, lastRecordEnd } = this.#extent;
    const end = lastRecordEnd - this.#dividedLength;
    if (recordsStart === 0 || recordsStart > longestEnvelope || end <= recordsStart) return true;
    const value = parseJson(`${textOf(this.#kept, 0, end - 1)}]}`);
    if (value === undefined) return false;
    if (this.#output.json(value, this.#start)) this.#lineHeldRecord = true;
    this.#start.line += countLineEnds(this.#kept, this.#envelopeLength, end);
    this.#start.offset += end - this.#envelopeLength;
    this.#kept.copyWithin(recordsStart, end, this.#keptLength);
    this.#keptLength -= end - recordsStart;
    this.#dividedLength += end - recordsStart;
    this.#envelopeLength = recordsStart;
    return true;
  }

  #passLongObject(piece: Piece): void {
    const extent = this.#follow(piece, piece.to);
    if (extent === 'complete') this.#state = betweenObjects;
    if (extent !== 'invalid') return;
    let at = piece.from;
    while (at > 0 && isBlank(piece.bytes[at - 1] as number)) at--;
    this.#state = at > 0 && piece.bytes[at - 1] === lineEnd ? atLineStart : inRest;
  }

  // ---------------------------------------------------------------------------------------------------- failures

  #failAtByte(byte: number): void {
    const isCut = byte === lineEnd || this.#firstLineEnd() >= 0;
    if (isCut) this.#fail('truncated', 'the line ends inside this record');
    else this.#fail('syntax', 'it is not valid JSON');
  }

  #failAtEnd(): void {
    const isLastLine = this.#firstLineEnd() < 0;
    this.#fail('truncated', isLastLine ? 'the last line is unfinished' : 'the input ends inside this record');
  }

  /**
   * Reports the unfinished object, and goes back to the line behind its first. The records of a list that was cut are
   * handed on as far as they are whole; then only the rest is reported.
   */
  #fail(kind: BadRecordKind, reason: string): void {
    this.#divide();
    this.#output.bad(kind, reason, this.#start);
    const end = this.#firstLineEnd();
    if (end < 0) {
      this.#state = inRest;
      return;
    }
    this.#limitLookAhead(this.#keptLength - end - 1);
    this.#lookAgain(end + 1);
    this.#state = atLineStart;
  }

  /** Goes back to this byte of what is kept. */
  #lookAgain(from: number): void {
    const again = Uint8Array.from(this.#kept.subarray(from, this.#keptLength));
    const line = this.#start.line + countLineEnds(this.#kept, this.#envelopeLength, from);
    this.moveTo(line, this.#start.offset + from - this.#envelopeLength);
    this.#state = betweenObjects;
    this.#pieces.push({ bytes: again, from: 0, to: again.length });
  }

  #limitLookAhead(length: number): void {
    this.#lookedAgain += length;
    const consumed = this.#at.offset - this.#inputOffset;
    if (this.#lookedAgain <= lookAheadAllowance + 2 * consumed) return;
    this.#singleLinesUntil = Math.max(this.#singleLinesUntil, this.#at.offset);
  }

  /** Where, in what is kept, the unfinished object's first line ends; -1 when it has not ended. */
  #firstLineEnd(): number {
    let from = this.#envelopeLength;
    while (from < this.#keptLength && isPunctuationOrLineEnd(this.#kept[from] as number)) from++;
    return this.#kept.subarray(0, this.#keptLength).indexOf(lineEnd, from);
  }

  // ------------------------------------------------------------------------------------------------------- bytes

  /** A record begins here. */
  #mark(): void {
    this.#start.line = this.#at.line;
    this.#start.offset = this.#at.offset;
    this.#keptLength = 0;
    this.#envelopeLength = 0;
    this.#dividedLength = 0;
  }

  #advance(piece: Piece, to: number): void {
    this.#at.offset += to - piece.from;
    piece.from = to;
  }

  #keep(bytes: Uint8Array, from: number, to: number): void {
    const needed = this.#keptLength + to - from;
    if (needed > this.#kept.length) {
      const larger = Buffer.alloc(Math.max(needed, Math.min(this.#kept.length * 2, longestRecord)));
      larger.set(this.#kept.subarray(0, this.#keptLength));
      this.#kept = larger;
    }
    this.#kept.set(bytes.subarray(from, to), this.#keptLength);
    this.#keptLength = needed;
  }
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x09 || byte === carriageReturn;
}

/** What may stand between objects. */
function isPunctuation(byte: number): boolean {
  return isBlank(byte) || byte === 0x2c || byte === openBracket || byte === closeBracket;
}

function isPunctuationOrLineEnd(byte: number): boolean {
  return byte === lineEnd || isPunctuation(byte);
}

/** Where the line ends in this piece; -1 when it goes on. */
function lineEndIn({ bytes, from, to }: Piece): number {
  return bytes.subarray(0, to).indexOf(lineEnd, from);
}

/** Looks at no byte beyond `to`: there may be many more, without a line end among them. */
function countLineEnds(bytes: Uint8Array, from: number, to: number): number {
  const within = bytes.subarray(0, to);
  let count = 0;
  for (let at = within.indexOf(lineEnd, from); at >= 0; at = within.indexOf(lineEnd, at + 1)) count++;
  return count;
}

function textOf(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('utf8');
}
