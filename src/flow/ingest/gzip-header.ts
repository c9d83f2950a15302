// Finds where the header of a gzip member ends (RFC 1952, 2.3).

/** Bits of the flag byte, RFC 1952, 2.3.1. */
const flagHeaderChecksum = 0x02;
const flagExtra = 0x04;
const flagName = 0x08;
const flagComment = 0x10;

/** No real header is longer (extra field 64 KiB, name and comment a few hundred bytes); a longer one is not gzip. */
const longestHeader = 256 * 1024;

/** The length of the header that `bytes` begin with; `incomplete` when more bytes are needed to tell. */
export function readGzipHeader(bytes: Uint8Array): number | 'incomplete' | 'not-gzip' {
  const length = bytes.length;
  if (length > 0 && bytes[0] !== 0x1f) return 'not-gzip';
  if (length > 1 && bytes[1] !== 0x8b) return 'not-gzip';
  if (length > 2 && bytes[2] !== 8) return 'not-gzip';
  if (length < 10) return 'incomplete';
  const flags = bytes[3] as number;
  let at = 10;
  if (flags & flagExtra) {
    if (length < at + 2) return 'incomplete';
    at += 2 + (bytes[at] as number) + 256 * (bytes[at + 1] as number);
  }
  for (const flag of [flagName, flagComment]) {
    if ((flags & flag) === 0) continue;
    const end = bytes.indexOf(0, at);
    if (end < 0) return length > longestHeader ? 'not-gzip' : 'incomplete';
    at = end + 1;
  }
  if (flags & flagHeaderChecksum) at += 2;
  if (at > length) return 'incomplete';
  return at;
}
