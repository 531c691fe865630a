// SPDX-License-Identifier: MIT
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { search } from "./search.ts";
import { hash64, Seen } from "./seen.ts";
import { type Space, STEP_ENDED, STEP_MOVED, STEP_SAME, type StepKind } from "./space.ts";
import { walk } from "./walk.ts";

/** A graph: `edges[state][action]` is the state that follows, -1 for an action that ends, the state itself for one that stays; absent: not enabled. */
class Graph implements Space {
  readonly actions: number;
  readonly violations: number[] = [];
  state = new Uint32Array(1);
  judged = 0;
  private here = 0;
  private readonly edges: readonly (readonly (number | null)[])[];
  private readonly bad: readonly number[];
  constructor(edges: readonly (readonly (number | null)[])[], bad: readonly number[] = []) {
    this.edges = edges;
    this.bad = bad;
    this.actions = Math.max(1, ...edges.map((e) => e.length));
  }
  start(): void {
    this.state[0] = 0;
  }
  enter(words: Uint32Array): void {
    this.here = words[0]!;
  }
  enabled(action: number): boolean {
    return (this.edges[this.here]![action] ?? null) !== null;
  }
  step(action: number): StepKind {
    this.violations.length = 0;
    const to = this.edges[this.here]![action]!;
    if (to === -1) return STEP_ENDED;
    this.state[0] = to;
    return to === this.here ? STEP_SAME : STEP_MOVED;
  }
  judge(): void {
    this.judged++;
    this.violations.length = 0;
    if (this.bad.includes(this.here)) this.violations.push(this.here);
  }
}

/** `count` actions that each may happen once, in any order; the state is the set of those that did, as bits. The last one goes wrong where all others were before. */
function once(count: number): Space {
  const all = (1 << count) - 1;
  return new Graph(
    Array.from({ length: all + 1 }, (_, set) => Array.from({ length: count }, (_a, a) => ((set >>> a) & 1 ? null : set | (1 << a)))),
    [all],
  );
}

const FAR = { states: 1e6, depth: 1e6 };

describe("random walks", () => {
  it("find a bug that takes an order of all actions, and how to get there", () => {
    const result = walk(once(8), { walks: 10, depth: 20, seed: 1 });
    expect(result.found).toHaveLength(1);
    const [found] = result.found;
    expect(found!.key).toBe(255);
    expect([...found!.path].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(result).toMatchObject({ walks: 10, depth: 8, stopped: false });
  });

  it("are the same for a seed, and others for another one", () => {
    const plan = { walks: 20, depth: 9, seed: 3 };
    const states = (seed: number): number => walk(once(10), { ...plan, seed }).states;
    expect(walk(once(10), plan)).toEqual(walk(once(10), plan));
    expect(new Set([1, 2, 3, 4, 5, 6].map(states)).size).toBeGreaterThan(1);
    // More walks go on where fewer end.
    expect(walk(once(10), { ...plan, walks: 30 }).found[0]).toEqual(walk(once(10), plan).found[0]);
  });

  it("stay within depth", () => {
    expect(walk(once(8), { walks: 50, depth: 7, seed: 1 })).toMatchObject({ found: [], depth: 7 });
  });

  it("take each enabled action as often as another", () => {
    // From 0 to one of 1 to 6, where nothing is enabled: how often each is met for the first time by a walk of one step.
    const counts = [0, 0, 0, 0, 0, 0];
    const edges = [[1, 2, 3, 4, 5, 6], [], [], [], [], [], []];
    for (let seed = 0; seed < 6000; seed++) {
      const { found } = walk(new Graph(edges, [1, 2, 3, 4, 5, 6]), { walks: 2, depth: 1, seed });
      for (const f of found.filter(({ walk: w }) => w === seed % 2)) counts[f.key - 1]!++;
    }
    const mean = counts.reduce((a, b) => a + b, 0) / 6;
    expect(mean).toBeGreaterThan(800);
    // 5 degrees of freedom: above 20.5 once in 1000.
    expect(counts.reduce((sum, c) => sum + (c - mean) ** 2 / mean, 0)).toBeLessThan(20.5);
  });

  it("go on past actions that end or lead nowhere, and try each but once in a state", () => {
    const chain = Array.from({ length: 30 }, (_, i) => [i, -1, i + 1]);
    const result = walk(new Graph([...chain, []], [30]), { walks: 4, depth: 30, seed: 2 });
    expect(result.found).toMatchObject([{ key: 30 }]);
    expect(result.found[0]!.path).toEqual(Array.from({ length: 30 }, () => 2));
    expect(result.steps).toBeLessThanOrEqual(4 * 30 * 3);
  });

  it("by priorities come to the end of a chain that uniform ones leave", () => {
    // Each step of the chain stands against nine that go back to its beginning: of uniform steps one in ten million comes to its end.
    const edges = Array.from({ length: 8 }, (_, i) => [i + 1, ...Array.from({ length: 9 }, () => (i === 0 ? null : 0))]);
    const result = walk(new Graph([...edges, []], [8]), { walks: 20, depth: 200, seed: 1 });
    expect(result.found.map((f) => [f.key, f.walk % 2])).toEqual([[8, 1]]);
  });

  it("end when they are told to, between walks or within", () => {
    let asked = 0;
    const result = walk(once(16), { walks: 1e9, depth: 16, seed: 1, stop: () => ++asked > 3 });
    expect(result.stopped).toBe(true);
    expect(result.walks).toBeLessThan(100);
  });

  it("judge each state but the first once, and meet none that a search does not", () => {
    const space = new Graph([[1, 2], [2, 0], [0, 1]], [0]);
    expect(walk(space, { walks: 9, depth: 9, seed: 1 })).toMatchObject({ states: 3, found: [] });
    expect(space.judged).toBe(2);
    const graphs = fc.array(fc.array(fc.option(fc.integer({ min: -1, max: 7 })), { maxLength: 4 }), { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(graphs, fc.nat(), (edges, seed) => {
        const all = [1, 2, 3, 4, 5, 6, 7];
        const searched = search(new Graph(edges, all), { bounds: FAR });
        const walked = walk(new Graph(edges, all), { walks: 60, depth: 20, seed });
        const known = new Set(searched.found.map((f) => f.key));
        expect(walked.found.filter((f) => !known.has(f.key))).toEqual([]);
        // Every path leads to what it is said to lead to.
        for (const { key, path } of walked.found) expect(path.reduce((at, action) => edges[at]![action]!, 0)).toBe(key);
        expect(walked.states).toBeLessThanOrEqual(searched.states);
      }),
    );
  });
});

describe("states that were seen", () => {
  it("are told apart, past the table's first size", () => {
    const seen = new Seen();
    const words = (i: number) => hash64(Uint32Array.of(i >>> 8, i & 255));
    for (let i = 0; i < 50_000; i++) expect(seen.add(words(i))).toBe(true);
    for (let i = 0; i < 50_000; i += 7) expect(seen.add(words(i))).toBe(false);
    expect(seen.count).toBe(50_000);
  });
});
