// SPDX-License-Identifier: MIT
/** Buffers and pages of the model that may be exchanged: that no state tells them apart, and that a search loses nothing by it. */

import { describe, expect, it } from "vitest";
import { Rng } from "../src/base/index.ts";
import type { SearchResult } from "../src/check/explorer/options.ts";
import { search } from "../src/check/explorer/search.ts";
import { KernelSpace } from "../src/check/kernel-space.ts";
import { RULES } from "../src/check/rules/index.ts";
import { suited } from "../src/check/workload.ts";
import { machineNamed } from "../src/cli/named.ts";
import { createModelFactory, DEFAULT_POLICY, DRIVERS } from "../src/linux/index.ts";
import { workloadNamed } from "../src/scenarios/index.ts";
import { firstState, stepsFrom } from "./support/naive-explorer.ts";
import { symmetryFault, symmetryFaultIn } from "./support/truth.ts";

interface Case {
  readonly machine: string;
  readonly workload: string;
  readonly device?: string;
  readonly policy?: string;
}

function spaceOf({ machine, workload, device = "amdgpu-gfx9", policy = DEFAULT_POLICY }: Case): KernelSpace {
  const configuration = machineNamed(machine);
  const driver = DRIVERS.find((d) => d.name === device)!;
  const kernel = createModelFactory({ release: "6.12", policy }).create(configuration, driver);
  return new KernelSpace(kernel, suited(workloadNamed(workload), driver, configuration), RULES);
}

/** Walks at random and looks for a fault in each state on the way, under two of the permutations. */
function faultOnWalk(space: KernelSpace, first: Uint32Array, seed: number, steps: number): string | null {
  const rng = Rng.of(seed);
  let words = first;
  let last: number | null = null;
  for (let n = 0; n < steps; n++) {
    const permutations = rng.order(space.symmetry!.actions.length).filter((p) => p !== 0).slice(0, 2);
    const fault = symmetryFaultIn(space, words, last, permutations);
    if (fault !== null) return fault;
    const moves = stepsFrom(space, words).filter((s) => s.words !== words);
    if (moves.length === 0) break;
    const step = moves[rng.below(moves.length)]!;
    [words, last] = [step.words, step.action];
  }
  return null;
}

const MACHINES = ["none", "sme-zen2,iommu=off", "sev,swiotlb=force", "tdx"];

describe("pages of a buffer", () => {
  it.each(MACHINES)("cannot be told apart in any state on %s", { timeout: 60_000 }, (machine) => {
    const space = spaceOf({ machine, workload: "ttm-buffer,pages=2" });
    expect(space.symmetry!.actions).toHaveLength(2);
    expect(symmetryFault(space)).toBeNull();
  });

  it.each([
    ["ttm-buffer,pages=2", "sme-zen2,iommu=off,tlb=yes", "stale translations"],
    ["ttm-wc,pages=2", "none", "bo_destroy frees pages"],
    ["dma-coherent,pages=2", "none", "dma_free frees pages"],
    ["ttm-buffer,pages=2", "sev,ram=8", "both sides of 4 GiB"],
    ["ttm-buffer,pages=2", "sev,swiotlb=dynamic", "pools come and go"],
    ["ttm-buffer,buffers=4,pages=4", "none", "too many ways"],
  ])("of %s keep their numbers on %s, and why is said", (workload, machine, why) => {
    expect(spaceOf({ machine, workload }).notExchanged).toEqual([expect.stringContaining(why)]);
  });
});

