// Timestamps as the API server writes them, `2026-11-21T01:57:58.684876Z` -> microseconds since 1970, and the minutes in
// which events were received.
import { MINUTE_BITS, minutes } from './layout';

let minuteLow: u64 = 0; // `2026-11-21T01:57`, the last one that was read
let minuteHigh: u64 = 0;
let minuteMicros: i64 = 0;
/** Days since 1970 of the timestamp that was read last. */
export let day: i32 = 0;
let firstMinute: i64 = -1; // what bit 0 of `minutes` stands for
let lastNoted: i64 = -1;

export function clearMinutes(): void {
  firstMinute = -1;
  lastNoted = -1;
  memory.fill(minutes, 0, (<usize>1) << (MINUTE_BITS - 3));
}

/** What bit 0 of the minutes' bitmap stands for; -1 when no minute was noted. */
export function minuteBase(): i64 {
  return firstMinute;
}

// @ts-ignore: decorator
@inline
function digit(p: usize, at: usize): u32 {
  return <u32>load<u8>(p + at) - 0x30;
}

/** Two digits as a number; above 99 when they are not digits. */
// @ts-ignore: decorator
@inline
function twoDigits(p: usize, at: usize): u32 {
  const tens = digit(p, at);
  const units = digit(p, at + 1);
  return tens < 10 && units < 10 ? tens * 10 + units : 1000;
}

/**
 * Microseconds of the timestamp whose 27 bytes, and a closing quote, are at `p`; -1 when it is written in another way
 * or is no date.
 */
export function readTimestamp(p: usize): i64 {
  const low = load<u64>(p);
  const high = load<u64>(p, 8);
  if (low != minuteLow || high != minuteHigh) {
    if (!readMinute(p)) return -1;
    minuteLow = low;
    minuteHigh = high;
  }
  // `:58.684876Z"`
  const tail = v128.load(p, 16);
  const digits = i8x16.sub(tail, i8x16.splat(0x30));
  const isDigit = <u32>i8x16.bitmask(i8x16.eq(i8x16.min_u(digits, i8x16.splat(9)), digits));
  if ((isDigit & 0b1111110110) != 0b1111110110) return -1;
  if (load<u8>(p, 16) != 0x3a || load<u8>(p, 19) != 0x2e || load<u16>(p, 26) != 0x225a) return -1;
  const seconds = digit(p, 17) * 10 + digit(p, 18);
  if (seconds > 59) return -1;
  const thousands = digit(p, 20) * 100 + digit(p, 21) * 10 + digit(p, 22);
  const units = digit(p, 23) * 100 + digit(p, 24) * 10 + digit(p, 25);
  return minuteMicros + <i64>(seconds * 1000000 + thousands * 1000 + units);
}

function readMinute(p: usize): bool {
  minuteLow = 0;
  const century = twoDigits(p, 0);
  const yearOfCentury = twoDigits(p, 2);
  const month = twoDigits(p, 5);
  const dayOfMonth = twoDigits(p, 8);
  const hour = twoDigits(p, 11);
  const minute = twoDigits(p, 14);
  if (load<u8>(p, 4) != 0x2d || load<u8>(p, 7) != 0x2d || load<u8>(p, 10) != 0x54 || load<u8>(p, 13) != 0x3a) return false;
  if (century > 99 || yearOfCentury > 99) return false;
  const year = century * 100 + yearOfCentury;
  // Years outside are read exactly (or not at all) by the exact path.
  if (year < 1971 || year > 2199) return false;
  if (month < 1 || month > 12 || dayOfMonth < 1 || dayOfMonth > daysInMonth(year, month)) return false;
  if (hour > 23 || minute > 59) return false;
  day = daysSince1970(<i32>year, <i32>month, <i32>dayOfMonth);
  minuteMicros = (<i64>day * 1440 + <i64>(hour * 60 + minute)) * 60000000;
  return true;
}

function daysInMonth(year: u32, month: u32): u32 {
  if (month == 2) return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

/** Days from the civil date, counting years from March so that the leap day comes last. */
function daysSince1970(year: i32, month: i32, dayOfMonth: i32): i32 {
  const y = month <= 2 ? year - 1 : year;
  const era = y / 400;
  const yearOfEra = y - era * 400;
  const dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + dayOfMonth - 1;
  const dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
  return era * 146097 + dayOfEra - 719468;
}

/** Notes the minute of an event; false when it lies too far from the others. */
// @ts-ignore: decorator
@inline
export function noteMinute(): bool {
  return minuteMicros == lastNoted ? true : noteNewMinute(minuteMicros);
}

function noteNewMinute(micros: i64): bool {
  const minute = micros / 60000000;
  const span: i64 = (<i64>1) << MINUTE_BITS;
  if (firstMinute < 0) firstMinute = max<i64>(0, (minute - span / 2) & ~(<i64>7));
  const at = minute - firstMinute;
  if (at < 0 || at >= span) return false;
  const byte = minutes + <usize>(at >> 3);
  store<u8>(byte, <u32>load<u8>(byte) | ((<u32>1) << (<u32>at & 7)));
  lastNoted = micros;
  return true;
}
