// SPDX-License-Identifier: MIT
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NONE, StateStore } from "./state-store.ts";

const state = fc.uint8Array({ minLength: 0, maxLength: 24 }).map((bytes) => Uint32Array.from(bytes, (b) => b % 3));

describe("a store of states", () => {
  it("keeps each once and gives its words back, whatever the lengths", () => {
    fc.assert(
      fc.property(fc.array(state, { minLength: 1, maxLength: 60 }), (states) => {
        const store = new StateStore();
        const known = new Map<string, number>();
        for (const words of states) {
          const key = words.join();
          const id = store.add(words, NONE, NONE);
          expect(id).toBe(known.has(key) ? -1 : known.size);
          if (id >= 0) known.set(key, id);
        }
        expect(store.count).toBe(known.size);
        const scratch = new Uint32Array(12);
        for (const [key, id] of known) {
          expect(store.words(id).join()).toBe(key);
          expect(store.words(id, scratch).join()).toBe(key);
        }
      }),
    );
  });

  it("does not hold on to the words that it was given", () => {
    const store = new StateStore();
    const words = Uint32Array.of(1, 2, 3);
    store.add(words, NONE, NONE);
    words[1] = 9;
    expect([...store.words(0)]).toEqual([1, 2, 3]);
    expect(store.add(words, 0, 4)).toBe(1);
    expect(store.path(1)).toEqual([4]);
  });

  it("takes a few words for a state that differs in a few", () => {
    const store = new StateStore();
    const words = new Uint32Array(4096);
    for (let i = 0; i < 10_000; i++) {
      words[7] = i;
      words[4000] = i * 3;
      store.add(words, NONE, NONE);
    }
    expect(store.count).toBe(10_000);
    expect(store.bytes).toBeLessThan(10_000 * 200);
    expect(store.words(9_999)[4000]).toBe(29_997);
  });
});