const WALKS: readonly Case[] = [
  { machine: "none", workload: "ttm-buffer,buffers=3,pages=2" },
  { machine: "sme-zen2,iommu=off", workload: "ttm-swap,buffers=2" },
  { machine: "sme-zen2,iommu=off", workload: "ttm-swap,buffers=2", device: "radeon", policy: "encrypted" },
  { machine: "sme-zen2,iommu=off", workload: "ttm-buffer,buffers=2,pages=2", policy: "decrypt-all" },
  { machine: "sme-zen2,iommu=off,coherent=no", workload: "ttm-buffer,buffers=2,pages=2" },
  { machine: "sme-zen2,iommu=off,tlb=yes", workload: "ttm-move,buffers=2" },
  { machine: "sme-zen2,iommu=translated", workload: "ttm-buffer,buffers=2,pages=2", policy: "coherent-vaddr" },
  { machine: "sev,swiotlb=force", workload: "ttm-buffer,buffers=2,pages=3" },
  { machine: "sev,swiotlb=force", workload: "dma-streaming,buffers=4" },
  { machine: "sev,swiotlb=dynamic", workload: "dma-streaming,buffers=4" },
  { machine: "sev,swiotlb=force", workload: "dma-buf,buffers=4,pages=2" },
  { machine: "sev,swiotlb=restricted", workload: "trust,buffers=4" },
  { machine: "sev,tlb=yes", workload: "dma-coherent,buffers=4" },
  { machine: "sev-snp", workload: "set-memory-failures,buffers=4" },
  { machine: "sev-snp", workload: "host,buffers=4,pages=2" },
  { machine: "sev-snp-vtom", workload: "trust,buffers=4" },
  { machine: "tdx", workload: "ttm-wc,buffers=3,pages=2" },
  { machine: "tdx,coherent=no", workload: "dma-streaming,buffers=4" },
  { machine: "cca", workload: "ttm-buffer,buffers=2,pages=2" },
];

describe("buffers and pages", () => {
  it.each(WALKS)("cannot be told apart on a walk: $workload on $machine", { timeout: 60_000 }, (one) => {
    const space = spaceOf(one);
    expect(space.symmetry!.actions.length).toBeGreaterThan(1);
    const first = firstState(space);
    for (const seed of [1, 2]) expect(faultOnWalk(space, first, seed, 25)).toBeNull();
  });

  it("keep their numbers where buffers are swapped out for others", () => {
    const space = spaceOf({ machine: "none,ttm-pages-limit=3", workload: "ttm-buffer,buffers=2" });
    expect(space.symmetry!.actions).toHaveLength(1);
    expect(space.notExchanged).toEqual([expect.stringContaining("in the order of their numbers (ttm_pages_limit)")]);
  });

  it("of a workload that was not scaled are exchanged where it treats them alike", () => {
    // Its first two buffers live by turns; the third is of another kind.
    expect(spaceOf({ machine: "none", workload: "pool-reuse" }).symmetry!.actions).toHaveLength(2);
    expect(spaceOf({ machine: "none", workload: "dma-streaming" }).symmetry!.actions).toHaveLength(1);
  });
});

const SEARCHES: readonly Case[] = [
  { machine: "sme-zen2,iommu=off", workload: "ttm-buffer,buffers=2,pages=1" },
  { machine: "sme-zen2,iommu=off", workload: "ttm-wc,buffers=2" },
  { machine: "sev-snp", workload: "ttm-wc,buffers=2" },
  { machine: "sev,swiotlb=force", workload: "ttm-buffer,pages=2" },
  { machine: "sme-zen2,iommu=off,tlb=yes", workload: "ttm-wc,buffers=2" },
];

describe("a search", () => {
  it.each(SEARCHES)("stands for as many states and finds the same: $workload on $machine", { timeout: 60_000 }, (one) => {
    const run = (symmetry: boolean): SearchResult => search(spaceOf(one), { bounds: { states: 100_000, depth: 1000 }, symmetry, partialOrder: false });
    const [on, off] = [run(true), run(false)];
    expect([on.complete, off.complete]).toEqual([true, true]);
    expect(on.represents).toBe(off.states);
    expect(on.states).toBeLessThan(off.states * 0.6);
    const told = ({ found }: SearchResult): readonly unknown[] => found.map(({ key, path }) => ({ key, steps: path.length })).toSorted((a, b) => a.key - b.key);
    expect(told(on)).toEqual(told(off));
  });
});
