// SPDX-License-Identifier: MIT
/** The explorer on toy models whose numbers are known, in each mode, at once and in stretches. */

import { describe, expect, it } from "vitest";
import type { SearchResult } from "../src/check/explorer/options.ts";
import { essence, expectReplays, FAR, type Mode, MODES, searchIn, searchInStretches } from "./support/explorer-agreement.ts";
import { BROKEN, type Toy, TOYS } from "./support/toy-models/index.ts";
import { ModelSpace, SPARSE } from "./support/toy-models/model.ts";

const lengthsOf = (found: readonly { readonly key: number; readonly path: readonly number[] }[]): readonly unknown[] => found.map(({ key, path }) => ({ key, length: path.length }));

/** What a search in a mode must say of a model. */
function expected(toy: Toy, mode: Mode): Partial<SearchResult> {
  const all = { depth: toy.depth, represents: toy.states, complete: true, stopped: null, frontier: 0 };
  if (mode.symmetry) return { ...all, states: toy.orbits ?? toy.states };
  const found = { ...all, states: toy.states, found: toy.found };
  if (!mode.partialOrder) return { ...found, transitions: toy.transitions };
  return toy.reduced === undefined ? found : { ...found, transitions: toy.reduced };
}

describe.each(TOYS)("$name", (toy) => {
  const layouts = toy.layout === undefined ? [undefined, SPARSE] : [toy.layout];

  it.each(MODES)("has the states, transitions, depth and shortest violations that are derived for it: $name", (mode) => {
    for (const layout of layouts) {
      const space = new ModelSpace(toy.model, layout);
      const result = searchIn(mode, space, FAR);
      expect(result).toMatchObject(expected(toy, mode));
      expect(result.transitions).toBeLessThanOrEqual(toy.transitions);
      expect(lengthsOf(result.found)).toEqual(lengthsOf(toy.found));
      expectReplays(space, result.found);
    }
  });

  it.each(MODES)("comes to the same in stretches: $name", (mode) => {
    const space = new ModelSpace(toy.model, toy.layout);
    const stops = [{ states: 3 }, { depth: 1 }, { states: 10 }, { memory: 1 }, { states: 40 }, { depth: 5 }];
    expect(essence(searchInStretches(() => space, mode, stops))).toEqual(essence(searchIn(mode, space, FAR)));
  });
});

describe.each(BROKEN)("$name", ({ model, found }) => {
  it.each(MODES)("has the shortest violation that is derived for it: $name", (mode) => {
    const space = new ModelSpace(model);
    const result = searchIn(mode, space, FAR);
    expect(lengthsOf(result.found)).toEqual(lengthsOf(found));
    expect(mode.symmetry ? found : result.found).toEqual(found);
    expectReplays(space, result.found);
  });
});
