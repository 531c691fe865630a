// SPDX-License-Identifier: MIT
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FlatStore } from "./flat-store.ts";
import { Packing } from "./packing.ts";
import { Recent } from "./recent.ts";
import { fitsWordStore, WordStore } from "./word-store.ts";

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

describe("states of at most 31 bits", () => {
  it("are told apart, numbered in order and given back, past the table's first size", () => {
    const bits = [12, 19];
    const store = new WordStore(bits);
    const add = (words: Uint32Array): number => {
      const packed = store.encode(words);
      return store.add(packed, words.length, store.hash(packed));
    };
    const states = Array.from({ length: 9000 }, (_, i) => Uint32Array.of(i % 4096, Math.floor(i / 4096) * 174_762));
    expect(states.map(add)).toEqual(states.map((_, i) => i));
    expect(states.map(add).every((id) => id === -1)).toBe(true);
    expect(states.map((_, id) => store.words(id, new Uint32Array(0)))).toEqual(states);
    expect(store.count).toBe(9000);
    expect(fitsWordStore([31])).toBe(true);
    expect(fitsWordStore([16, 16])).toBe(false);
    expect(() => new WordStore([32])).toThrow(/more than 31 bits/);
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
