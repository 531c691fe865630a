// SPDX-License-Identifier: MIT
/** Toy models whose numbers are known: the naive explorer, and what the models say of their reductions. */

import { describe, expect, it } from "vitest";
import { exploreNaively } from "./support/naive-explorer.ts";
import { isIndependent, ModelSpace } from "./support/toy-models/model.ts";
import { BROKEN, TOYS } from "./support/toy-models/index.ts";
import { puzzle } from "./support/toy-models/puzzle.ts";
import { largestIndependence, orbits, symmetryFault } from "./support/truth.ts";

describe.each(TOYS)("$name", ({ model, layout, states, transitions, depth, found }) => {
  it("has the states, transitions, depth and shortest violations that are derived for it", () => {
    expect(exploreNaively(new ModelSpace(model, layout))).toMatchObject({ states, transitions, depth, complete: true, found });
  });
});

describe.each(TOYS.filter(({ model }) => model.independence !== undefined))("$name", ({ model, layout }) => {
  it("calls independent only what commutes", () => {
    const largest = largestIndependence(new ModelSpace(model, layout));
    const pairs = model.actions.flatMap((_, a) => model.actions.map((_, b) => [a, b] as const));
    expect(pairs.filter(([a, b]) => isIndependent(model.independence!, a, b) && !isIndependent(largest, a, b))).toEqual([]);
  });
});

describe.each(TOYS.filter(({ model }) => model.symmetry !== undefined))("$name", ({ model, layout, orbits: expected }) => {
  it("has its symmetry, with the orbits that are derived for it", () => {
    const space = new ModelSpace(model, layout);
    expect(symmetryFault(space)).toBeNull();
    expect(orbits(space)).toBe(expected);
  });
});

it("the sliding puzzle has as many orders at each distance as is known of it", () => {
  const { levels } = exploreNaively(new ModelSpace(puzzle().model));
  expect(levels.map((level) => level.length)).toEqual([1, 2, 3, 5, 6, 7, 10, 12, 12, 16, 23, 25, 28, 39, 44, 40, 29, 21, 18, 12, 6, 1]);
});

describe.each(BROKEN)("$name", ({ model, found }) => {
  it("has the shortest violation that is derived for it", () => {
    expect(exploreNaively(new ModelSpace(model)).found).toEqual(found);
  });
});
