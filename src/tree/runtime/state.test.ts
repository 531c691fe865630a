// SPDX-License-Identifier: MIT
import fc from "fast-check";
import { expect, it } from "vitest";
import { equalWords } from "../../base/index.ts";
import { StateStore, wordsPart } from "./state.ts";

/** A store over a few chunks of plain words, and a way to write them. */
function world(): { words: Uint32Array; store: StateStore; write: (at: number, value: number) => void } {
  const words = new Uint32Array(40 * 1024 + 100);
  const store = new StateStore([wordsPart(words)]);
  return {
    words,
    store,
    write: (at, value) => {
      words[at % words.length] = value;
      store.touch(0);
    },
  };
}

const writes = fc.array(fc.tuple(fc.nat(50_000), fc.integer({ min: 0, max: 3 })), { maxLength: 20 });

it("restores every saved state, and equal states have equal words", () => {
  fc.assert(
    fc.property(fc.array(writes, { minLength: 1, maxLength: 6 }), fc.array(fc.nat(100), { maxLength: 10 }), (steps, jumps) => {
      const { words, store, write } = world();
      const saved = steps.map((step) => {
        for (const [at, value] of step) write(at, value);
        return { snapshot: store.save(), words: words.slice() };
      });
      for (const jump of jumps) {
        const state = saved[jump % saved.length]!;
        store.restore(state.snapshot);
        expect(equalWords(words, state.words)).toBe(true);
        expect(equalWords(store.save(), state.snapshot)).toBe(true);
      }
      for (const a of saved) for (const b of saved) expect(equalWords(a.snapshot, b.snapshot)).toBe(equalWords(a.words, b.words));
    }),
    { numRuns: 30 },
  );
});

it("forgets what was written and not saved", () => {
  const { words, store, write } = world();
  const empty = store.save();
  write(5000, 7);
  store.restore(empty);
  expect(words[5000]).toBe(0);
});
