// SPDX-License-Identifier: MIT
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Space, STEP_ENDED, STEP_MOVED, STEP_SAME } from "./space.ts";
import type { Bounds } from "./bounds.ts";
import { search } from "./search.ts";

/** `digits` counters modulo `base`; action i increments counter i. A violation where the digits add up to `bad`. */
class Counters implements Space {
  readonly actions: number;
  readonly violations: number[] = [];
  state: Uint32Array;
  judged = 0;
  private current: Uint32Array;
  private readonly base: number;
  private readonly bad: number;
  constructor(digits: number, base: number, bad = -1) {
    this.actions = digits;
    this.base = base;
    this.bad = bad;
    this.state = new Uint32Array(digits);
    this.current = this.state;
  }
  start(): void {
    this.state = new Uint32Array(this.actions);
  }
  enter(words: Uint32Array): void {
    this.current = words;
  }
  enabled(): boolean {
    return true;
  }
  step(action: number): typeof STEP_MOVED {
    this.violations.length = 0;
    this.state.set(this.current);
    this.state[action] = (this.state[action]! + 1) % this.base;
    return STEP_MOVED;
  }
  judge(): void {
    this.judged++;
    this.violations.length = 0;
    if (this.current.reduce((a, b) => a + b, 0) === this.bad) this.violations.push(7);
  }
}

const FAR: Bounds = { states: 1e6, depth: 1e6 };

describe("search", () => {
  it("finds every state once, and every transition", () => {
    const space = new Counters(3, 5);
    expect(search(space, { bounds: FAR })).toMatchObject({ states: 125, transitions: 375, depth: 12, complete: true, found: [] });
    expect(space.judged).toBe(124);
  });

  it("grows its tables past their first size", () => {
    expect(search(new Counters(5, 7), { bounds: FAR })).toMatchObject({ states: 16807, transitions: 84035, depth: 30, complete: true });
  });

  it("gives the shortest way to a violation, and goes on", () => {
    const result = search(new Counters(3, 5, 4), { bounds: FAR });
    expect(result.found).toEqual([{ key: 7, path: [0, 0, 0, 0] }]);
    expect(result.complete).toBe(true);
  });

  it("is complete with exactly the states allowed, and not with one less", () => {
    expect(search(new Counters(2, 3), { bounds: { states: 9, depth: 100 } }).complete).toBe(true);
    expect(search(new Counters(2, 3), { bounds: { states: 8, depth: 100 } }).complete).toBe(false);
    expect(search(new Counters(5, 7), { bounds: { ...FAR, memory: 1.5 * 2 ** 20 } })).toMatchObject({ complete: false, found: [] });
  });

  it("tries orders of `depth` operations and none longer", () => {
    expect(search(new Counters(1, 10, 4), { bounds: { states: 100, depth: 4 } })).toMatchObject({ complete: false, states: 5, found: [{ key: 7 }] });
    expect(search(new Counters(1, 10, 4), { bounds: { states: 100, depth: 3 } })).toMatchObject({ complete: false, states: 4, found: [] });
  });

  it("does not go on from a step that ended, and keeps its violation", () => {
    const space: Space = {
      actions: 2,
      state: new Uint32Array(1),
      violations: [3],
      start: () => undefined,
      enter: () => undefined,
      enabled: (action) => action === 1,
      step: () => STEP_ENDED,
      judge: () => undefined,
    };
    expect(search(space, { bounds: FAR })).toMatchObject({ states: 1, transitions: 1, complete: true, found: [{ key: 3, path: [1] }] });
  });

  it("agrees with a naive search on random graphs", () => {
    const graph = fc.integer({ min: 1, max: 30 }).chain((n) => fc.array(fc.array(fc.nat(n - 1), { maxLength: 4 }), { minLength: n, maxLength: n }));
    fc.assert(
      fc.property(graph, (edges) => {
        const violations: number[] = [];
        let current = 0;
        const state = new Uint32Array(1);
        const space: Space = {
          actions: 4,
          state,
          violations,
          start: () => void (state[0] = 0),
          enter: (words) => void (current = words[0]!),
          enabled: (action) => action < edges[current]!.length,
          step: (action) => {
            violations.length = 0;
            state[0] = edges[current]![action]!;
            return state[0] === current ? STEP_SAME : STEP_MOVED;
          },
          judge: () => {
            violations.length = 0;
            violations.push(current);
          },
        };
        const distance = new Map([[0, 0]]);
        for (const at of distance.keys()) for (const next of edges[at]!) if (!distance.has(next)) distance.set(next, distance.get(at)! + 1);
        const result = search(space, { bounds: FAR });
        expect(result.states).toBe(distance.size);
        expect(result.depth).toBe(Math.max(...distance.values()));
        for (const { key, path } of result.found) expect(path.length).toBe(distance.get(key));
        expect(result.found.length).toBe(distance.size - 1);
      }),
    );
  });
});
