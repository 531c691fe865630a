// SPDX-License-Identifier: MIT
/**
 * All that is declared independent is tried: every declared pair, in every reachable state that enables both, in both orders, with states,
 * violations, results and promises compared. Here the states of a few machines up to a bound; with CBIT_DIAMONDS=all every
 * machine option and device below, up to 20000 states (20 minutes).
 */

import { describe, expect, it } from "vitest";
import { areIndependent, diamonds, independenceFrom, independenceOf, type Workload } from "../src/check/index.ts";
import { scaled, WORKLOADS, workloadNamed } from "../src/scenarios/index.ts";
import { commuting, keyOf, spaceOf } from "./support/commuting.ts";

const ALL = process.env["CBIT_DIAMONDS"] === "all";

const MACHINES = ALL
  ? [
      "none",
      "none,swiotlb=force",
      "none,swiotlb=restricted",
      "tsme",
      "sme-zen2,iommu=off",
      "sme-zen2,iommu=off,tlb=yes",
      "sme-zen2,iommu=off,coherent=no",
      "sme-zen2,iommu=identity",
      "sme-zen2,iommu=translated",
      "sme-zen3,iommu=translated,coherent=no,tlb=yes",
      "sev",
      "sev,swiotlb=force",
      "sev,swiotlb-pages=1",
      "sev,tlb=yes",
      "sev,coherent=no",
      "sev,ttm-pages-limit=1",
      "sev,cells=256",
      "sev-es",
      "sev-snp",
      "sev-snp,tlb=yes",
      "sev-snp-vtom",
      "tdx",
      "tdx,swiotlb=dynamic",
      "tdx,tlb=yes",
      "cca",
      "cca,granule=65536",
    ]
  : ["none", "sme-zen2,iommu=off", "sme-zen2,iommu=translated", "sev,swiotlb=force", "sev-snp", "tdx", "cca", "sev,tlb=yes", "sme-zen2,iommu=off,coherent=no"];
const DEVICES = ALL ? ["amdgpu-gfx9", "amdgpu-gfx9.4.3", "xe", "nouveau-pascal", "vmwgfx", "qxl"] : ["amdgpu-gfx9", "xe"];
// With swiotlb=restricted and more than one pool page slots are handed out in turn: there is no end soon.
const STATES = ALL ? 20_000 : 600;

/** Cases without those that an earlier one stands for. */
function distinct(): (readonly [string, string])[] {
  const seen = new Set<string>();
  return MACHINES.flatMap((machine) => DEVICES.map((device) => [machine, device] as const)).filter(([machine, device]) => {
    const key = keyOf(machine, device);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** Two buffers of each kind at once, and two pages of each, where a workload can have them. */
function scaledWorkloads(): Workload[] {
  const tried: readonly (readonly [string, { readonly buffers?: number; readonly pages?: number }])[] = [
    ["ttm-buffer", { buffers: 2, pages: 1 }],
    ["ttm-buffer", { pages: 2 }],
    ["ttm-move", { buffers: 2 }],
    ["ttm-swap", { buffers: 2 }],
    ["ttm-wc", { buffers: 2 }],
    ["dma-coherent", { buffers: 4 }],
    ["dma-coherent", { pages: 2 }],
    ["dma-streaming", { pages: 2 }],
    ["dma-buf", { buffers: 4 }],
    ["host", { buffers: 4 }],
    ["trust", { pages: 2 }],
  ];
  return tried.map(([name, scale]) => scaled(workloadNamed(name), scale));
}

describe("declared independence holds", () => {
  it.each(distinct())("on %s with %s", { timeout: ALL ? 3_600_000 : 60_000 }, (machine, device) => {
    for (const workload of WORKLOADS) expect({ workload: workload.name, wrong: commuting(machine, device, workload, STATES)?.wrong ?? [] }).toEqual({ workload: workload.name, wrong: [] });
  });

  const some = ALL ? distinct() : ([["sme-zen2,iommu=off", "xe"], ["sev,tlb=yes", "amdgpu-gfx9"]] as const);
  it.each(some)("on %s with %s, with more buffers and pages", { timeout: ALL ? 3_600_000 : 60_000 }, (machine, device) => {
    for (const workload of scaledWorkloads()) {
      const found = commuting(machine, device, workload, ALL ? 800 : 200);
      expect({ workload: workload.name, wrong: found?.wrong ?? [] }).toEqual({ workload: workload.name, wrong: [] });
    }
  });
});

describe("a wrong declaration is noticed", () => {
  const host = () => spaceOf("sev", "amdgpu-gfx9", workloadNamed("host"))!;
  const at = (op: string, buf: number): number => host().workload.actions.findIndex(({ operation: o }) => o.op === op && "buf" in o && o.buf === buf);

  it.each([
    ["page_alloc", 0, "dma_alloc", 1, "state"],
    ["cpu_write", 0, "host_read", 0, "violations"],
    ["page_free", 0, "cpu_read", 0, "one disables the other"],
  ] as const)("%s of buffer %i beside %s of buffer %i: %s", (first, buf, second, other, what) => {
    const [a, b] = [at(first, buf), at(second, other)].toSorted((x, y) => x - y) as [number, number];
    const { space } = host();
    const forged = independenceFrom(space.actions, (x, y) => x === a && y === b);
    const { pairs } = diamonds(space, (x, y) => areIndependent(forged, x, y), 5000);
    expect(pairs).toEqual([expect.objectContaining({ a, b, differs: expect.objectContaining({ what }) })]);
  });
});

describe("what is declared", () => {
  it("is a good part of all pairs that commute", () => {
    const share = (machine: string, workload: string): number => {
      const { result, missed } = commuting(machine, "amdgpu-gfx9", workloadNamed(workload), 5000, true)!;
      const states = result.pairs.filter((p) => p.differs === null).reduce((sum, p) => sum + p.states, 0);
      return 1 - missed.reduce((sum, p) => sum + p.states, 0) / states;
    };
    expect(share("sev", "ttm-buffer")).toBeGreaterThan(0.9);
    expect(share("sev", "pool-reuse")).toBeGreaterThan(0.8);
    expect(share("none", "dma-coherent")).toBeGreaterThan(0.9);
  });

  it("is nothing for a kernel that does not say what its operations share", () => {
    const { space: plain } = spaceOf("sev", "amdgpu-gfx9", workloadNamed("host"))!;
    expect(plain.independence).toHaveLength(plain.actions);
    const kernel = { configuration: { name: "", platform: null as never, iommu: "off", swiotlb: "default" } as const };
    expect(independenceOf(workloadNamed("host"), kernel)).toBeUndefined();
  });
});
