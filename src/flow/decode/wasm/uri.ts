// requestURI: where its path ends, where in it the name of an object is, and whether its query may decide something. What of
// it is reported, relevant-uri.ts says.
import { LONGEST_URI, slashMasks } from './layout';
import { BACKSLASH, QUOTE, bits64, findSpecialOr, hashBytes, same16, specialOr64 } from './text';
import { tAmpersand, tApi, tApis, tFieldSelector, tFinalizeSlash, tNamespaces, tProxy, tStatusSlash, tWatch } from './texts';

export let uriAt: usize = 0;
/** Where the path ends. */
export let pathEnd: usize = 0;
export let pathHash: u64 = 0;
/** Where the URI ends. */
export let uriEnd: usize = 0;
/** Whether the query may decide something. */
export let keepsQuery: bool = false;
/** The object's name in the path; 0: none. */
export let nameAt: usize = 0;
export let nameEnd: usize = 0;
/** Where what attribution reads of the path ends, if its verb is not `proxy`. */
export let objectEnd: usize = 0;

export function clearUri(): void {
  pathHash = 0;
}

export function readUri(p: usize): usize {
  const mark = readPath(p);
  if (mark == 0) return 0;
  const end = load<u8>(mark) == QUOTE ? mark : readQuery(mark + 1);
  if (end == 0) return 0;
  uriAt = p;
  pathEnd = mark;
  uriEnd = end;
  if (keepsQuery && <u32>(end - p) > LONGEST_URI) return 0;
  findName(p, <u32>(mark - p));
  if (nameAt == 0 && !isReadable(p, mark)) return 0;
  pathHash = hashBytes(p, <u32>(mark - p));
  return end + 1;
}

/**
 * The quote or question mark that ends the path; 0 when it is empty, too long or not plain ASCII, or holds an escape: then
 * attribution may fall back on objectRef, which is not kept here. Notes where its slashes are.
 */
// @ts-ignore: decorator
@inline
function readPath(p: usize): usize {
  keepsQuery = false;
  const slash = i8x16.splat(0x2f);
  const percent = i8x16.splat(0x25);
  const mark = i8x16.splat(0x3f);
  for (let at = p, masks = slashMasks; at <= p + LONGEST_URI; at += 64, masks += 8) {
    const a = v128.load(at);
    const b = v128.load(at, 16);
    const c = v128.load(at, 32);
    const d = v128.load(at, 48);
    const slashes = bits64(i8x16.eq(a, slash), i8x16.eq(b, slash), i8x16.eq(c, slash), i8x16.eq(d, slash));
    const odd = bits64(
      v128.or(a, i8x16.eq(a, percent)),
      v128.or(b, i8x16.eq(b, percent)),
      v128.or(c, i8x16.eq(c, percent)),
      v128.or(d, i8x16.eq(d, percent)),
    );
    const ends = specialOr64(a, b, c, d, mark);
    if (ends == 0) {
      if (odd != 0) return 0;
      store<u64>(masks, slashes);
      continue;
    }
    const length = <u64>ctz(ends);
    const before = (<u64>1 << length) - 1;
    // The end counts as a slash.
    store<u64>(masks, (slashes & before) | (<u64>1 << length));
    const end = at + <usize>length;
    const c1 = <u32>load<u8>(end);
    return (odd & before) != 0 || end == p || end > p + LONGEST_URI || (c1 != QUOTE && c1 != 0x3f) ? 0 : end;
  }
  return 0;
}

/** The quote that ends the query whose first parameter is at `p`; 0 when it holds an escape other than that of `&`. */
function readQuery(p: usize): usize {
  while (true) {
    if (mayMatter(p)) keepsQuery = true;
    const end = findSpecialOr(p, 0x26);
    const c = <u32>load<u8>(end);
    if (c == QUOTE) return end;
    if (c == 0x26) {
      p = end + 1;
    } else if (c == BACKSLASH && same16(end, tAmpersand, 6)) {
      p = end + 6;
    } else {
      return 0;
    }
  }
}

