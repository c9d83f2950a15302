// Is this JSON value valid, and where does it end? Exactly the grammar of JSON.parse, for values without whitespace
// between their tokens (as Go writes them), nested at most 63 deep. Whatever is refused here takes the exact path, so
// refusing is always right and accepting must be certain.
//
// Objects and arrays go 64 bytes a step. Every step makes bit masks (one bit per byte) of the structural characters
// outside strings, and holds each token against the byte before it:
//   a value or key starts only after { [ , or :        , and } ] end only what is complete        a { is followed by " or }
// Which strings must be keys follows from the bracket that encloses them; an addition carries the mark of a key's opening
// quote through the string to its closing quote (the bits of a string are a run of ones), where a colon must follow, and
// must not follow any other string. Only brackets, scalars and rare escapes are looked at one by one.
import { LONGEST_BODY, MAX_KEYS, keys, stringMasks } from './layout';
import {
  BACKSLASH,
  QUOTE,
  backslashBytes,
  bits64,
  caseBits,
  closeBytes,
  colonBytes,
  commaBytes,
  findSpecial,
  openBytes,
  quoteBytes,
  topBits,
} from './text';

/** Depth-1 keys of the object that `skipRecorded` went over: pointers to their first bytes, in order. */
export let keyCount: u32 = 0;

/** The byte after the value at `p`; 0 when it is not valid or not compact. */
export function skipValue(p: usize): usize {
  const c = <u32>load<u8>(p);
  if (c == QUOTE) return skipString(p);
  if ((c | 0x20) == 0x7b) return skipPlain(p);
  return skipScalar(p);
}

/** The same for a string, `p` at its opening quote. */
export function skipString(p: usize): usize {
  const end = closingQuote(p + 1);
  return end == 0 ? 0 : end + 1;
}

/** The closing quote of the string in which `p` is (not in the middle of an escape). */
export function closingQuote(p: usize): usize {
  while (true) {
    p = findSpecial(p);
    const c = <u32>load<u8>(p);
    if (c == QUOTE) return p;
    if (c != BACKSLASH) return 0;
    if (!isEscape(p + 1)) return 0;
    p += 2;
  }
}

/** Whether the byte at `p`, which follows a backslash, makes a valid escape (with the hex digits after a `u`). */
function isEscape(p: usize): bool {
  const c = <u32>load<u8>(p);
  // " / \ b f n r t
  if (c == 0x22 || c == 0x2f || c == 0x5c || c == 0x62 || c == 0x66 || c == 0x6e || c == 0x72 || c == 0x74) return true;
  return c == 0x75 && isHex(p + 1) && isHex(p + 2) && isHex(p + 3) && isHex(p + 4);
}

// @ts-ignore: decorator
@inline
function isHex(p: usize): bool {
  const c = <u32>load<u8>(p);
  return c - 0x30 < 10 || (c | 0x20) - 0x61 < 6;
}

// @ts-ignore: decorator
@inline
function isDigit(p: usize): bool {
  return <u32>load<u8>(p) - 0x30 < 10;
}

/** A number, true, false or null, and what must follow one inside an object or array. */
function skipScalar(p: usize): usize {
  const end = scalarEnd(p);
  if (end == 0) return 0;
  const c = <u32>load<u8>(end);
  return c == 0x2c || (c | 0x20) == 0x7d ? end : 0;
}

/** The byte after the number, true, false or null at `p`, whatever that byte is. */
export function scalarEnd(p: usize): usize {
  const word = load<u32>(p);
  if (word == 0x65757274) return p + 4; // true
  if (word == 0x6c6c756e) return p + 4; // null
  if (word == 0x736c6166) return load<u8>(p, 4) == 0x65 ? p + 5 : 0; // false
  if (load<u8>(p) == 0x2d) p++;
  if (load<u8>(p) == 0x30) p++;
  else {
    if (!isDigit(p)) return 0;
    do p++;
    while (isDigit(p));
  }
  if (load<u8>(p) == 0x2e) {
    p++;
    if (!isDigit(p)) return 0;
    do p++;
    while (isDigit(p));
  }
  if ((load<u8>(p) | 0x20) == 0x65) {
    p++;
    const sign = <u32>load<u8>(p);
    if (sign == 0x2b || sign == 0x2d) p++;
    if (!isDigit(p)) return 0;
    do p++;
    while (isDigit(p));
  }
  return p;
}

