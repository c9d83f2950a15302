// Times of events -> the minutes in which there were any, as ranges.
import type { Micros, MinuteRange } from '../types.ts';

const microsPerMinute = 60_000_000;
const minutesPerDay = 1440;

/** A set of minutes: a bit each, by day, so at most 30 MB however odd the timestamps are. */
export class ActiveMinutes {
  readonly #days = new Map<number, Uint8Array>();

  /** Adds the minute of an event; one without a time adds nothing. */
  add(micros: Micros): void {
    if (micros > 0) this.#addMinute(Math.floor(micros / microsPerMinute));
  }

  addRange([first, last]: MinuteRange): void {
    for (let minute = first; minute <= last; minute++) this.#addMinute(minute);
  }

  /** Sorted and disjoint; neighbouring minutes are one range. */
  ranges(): MinuteRange[] {
    const ranges: [number, number][] = [];
    for (const day of [...this.#days.keys()].sort((a, b) => a - b)) {
      const bits = this.#days.get(day) as Uint8Array;
      for (let minute = 0; minute < minutesPerDay; minute++) {
        if (((bits[minute >> 3] as number) & (1 << (minute & 7))) === 0) continue;
        appendMinute(ranges, day * minutesPerDay + minute);
      }
    }
    return ranges;
  }

  #addMinute(minute: number): void {
    const day = Math.floor(minute / minutesPerDay);
    let bits = this.#days.get(day);
    if (bits === undefined) {
      bits = new Uint8Array(minutesPerDay / 8);
      this.#days.set(day, bits);
    }
    const inDay = minute - day * minutesPerDay;
    bits[inDay >> 3] = (bits[inDay >> 3] as number) | (1 << (inDay & 7));
  }
}

/** Appends a minute that is later than all in the ranges. */
export function appendMinute(ranges: [number, number][], minute: number): void {
  const last = ranges.at(-1);
  if (last !== undefined && last[1] === minute - 1) last[1] = minute;
  else ranges.push([minute, minute]);
}
