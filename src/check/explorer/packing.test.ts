// SPDX-License-Identifier: MIT
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FlatStore } from "./flat-store.ts";
import { Packing } from "./packing.ts";
import { Recent } from "./recent.ts";

const layout = fc.array(fc.integer({ min: 1, max: 32 }), { minLength: 1, maxLength: 12 });
const stateOf = (bits: readonly number[]): fc.Arbitrary<Uint32Array> => fc.tuple(...bits.map((b) => fc.integer({ min: 0, max: 2 ** b - 1 }))).map((words) => Uint32Array.from(words));

describe("packed words", () => {
  it("come back as they were, and take no more words than they must", () => {
    fc.assert(
      fc.property(layout.chain((bits) => fc.tuple(fc.constant(bits), stateOf(bits))), ([bits, words]) => {
        const packing = new Packing(bits);
        const back = new Uint32Array(words.length);
        packing.unpack(packing.pack(words), 0, back);
        expect(back).toEqual(words);
        expect(packing.width).toBeLessThanOrEqual(bits.length);
        expect(packing.width).toBeGreaterThanOrEqual(Math.ceil(bits.reduce((a, b) => a + b, 0) / 32));
      }),
    );
  });

  it("are refused where a word has more bits than it may", () => {
    expect(() => new Packing([3, 3]).pack(Uint32Array.of(7, 8))).toThrow(/bits that `wordBits` does not allow/);
    expect(() => new FlatStore(2, [3])).toThrow(/another length/);
  });

  it("are told apart by a store, which gives them back", () => {
    const store = new FlatStore(3, [2, 31, 1]);
    const states = [[0, 0, 0], [3, 0, 0], [0, 2 ** 31 - 1, 0], [0, 0, 1], [3, 2 ** 31 - 1, 1]].map((s) => Uint32Array.from(s));
    const add = (words: Uint32Array): number => {
      const packed = store.encode(words);
      return store.add(packed, words.length, store.hash(packed));
    };
    expect(states.map(add)).toEqual([0, 1, 2, 3, 4]);
    expect(states.map(add)).toEqual([~0, ~1, ~2, ~3, ~4]);
    expect(states.map((_, id) => store.words(id, new Uint32Array(0)))).toEqual(states);
  });
});

describe("what was sent lately", () => {
  it("is known until another one takes its place, compared in full", () => {
    const recent = new Recent();
    const [a, b] = [Uint32Array.of(1, 2), Uint32Array.of(1, 3)];
    expect([recent.shown(a, 5), recent.shown(a, 5), recent.shown(b, 5), recent.shown(a, 5)]).toEqual([false, true, false, false]);
    expect(recent.shown(Uint32Array.of(0, 0), 6)).toBe(false);
  });
});
