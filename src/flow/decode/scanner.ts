// Lines of events, as API servers write them -> tallied events, through WebAssembly. It takes only lines that it can read
// with certainty (compact, valid JSON; see wasm/event.ts) and hands on all others, untouched and in order, so that what
// comes out is what JSON.parse would have given. Nothing is decoded per event: equal events are classes, made of parts
// (users, paths, reasons) that are stored once, and become objects when they are drained.
import type { AuditEvent, Micros, MinuteRange, Tally } from '../types.ts';
import { appendMinute } from './active-minutes.ts';
import { ClassReader, classSize } from './class-reader.ts';

/** Memory of one process: the request set, which all workers share, and an arena for each of them. */
export interface ScannerMemory {
  readonly memory: WebAssembly.Memory;
  readonly requests: { readonly at: number; readonly slots: number };
  readonly arenas: readonly ScannerArena[];
}

export interface ScannerArena {
  readonly base: number;
  readonly size: number;
}

/**
 * 2 Mi slots, 16 MiB (touched as it fills): of the last 512 Ki requests 5 in a million are forgotten, of the last 256 Ki
 * practically none (wasm/requests.ts).
 */
const mostRequestSlots = 1 << 21;
const fewestRequestSlots = 1 << 14;
/** A shorter event would have to be written for the purpose. */
const leastBytesPerRequest = 512;

/**
 * The most memory of one worker, touched as it fills: 34 MiB of tables (80,000 classes with 160,000 names, in 160,000
 * parts), remembered bodies and window, and the bytes of the parts. 1 GB of ordinary events touches half of it.
 */
const arenaSize = 54 * 1024 * 1024;
/** Arenas that fit beside the requests. */
export const mostArenas = 24;

/** The longest line that can be scanned. */
const windowSize = 4 * 1024 * 1024;

/** What is read at once: small enough to stay in the second-level cache, large enough to make calls rare. */
const readSize = 512 * 1024;

/** The first page holds the module's constants. */
const firstByte = 65536;
const pageSize = 65536;
const slotSize = 8;

/** As compiled in (tools/build-wasm.ts): 2 GiB. */
export const mostPages = 32768;

/** How many slots the set of requests should have for inputs of so many bytes; `undefined`: nobody knows how many. */
export function requestSlotsFor(bytes: number | undefined): number {
  if (bytes === undefined) return mostRequestSlots;
  let slots = fewestRequestSlots;
  while (slots < mostRequestSlots && slots * leastBytesPerRequest < bytes) slots *= 2;
  return slots;
}

/**
 * Lays out memory for this many workers, at most `mostArenas`. It can be posted to them. `requestSlots` is a power of two;
 * fewer than the input has events cost accuracy, more cost memory.
 */
export function allocateScannerMemory(workers: number, requestSlots = mostRequestSlots): ScannerMemory {
  const requests = { at: firstByte, slots: requestSlots };
  const arenasAt = firstByte + requestSlots * slotSize;
  const pages = Math.ceil((arenasAt + workers * arenaSize) / pageSize);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  const arenas = Array.from({ length: workers }, (_, i) => ({ base: arenasAt + i * arenaSize, size: arenaSize }));
  return { memory, requests, arenas };
}

/** Where classes lie that nobody has drained yet. Plain data, for another thread of the same memory. */
export interface HeldClasses {
  readonly first: number;
  readonly count: number;
}

/**
 * Takes bytes that the scanner does not: one line with its newline, or a piece of one that is longer than the window, or
 * the input's last line without a newline. `line` (1-based) and `offset` say where they begin. The bytes are valid during
 * the call. Returns whether the scanner may look at what follows; otherwise the next line is handed on as well.
 */
export type LineTaker = (bytes: Uint8Array, line: number, offset: number) => boolean;

export interface ScannerOptions {
  readonly module: WebAssembly.Module;
  readonly memory: ScannerMemory;
  /** Which of the memory's arenas is this scanner's own. */
  readonly arena: number;
  /** Takes events when the scanner runs out of room, and in `drain`. */
  readonly event: (event: AuditEvent, tally: Tally) => void;
  readonly take: LineTaker;
}

