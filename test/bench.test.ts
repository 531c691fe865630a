// SPDX-License-Identifier: MIT
/** The benchmark's models: what each tool counts in them, and the shortest way to the bug. */

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Checker } from "../bench/checker.ts";
import { disagreements, type Row } from "../bench/comparison.ts";
import type { Explored } from "../bench/explore.ts";
import { MODELS } from "../bench/models/index.ts";
import type { Model } from "../bench/models/model.ts";
import { permutationsOf } from "../bench/models/permutations.ts";
import { Lab, missingTools } from "../bench/processes.ts";
import { rumur } from "../bench/rumur.ts";
import { sampleOf } from "../bench/sample.ts";
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

describe("npm run bench", () => {
  const main = fileURLToPath(new URL("../dist-bench/main.js", import.meta.url));
  const run = (args: readonly string[], path: string) => spawnSync(process.execPath, [main, ...args], { encoding: "utf8", env: { PATH: path } });

  it("names all that is not installed, with the command that brings it, and exits 6", () => {
    expect(run([], "/nowhere")).toMatchObject({
      status: 6,
      stdout: "",
      stderr: "bench: the comparison needs programs that are not installed: spin, rumur, gcc [CBIT-203]\n  hint: apt-get install spin rumur gcc\n",
    });
  });

  it("exits 2 for options that it does not know", () => {
    expect(run(["--runs", "0"], "")).toMatchObject({ status: 2, stderr: expect.stringContaining("--runs 0: not a whole number above 0") });
    expect(run(["--model", "x"], "")).toMatchObject({ status: 2, stderr: expect.stringContaining("--model x: there is no such model") });
    expect(run(["--fast"], "")).toMatchObject({ status: 2 });
  });

  it("says which tool counts otherwise, and who does not find the bug", () => {
    const same = sampleOf([1]);
    const row = (tool: string, states: number, steps: number | null): Row => ({ tool, states, transitions: 715_932, steps, status: 0, search: same, build: same, total: same, cpu: same, rssBytes: same });
    const model = modelOf("iotlb");
    const good = row("good", 75_435, null);
    const rows = { cbit1: good, cbit2: good, spinDfs: good, spinBfs: row("bad", 75_436, null), spinPar: good, rumur: row("worse", 75_435, 3) };
    expect(disagreements([{ model, rows: { ...rows, spinBfs: good, rumur: good }, atOnce: good, symmetry: null }], [])).toEqual([]);
    expect(disagreements([{ model, rows, atOnce: row("two", 75_435, 1), symmetry: null }], [{ model, rows: [row("SPIN", 9, 7), row("cbit", 9, 7), row("none", 9, null), row("short", 9, 5)] }])).toEqual([
      "iotlb: bad has 75436 states and 715932 transitions, not 75435 and 715932",
      "iotlb: worse says that it does not hold",
      "iotlb: two says that it does not hold",
      "iotlb: cbit needs 7 steps to the bug, not 6",
      "iotlb: none does not find the bug",
      "iotlb: short needs 5 steps to the bug, fewer than 6",
    ]);
  });

  it("takes the median", () => {
    expect(sampleOf([3, 1, 2])).toEqual({ median: 2, min: 1, max: 3 });
    expect(sampleOf([4, 1])).toEqual({ median: 2.5, min: 1, max: 4 });
  });
});

describe("threads", () => {
  const explore = (...args: readonly string[]): Explored => {
    const { stdout } = spawnSync(process.execPath, [fileURLToPath(new URL("../dist-bench/explore.js", import.meta.url)), ...args], { encoding: "utf8" });
    return JSON.parse(stdout) as Explored;
  };

  it("one and two count the same, and take the same way to the bug", { timeout: 60_000 }, () => {
    for (const model of ["page-state", "iotlb"]) {
      const [one, two] = [explore(model), explore(model, "--workers", "2", "--at-once")];
      expect([two.states, two.transitions, two.steps]).toEqual([...COUNTS[model]!, null]);
      expect([one.states, one.transitions]).toEqual([two.states, two.transitions]);
    }
    const [one, two] = [explore("iotlb", "--bug"), explore("iotlb", "--bug", "--workers", "2", "--at-once")];
    expect(one.actions).toHaveLength(6);
    expect(two.actions).toEqual(one.actions);
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
