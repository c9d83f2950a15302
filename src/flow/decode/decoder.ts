// Bytes of logs -> events. Everything goes the exact way: framed, parsed by JSON.parse, read field by field. With a
// scanner, plain event lines are taken by it first, and only what it does not take comes here.
import type { AuditEvent, BadRecordKind, DecodeCounts, Decoder, DecodeSink, MinuteRange } from '../types.ts';
import { ActiveMinutes } from './active-minutes.ts';
import type { DecodedEvent } from './event.ts';
import { type FrameOutput, Framer, type RecordPlace } from './framer.ts';
import { RecordReader } from './record.ts';
import { identityOf, RequestIdentities } from './request-identities.ts';
import { type HeldClasses, Scanner, type ScannerOptions } from './scanner.ts';

const roomSize = 512 * 1024;
const lineEnd = 0x0a;

export interface LogDecoderOptions {
  readonly sink: DecodeSink;
  /** With it, plain event lines are scanned; without, all are parsed. The events are the same. */
  readonly scanner?: Pick<ScannerOptions, 'module' | 'memory' | 'arena'> | undefined;
}

/** Decodes inputs one after the other; a request is counted once over all of them. */
export class LogDecoder implements Decoder {
  readonly #sink: DecodeSink;
  readonly #scanner: Scanner | undefined;
  readonly #framer: Framer;
  readonly #reader: RecordReader;
  readonly #identities = new RequestIdentities();
  readonly #minutes = new ActiveMinutes();
  readonly #room: Uint8Array;
  #path = '';
  #place: Readonly<RecordPlace> = { line: 1, offset: 0 };
  #counts = newCounts();
  /** What the scanner had counted when this input began. */
  #scannedBefore = { events: 0, duplicates: 0 };
  #endsInLine = false;

  constructor(options: LogDecoderOptions) {
    this.#sink = options.sink;
    this.#reader = new RecordReader({
      event: (decoded) => this.#event(decoded),
      bad: (kind, reason) => this.#bad(kind, reason, this.#place),
      skipped: () => this.#counts.skippedRecords++,
      foreign: () => this.#counts.foreignLines++,
    });
    this.#framer = new Framer(this.#frameOutput());
    this.#scanner = options.scanner === undefined ? undefined : this.#makeScanner(options.scanner);
    this.#room = new Uint8Array(this.#scanner === undefined ? roomSize : 0);
  }

  begin(input: { readonly path: string; readonly offset: number }): void {
    this.#path = input.path;
    this.#counts = newCounts();
    this.#endsInLine = false;
    this.#framer.begin(input.offset);
    if (this.#scanner === undefined) return;
    this.#scanner.begin(input.offset);
    this.#scannedBefore = { events: this.#scanner.events, duplicates: this.#scanner.duplicates };
  }

  room(): Uint8Array {
    return this.#scanner === undefined ? this.#room : this.#scanner.room();
  }

  filled(length: number): void {
    if (length === 0) return;
    this.#counts.bytes += length;
    if (this.#scanner !== undefined) {
      this.#scanner.scan(length);
      return;
    }
    const bytes = this.#room.subarray(0, length);
    for (let at = bytes.indexOf(lineEnd); at >= 0; at = bytes.indexOf(lineEnd, at + 1)) this.#counts.lines++;
    this.#endsInLine = bytes[length - 1] !== lineEnd;
    this.#framer.push(bytes, 0, length);
  }

  finish(): DecodeCounts {
    const counts = this.#counts;
    if (this.#scanner !== undefined) counts.lines = this.#scanner.finish();
    else if (this.#endsInLine) counts.lines++;
    this.#endsInLine = false;
    this.#framer.finish();
    this.#reader.finish();
    if (this.#scanner !== undefined) {
      counts.events += this.#scanner.events - this.#scannedBefore.events;
      counts.duplicates += this.#scanner.duplicates - this.#scannedBefore.duplicates;
    }
    return { ...counts };
  }

  drain(): void {
    this.#scanner?.drain();
  }

  /** Leaves what `drain` would hand over to the decoder of another thread; `undefined` where nothing is held back. */
  hold(): HeldClasses | undefined {
    return this.#scanner?.hold();
  }

  /** Hands over what the decoder of another thread holds, which shares this one's memory. */
  drainHeld(held: HeldClasses): void {
    this.#scanner?.drainHeld(held);
  }

  activeMinutes(): readonly MinuteRange[] {
    for (const range of this.#scanner?.activeMinutes() ?? []) this.#minutes.addRange(range);
    return this.#minutes.ranges();
  }

  #makeScanner(options: Pick<ScannerOptions, 'module' | 'memory' | 'arena'>): Scanner {
    return new Scanner({
      ...options,
      event: (event, tally) => this.#sink.event(event, countsAsRequest(event) ? tally : { ...tally, count: 0 }),
      take: (bytes, line, offset) => {
        if (this.#framer.isAtLineStart) this.#framer.moveTo(line, offset);
        this.#framer.push(bytes, 0, bytes.length);
        return this.#framer.isAtLineStart;
      },
    });
  }

  #frameOutput(): FrameOutput {
    return {
      json: (value, place) => {
        this.#place = place;
        const foreignBefore = this.#counts.foreignLines;
        this.#reader.value(value);
        return this.#counts.foreignLines === foreignBefore;
      },
      text: (line, place) => {
        this.#place = place;
        this.#reader.line(line);
      },
      bad: (kind, reason, place) => this.#bad(kind, reason, place),
    };
  }

  #event(decoded: DecodedEvent): void {
    const { event, auditId, receivedMicros } = decoded;
    const counts = this.#counts;
    counts.events++;
    this.#minutes.add(receivedMicros);
    const isNew = countsAsRequest(event) && this.#enterRequest(decoded);
    if (countsAsRequest(event) && !isNew) counts.duplicates++;
    this.#sink.event(event, {
      count: isNew ? 1 : 0,
      events: 1,
      firstSeen: receivedMicros,
      lastSeen: receivedMicros,
      sampleAuditId: auditId,
    });
  }

  /** Whether the request was not counted before, by this path or the scanner's. One without an auditID is always new. */
  #enterRequest(decoded: DecodedEvent): boolean {
    const identity = identityOf(decoded);
    const { auditId, verb, path, username } = identity;
    if (auditId === '') return true;
    if (this.#scanner === undefined) return this.#identities.enter(identity, decoded.receivedMicros);
    return this.#scanner.enterRequest(auditId, verb, path, username, decoded.receivedMicros);
  }

  #bad(kind: BadRecordKind, reason: string, place: Readonly<RecordPlace>): void {
    this.#counts.badRecords++;
    this.#sink.bad({ kind, path: this.#path, line: place.line, offset: place.offset, reason });
  }
}

/** RequestReceived precedes authorization: it shows no use, and the request is counted by its later stages. */
function countsAsRequest(event: AuditEvent): boolean {
  return event.stage !== 'RequestReceived';
}

type MutableCounts = { -readonly [key in keyof DecodeCounts]: number };

function newCounts(): MutableCounts {
  return { bytes: 0, lines: 0, events: 0, duplicates: 0, foreignLines: 0, skippedRecords: 0, badRecords: 0 };
}
