// Finds where the frames of a zstd stream end, so that each can be decompressed on its own: Node's decompressor (24.x)
// stops at the end of a frame and silently drops whatever follows in the same chunk. Reads headers only, as RFC 8878,
// 3.1 lays them out; whether the content is right is the decompressor's business.

type Step = 'magic' | 'descriptor' | 'header' | 'block' | 'content' | 'checksum' | 'skippable-size' | 'skippable';

/** Follows a zstd stream from frame to frame, whatever chunks it comes in. */
export class ZstdFrames {
  #step: Step = 'magic';
  /** Bytes still wanted in this step, and those of a header that were seen. */
  #wanted = 4;
  #header: number[] = [];
  #hasChecksum = false;
  #isLastBlock = false;

  /** Whether the stream may end here: between two frames. */
  get complete(): boolean {
    return this.#step === 'magic' && this.#header.length === 0;
  }

  /** Splits the next bytes, copying none, after each end of a frame. `valid` is false when no zstd follows the pieces. */
  split(chunk: Uint8Array): { readonly pieces: readonly Uint8Array[]; readonly valid: boolean } {
    const pieces: Uint8Array[] = [];
    let start = 0;
    let at = 0;
    while (at < chunk.length) {
      const isBulk = this.#step === 'content' || this.#step === 'skippable';
      const taken = isBulk ? Math.min(this.#wanted, chunk.length - at) : 1;
      if (!isBulk) this.#header.push(chunk[at] as number);
      this.#wanted -= taken;
      at += taken;
      if (this.#wanted > 0) continue;
      if (!this.#advance()) return { pieces, valid: false };
      if (!this.complete) continue;
      pieces.push(chunk.subarray(start, at));
      start = at;
    }
    if (start < chunk.length) pieces.push(chunk.subarray(start));
    return { pieces, valid: true };
  }

  #want(step: Step, bytes: number): true {
    this.#step = step;
    this.#wanted = bytes;
    this.#header = [];
    // A header or content of no bytes is over at once.
    if (bytes === 0) return this.#advance() as true;
    return true;
  }

  /** Goes on when all bytes of a step are there; false when they are no zstd. */
  #advance(): boolean {
    switch (this.#step) {
      case 'magic':
        return this.#readMagic();
      case 'descriptor':
        return this.#readDescriptor();
      case 'header':
        return this.#want('block', 3);
      case 'block':
        return this.#readBlock();
      case 'content':
        if (!this.#isLastBlock) return this.#want('block', 3);
        return this.#hasChecksum ? this.#want('checksum', 4) : this.#want('magic', 4);
      case 'skippable-size':
        return this.#want('skippable', littleEndian(this.#header));
      case 'checksum':
      case 'skippable':
        return this.#want('magic', 4);
    }
  }

  #readMagic(): boolean {
    const magic = littleEndian(this.#header);
    if (magic === 0xfd2fb528) return this.#want('descriptor', 1);
    if (magic >= 0x184d2a50 && magic <= 0x184d2a5f) return this.#want('skippable-size', 4);
    return false;
  }

  /** Frame_Header_Descriptor, RFC 8878, 3.1.1.1.1. */
  #readDescriptor(): boolean {
    const descriptor = this.#header[0] as number;
    const isSingleSegment = (descriptor & 0x20) !== 0;
    this.#hasChecksum = (descriptor & 0x04) !== 0;
    const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] as number;
    const sizeBytes = [isSingleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6] as number;
    return this.#want('header', (isSingleSegment ? 0 : 1) + dictionaryBytes + sizeBytes);
  }

  /** Block_Header, RFC 8878, 3.1.1.2: an RLE block (type 1) holds one byte whatever its size says; type 3 is reserved. */
  #readBlock(): boolean {
    const header = littleEndian(this.#header);
    this.#isLastBlock = (header & 1) === 1;
    const type = (header >> 1) & 3;
    if (type === 3) return false;
    return this.#want('content', type === 1 ? 1 : header >>> 3);
  }
}

function littleEndian(bytes: readonly number[]): number {
  let value = 0;
  for (const [index, byte] of bytes.entries()) value += byte * 2 ** (8 * index);
  return value;
}
