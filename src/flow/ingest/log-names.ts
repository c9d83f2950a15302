// What the names of files say: which of the files in a folder are logs, and in which order a rotated set was written.
// Names only choose and order files; what is in a file is told by its bytes.
import { byCodeUnit } from '../../base/order.ts';

const compressedSuffix = /\.(?:gz|gzip|zst|zstd)$/i;
const archiveSuffix = /\.tar\.(?:gz|gzip|zst|zstd)$/i;
const logSuffix = /\.(?:log|json|jsonl|ndjson|txt)$/i;
/** `audit.log.3`: logrotate and most others; the highest number is the oldest. */
const numberSuffix = /\.(\d{1,9})$/;
/** `audit.log-20261120`, `audit.log-20261120-1763647200`: logrotate's dateext. */
const dateSuffix = /[.-](\d{8}(?:-\d{1,10})?)$/;
/** `audit-2026-11-20T12-34-56.789.log`: lumberjack, which writes the API server's own log (v2.2.1, backupName). */
const dateInfix = /-(\d{4}-\d\d-\d\dT[\d.:-]{6,15}Z?)(?=\.|$)/;

/** How a name falls apart: the log it belongs to, and where in the set of its rotated files it stands. */
interface RotationName {
  readonly log: string;
  /** Sorts by age, oldest first: dated files, then numbered ones, then the one that is being written. */
  readonly age: string;
}

function readRotation(name: string): RotationName {
  const plain = name.replace(compressedSuffix, '');
  const infix = dateInfix.exec(plain);
  if (infix !== null) {
    const log = plain.slice(0, infix.index) + plain.slice(infix.index + infix[0].length);
    return { log, age: `a${infix[1]}` };
  }
  const number = numberSuffix.exec(plain);
  if (number !== null) {
    const rank = 1_000_000_000 - Number(number[1]);
    return { log: plain.slice(0, number.index), age: `b${String(rank).padStart(10, '0')}` };
  }
  const date = dateSuffix.exec(plain);
  if (date !== null) return { log: plain.slice(0, date.index), age: `a${date[1]}` };
  return { log: plain, age: 'c' };
}

/**
 * Whether a file in a folder is taken for a log: `.log`, `.json`, `.jsonl`, `.ndjson`, `.txt`, rotated or compressed
 * ones of these, and any other `.gz` or `.zst` (a CloudWatch export is `000000.gz`). Not hidden files and not tar
 * archives.
 */
export function looksLikeLog(name: string): boolean {
  if (name.startsWith('.') || archiveSuffix.test(name)) return false;
  if (compressedSuffix.test(name)) return true;
  return logSuffix.test(readRotation(name).log);
}

/** Orders the files of one folder: logs by name, and within the rotated set of one log the oldest first. */
export function byRotation(a: string, b: string): number {
  const first = readRotation(a);
  const second = readRotation(b);
  return byCodeUnit(first.log, second.log) || byCodeUnit(first.age, second.age) || byCodeUnit(a, b);
}
