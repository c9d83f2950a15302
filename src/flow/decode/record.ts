// One parsed JSON value, or one line of text -> the events in it, through whatever containers they arrived in. What each
// format looks like is in a file of its own; here they are told apart and taken apart.
import { fieldOf, isObject, type JsonObject } from '../../base/json-fields.ts';
import type { BadRecordKind, Micros } from '../types.ts';
import { partsOfAks } from './aks.ts';
import { partsOfCloudWatch } from './cloudwatch.ts';
import { partOfCriLine, partsOfDockerLine } from './container-log.ts';
import { type DecodedEvent, readEvent } from './event.ts';
import { partsOfList } from './event-list.ts';
import { partsOfLogEntry } from './gke.ts';
import { isCutJson } from './json-extent.ts';
import type { Part } from './parts.ts';
import { partOfPrefixedLine } from './prefixed-line.ts';
import { partsOfPubSub } from './pubsub.ts';

/** Containers in containers, at most: a Pub/Sub pull result (2) of a batch (2) of events as text is 5. */
const deepestContainer = 6;

/** What a container's line may grow to when its pieces are put together; the bound of any record. */
const longestJoinedLine = 64 * 1024 * 1024;

/** Takes what a record held. */
export interface RecordOutput {
  event(decoded: DecodedEvent): void;
  bad(kind: BadRecordKind, reason: string): void;
  /** A record of another category, inside a container. */
  skipped(): void;
  /** A line, or a JSON value, that has nothing to do with audit logs. */
  foreign(): void;
}

/** Where a value was found. */
interface Place {
  readonly depth: number;
  /** In a container of audit events: what is none is bad. */
  readonly isAudit: boolean;
  /** The container's own time, for events without any. */
  readonly micros: Micros;
}

const outermost: Place = { depth: 0, isAudit: false, micros: 0 };

/** Takes records apart, in the order of one input: pieces of a line that a container runtime cut are put together. */
export class RecordReader {
  readonly #output: RecordOutput;
  /** Pieces so far of the line that `stdout` or `stderr` is in the middle of. */
  readonly #pieces = new Map<string, string>();

  constructor(output: RecordOutput) {
    this.#output = output;
  }

  /** A JSON value that stood alone. */
  value(value: unknown): void {
    this.#value(value, outermost);
  }

  /** A line that does not begin as JSON does. */
  line(line: string): void {
    const part = partOfCriLine(line) ?? partOfPrefixedLine(line);
    if (part === undefined) this.#output.foreign();
    else this.#part(part, outermost);
  }

  /** Ends the input: a line whose rest never came is decoded as it is. */
  finish(): void {
    const pieces = [...this.#pieces.values()];
    this.#pieces.clear();
    for (const text of pieces) this.#outputLine(text, outermost);
  }

  #value(value: unknown, place: Place): void {
    if (Array.isArray(value)) {
      this.#elements(value, place);
      return;
    }
    if (!isObject(value)) {
      this.#notAnEvent(place, 'it is not an object');
      return;
    }
    const parts = fieldOf(value, 'kind') === 'Event' ? undefined : partsOf(value);
    if (parts === undefined) this.#event(value, place);
    else this.#parts(parts, place);
  }

  #elements(values: readonly unknown[], place: Place): void {
    const { isAudit, micros } = place;
    this.#parts(
      values.map((value) => ({ as: 'value', value, isAudit, micros })),
      place,
    );
  }

  #parts(parts: readonly Part[], place: Place): void {
    if (place.depth >= deepestContainer) {
      this.#output.bad('not-an-event', `containers are nested deeper than ${deepestContainer}`);
      return;
    }
    for (const part of parts) this.#part(part, place);
  }

  #part(part: Part, outer: Place): void {
    const depth = outer.depth + 1;
    switch (part.as) {
      case 'value':
        this.#value(part.value, { depth, isAudit: part.isAudit, micros: part.micros || outer.micros });
        break;
      case 'text':
        this.#text(part.text, { depth, isAudit: part.isAudit, micros: part.micros || outer.micros });
        break;
      case 'output':
        this.#piece(part, outer);
        break;
      case 'event':
        this.#output.event(part.decoded);
        break;
      case 'skipped':
        this.#output.skipped();
        break;
      case 'bad':
        this.#output.bad('not-an-event', part.reason);
        break;
    }
  }

  #event(value: JsonObject, place: Place): void {
    const reading = readEvent(value, place.isAudit, place.micros);
    if (reading.as === 'event') this.#output.event(reading.decoded);
    else if (reading.as === 'broken') this.#output.bad('not-an-event', reading.reason);
    else this.#other(place);
  }

  #notAnEvent(place: Place, reason: string): void {
    if (place.isAudit) this.#output.bad('not-an-event', reason);
    else this.#other(place);
  }

  #other(place: Place): void {
    if (place.depth === 0) this.#output.foreign();
    else this.#output.skipped();
  }

  /** JSON that was put into a string. A cut one is the exporter's size limit (CloudWatch's is 256 KB). */
  #text(text: string, place: Place): void {
    const trimmed = text.trim();
    if (!trimmed.startsWith('{') && !trimmed.startsWith('[')) {
      this.#notAnEvent(place, 'the text in it is not JSON');
      return;
    }
    const value = parseJson(trimmed);
    if (value !== undefined) this.#value(value, place);
    else if (isCutJson(trimmed)) this.#output.bad('truncated', 'the JSON text in it was cut');
    else this.#output.bad('syntax', 'the text in it is not valid JSON');
  }

  #piece(part: Part & { readonly as: 'output' }, place: Place): void {
    const before = this.#pieces.get(part.stream);
    // Some collectors strip the line end that tells a whole line of docker's from a piece: what is JSON already is whole.
    const isWhole =
      part.isWhole || (before === undefined && !(isObjectText(part.text) && parseJson(part.text) === undefined));
    const text = (before ?? '') + part.text;
    if (isWhole) {
      this.#pieces.delete(part.stream);
      this.#joinedLine(before, part.text, place);
    } else if (text.length > longestJoinedLine) {
      this.#pieces.delete(part.stream);
      this.#output.bad('too-long', 'the line that the container printed is longer than 64 MiB');
    } else {
      this.#pieces.set(part.stream, text);
    }
  }

  /** The rest of a line can be missing (a rotated file): then the next whole line must not be lost with it. */
  #joinedLine(before: string | undefined, last: string, place: Place): void {
    const restIsMissing =
      before !== undefined &&
      isObjectText(last) &&
      parseJson(last) !== undefined &&
      parseJson(before + last) === undefined;
    if (restIsMissing) this.#outputLine(before, place);
    this.#outputLine(restIsMissing ? last : (before ?? '') + last, place);
  }

  /** A line as the container printed it: an API server that logs to stdout prints its own log lines between events. */
  #outputLine(line: string, place: Place): void {
    if (isObjectText(line)) this.#text(line, { ...place, isAudit: false });
    else this.#other(place);
  }
}

/** The parts of a container, by the first format that knows it; `undefined` when the object is no container. */
function partsOf(object: JsonObject): readonly Part[] | undefined {
  return (
    partsOfList(object) ??
    partsOfLogEntry(object) ??
    partsOfAks(object) ??
    partsOfPubSub(object) ??
    partsOfDockerLine(object) ??
    partsOfCloudWatch(object)
  );
}

/** Whether a text begins as a JSON object does. */
function isObjectText(text: string): boolean {
  return text.trimStart().startsWith('{');
}

/** The value, or `undefined` when the text is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
