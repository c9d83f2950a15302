// Bytes of logs -> events. Everything goes the exact way: framed, parsed by JSON.parse, read field by field. With a
// scanner, plain event lines are taken by it first, and only what it does not take comes here.
import type { AuditEvent, BadRecordKind, DecodeCounts, Decoder, DecodeSink, MinuteRange } from '../types.ts';
import { ActiveMinutes } from './active-minutes.ts';
import type { DecodedEvent } from './event.ts';
import { type FrameOutput, Framer, type RecordPlace } from './framer.ts';
import { RecordReader } from './record.ts';
import { identityOf, RequestIdentities } from './request-identities.ts';

const roomSize = 1024 * 1024;
const lineEnd = 0x0a;

/** Decodes inputs one after the other; requests are counted once over all of them. */
export class LogDecoder implements Decoder {
  readonly #sink: DecodeSink;
  readonly #framer: Framer;
  readonly #reader: RecordReader;
  readonly #identities = new RequestIdentities();
  readonly #minutes = new ActiveMinutes();
  readonly #room = new Uint8Array(roomSize);
  #path = '';
  #place: Readonly<RecordPlace> = { line: 1, offset: 0 };
  #counts = newCounts();
  #endsInLine = false;

  constructor(options: { readonly sink: DecodeSink }) {
    this.#sink = options.sink;
    this.#reader = new RecordReader({
      event: (decoded) => this.#event(decoded),
      bad: (kind, reason) => this.#bad(kind, reason, this.#place),
      skipped: () => this.#counts.skippedRecords++,
      foreign: () => this.#counts.foreignLines++,
    });
    this.#framer = new Framer(this.#frameOutput());
  }

  begin(input: { readonly path: string; readonly offset: number }): void {
    this.#path = input.path;
    this.#counts = newCounts();
    this.#endsInLine = false;
    this.#framer.begin(input.offset);
  }

  room(): Uint8Array {
    return this.#room;
  }

  filled(length: number): void {
    if (length === 0) return;
    const bytes = this.#room.subarray(0, length);
    this.#counts.bytes += length;
    for (let at = bytes.indexOf(lineEnd); at >= 0; at = bytes.indexOf(lineEnd, at + 1)) this.#counts.lines++;
    this.#endsInLine = bytes[length - 1] !== lineEnd;
    this.#framer.push(bytes, 0, length);
  }

  finish(): DecodeCounts {
    this.#framer.finish();
    this.#reader.finish();
    if (this.#endsInLine) this.#counts.lines++;
    this.#endsInLine = false;
    return { ...this.#counts };
  }

  /** Nothing is held back: every event was handed on at once. */
  drain(): void {}

  activeMinutes(): readonly MinuteRange[] {
    return this.#minutes.ranges();
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
    let count = 0;
    if (countsAsRequest(event)) {
      count = this.#identities.enter(identityOf(decoded), receivedMicros) ? 1 : 0;
      if (count === 0) counts.duplicates++;
    }
    this.#sink.event(event, {
      count,
      events: 1,
      firstSeen: receivedMicros,
      lastSeen: receivedMicros,
      sampleAuditId: auditId,
    });
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
