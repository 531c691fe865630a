// SPDX-License-Identifier: MIT
import { describe, expect, it } from "vitest";
import { equalBlocks, TOUCH_BLOCK_WORDS, Touched } from "./touched.ts";

const B = TOUCH_BLOCK_WORDS;

describe("Touched", () => {
  it("takes note of every block that a write reaches into, and forgets it", () => {
    const touched = new Touched(5 * B + 1);
    const written = touched.listener(B);
    written(B - 1, B + 1);
    written(3 * B, 4 * B);
    touched.mark(5 * B);
    expect([...touched.blocks]).toEqual([0, 1, 1, 0, 1, 1]);
    touched.clear();
    expect([...touched.blocks]).toEqual([0, 0, 0, 0, 0, 0]);
  });
});

describe("equalBlocks", () => {
  it("compares the blocks that are set and no others", () => {
    const a = new Uint32Array(2 * B + 3);
    for (const at of [0, B, 2 * B + 2]) {
      const b = a.slice();
      b[at] = 1;
      const block = Math.floor(at / B);
      expect([0, 1, 2].map((set) => equalBlocks(a, b, Uint8Array.from([0, 1, 2], (i) => (i === set ? 1 : 0))))).toEqual([0, 1, 2].map((set) => set !== block));
    }
  });
});
