// Classes and parts in the scanner's memory (wasm/classes.ts, wasm/parts.ts) -> AuditEvents and their tallies.
import { isObject, stringOf } from '../../base/json-fields.ts';
import type { AuditEvent, OwnerReference, Tally, UserInfo } from '../types.ts';
import { readOwnerReferences, readUser } from './event.ts';
import { relevantUri } from './relevant-uri.ts';

// Layout of a class (wasm/classes.ts, and `commit` in wasm/commit.ts).
/** Bytes from one class to the next. */
export const classSize = 192;
const classFields = {
  user: 16,
  impersonated: 20,
  uri: 24,
  userAgent: 28,
  reason: 32,
  admitPolicy: 36,
  message: 40,
  owners: 44,
  authentication: 48,
  outcome: 56,
  suffix: 60,
  count: 64,
  events: 72,
  first: 80,
  last: 88,
  sampleLength: 96,
  sample: 104,
  names: 168,
} as const;

// Layout of a part (wasm/parts.ts), and the kind that needs telling (wasm/kinds.ts).
const partKindAt = 4;
const partHead = 32;
const uriKind = 5;

/** One of a class's names, as they are chained (wasm/names.ts). */
const link = { name: 0, next: 4 } as const;

const levels = ['', 'Metadata', 'Request', 'RequestResponse'];
const stages = ['', 'RequestReceived', 'ResponseStarted', 'ResponseComplete', 'Panic'];
const decisions = ['', 'allow', 'forbid'];
const noOwners: readonly OwnerReference[] = [];

/** Reads classes of one drain: what it has read of parts does not hold after the next one. */
export class ClassReader {
  readonly #bytes: Buffer;
  readonly #view: DataView;
  readonly #parts: PartReader;

  constructor(memory: Buffer) {
    this.#bytes = memory;
    this.#view = new DataView(memory.buffer);
    this.#parts = new PartReader(memory, this.#view);
  }

  /** The event that the class at this address stands for. */
  event(at: number): AuditEvent {
    const parts = this.#parts;
    const part = (field: number): number => this.#view.getUint32(at + field, true);
    const verb = parts.verb(at);
    const outcome = part(classFields.outcome);
    const impersonated = part(classFields.impersonated);
    return {
      origin: 'audit',
      level: levels[(outcome >> 20) & 15] as string,
      stage: stages[(outcome >> 24) & 15] as string,
      verb,
      requestUri: this.#uri(at, verb),
      user: parts.user(part(classFields.user)),
      impersonatedUser: impersonated === 0 ? undefined : parts.impersonated(impersonated),
      impersonationConstraint: parts.constraint(part(classFields.authentication)),
      userAgent: parts.text(part(classFields.userAgent)),
      objectRef: undefined,
      code: outcome & 0xffff,
      message: parts.text(part(classFields.message)),
      decision: decisions[(outcome >> 16) & 15] as string,
      reason: parts.text(part(classFields.reason)),
      admitPolicy: parts.text(part(classFields.admitPolicy)),
      requestObject: undefined,
      responseObject: undefined,
      ownerReferences: parts.owners(part(classFields.owners)),
    };
  }

