// Text or number -> microseconds since 1970. Exporters rewrite timestamps in many ways; a strict parser would lose the
// whole event with them (metav1.MicroTime does), so everything that has a readable date and time is taken.
import type { Micros } from '../types.ts';

/** The last instant whose microseconds a JavaScript number holds exactly: 2255-06-05T23:47:34.740991Z. */
const latestMicros = Number.MAX_SAFE_INTEGER;

/** Longer texts are no timestamps; bounds the work on hostile input. */
const longestTimestamp = 64;

// `2026-11-21T01:57:58.684876Z`, `2022-11-29 00:09:04.38`, `2020-05-05T16:16:37+02:00`, `… UTC`. No nested repetition:
// linear in the text.
const calendarTime =
  /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:[.,](\d+))? ?(?:[Zz]|UTC|([+-])(\d\d):?(\d\d)(?: UTC)?)?$/;

/**
 * Microseconds since 1970-01-01T00:00:00Z of an RFC 3339 time with any fraction, of the same with a space for the `T`,
 * without a zone (taken as UTC), or of a number of seconds, milliseconds, microseconds or nanoseconds (told apart by
 * size). Finer fractions are cut off. 0 when it cannot be read, or lies before 1970 or after 2255.
 */
export function parseMicros(value: unknown): Micros {
  if (typeof value === 'number') return microsOfEpoch(value);
  if (typeof value !== 'string' || value.length > longestTimestamp) return 0;
  const text = value.trim();
  const match = calendarTime.exec(text);
  if (match !== null) return microsOfCalendar(match);
  return /^\d{9,19}(?:\.\d{1,9})?$/.test(text) ? microsOfEpoch(Number(text)) : 0;
}

function microsOfCalendar(match: RegExpExecArray): Micros {
  const part = (index: number): number => Number(match[index]);
  const [year, month, day, hour, minute, second] = [part(1), part(2), part(3), part(4), part(5), part(6)];
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return 0;
  if (hour > 23 || minute > 59 || second > 60) return 0;
  const fraction = Number((match[7] ?? '').slice(0, 6).padEnd(6, '0'));
  const zoneMinutes = match[8] === undefined ? 0 : Number(`${match[8]}1`) * (part(9) * 60 + part(10));
  const seconds = Date.UTC(year, month - 1, day, hour, minute, second) / 1000 - zoneMinutes * 60;
  return inRange(seconds * 1_000_000 + fraction);
}

function daysInMonth(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

// 1e11 seconds are the year 5138 and 1e11 milliseconds the year 1973: the sizes do not overlap for any real log.
function microsOfEpoch(value: number): Micros {
  if (!(value > 0)) return 0;
  if (value < 1e11) return inRange(value * 1e6);
  if (value < 1e14) return inRange(value * 1e3);
  if (value < 1e17) return inRange(value);
  return inRange(value / 1e3);
}

function inRange(micros: number): Micros {
  const whole = Math.floor(micros);
  return whole > 0 && whole <= latestMicros ? whole : 0;
}