/**
 * Whether the query parameter at `p` may be one that decides something (relevant-uri.ts): it begins like
 * `fieldSelector` or `ignoreStoreRead…`, or has an escape early in its key.
 */
// @ts-ignore: decorator
@inline
function mayMatter(p: usize): bool {
  const word = load<u32>(p);
  if (word == load<u32>(tFieldSelector) || word == load<u32>(tFieldSelector, 4)) return true;
  const start = v128.load(p);
  const escapes = <u32>i8x16.bitmask(i8x16.eq(start, i8x16.splat(0x25)));
  if (escapes == 0) return false;
  const equals = <u32>i8x16.bitmask(i8x16.eq(start, i8x16.splat(0x3d)));
  // Up to the first `=`.
  return (escapes & ((equals & (0 - equals)) - 1)) != 0;
}

/**
 * Whether attribution can surely read a path of nothing that is named: not `watch` or `proxy` without anything behind it.
 */
function isReadable(p: usize, end: usize): bool {
  const tail = load<u32>(end - 4);
  if (tail != load<u32>(tWatch, 1) && tail != load<u32>(tProxy, 1) && load<u8>(end - 1) != 0x2f) return true;
  let segments = 0;
  let last: usize = 0;
  let previous: u32 = 0x2f;
  for (let at = p; at < end; at++) {
    const c = <u32>load<u8>(at);
    if (previous == 0x2f && c != 0x2f) {
      segments++;
      last = at;
    }
    previous = c;
  }
  return segments > 4 || last == 0 || !(same16(last, tWatch, 5) || same16(last, tProxy, 5));
}

/**
 * Finds the name of the object that a path of this length is about, and the end of the subresource behind it, as
 * `objectInPath` does (relevant-uri.ts).
 */
function findName(p: usize, length: u32): void {
  nameAt = 0;
  objectEnd = p + <usize>length;
  let at: u32 = 5;
  if (!same16(p, tApi, 5)) {
    if (!same16(p, tApis, 6)) return;
    at = afterSegment(6, length);
    if (at == 0) return;
  }
  at = afterSegment(at, length);
  if (at == 0) return;
  let next = afterSegment(at, length);
  if (next == 0) return;
  const word = p + <usize>at;
  const wordLength = next - at - 1;
  if (wordLength == 5 && (same16(word, tWatch, 5) || same16(word, tProxy, 5))) return;
  if (wordLength == 10 && same16(word, tNamespaces, 10)) {
    at = afterSegment(next, length);
    if (at == 0) return;
    next = afterSegment(at, length);
    if (next == 0) return;
    const resource = p + <usize>at;
    if (same16(resource, tStatusSlash, 7) || same16(resource, tFinalizeSlash, 9)) return;
  }
  const end = nextSlash(next);
  if (end == next) return;
  if (end != length) {
    const subresourceEnd = nextSlash(end + 1);
    if (subresourceEnd == end + 1) return;
    objectEnd = p + <usize>subresourceEnd;
  }
  nameAt = p + <usize>next;
  nameEnd = p + <usize>end;
}

/** The first slash at or after this place, or the path's end. */
// @ts-ignore: decorator
@inline
function nextSlash(at: u32): u32 {
  let masks = slashMasks + (<usize>(at >> 6) << 3);
  let slashes = load<u64>(masks) & (~(<u64>0) << <u64>(at & 63));
  while (slashes == 0) {
    masks += 8;
    slashes = load<u64>(masks);
  }
  return (<u32>(masks - slashMasks) << 3) + <u32>ctz(slashes);
}

/** What follows the slash behind the segment at this place; 0 when that is empty, or the last one. */
// @ts-ignore: decorator
@inline
function afterSegment(at: u32, length: u32): u32 {
  const end = nextSlash(at);
  return end == at || end == length ? 0 : end + 1;
}
