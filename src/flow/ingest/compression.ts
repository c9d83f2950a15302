// Which compression bytes are in, told by their first bytes and never by a file's name.

export type Compression = 'none' | 'gzip' | 'zstd';

/** How many bytes `detectCompression` and `findForeignFormat` want to see. */
export const magicLength = 6;

/**
 * The compression that a stream beginning with these bytes is in. Gzip: RFC 1952, 2.3.1. Zstandard: RFC 8878, 3.1.1 and
 * 3.1.2 (a stream may begin with a skippable frame, 0x184D2A50 to 0x184D2A5F, little-endian).
 */
export function detectCompression(head: Uint8Array): Compression {
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip';
  if (head[0] === 0x28 && head[1] === 0xb5 && head[2] === 0x2f && head[3] === 0xfd) return 'zstd';
  const isSkippable = head[1] === 0x2a && head[2] === 0x4d && head[3] === 0x18;
  if (isSkippable && ((head[0] ?? 0) & 0xf0) === 0x50) return 'zstd';
  return 'none';
}

const foreignFormats: readonly (readonly [name: string, magic: readonly number[], advice: string])[] = [
  ['xz-compressed', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], 'decompress it with "xz -d" first'],
  ['bzip2-compressed', [0x42, 0x5a, 0x68], 'decompress it with "bzip2 -d" first'],
  ['lz4-compressed', [0x04, 0x22, 0x4d, 0x18], 'decompress it with "lz4 -d" first'],
  ['a zip archive', [0x50, 0x4b, 0x03, 0x04], 'unpack it first'],
  ['UTF-16 text', [0xff, 0xfe], 'convert it to UTF-8 first, as "iconv -f utf-16 -t utf-8" does'],
  ['UTF-16 text', [0xfe, 0xff], 'convert it to UTF-8 first, as "iconv -f utf-16 -t utf-8" does'],
];

/** What a file is, and what to do with it, when it begins like a format that Audicia does not read; else `undefined`. */
export function findForeignFormat(head: Uint8Array): { readonly name: string; readonly advice: string } | undefined {
  for (const [name, magic, advice] of foreignFormats) {
    if (magic.every((byte, index) => head[index] === byte)) return { name, advice };
  }
  return undefined;
}
