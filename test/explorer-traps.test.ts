// SPDX-License-Identifier: MIT
/** What explorers stumble over: hashes that are equal, states of nothing or of very much, sets of many actions, long paths, large keys. */

import { describe, expect, it } from "vitest";
import { hashWords } from "../src/base/index.ts";
import { search } from "../src/check/explorer/search.ts";
import { type Space, STEP_ENDED, STEP_MOVED, STEP_SAME } from "../src/check/explorer/space.ts";
import { essence, FAR, MODES, searchIn, searchInStretches } from "./support/explorer-agreement.ts";
import { collidingSwitches, UNSET } from "./support/collisions.ts";
import { exploreNaively } from "./support/naive-explorer.ts";
import { counters } from "./support/toy-models/counters.ts";
import { locks } from "./support/toy-models/locks.ts";
import { growingWords, independenceOf, internedWords, type Model, type ModelAction, ModelSpace, packedWords, permutations, SPARSE, spreadWords, symmetryOfParts, wholeWords } from "./support/toy-models/model.ts";
import { binomial, times } from "./support/toy-models/toy.ts";

const WHOLE = MODES.filter((m) => !m.compact);

/** One switch that is turned on once, then nothing. */
const once: Model = { start: [0], actions: [{ name: "turn on", enabled: (v) => v[0] === 0, run: (v) => void (v[0] = 1) }] };

describe("states whose hashes are equal", () => {
  const COUNT = 8;
  /** The words that the hash is of. */
  const hashed = (words: Uint32Array, asPairs: boolean): Uint32Array => (asPairs ? Uint32Array.from([...words].flatMap((word, place) => [place, word])) : words);

  it.each([true, false])("are what the test makes (as pairs: %s)", (asPairs) => {
    const layout = collidingSwitches(COUNT, asPairs);
    const states = Array.from({ length: 2 ** COUNT }, (_, bits) => layout.pack(Array.from({ length: COUNT }, (__, i) => (bits >>> i) & 1)));
    expect(new Set(states.map((words) => words.join())).size).toBe(256);
    expect(new Set(states.map((words) => hashWords(hashed(words, asPairs), asPairs ? COUNT * 2 : 0))).size).toBe(1);
  });

  it.each(MODES)("are kept apart: $name", (mode) => {
    const model: Model = {
      start: times(COUNT, UNSET),
      actions: [
        { name: "set", enabled: (v) => v[0] === UNSET, run: (v) => void v.fill(0) },
        ...Array.from({ length: COUNT }, (_, i) => ({ name: `turn ${i}`, enabled: (v: readonly number[]) => v[i] !== UNSET, run: (v: number[]): void => void (v[i] = 1 - v[i]!) })),
      ],
      judge: (v) => (v.every((x) => x === 1) ? [1] : []),
    };
    for (const asPairs of [true, false]) {
      const space = new ModelSpace(model, collidingSwitches(COUNT, asPairs));
      expect(searchIn(mode, space, FAR)).toMatchObject({ states: 257, transitions: 2049, depth: 9, found: [{ key: 1, path: [0, 1, 2, 3, 4, 5, 6, 7, 8] }] });
    }
  });
});

