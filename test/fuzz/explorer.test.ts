// SPDX-License-Identifier: MIT
/** The explorer and the naive one on random small models: with each reduction, bound and interruption they say the same. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expectAgreement, expectCutAt, essence, FAR, MODES, searchIn, searchInStretches } from "../support/explorer-agreement.ts";
import type { Space } from "../../src/check/explorer/space.ts";
import { fuzzCount } from "../support/mutate.ts";
import { exploreNaively } from "../support/naive-explorer.ts";
import { randomModel, rebuilt, spaceOf } from "../support/random-model.ts";
import { isIndependent } from "../support/toy-models/model.ts";
import { orbits, symmetryFault } from "../support/truth.ts";

/** Models of each of the tests below: 300, and more where CBIT_FUZZ says so. */
const COUNT = fuzzCount(0.003);
const TIMEOUT = 3_600_000;

/** Runs a property on `COUNT` models, the same on every run. @returns how many it was run on */
function check<T extends [unknown, ...unknown[]]>(seed: number, arbitraries: { [K in keyof T]: fc.Arbitrary<T[K]> }, property: (...values: T) => void): number {
  let runs = 0;
  const counted = (...values: unknown[]): void => {
    property(...(values as T));
    runs++;
  };
  fc.assert(fc.property(...(arbitraries as unknown as [fc.Arbitrary<unknown>]), counted), { numRuns: COUNT, seed });
  return runs;
}

describe("random models", { timeout: TIMEOUT }, () => {
  it("are worth a search: they have states, depth, faults, dependent and independent actions, symmetry", () => {
    const seen = { large: 0, deep: 0, faulty: 0, dependent: 0, independent: 0, symmetric: 0 };
    check(1, [randomModel], (spec) => {
      const space = spaceOf(spec);
      const naive = exploreNaively(space);
      const real = Array.from({ length: space.actions - spec.padding }, (_, i) => spec.padding + i);
      const pairs = real.flatMap((a) => real.filter((b) => b < a).map((b) => isIndependent(space.independence!, a, b)));
      if (naive.states > 30) seen.large++;
      if (naive.depth > 5) seen.deep++;
      if (naive.found.length > 1) seen.faulty++;
      if (pairs.includes(true)) seen.independent++;
      if (pairs.includes(false)) seen.dependent++;
      if (space.symmetry !== undefined && orbits(space) < naive.states) seen.symmetric++;
      expect(space.symmetry === undefined ? null : symmetryFault(space)).toBeNull();
    });
    // Of few models none may be so.
    const rare = Object.entries(seen).filter(([, count]) => count < COUNT * 0.05);
    expect(COUNT < 200 ? [] : rare).toEqual([]);
  });

  it("give the same states, transitions, depth, keys and paths as the naive explorer finds, in each mode", () => {
    const runs = check(2, [randomModel], (spec) => {
      const space = spaceOf(spec);
      const naive = exploreNaively(space);
      for (const mode of MODES) {
        const result = searchIn(mode, space, FAR);
        expectAgreement(space, mode, result, naive);
        expect(result.states).toBe(mode.symmetry && space.symmetry !== undefined ? orbits(space) : naive.states);
      }
    });
    expect(runs).toBe(COUNT);
  });

  it("do so with fewer pairs of actions that are known to commute", () => {
    const runs = check(3, [randomModel, fc.nat(1000)], (spec, salt) => {
      const space = spaceOf(spec, (a, b) => ((a * 31 + b * 17) ^ salt) % 3 !== 0);
      const naive = exploreNaively(space);
      for (const mode of MODES) expectAgreement(space, mode, searchIn(mode, space, FAR), naive);
    });
    expect(runs).toBe(COUNT);
  });

  it("cut at a depth, are what the naive explorer sees up to there", () => {
    const runs = check(4, [randomModel, fc.nat(12)], (spec, depth) => {
      const space = spaceOf(spec);
      const naive = exploreNaively(space, depth);
      for (const mode of MODES) {
        const result = searchIn(mode, space, { ...FAR, depth });
        expectAgreement(space, mode, result, naive);
        expect(result.stopped).toBe(naive.complete ? null : "depth");
        expect(result.frontier === 0).toBe(naive.complete);
      }
    });
    expect(runs).toBe(COUNT);
  });

  it("cut at a number of states, are what the first states lead to", () => {
    const runs = check(5, [randomModel, fc.integer({ min: 0, max: 200 })], (spec, states) => {
      const space = spaceOf(spec);
      const naive = exploreNaively(space);
      for (const mode of MODES) expectCutAt(states, space, mode, naive);
    });
    expect(runs).toBe(COUNT);
  });

  it("interrupted any number of times, end as if they had not been", () => {
    const stop = fc.oneof(fc.record({ states: fc.nat(150) }), fc.record({ depth: fc.nat(10) }), fc.constant({ memory: 1 }), fc.record({ looks: fc.integer({ min: 1, max: 3 }) }));
    const runs = check(6, [randomModel, fc.constantFrom(...MODES), fc.array(stop, { minLength: 1, maxLength: 5 })], (spec, mode, stops) => {
      const independence = spaceOf(spec).independence!;
      const build = (): Space => rebuilt(spec, independence);
      expect(essence(searchInStretches(build, mode, stops))).toEqual(essence(searchIn(mode, build(), FAR)));
    });
    expect(runs).toBe(COUNT);
  });
});
