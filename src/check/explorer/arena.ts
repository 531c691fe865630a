// SPDX-License-Identifier: MIT
/** Word arrays of any length, one behind the other in chunks, without an object for each. Chunks can be given up from the front. */

/** Words of the first chunk and of the longest; each is twice the one before. A longer array gets a chunk of its own. */
const FIRST_CHUNK_WORDS = 1 << 12;
const CHUNK_WORDS = 1 << 18;
const DOUBLINGS = 6;

export class Arena {
  private readonly chunks: (Uint32Array | null)[] = [];
  private used = 0;
  private dropped = 0;
  bytes = 0;

  /** Where the last `keep` put its words. */
  chunk = 0;
  start = 0;

  keep(words: Uint32Array): void {
    const last = this.chunks[this.chunks.length - 1];
    if (last === undefined || last === null || this.used + words.length > last.length) {
      const length = Math.max(Math.min(CHUNK_WORDS, FIRST_CHUNK_WORDS << Math.min(this.chunks.length, DOUBLINGS)), words.length);
      this.chunks.push(new Uint32Array(length));
      this.bytes += length * 4;
      this.used = 0;
    }
    this.chunk = this.chunks.length - 1;
    this.start = this.used;
    this.chunks[this.chunk]!.set(words, this.used);
    this.used += words.length;
  }

  /** True where `words` are kept there. */
  holds(chunk: number, start: number, words: Uint32Array): boolean {
    const kept = this.chunks[chunk]!;
    for (let i = 0; i < words.length; i++) if (kept[start + i] !== words[i]) return false;
    return true;
  }

  /** A view of kept words. */
  at(chunk: number, start: number, length: number): Uint32Array {
    return this.chunks[chunk]!.subarray(start, start + length);
  }

  /** Gives up the chunks before `chunk`. */
  drop(chunk: number): void {
    for (; this.dropped < chunk; this.dropped++) {
      this.bytes -= this.chunks[this.dropped]!.byteLength;
      this.chunks[this.dropped] = null;
    }
  }
}