describe("states of little", () => {
  const nothing: Model = { start: [], actions: [] };
  const still: Model = { start: [0, 0, 0], actions: [{ name: "stay", enabled: () => true, run: () => undefined }] };
  const blocked: Model = { start: [0], actions: [{ name: "never", enabled: () => false, run: () => undefined }] };

  it.each(MODES)("are states: no action, no word, only zeros: $name", (mode) => {
    const one = { states: 1, represents: 1, depth: 0, complete: true, found: [], frontier: 0 };
    for (const layout of [wholeWords(0), SPARSE]) expect(searchIn(mode, new ModelSpace(nothing, layout), FAR)).toMatchObject({ ...one, transitions: 0 });
    for (const layout of [wholeWords(3), SPARSE]) expect(searchIn(mode, new ModelSpace(still, layout), FAR)).toMatchObject({ ...one, transitions: 1 });
    expect(searchIn(mode, new ModelSpace(blocked), FAR)).toMatchObject({ ...one, transitions: 0 });
    expect(searchIn(mode, new ModelSpace(nothing), { states: 1, depth: 1 })).toMatchObject(one);
  });

  it.each(MODES)("of several lengths with nothing but zeros in them are different states: $name", (mode) => {
    const grow: Model = { start: [], actions: [{ name: "grow", enabled: (v) => v.length < 40, run: (v) => void v.push(0) }, { name: "shrink", enabled: (v) => v.length > 0, run: (v) => void v.pop() }] };
    const space = new ModelSpace(grow, SPARSE);
    expect(searchIn(mode, space, FAR)).toMatchObject({ states: 41, transitions: 80, depth: 40 });
  });

  it.each(MODES)("go through a checkpoint, the empty one too: $name", (mode) => {
    const grow: Model = { start: [], actions: [{ name: "grow", enabled: (v) => v.length < 5, run: (v) => void v.push(0) }] };
    const space = new ModelSpace(grow, SPARSE);
    expect(searchInStretches(() => space, mode, [{ depth: 0 }, { states: 1 }, { states: 2 }, { depth: 3 }])).toMatchObject({ states: 6, transitions: 5, depth: 5, complete: true });
  });
});

describe("what a step touches", () => {
  it.each(MODES)("does not matter where states become shorter: $name", (mode) => {
    // 0 and 2 have no word behind the variable, 1 has forty; 2 is reached from both of the others.
    const add = (by: number): ModelAction => ({ name: `add ${by}`, enabled: (v) => v[0]! + by <= 2, run: (v) => void (v[0]! += by) });
    const layout = growingWords(1, (v) => (v[0]! % 2) * 40);
    for (const touches of ["unknown", "exactly", "roughly"] as const)
      expect(searchIn(mode, new ModelSpace({ start: [0], actions: [add(1), add(2)] }, layout, touches), FAR)).toMatchObject({ states: 3, transitions: 3, depth: 1 });
  });

  it("may be said from the first step on only, in a search that goes on elsewhere too", () => {
    // Two variables in blocks of their own, one behind the other: what a step leaves alone differs from the first state.
    const up: ModelAction = { name: "up", enabled: (v) => v[0]! < 2, run: (v) => void v[0]!++ };
    const on: ModelAction = { name: "on", enabled: (v) => v[0] === 2 && v[1]! < 3, run: (v) => void v[1]!++ };
    const build = (): ModelSpace => new ModelSpace({ start: [0, 0], actions: [up, on], judge: (v) => (v[1] === 3 ? [1] : []) }, spreadWords(2, 32, 0), "exactly");
    const whole = { states: 6, transitions: 5, depth: 5, complete: true, found: [{ key: 1, path: [0, 0, 1, 1, 1] }] };
    for (const mode of MODES) {
      expect(searchIn(mode, build(), FAR)).toMatchObject(whole);
      expect(searchInStretches(build, mode, [{ depth: 2 }, { states: 4 }])).toMatchObject(whole);
    }
  });
});

describe("a symmetry that is none", () => {
  const swap = symmetryOfParts(permutations(2), 1, [1, 0]);
  const up = (i: number): ModelAction => ({ name: `up ${i}`, enabled: (v) => v[i]! < 3, run: (v) => void v[i]!++ });

  it("is refused where the first state is another one's image", () => {
    const space = new ModelSpace({ start: [1, 0], actions: [up(0), up(1)], symmetry: swap });
    expect(() => search(space, { bounds: FAR })).toThrow("permutation 1 changes the first state");
    expect(search(space, { bounds: FAR, symmetry: false })).toMatchObject({ states: 12, complete: true });
  });

  it("is refused where words mean something to one space alone", () => {
    const model: Model = { start: [0, 0], actions: [up(0), up(1)], symmetry: swap };
    expect(search(new ModelSpace(model), { bounds: FAR })).toMatchObject({ states: 10, represents: 16 });
    expect(() => search(new ModelSpace(model, internedWords()), { bounds: FAR })).toThrow("one space alone");
  });
});

