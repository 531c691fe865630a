// SPDX-License-Identifier: MIT
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TOUCH_BLOCK_WORDS } from "../../base/index.ts";
import { Delta } from "./delta.ts";

const WORDS = TOUCH_BLOCK_WORDS * 3 + 5;
const BLOCKS = 4;
const words = fc.uint32Array({ minLength: WORDS, maxLength: WORDS, max: 2 });
const blocks = fc.uint8Array({ minLength: BLOCKS, maxLength: BLOCKS, max: 1 });

describe("Delta", () => {
  it("gives back what it was given, longer and shorter states too", () => {
    fc.assert(
      fc.property(words, fc.uint32Array({ maxLength: WORDS * 2 }), (first, state) => {
        const delta = new Delta();
        delta.encode(first);
        expect(delta.decode(delta.encode(state).slice(), state.length, new Uint32Array(0))).toEqual(state);
      }),
    );
  });

  it("encodes a state near another one like any other, whatever other blocks are touched", () => {
    fc.assert(
      fc.property(words, words, words, blocks, (first, near, other, touched) => {
        const delta = new Delta();
        delta.encode(first);
        const pairs = delta.encode(near).slice();
        const state = near.map((word, at) => (touched[Math.floor(at / TOUCH_BLOCK_WORDS)] === 1 ? other[at]! : word));
        const whole = delta.encode(state).slice();
        expect(delta.encode(state, pairs, touched)).toEqual(whole);
      }),
    );
  });

  it("looks at all words of a state that is longer than the first one", () => {
    const delta = new Delta();
    delta.encode(Uint32Array.of(1, 2));
    expect([...delta.encode(Uint32Array.of(1, 3, 4), new Uint32Array(0), Uint8Array.of(0))]).toEqual([1, 3, 2, 4]);
  });
});
