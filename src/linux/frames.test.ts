// SPDX-License-Identifier: MIT
import { describe, expect, it } from "vitest";
import type { Configuration, FrameState, Kernel, Operation } from "../kernel/index.ts";
import { DOMAIN_HOST, DOMAIN_PLAIN, DOMAIN_VM, PAGE_PRIVATE, PAGE_SHARED, PLATFORMS } from "../machine/index.ts";
import { DRIVERS } from "./drivers/index.ts";
import { createModelFactory } from "./index.ts";

/** A kernel in which the operations were done. */
function after(platform: string, more: Partial<Configuration>, ...operations: readonly Operation[]): Kernel {
  const p = PLATFORMS.find((x) => x.name === platform)!;
  const k = createModelFactory({ release: "6.12", policy: "decrypt-dma-alloc-guest" }).create({ name: platform, platform: p, iommu: "off", swiotlb: "default", ...more }, DRIVERS.find((d) => d.name === "amdgpu-gfx9")!);
  for (const operation of operations) expect(k.apply(operation).outcome).toBe("done");
  return k;
}

const ALLOC: Operation = { op: "page_alloc", buf: 0, pages: 1 };
const WRITE: Operation = { op: "cpu_write", buf: 0, page: 0, alias: "linear", value: 7 };
const told = (frames: readonly FrameState[]) => frames.map((f) => [f.pages.length, f.bounces.length, f.linear?.cBit, f.state, ...f.cells.map((c) => [c.memory.token, c.memory.storedIn, ...c.dirty.map((d) => [d.token, d.cBit])])]);

describe("frames", () => {
  it("have a bounce slot beside the page, each with what it holds", () => {
    const k = after("sev", {}, ALLOC, WRITE, { op: "dma_map", buf: 0, direction: "bidirectional" });
    const both = (slot: number) => [[1, 0, true, null, [7, DOMAIN_VM]], [0, 1, false, null, [slot, DOMAIN_PLAIN]]];
    const byPages = (frames: readonly FrameState[]) => told([...frames].sort((a, b) => b.pages.length - a.pages.length));
    expect(byPages(k.frames())).toEqual(both(7));
    k.apply({ op: "dev_write", buf: 0, page: 0, value: 9 });
    expect(byPages(k.frames())).toEqual(both(9));
    expect(k.frames().find((f) => f.bounces.length === 1)).toMatchObject({ pfn: k.views().find((v) => v.kind === "device")!.pfn, bounces: [{ buf: 0, page: 0 }] });
  });

  it("tell dirty lines from what memory holds, by their tag", () => {
    const k = after("sme-zen2", { coherent: false }, ALLOC, { op: "vmap", buf: 0, prot: "decrypted" }, WRITE, { op: "cpu_write", buf: 0, page: 0, alias: "vmap", value: 8 });
    expect(told(k.frames())).toEqual([[1, 0, true, null, [null, expect.anything(), [8, false], [7, true]]]]);
    k.apply({ op: "writeback", buf: 0, page: 0, cbit: true });
    expect(told(k.frames())).toEqual([[1, 0, true, null, [7, DOMAIN_HOST, [8, false]]]]);
  });

  it("have the platform's state where it keeps one, and contents that were lost", () => {
    const k = after("sev-snp", {}, ALLOC, WRITE);
    expect(told(k.frames())).toEqual([[1, 0, true, PAGE_PRIVATE, [7, DOMAIN_VM]]]);
    k.apply({ op: "set_memory_decrypted", buf: 0 });
    expect(k.frames()[0]).toMatchObject({ state: PAGE_SHARED, linear: { cBit: false, domain: DOMAIN_PLAIN } });
    expect(k.frames()[0]!.cells[0]!.memory.token).toBeNull();
  });

  it("join neighbouring cells that hold the same", () => {
    const k = after("none", { cells: 256 }, ALLOC, { ...WRITE, at: 32 } as Operation);
    expect(k.frames()[0]!.cells.map((c) => [c.at, c.size, c.memory.token])).toEqual([[0, 32, null], [32, 16, 7], [48, 4048, null]]);
  });

  it("are those of the device's memory too, and none twice for buffers that share pages", () => {
    const bar = after("sev", {}, { op: "ioremap", buf: 0, pages: 1 });
    expect(bar.frames()).toMatchObject([{ kind: "bar", linear: null, state: null, pages: [{ buf: 0, page: 0 }] }]);
    const shared = after("none", {}, { op: "bo_create", buf: 0, pages: 1 }, { op: "bo_populate", buf: 0 }, { op: "bo_import", buf: 1, from: 0 });
    expect(shared.frames().map((f) => f.pages)).toEqual([[{ buf: 0, page: 0 }, { buf: 1, page: 0 }]]);
  });
});