describe("the first state", () => {
  it("is not judged, not even when it is reached again; what it does is", () => {
    const judged: string[] = [];
    const turn = { name: "turn", enabled: (): boolean => true, run: (v: number[]): void => void (v[0] = 1 - v[0]!) };
    const space = new ModelSpace({ start: [0], actions: [turn], judge: (v) => (judged.push(v.join()), v[0] === 0 ? [1] : [2]) });
    expect(search(space, { bounds: FAR }).found).toEqual([{ key: 2, path: [0] }]);
    expect(judged).toEqual(["1"]);
  });

  it("may be where the only step ends", () => {
    const step = { name: "fall", enabled: (): boolean => true, run: (): void => undefined, ends: (): boolean => true, violates: (): number[] => [5, 3] };
    for (const mode of MODES)
      expect(searchIn(mode, new ModelSpace({ start: [7], actions: [step] }), FAR)).toMatchObject({
        states: 1, transitions: 1, depth: 0, complete: true, found: [{ key: 3, path: [0] }, { key: 5, path: [0] }],
      });
  });
});

describe("many actions", () => {
  /** Switches that are turned on once: a state is a set, `k` of them in order of which only the sorted one is left. */
  const oneWay = (count: number): Model => ({
    start: times(count, 0),
    actions: Array.from({ length: count }, (_, i) => ({ name: `turn on ${i}`, enabled: (v: readonly number[]) => v[i] === 0, run: (v: number[]): void => void (v[i] = 1) })),
    independence: independenceOf(count, () => true),
  });

  it.each([31, 32, 33, 64, 65, 97])("sleep in sets of several words: %i", (count) => {
    const depth = count > 40 ? 2 : 3;
    const upTo = (n: number, each: (k: number) => number): number => Array.from({ length: n }, (_, k) => each(k)).reduce((a, b) => a + b, 0);
    const states = upTo(depth + 1, (k) => binomial(count, k));
    const space = new ModelSpace(oneWay(count));
    expect(search(space, { bounds: { ...FAR, depth }, partialOrder: false })).toMatchObject({ states, transitions: upTo(depth, (k) => binomial(count, k) * (count - k)), depth, stopped: "depth" });
    expect(search(space, { bounds: { ...FAR, depth } })).toMatchObject({ states, transitions: states - 1, depth, stopped: "depth" });
  });

  it("and many permutations fit where both are remembered", () => {
    // 5040 permutations times 21 actions are more than 16 bits hold.
    const toy = locks(7);
    const result = search(new ModelSpace(toy.model), { bounds: FAR });
    expect(result).toMatchObject({ states: toy.orbits, represents: toy.states, depth: toy.depth, permutations: 5040 });
    expect(result.found.map(({ key, path }) => [key, path.length])).toEqual(toy.found.map(({ key, path }) => [key, path.length]));
  });
});

