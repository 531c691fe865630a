// SPDX-License-Identifier: MIT
/** Words of which only some low bits are used, several to a word. */

import { assert } from "../../base/index.ts";

export class Packing {
  /** Words of a packed state. */
  readonly width: number;
  private readonly place: Uint8Array;
  private readonly shift: Uint8Array;
  private readonly mask: Uint32Array;
  private readonly packed: Uint32Array;

  /** @param bits by word of a state, 1 to 32 */
  constructor(bits: readonly number[]) {
    let word = 0;
    let used = 0;
    const placed = bits.map((b) => {
      assert(b >= 1 && b <= 32, `explorer: a word of a state has ${b} bits`);
      if (used + b > 32) {
        word++;
        used = 0;
      }
      used += b;
      return { word, shift: used - b };
    });
    this.width = word + 1;
    this.place = Uint8Array.from(placed, (p) => p.word);
    this.shift = Uint8Array.from(placed, (p) => p.shift);
    this.mask = Uint32Array.from(bits, (b) => 2 ** b - 1);
    this.packed = new Uint32Array(this.width);
  }

  /** The packed form: a view that the next call writes again. @throws where a word has more bits than it may */
  pack(words: Uint32Array): Uint32Array {
    const { packed, place, shift, mask } = this;
    let outside = 0;
    let sum = 0;
    let at = 0;
    for (let i = 0; i < place.length; i++) {
      const word = words[i]!;
      if (place[i] !== at) {
        packed[at++] = sum;
        sum = 0;
      }
      outside |= word & ~mask[i]!;
      sum |= word << shift[i]!;
    }
    packed[at] = sum;
    assert(outside === 0, "explorer: a word of a state has bits that `wordBits` does not allow");
    return packed;
  }

  /** The words that stand packed at `start`. */
  unpack(packed: Uint32Array, start: number, into: Uint32Array): void {
    const { place, shift, mask } = this;
    for (let i = 0; i < into.length; i++) into[i] = (packed[start + place[i]!]! >>> shift[i]!) & mask[i]!;
  }
}