function skipPlain(p: usize): usize {
  return skipNested(p, false, false);
}

/** As skipValue for an object or array; of an object, its own keys are in `keys` afterwards. */
export function skipRecorded(p: usize): usize {
  keyCount = 0;
  return skipNested(p, true, false);
}

/** As skipRecorded; the masks of what is inside strings are in `stringMasks` afterwards, as far as they fit. */
export function skipBody(p: usize): usize {
  keyCount = 0;
  return skipNested(p, true, true);
}

// @ts-ignore: decorator
@inline
function skipNested(p: usize, record: bool, keepMasks: bool): usize {
  const pair = <u32>load<u16>(p);
  if (pair == 0x7d7b || pair == 0x5d5b) return p + 2;
  let maskAt: usize = 0;
  let stack: u64 = 0; // lowest bit: the innermost bracket is a brace
  let depth: u32 = 0;
  let context: u64 = 0; // all ones inside an object
  let first: u64 = 0; // all ones at depth 1
  // What the last byte of the previous step was, as bit 0 of this step's masks.
  let inString: u64 = 0; // all ones: the step starts inside a string
  let wasBackslash: u64 = 0; // the first byte is escaped
  let wasOpenOrSeparator: u64 = 1;
  let wasSeparator: u64 = 0;
  let wasScalar: u64 = 0;
  let wasKeyPlace: u64 = 0; // a comma of an object
  let wasBrace: u64 = 0;
  let wasKeyEnd: u64 = 0;
  let keyCarry: u64 = 0; // the step starts inside a key
  const quoteByte = quoteBytes();
  const slashByte = backslashBytes();
  const caseByte = caseBits();
  const openByte = openBytes();
  const closeByte = closeBytes();
  const commaByte = commaBytes();
  const colonByte = colonBytes();
  const top = topBits();
  while (true) {
    const a = v128.load(p);
    const b = v128.load(p, 16);
    const c = v128.load(p, 32);
    const d = v128.load(p, 48);
    let quotes = bits64(
      i8x16.eq(a, quoteByte),
      i8x16.eq(b, quoteByte),
      i8x16.eq(c, quoteByte),
      i8x16.eq(d, quoteByte),
    );
    const aSlash = i8x16.eq(a, slashByte);
    const bSlash = i8x16.eq(b, slashByte);
    const cSlash = i8x16.eq(c, slashByte);
    const dSlash = i8x16.eq(d, slashByte);
    let oddEscapes: u64 = 0;
    if (v128.any_true(v128.or(v128.or(aSlash, bSlash), v128.or(cSlash, dSlash))) || wasBackslash != 0) {
      const slashes = bits64(aSlash, bSlash, cSlash, dSlash);
      // As simdjson's json_escape_scanner: subtracting the starts of backslash runs from the odd bits finds their parity.
      const odd: u64 = 0xaaaaaaaaaaaaaaaa;
      const starts = slashes & ~wasBackslash;
      const code = (((starts << 1) | odd) - starts) ^ odd;
      const escaped = code ^ (slashes | wasBackslash);
      wasBackslash = (code & slashes) >> 63;
      oddEscapes = escaped & ~(quotes | slashes);
      quotes &= ~escaped;
    }
    let string = quotes ^ (quotes << 1);
    string ^= string << 2;
    string ^= string << 4;
    string ^= string << 8;
    string ^= string << 16;
    string ^= string << 32;
    string ^= inString;
    inString = <u64>(<i64>string >> 63);
    if (keepMasks && maskAt < <usize>LONGEST_BODY >> 3) {
      store<u64>(stringMasks + maskAt, string);
      maskAt += 8;
    }
    const outside = ~(string | quotes);
    const opening = quotes & string;

    const aFold = v128.or(a, caseByte);
    const bFold = v128.or(b, caseByte);
    const cFold = v128.or(c, caseByte);
    const dFold = v128.or(d, caseByte);
    const opens =
      bits64(i8x16.eq(aFold, openByte), i8x16.eq(bFold, openByte), i8x16.eq(cFold, openByte), i8x16.eq(dFold, openByte)) &
      outside;
    const closes =
      bits64(
        i8x16.eq(aFold, closeByte),
        i8x16.eq(bFold, closeByte),
        i8x16.eq(cFold, closeByte),
        i8x16.eq(dFold, closeByte),
      ) & outside;
    // Bit 5 tells { from [ and } from ].
    const curly = bits64(i16x8.shl(a, 2), i16x8.shl(b, 2), i16x8.shl(c, 2), i16x8.shl(d, 2));
    const commas =
      bits64(i8x16.eq(a, commaByte), i8x16.eq(b, commaByte), i8x16.eq(c, commaByte), i8x16.eq(d, commaByte)) & outside;
    const colons =
      bits64(i8x16.eq(a, colonByte), i8x16.eq(b, colonByte), i8x16.eq(c, colonByte), i8x16.eq(d, colonByte)) & outside;

    let within = context; // per byte: inside an object
    let atFirst = first; // per byte: at depth 1
    let live: u64 = ~0; // the bytes up to the value's end
    let end: usize = 0;
    // {} and [] change nothing around them.
    const empty = opens & (closes >> 1) & ~(curly ^ (curly >> 1));
    let brackets = (opens | closes) & ~(empty | (empty << 1));
    while (brackets != 0) {
      const i = ctz(brackets);
      const isCurly = (curly >> i) & 1;
      if ((opens >> i) & 1) {
        stack = (stack << 1) | isCurly;
        if (++depth > 63) return 0;
      } else {
        if ((stack & 1) != isCurly) return 0;
        stack >>= 1;
        if (--depth == 0) {
          live = (<u64>2 << i) - 1;
          end = p + <usize>i + 1;
          break;
        }
      }
      const now = 0 - (stack & 1);
      within ^= (context ^ now) << i;
      context = now;
      if (record) {
        const nowFirst = depth == 1 ? <u64>~0 : 0;
        atFirst ^= (first ^ nowFirst) << i;
        first = nowFirst;
      }
      brackets &= brackets - 1;
    }

    const separators = commas | colons;
    const scalars = outside & ~(opens | closes | separators);
    const scalarStarts = scalars & ~((scalars << 1) | wasScalar);
    const openOrSeparator = opens | separators;
    const mayStart = (openOrSeparator << 1) | wasOpenOrSeparator;
    const afterSeparator = (separators << 1) | wasSeparator;
    const braces = opens & curly;
    const afterBrace = (braces << 1) | wasBrace;
    const objectCommas = commas & within;
    const afterObjectComma = (objectCommas << 1) | wasKeyPlace;
    const keyStarts = opening & (afterBrace | afterObjectComma);
    const half = string + keyStarts;
    const sum = half + keyCarry;
    keyCarry = <u64>(half < string) | <u64>(sum < half);
    const keyEnds = sum & ~string;
    const wrong =
      ((opening | opens | scalarStarts) & ~mayStart) |
      (commas & mayStart) |
      (closes & afterSeparator) |
      (afterBrace & ~(opening | closes)) |
      (afterObjectComma & ~opening) |
      (((keyEnds << 1) | wasKeyEnd) ^ colons);
    if ((wrong & live) != 0) return 0;

    const least = v128.and(i8x16.min_u(i8x16.min_u(a, b), i8x16.min_u(c, d)), top);
    if (!i8x16.all_true(least)) {
      const zero = i8x16.splat(0);
      const controls = bits64(
        i8x16.eq(v128.and(a, top), zero),
        i8x16.eq(v128.and(b, top), zero),
        i8x16.eq(v128.and(c, top), zero),
        i8x16.eq(v128.and(d, top), zero),
      );
      if ((controls & live) != 0) return 0;
    }
    for (let s = scalarStarts & live; s != 0; s &= s - 1) {
      if (skipScalar(p + <usize>ctz(s)) == 0) return 0;
    }
    for (let e = oddEscapes & live; e != 0; e &= e - 1) {
      if (!isEscape(p + <usize>ctz(e))) return 0;
    }
    if (record) {
      for (let k = keyStarts & atFirst & live; k != 0; k &= k - 1) {
        if (keyCount < MAX_KEYS) store<u32>(keys + ((<usize>keyCount) << 2), <u32>(p + <usize>ctz(k) + 1));
        keyCount++;
      }
    }
    if (end != 0) return end;

    wasOpenOrSeparator = openOrSeparator >> 63;
    wasSeparator = separators >> 63;
    wasScalar = scalars >> 63;
    wasKeyPlace = objectCommas >> 63;
    wasBrace = braces >> 63;
    wasKeyEnd = keyEnds >> 63;
    p += 64;
  }
  return 0;
}
