// SPDX-License-Identifier: MIT
/** The benchmark's models: what each tool counts in them, and the shortest way to the bug. */

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Checker } from "../bench/checker.ts";
import { MODELS } from "../bench/models/index.ts";
import type { Model } from "../bench/models/model.ts";
import { permutationsOf } from "../bench/models/permutations.ts";
import { Lab, missingTools } from "../bench/processes.ts";
import { rumur } from "../bench/rumur.ts";
import { SPIN_MODES, spin } from "../bench/spin.ts";
import { search } from "../src/check/explorer/search.ts";

/** States, transitions; from the formulas in the models where there are some, else as all three tools count. */
const COUNTS: Readonly<Record<string, readonly [number, number]>> = {
  buffers: [14 ** 5, 5 * 14 ** 4 * 53],
  swiotlb: [2 * (7 ** 4 + 4 * 2 * 10 * 7 ** 3 + 6 * 2 * 10 ** 2 * 7 ** 2), 2_679_544],
  "page-state": [31 ** 3 + 3 * 8 * 31 ** 2, 571_485],
  iotlb: [75_435, 715_932],
};
const BOUNDS = { bounds: { states: 1_000_000, depth: 1_000 } };

const modelOf = (name: string): Model => MODELS.find((m) => m.name === name)!;

describe("models", () => {
  for (const model of MODELS) {
    it(`${model.name}: states and transitions`, { timeout: 120_000 }, () => {
      const { states, transitions, complete, found } = search(model.space({ bug: false }), BOUNDS);
      expect([states, transitions]).toEqual(COUNTS[model.name]);
      expect({ complete, found }).toEqual({ complete: true, found: [] });
      expect([model.states, model.transitions]).toEqual(COUNTS[model.name]);
    });
  }

  it("the bug is found by the shortest way", () => {
    const model = modelOf("iotlb");
    const { found } = search(model.space({ bug: true }), BOUNDS);
    expect(found.map((f) => f.path.map((action) => model.nameOf(action)))).toEqual([
      ["alloc frame 0", "map 0 frame 0", "dev_access 0", "unmap 0", "free frame 0", "reuse frame 0"],
    ]);
    expect(model.bug?.steps).toBe(6);
  });

  it("buffers that are alike are searched once, and counted", () => {
    const model = modelOf("buffers");
    const { states, represents, complete } = search(model.space({ bug: false, symmetry: true }), BOUNDS);
    // Multisets of 5 of 14.
    expect({ states, represents, complete }).toEqual({ states: (18 * 17 * 16 * 15 * 14) / 120, represents: 14 ** 5, complete: true });
    expect(model.orbits).toBe(states);
  });

  it("buffers may be permuted: what one may do, its image may do under the action's image", () => {
    const space = modelOf("buffers").space({ bug: false, symmetry: true });
    const symmetry = space.symmetry!;
    expect(permutationsOf(3)).toEqual([[0, 1, 2], [1, 0, 2], [0, 2, 1], [1, 2, 0], [2, 0, 1], [2, 1, 0]]);
    expect(symmetry.actions).toHaveLength(120);
    expect(symmetry.actions[0]).toEqual([...symmetry.actions[0]!.keys()]);
    space.start();
    let words = space.state.slice();
    // A walk that visits many different states: the n-th step takes the enabled action number n * 7.
    for (let n = 0; n < 200; n++) {
      space.enter(words);
      const enabled = Array.from({ length: space.actions }, (_, a) => a).filter((a) => space.enabled(a));
      const action = enabled[(n * 7) % enabled.length]!;
      const next = space.step(action) === 1 ? space.state.slice() : words;
      const permutation = n % 120;
      const image = new Uint32Array(words.length);
      symmetry.permute(words, permutation, image);
      space.enter(image);
      expect(enabled.map((a) => symmetry.actions[permutation]![a]!).sort((a, b) => a - b)).toEqual(
        Array.from({ length: space.actions }, (_, a) => a).filter((a) => space.enabled(a)),
      );
      const moved = space.step(symmetry.actions[permutation]![action]!) === 1 ? space.state.slice() : image;
      const expected = new Uint32Array(words.length);
      symmetry.permute(next, permutation, expected);
      expect(moved).toEqual(expected);
      words = next;
    }
  });
});

const missing = missingTools();
// Where all tests run they must be there: a comparison that is skipped compares nothing.
const skip = missing.length > 0 && process.env["CI"] === undefined;

describe.skipIf(skip)(`models in SPIN and Rumur${skip ? ` (not installed: ${missing.join(", ")})` : ""}`, () => {
  let lab: Lab;
  beforeAll(() => {
    if (missing.length > 0) throw new Error(`not installed: ${missing.join(", ")}`);
    lab = new Lab();
  });
  afterAll(() => lab?.close());

  /** States, transitions, and the steps of a counterexample, of which there must be none. */
  const counts = (model: Model, checker: Checker): readonly (number | null)[] => {
    const { states, transitions, steps } = checker.build(model, false).run();
    return [states, transitions, steps];
  };
  for (const model of MODELS) {
    it(`${model.name}: SPIN counts the same`, { timeout: 120_000 }, () => {
      expect(counts(model, spin(lab, SPIN_MODES.bfs))).toEqual([...COUNTS[model.name]!, null]);
    });
    // One thread: two that share busy cores with other tests wait for each other.
    it(`${model.name}: Rumur counts the same`, { timeout: 300_000 }, () => {
      expect(counts(model, rumur(lab, 1))).toEqual([...COUNTS[model.name]!, null]);
    });
  }
  it("SPIN counts the same depth first and with two processes", { timeout: 120_000 }, () => {
    for (const mode of [SPIN_MODES.dfs, SPIN_MODES.par]) {
      expect(counts(modelOf("iotlb"), spin(lab, mode))).toEqual([...COUNTS["iotlb"]!, null]);
    }
  });

  it("the bug: SPIN and Rumur need as many steps, searching breadth first on one core", { timeout: 120_000 }, () => {
    const model = modelOf("iotlb");
    expect(spin(lab, SPIN_MODES.bfs).build(model, true).run().steps).toBe(6);
    const one = rumur(lab, 1).build(model, true).run();
    expect({ steps: one.steps, status: one.status }).toEqual({ steps: 6, status: 1 });
  });

  it("the bug: SPIN's depth-first search and Rumur's threads find it, not always by a shortest way", { timeout: 120_000 }, () => {
    const model = modelOf("iotlb");
    for (const checker of [spin(lab, SPIN_MODES.dfs), rumur(lab, 2)]) {
      expect(checker.build(model, true).run().steps).toBeGreaterThanOrEqual(6);
    }
  });
});