/** What the WebAssembly module exports (wasm/index.ts). */
interface ScannerExports {
  init(base: number, size: number, windowSize: number, requests: number, slots: number): number;
  clear(): void;
  windowAt(): number;
  classesAt(): number;
  minutesAt(): number;
  scratchAt(): number;
  scratchSize(): number;
  endOfLines(from: number, to: number): number;
  findNewline(at: number): number;
  moveDown(to: number, from: number, length: number): void;
  scan(from: number, to: number): number;
  flush(): void;
  minuteBase(): bigint;
  hashScratch(length: number): bigint;
  enterRequest(auditId: bigint, verb: bigint, path: bigint, username: bigint, micros: bigint): number;
  valueLength(at: number): number;
  readonly position: WebAssembly.Global<'i32'>;
  readonly lineStart: WebAssembly.Global<'i32'>;
  readonly lineEnd: WebAssembly.Global<'i32'>;
  readonly lines: WebAssembly.Global<'i32'>;
  readonly events: WebAssembly.Global<'i32'>;
  readonly duplicates: WebAssembly.Global<'i64'>;
  readonly classCount: WebAssembly.Global<'i32'>;
}

/** Results of `scan`. */
const lineNeedsExactPath = 1;
const roomRanOut = 2;

/** Bits of `minutes`: see MINUTE_BITS in wasm/layout.ts. */
const minutesHeld = 1 << 20;

/** Scans one input after the other. */
export class Scanner {
  readonly #wasm: ScannerExports;
  readonly #bytes: Buffer;
  readonly #window: number;
  readonly #event: ScannerOptions['event'];
  readonly #take: LineTaker;
  /** Bytes in the window that are not done. */
  #held = 0;
  #line = 1;
  #offset = 0;
  /** Whether the next line may be scanned, or goes to `take` at once. */
  #mayScan = true;

  constructor(options: ScannerOptions) {
    const { memory, requests, arenas } = options.memory;
    const arena = arenas[options.arena];
    if (arena === undefined) throw new RangeError(`there is no arena ${options.arena}`);
    const instance = new WebAssembly.Instance(options.module, { env: { memory } });
    this.#wasm = instance.exports as unknown as ScannerExports;
    const fits = this.#wasm.init(arena.base, arena.size, windowSize, requests.at, requests.slots);
    if (fits === 0) throw new RangeError('the arena is too small');
    this.#bytes = Buffer.from(memory.buffer);
    this.#window = this.#wasm.windowAt();
    this.#event = options.event;
    this.#take = options.take;
  }

  /** Starts an input, or a range of one, whose first byte lies at `offset`. Lines count from 1 again. */
  begin(offset: number): void {
    this.#held = 0;
    this.#line = 1;
    this.#offset = offset;
    this.#mayScan = true;
  }

  /** Where the next bytes go; never empty. */
  room(): Uint8Array {
    // The rest of a long line goes beyond what is usually read at once.
    const end = this.#held < readSize / 2 ? readSize : Math.min(this.#held + readSize, windowSize);
    return this.#bytes.subarray(this.#window + this.#held, this.#window + end);
  }

  /** Scans what is complete, now that the first `length` bytes of `room()` are filled. */
  scan(length: number): void {
    const end = this.#window + this.#held + length;
    const stop = this.#wasm.endOfLines(this.#window, end);
    let at = this.#window;
    while (at < stop) at = this.#mayScan ? this.#scanLines(at, stop) : this.#handOn(at, this.#wasm.findNewline(at) + 1);
    if (end - at === windowSize) at = this.#handOn(at, end);
    this.#held = end - at;
    this.#wasm.moveDown(this.#window, at, this.#held);
  }

  /** Ends the input: what is left of it is handed on. Returns how many lines there were. */
  finish(): number {
    if (this.#held > 0) {
      this.#handOn(this.#window, this.#window + this.#held);
      this.#line++;
    }
    this.#held = 0;
    return this.#line - 1;
  }

  /** Events that the scanner took, since it was made. */
  get events(): number {
    return this.#wasm.events.value >>> 0;
  }