  /** Its tally: the event's own name is the first of `names`. */
  tally(at: number): Tally {
    // Whole numbers below 2^53: two halves are several times faster to read than a BigInt.
    const number = (field: number): number =>
      this.#view.getUint32(at + field, true) + this.#view.getUint32(at + field + 4, true) * 2 ** 32;
    const sample = at + classFields.sample;
    const sampleLength = this.#view.getUint32(at + classFields.sampleLength, true);
    const tally = {
      count: number(classFields.count),
      events: number(classFields.events),
      firstSeen: number(classFields.first),
      lastSeen: number(classFields.last),
      sampleAuditId: this.#bytes.toString('latin1', sample, sample + sampleLength),
    };
    const first = this.#view.getUint32(at + classFields.names, true);
    const hasMore = first !== 0 && this.#view.getUint32(first + link.next, true) !== 0;
    return hasMore ? { ...tally, names: this.#names(first) } : tally;
  }

  #uri(at: number, verb: string): string {
    const parts = this.#parts;
    const uri = this.#view.getUint32(at + classFields.uri, true);
    const first = this.#view.getUint32(at + classFields.names, true);
    if (first === 0) return parts.uri(uri, verb);
    const suffix = this.#view.getUint32(at + classFields.suffix, true);
    const name = parts.plain(this.#view.getUint32(first + link.name, true));
    return parts.plain(uri) + name + (suffix === 0 ? '' : parts.plain(suffix));
  }

  #names(first: number): string[] {
    const names: string[] = [];
    for (let at = first; at !== 0; at = this.#view.getUint32(at + link.next, true)) {
      names.push(this.#parts.plain(this.#view.getUint32(at + link.name, true)));
    }
    return names;
  }
}

/** Turns stored parts into values, each once. Equal parts give the same object. */
class PartReader {
  readonly #bytes: Buffer;
  readonly #view: DataView;
  readonly #values = new Map<number, unknown>();
  readonly #verbs = new Map<number, string>();

  constructor(bytes: Buffer, view: DataView) {
    this.#bytes = bytes;
    this.#view = view;
  }

  /** The first 16 bytes of a class. */
  verb(at: number): string {
    // ASCII, so the eight bytes, read as a number, are never NaN: equal numbers are equal bytes.
    const low = this.#view.getFloat64(at, true);
    if (this.#verbs.has(low) && this.#view.getFloat64(at + 8, true) === 0) return this.#verbs.get(low) as string;
    let end = at;
    while (end < at + 16 && this.#bytes[end] !== 0) end++;
    const verb = this.#bytes.toString('latin1', at, end);
    if (end <= at + 8) this.#verbs.set(low, verb);
    return verb;
  }

  /** A JSON string; `''` for no part. */
  text(part: number): string {
    return part === 0 ? '' : this.#once(part, (raw) => JSON.parse(raw) as string);
  }

  /** Plain ASCII: a path, or a piece of one. */
  plain(part: number): string {
    const known = this.#values.get(part);
    if (known !== undefined) return known as string;
    const from = part + partHead;
    const value = this.#bytes.toString('latin1', from, from + this.#view.getUint32(part, true));
    this.#values.set(part, value);
    return value;
  }

  uri(part: number, verb: string): string {
    if (this.#view.getUint32(part + partKindAt, true) !== uriKind) return this.plain(part);
    return relevantUri(
      this.#once(part, (raw) => JSON.parse(`"${raw}"`) as string),
      verb,
    );
  }

  /** A user, stored without its closing brace (`examineUser`, wasm/users.ts). */
  user(part: number): UserInfo {
    return this.#once(part, (raw) => readUser(JSON.parse(`${raw}}`), false));
  }

  impersonated(part: number): UserInfo {
    return this.#once(part, (raw) => readUser(JSON.parse(raw), true));
  }

  constraint(part: number): string {
    if (part === 0) return '';
    return this.#once(part, (raw) => {
      const value: unknown = JSON.parse(raw);
      return isObject(value) ? stringOf(value, 'impersonationConstraint') : '';
    });
  }

  owners(part: number): readonly OwnerReference[] {
    if (part === 0) return noOwners;
    return this.#once(part, (raw) => readOwnerReferences('create', { metadata: { ownerReferences: JSON.parse(raw) } }));
  }

  #once<T>(part: number, read: (raw: string) => T): T {
    const known = this.#values.get(part);
    if (known !== undefined) return known as T;
    const from = part + partHead;
    const value = read(this.#bytes.toString('utf8', from, from + this.#view.getUint32(part, true)));
    this.#values.set(part, value);
    return value;
  }
}