describe("much", () => {
  it.each(MODES)("a state may be longer than a chunk of the store: $name", (mode) => {
    const WORDS = 300_000;
    const state = new Uint32Array(WORDS);
    let at = 0;
    const space: Space = {
      actions: 3,
      state,
      violations: [],
      start: () => void state.fill(1),
      enter: (words) => void (at = words[WORDS - 1]!),
      enabled: (action) => at === 1 || action === 0,
      // All words change; the first state is reached again.
      step: (action) => (state.fill(at === 1 ? action + 2 : 1), STEP_MOVED),
      judge: () => undefined,
    };
    expect(searchIn(mode, space, FAR)).toMatchObject({ states: 4, transitions: 6, depth: 1, complete: true });
  });

  it.each(MODES.filter((m) => !m.symmetry && m.partialOrder))("a hundred thousand states make the tables grow many times: $name", (mode) => {
    const toy = counters(5, 10);
    for (const layout of [wholeWords(5), spreadWords(5, 4, 3)])
      expect(searchIn(mode, new ModelSpace(toy.model, layout), FAR)).toMatchObject({ represents: 100_000, states: 100_000, depth: toy.depth, found: toy.found });
  }, 60_000);

  it.each(MODES)("a path may have thousands of steps: $name", (mode) => {
    const long: Model = {
      start: [0],
      actions: [{ name: "up", enabled: (v) => v[0]! < 5000, run: (v) => void v[0]!++ }, { name: "back", enabled: (v) => v[0]! > 0, run: (v) => void v[0]!-- }],
      judge: (v) => (v[0] === 5000 ? [1] : []),
    };
    const space = new ModelSpace(long);
    const result = searchIn(mode, space, FAR);
    expect(result).toMatchObject({ states: 5001, transitions: 10_000, depth: 5000, found: [{ key: 1, path: times(5000, 0) }] });
    expect(essence(searchInStretches(() => space, mode, [{ states: 1000 }, { depth: 2500 }]))).toEqual(essence(result));
  });

  it("keys go up to 2^32 - 1", () => {
    const keys = [0, 1, 65_536, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1];
    const space = new ModelSpace({ ...once, judge: () => keys.toReversed() });
    const found = keys.map((key) => ({ key, path: [0] }));
    for (const mode of MODES) {
      expect(searchIn(mode, space, FAR).found).toEqual(found);
      expect(searchInStretches(() => space, mode, [{ depth: 0 }, { depth: 1 }]).found).toEqual(found);
    }
  });

  it("words go up to 2^32 - 1", () => {
    const top = 2 ** 32 - 1;
    const flip: Model = { start: [top, 0], actions: [{ name: "swap", enabled: () => true, run: (v) => void v.reverse() }, { name: "both", enabled: () => true, run: (v) => void v.fill(top) }] };
    for (const mode of WHOLE) for (const layout of [wholeWords(2), SPARSE]) expect(searchIn(mode, new ModelSpace(flip, layout), FAR)).toMatchObject({ states: 3, transitions: 6, depth: 1 });
  });
});

describe("packed words", () => {
  it("of any width keep all their bits, where they fill a word and where one bit is too many", () => {
    for (const total of [32, 33, 64]) {
      for (let bits = Math.max(1, total - 32); bits <= Math.min(32, total - 1); bits++) {
        const limits = [2 ** bits, 2 ** (total - bits)];
        const fill = (i: number): ModelAction => ({ name: `fill ${i}`, enabled: (v) => v[i] === 0, run: (v) => void (v[i] = limits[i]! - 1) });
        const model: Model = { start: [0, 0], actions: [fill(0), fill(1)], judge: (v) => (v.every((x, i) => x === limits[i]! - 1) ? [1] : []) };
        expect(search(new ModelSpace(model, packedWords(limits)), { bounds: FAR })).toMatchObject({ states: 4, transitions: 4, depth: 2, found: [{ key: 1, path: [0, 1] }] });
      }
    }
  });
});

describe("steps of each kind", () => {
  it("are counted, and only those that move lead on", () => {
    const space: Space = {
      actions: 3,
      state: Uint32Array.of(0),
      violations: [],
      start: () => undefined,
      enter: () => undefined,
      enabled: () => true,
      step: (action) => [STEP_SAME, STEP_ENDED, STEP_MOVED][action] as 0 | 1 | 2,
      judge: () => undefined,
    };
    // The move leads to the words that the first state has: it is one state.
    expect(search(space, { bounds: FAR })).toMatchObject({ states: 1, transitions: 3, depth: 0, complete: true });
    expect(exploreNaively(space)).toMatchObject({ states: 1, transitions: 3, depth: 0, complete: true });
  });
});
