// A URI whose query may decide something -> the URI without the parameters that cannot. relevant-uri.ts says which ones can
// and drops what is left here; dropping most of them before keeps equal events equal.
import { uriRoom } from './layout';
import { firstDifference } from './text';
import { tFieldSelectorKey, tIgnoreStoreKey, tLabelSelector, tLimit, tTimeoutSeconds } from './texts';

const AMPERSAND: u32 = 0x26;
const BACKSLASH: u32 = 0x5c;

let seenLimit: bool = false;
let seenTimeout: bool = false;
let isOdd: bool = false;

/**
 * Writes what matters of a URI to `uriRoom`: the path up to `pathEnd`, and parameters from those that follow. Its end; 0
 * when the URI is better left as it is.
 */
export function reduceUri(uri: usize, pathEnd: usize, end: usize): usize {
  seenLimit = false;
  seenTimeout = false;
  isOdd = false;
  let to = append(uriRoom, uri, pathEnd);
  let separator: u32 = 0x3f;
  let at = pathEnd + 1;
  while (at <= end) {
    const from = at;
    while (at < end && load<u8>(at) != AMPERSAND && load<u8>(at) != BACKSLASH) at++;
    if (canMatter(from, at)) {
      store<u8>(to, separator);
      to = append(to + 1, from, at);
      separator = AMPERSAND;
    }
    if (isOdd) return 0;
    // `&`, or \u0026.
    at += load<u8>(at) == BACKSLASH ? 6 : 1;
  }
  return to;
}

function append(to: usize, from: usize, end: usize): usize {
  memory.copy(to, from, end - from);
  return to + (end - from);
}

/** Whether a parameter can; notes in `isOdd` when that is not certain. */
function canMatter(from: usize, end: usize): bool {
  let equals = from;
  while (equals < end && load<u8>(equals) != 0x3d) {
    const c = <u32>load<u8>(equals++);
    // % + ;
    if (c == 0x25 || c == 0x2b || c == 0x3b) isOdd = true;
  }
  const length = <u32>(equals - from);
  if (length == 5 && firstDifference(from, tLimit, 5) < 0) {
    if (seenLimit) isOdd = true;
    seenLimit = true;
    return !isNumber(equals + 1, end);
  }
  if (length == 14 && firstDifference(from, tTimeoutSeconds, 14) < 0) {
    if (seenTimeout) isOdd = true;
    seenTimeout = true;
    return !isNumber(equals + 1, end);
  }
  if (length == 13) return firstDifference(from, tFieldSelectorKey, 13) < 0 || firstDifference(from, tLabelSelector, 13) < 0;
  return length == 48 && firstDifference(from, tIgnoreStoreKey, 48) < 0;
}

/** One to eighteen digits. */
function isNumber(from: usize, end: usize): bool {
  if (from >= end || end - from > 18) return false;
  for (let at = from; at < end; at++) if (<u32>load<u8>(at) - 0x30 > 9) return false;
  return true;
}