  /** Those of them whose request had been counted. */
  get duplicates(): number {
    this.#wasm.flush();
    return Number(this.#wasm.duplicates.value);
  }

  /** Enters a request that was decoded elsewhere; false when it had been counted before, by whatever worker. */
  enterRequest(auditId: string, verb: string, path: string, username: string, micros: Micros): boolean {
    this.#wasm.flush();
    const hashes = [auditId, verb, path, username].map((text) => this.#hash(text)) as [bigint, bigint, bigint, bigint];
    return this.#wasm.enterRequest(...hashes, BigInt(micros)) !== 0;
  }

  /** The minutes in which the scanner's events were received. */
  activeMinutes(): MinuteRange[] {
    const base = Number(this.#wasm.minuteBase());
    if (base < 0) return [];
    const at = this.#wasm.minutesAt();
    const ranges: [number, number][] = [];
    for (let i = 0; i < minutesHeld; i++) {
      const bits = this.#bytes[at + (i >> 3)] as number;
      if (bits === 0) i |= 7;
      else if ((bits & (1 << (i & 7))) !== 0) appendMinute(ranges, base + i);
    }
    return ranges;
  }

  /** Hands all classes to `event` and forgets them; requests are remembered. */
  drain(): void {
    this.drainHeld(this.hold());
    this.#wasm.clear();
  }

  /** What `drain` would hand over, for the scanner of another thread to drain. This one has then done its work. */
  hold(): HeldClasses {
    this.#wasm.flush();
    return { first: this.#wasm.classesAt(), count: this.#wasm.classCount.value };
  }

  /** Hands over the classes that a scanner of the same memory holds. */
  drainHeld(held: HeldClasses): void {
    const classes = new ClassReader(this.#bytes);
    for (let i = 0; i < held.count; i++) {
      const at = held.first + i * classSize;
      this.#event(classes.event(at), classes.tally(at));
    }
  }

  /** For tests: the length of the JSON value at the start of the text, as the validator sees it; 0 when it refuses. */
  validLength(text: Uint8Array): number {
    this.#bytes.set(text, this.#window);
    return this.#wasm.valueLength(this.#window);
  }

  #scanLines(from: number, stop: number): number {
    const linesBefore = this.#wasm.lines.value;
    const result = this.#wasm.scan(from, stop);
    const at = this.#wasm.position.value;
    const lines = (this.#wasm.lines.value - linesBefore) >>> 0;
    if (result === lineNeedsExactPath) {
      const start = this.#wasm.lineStart.value;
      this.#line += lines - 1;
      this.#offset += start - from;
      return this.#handOn(start, at);
    }
    this.#line += lines;
    this.#offset += at - from;
    // A line that does not fit even into empty tables is left to the exact path.
    if (result === roomRanOut) return this.#makeRoom(at, at === from && this.#wasm.classCount.value === 0);
    return at;
  }

  #makeRoom(at: number, isHopeless: boolean): number {
    this.drain();
    return isHopeless ? this.#handOn(at, this.#wasm.findNewline(at) + 1) : at;
  }

  #handOn(from: number, to: number): number {
    this.#wasm.flush();
    this.#mayScan = this.#take(this.#bytes.subarray(from, to), this.#line, this.#offset);
    const isWhole = this.#bytes[to - 1] === 0x0a;
    if (isWhole) this.#line++;
    // What follows a piece belongs to the same line.
    else this.#mayScan = false;
    this.#offset += to - from;
    return to;
  }

  #hash(text: string): bigint {
    const at = this.#wasm.scratchAt();
    const most = this.#wasm.scratchSize();
    if (text.length <= most / 3) return this.#wasm.hashScratch(this.#bytes.write(text, at, most, 'utf8'));
    const bytes = Buffer.from(text, 'utf8');
    let hash = 0n;
    for (let from = 0; from < bytes.length; from += most) {
      const length = bytes.copy(this.#bytes, at, from, Math.min(bytes.length, from + most));
      hash = BigInt.asUintN(64, hash * 31n + this.#wasm.hashScratch(length));
    }
    return hash;
  }
}
