// SPDX-License-Identifier: MIT
import { describe, expect, it } from "vitest";
import { areIndependent, diamonds, independenceFrom } from "./diamond.ts";
import { type Space, STEP_ENDED, STEP_MOVED, STEP_SAME, type StepKind } from "./space.ts";

/** What an action does to two words: writes to them and says what became of it, and what it found. */
type Act = (words: Uint32Array, found: number[]) => StepKind;

interface Toy {
  readonly acts: readonly Act[];
  readonly enabled?: (words: Uint32Array, action: number) => boolean;
}

function toy({ acts, enabled }: Toy): Space {
  let entered = new Uint32Array(2);
  const violations: number[] = [];
  const state = new Uint32Array(2);
  return {
    actions: acts.length,
    state,
    violations,
    start: () => state.fill(0),
    enter: (words) => {
      entered = new Uint32Array(words);
    },
    enabled: (action) => enabled?.(entered, action) ?? true,
    step: (action) => {
      violations.length = 0;
      state.set(entered);
      return acts[action]!(state, violations);
    },
    judge: () => undefined,
  };
}

const setTo = (word: number, value: number): Act => (words) => {
  if (words[word] === value) return STEP_SAME;
  words[word] = value;
  return STEP_MOVED;
};
const report = (word: number): Act => (words, found) => {
  found.push(words[word]!);
  return STEP_SAME;
};
const endIf = (word: number): Act => (words) => (words[word] === 1 ? STEP_ENDED : STEP_SAME);

const everyPair = (): boolean => true;
const first = (space: Space) => diamonds(space, everyPair, 100).pairs[0]!;

describe("both orders of a pair", () => {
  it("come to the same where each has a word of its own", () => {
    expect(diamonds(toy({ acts: [setTo(0, 1), setTo(1, 1)] }), everyPair, 100)).toEqual({ states: 4, complete: true, pairs: [{ a: 0, b: 1, states: 4, differs: null }] });
  });

  it("differ in the state", () => {
    expect(first(toy({ acts: [setTo(0, 1), setTo(0, 2)] })).differs).toEqual({ path: [], what: "state" });
  });

  it("differ in what they find, at a state that takes a step to reach", () => {
    const acts = [setTo(0, 1), report(0), setTo(1, 1)];
    expect(first(toy({ acts, enabled: (words, action) => action === 2 || words[1] === 1 })).differs).toEqual({ path: [2], what: "violations" });
  });

  it("differ where one disables the other", () => {
    expect(first(toy({ acts: [setTo(0, 1), setTo(1, 1)], enabled: (words, action) => action === 0 || words[0] === 0 })).differs).toEqual({ path: [], what: "one disables the other" });
  });

  it("differ where only one order ends, and not where an action ends in both", () => {
    expect(first(toy({ acts: [setTo(0, 1), endIf(0)] })).differs).toEqual({ path: [], what: "outcome" });
    expect(first(toy({ acts: [setTo(0, 1), () => STEP_ENDED] })).differs).toBeNull();
    expect(first(toy({ acts: [() => STEP_ENDED, () => STEP_ENDED] })).differs).toBeNull();
  });

  it("are looked at for the pairs that are wanted, and as far as the bound goes", () => {
    const space = toy({ acts: [setTo(0, 1), setTo(0, 2), setTo(1, 1)] });
    expect(diamonds(space, (a, b) => a === 0 && b === 2, 100).pairs.map((p) => [p.a, p.b])).toEqual([[0, 2]]);
    expect(diamonds(space, everyPair, 2).complete).toBe(false);
  });
});

describe("an independence as bit sets", () => {
  it("is symmetric, without the diagonal, for more than 32 actions", () => {
    const sets = independenceFrom(40, (a, b) => a + b === 39);
    expect(sets.map((s) => s.length)).toEqual(Array.from({ length: 40 }, () => 2));
    for (let a = 0; a < 40; a++) for (let b = 0; b < 40; b++) expect(areIndependent(sets, a, b)).toBe(a + b === 39);
  });
});
