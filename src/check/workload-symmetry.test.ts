// SPDX-License-Identifier: MIT
import { describe, expect, it } from "vitest";
import { WORKLOADS, workloadNamed } from "../scenarios/workloads/index.ts";
import { bufferOfToken, tokenOf } from "./agents.ts";
import { MOST_PERMUTATIONS, type Renaming, workloadSymmetry } from "./workload-symmetry.ts";
import type { Workload } from "./workload.ts";

const ALL = { buffers: true, pages: true };
const renamings = (w: Workload, allowed = ALL): readonly Renaming[] => workloadSymmetry(w, allowed).renamings;
const key = (r: Renaming): string => JSON.stringify([r.buffers, r.pages, r.actions, r.flags]);

describe("the permutations of a workload", () => {
  it.each([
    ["ttm-buffer,buffers=2", 2],
    ["ttm-buffer,buffers=3", 6],
    ["ttm-buffer,buffers=4", 24],
    ["ttm-buffer,pages=3", 6],
    ["ttm-buffer,buffers=2,pages=2", 8],
    ["ttm-buffer,buffers=3,pages=2", 48],
    ["ttm-buffer,buffers=4,pages=2", 384],
    ["dma-streaming,buffers=4", 2],
    ["dma-streaming,buffers=4,pages=2", 2 * 2 ** 4],
    ["trust,buffers=4", 2],
    ["dma-coherent,buffers=4", 2],
  ])("of %s are %i at least, and a group", (name, least) => {
    const group = renamings(workloadNamed(name));
    expect(group.length % least).toBe(0);
    const keys = new Set(group.map(key));
    expect(keys.size).toBe(group.length);
    // Closed under composition, which makes a finite set with the identity a group; by its actions each permutation is told from others.
    const byActions = new Set(group.map((r) => r.actions.join()));
    const some = group.length > 50 ? group.filter((_, i) => i % 7 === 1) : group;
    for (const a of some) expect(some.every((b) => byActions.has(a.actions.map((action) => b.actions[action]!).join()))).toBe(true);
  });

  it("begin with the identity", () => {
    const [first] = renamings(workloadNamed("ttm-buffer,buffers=2,pages=2"));
    expect(first).toMatchObject({ buffers: [0, 1], pages: [[0, 1], [0, 1]] });
    expect(first!.actions.every((a, i) => a === i) && first!.flags.every((f, i) => f === i)).toBe(true);
  });

  it("are the identity alone for workloads whose buffers do different things, and for pages of which one is used", () => {
    const alone = WORKLOADS.filter((w) => renamings(w).length === 1).map((w) => w.name);
    expect(alone).toEqual(expect.arrayContaining(["ttm-buffer", "ttm-chunks", "ttm-move", "dma-streaming", "dma-buf", "trust", "host"]));
    expect(renamings(workloadNamed("pool-reuse")).map((r) => r.buffers)).toEqual([[0, 1, 2], [1, 0, 2]]);
  });

  it("leave alone what must not be exchanged", () => {
    const w = workloadNamed("ttm-buffer,buffers=2,pages=2");
    expect(renamings(w, { buffers: false, pages: true })).toHaveLength(4);
    expect(renamings(w, { buffers: true, pages: false })).toHaveLength(2);
    expect(renamings(w, { buffers: false, pages: false })).toHaveLength(1);
  });

  it("do not hold where one condition differs", () => {
    const w = workloadNamed("ttm-buffer,buffers=2");
    const at = w.actions.findIndex((a) => a.operation.op === "bo_vunmap");
    const other = { ...w, actions: w.actions.map((a, i) => (i === at ? { ...a, clears: 0 } : a)) };
    expect(renamings(w)).toHaveLength(2);
    expect(renamings(other)).toHaveLength(1);
  });

  it("stay within what a search bears, and say so", () => {
    const large = workloadSymmetry(workloadNamed("ttm-buffer,buffers=4,pages=3"), ALL);
    expect(large.capped).toBe(true);
    expect(large.renamings).toHaveLength(24 * 6);
    const larger = workloadSymmetry(workloadNamed("ttm-buffer,buffers=4,pages=4"), ALL);
    expect([larger.capped, larger.renamings.length]).toEqual([true, 24]);
    expect(24 * 24).toBeGreaterThan(MOST_PERMUTATIONS);
  });

  it("take tokens to those of the other buffer", () => {
    const swap = renamings(workloadNamed("ttm-buffer,buffers=2"))[1]!;
    expect(swap.token(tokenOf("vmap", 0))).toBe(tokenOf("vmap", 1));
    expect(bufferOfToken(swap.token(tokenOf("device", 1)))).toBe(0);
    expect(swap.token(0)).toBe(0);
  });
});
