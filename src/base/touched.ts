// SPDX-License-Identifier: MIT
/** Which parts of a flat state were written: so that who compares and copies states need not look at all of it. */

/** Words of a block, and their logarithm. */
const BLOCK_WORDS_LOG2 = 5;
export const TOUCH_BLOCK_WORDS: number = 1 << BLOCK_WORDS_LOG2;

/** True where two states of one length agree in every block that is set; the others need not be looked at. */
export function equalBlocks(a: Uint32Array, b: Uint32Array, blocks: Uint8Array): boolean {
  for (let block = 0; block < blocks.length; block++) {
    if (blocks[block] === 0) continue;
    for (let i = block * TOUCH_BLOCK_WORDS, end = Math.min(i + TOUCH_BLOCK_WORDS, a.length); i < end; i++) if (a[i] !== b[i]) return false;
  }
  return true;
}

/** Told of each range of words [start, end) that is written. */
export type WriteListener = (start: number, end: number) => void;

/** For who does not want to know. */
export const NOBODY_LISTENS: WriteListener = () => undefined;

/** By block of `TOUCH_BLOCK_WORDS` words of a state: 1 where it was written since `clear`, 0 where it was not. */
export class Touched {
  readonly blocks: Uint8Array;

  /** @param words of the state */
  constructor(words: number) {
    this.blocks = new Uint8Array(Math.ceil(words / TOUCH_BLOCK_WORDS));
  }

  /** Says that a word was written. */
  mark(word: number): void {
    this.blocks[word >>> BLOCK_WORDS_LOG2] = 1;
  }

  /** Takes note of writes to a part of the state that begins at word `base`. */
  listener(base: number): WriteListener {
    return (start, end) => {
      for (let block = (base + start) >>> BLOCK_WORDS_LOG2; block << BLOCK_WORDS_LOG2 < base + end; block++) this.blocks[block] = 1;
    };
  }

  /** From now on nothing has been written. */
  clear(): void {
    this.blocks.fill(0);
  }
}
