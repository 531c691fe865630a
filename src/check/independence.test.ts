// SPDX-License-Identifier: MIT
/** What is declared independent, pair by pair. That it is so is tried in test/independence.test.ts. */

import { describe, expect, it } from "vitest";
import type { Configuration, Operation } from "../kernel/index.ts";
import { PLATFORMS } from "../machine/index.ts";
import { areIndependent } from "./explorer/diamond.ts";
import { independenceOf } from "./independence.ts";
import type { Action, Workload } from "./workload.ts";

const platform = PLATFORMS.find((p) => p.name === "sev")!;
const MACHINE: Configuration = { name: "sev", platform, iommu: "off", swiotlb: "default" };

const on = (operation: Operation, masks: Partial<Action> = {}): Action => ({ operation, requires: 0, forbids: 0, sets: 0, clears: 0, ...masks });

/** True where the first two actions of a workload are declared independent. */
function declared(actions: readonly Action[], machine: Partial<Configuration> = {}, sharing: "named" | "heap" = "named"): boolean {
  const workload: Workload = { name: "w", title: "", buffers: 3, pages: 2, flags: ["a", "b"], actions, sometimes: [] };
  return areIndependent(independenceOf(workload, { configuration: { ...MACHINE, ...machine }, sharing })!, 0, 1);
}

const read = (buf: number, page = 0): Operation => ({ op: "cpu_read", buf, page, alias: "linear" });
const write = (buf: number, page = 0): Operation => ({ op: "cpu_write", buf, page, alias: "linear", value: 1 });
const devRead = (buf: number, page = 0): Operation => ({ op: "dev_read", buf, page });

describe("accesses", () => {
  it.each<readonly [string, boolean, Operation, Operation]>([
    ["two reads", true, read(0), devRead(0)],
    ["a read and a write of one page", false, read(0), write(0)],
    ["a read and a write of two pages", true, read(0), write(0, 1)],
    ["a read and a write of two buffers", true, read(0), write(1)],
    ["writes of two buffers", true, write(0), write(1)],
    ["a write and the device's read", false, write(0), devRead(0)],
  ])("%s: %s", (_, expected, a, b) => {
    expect(declared([on(a), on(b)])).toBe(expected);
    expect(declared([on(b), on(a)])).toBe(expected);
    expect(declared([on(a), on(b)], {}, "heap")).toBe(expected);
  });

  it("touch the same page where buffers share pages", () => {
    const shares = on({ op: "bo_import", buf: 1, from: 0 });
    expect(declared([on(read(0)), on(write(1)), shares])).toBe(false);
    expect(declared([on(read(0)), on(write(2)), shares])).toBe(true);
    expect(declared([on(read(0)), on({ op: "cpu_write", buf: 1, page: 0, alias: "ioremap", value: 1 }), on({ op: "ioremap", buf: 0, pages: 1 }), on({ op: "ioremap", buf: 1, pages: 1 })])).toBe(false);
  });

  it("touch cells, as far as both machine and promises tell cells apart", () => {
    const at = (n: number): Operation => ({ op: "cpu_write", buf: 0, page: 0, alias: "linear", value: 1, at: n });
    const cells = (n: number): Workload => ({ name: "w", title: "", buffers: 1, pages: 1, cells: n, flags: [], actions: [on(at(0)), on(at(2048))], sometimes: [] });
    const byCells = (n: number): boolean => areIndependent(independenceOf(cells(n), { configuration: { ...MACHINE, cells: 256 }, sharing: "named" })!, 0, 1);
    expect([byCells(1), byCells(2), byCells(256)]).toEqual([false, true, true]);
  });

  it("depend on write-backs of their cell, on evictions where there is a TLB, on acceptance where they are the device's", () => {
    expect(declared([on(read(0)), on({ op: "writeback", buf: 0, page: 0, cbit: true })], { coherent: false })).toBe(false);
    expect(declared([on(read(0)), on({ op: "writeback", buf: 0, page: 1, cbit: true })], { coherent: false })).toBe(true);
    expect(declared([on(read(0)), on({ op: "tlb_evict" })], { tlb: true })).toBe(false);
    expect(declared([on(read(0)), on({ op: "tlb_evict" })])).toBe(true);
    expect(declared([on(devRead(0)), on({ op: "dev_accept" })])).toBe(false);
    expect(declared([on(read(0)), on({ op: "dev_accept" })])).toBe(true);
  });
});

describe("operations of the kernel", () => {
  const alloc = (buf: number): Operation => ({ op: "dma_alloc", buf, pages: 1 });

  it.each<readonly [string, boolean, Operation, Operation]>([
    ["allocations", false, alloc(0), alloc(1)],
    ["an allocation and a free", false, alloc(0), { op: "dma_free", buf: 1 }],
    ["frees to maps of bits", true, { op: "dma_free", buf: 0 }, { op: "page_free", buf: 1 }],
    ["frees to TTM's pools, which are lists", false, { op: "bo_destroy", buf: 0 }, { op: "bo_destroy", buf: 1 }],
    ["making two buffer objects without pages", true, { op: "bo_create", buf: 0, pages: 1 }, { op: "bo_create", buf: 1, pages: 1 }],
    ["making two in VRAM", false, { op: "bo_create", buf: 0, pages: 1, place: "vram" }, { op: "bo_create", buf: 1, pages: 1, place: "vram" }],
    ["pages and bounce slots", true, { op: "page_alloc", buf: 0, pages: 1 }, { op: "dma_map", buf: 1 }],
    ["two mappings for the device", false, { op: "dma_map", buf: 0 }, { op: "dma_map", buf: 1 }],
    ["two syncs", true, { op: "dma_sync_for_cpu", buf: 0 }, { op: "dma_sync_for_device", buf: 1 }],
    ["a sync and a read", false, { op: "dma_sync_for_cpu", buf: 0 }, read(0)],
    ["an allocation and another buffer's read", true, alloc(0), read(1)],
    ["a free and its buffer's read", false, { op: "dma_free", buf: 1 }, read(1)],
    ["kexec and anything", false, { op: "kexec" }, read(1)],
  ])("%s: %s", (_, expected, a, b) => {
    expect(declared([on(a), on(b)])).toBe(expected);
    expect(declared([on(b), on(a)])).toBe(expected);
  });

  it("never commute with each other on a kernel with a heap", () => {
    expect(declared([on({ op: "dma_free", buf: 0 }), on({ op: "page_free", buf: 1 })], {}, "heap")).toBe(false);
    expect(declared([on(alloc(0)), on(read(1))], {}, "heap")).toBe(true);
  });

  it("are not known of a kernel that does not say", () => {
    const workload: Workload = { name: "w", title: "", buffers: 1, pages: 1, flags: [], actions: [on(read(0)), on(read(0))], sometimes: [] };
    expect(independenceOf(workload, { configuration: MACHINE })).toBeUndefined();
  });

  it("that share a granule convert each other's pages; parts of pages share a bounce page; a small TTM swaps others out", () => {
    expect(declared([on(alloc(0)), on(read(1))], { granule: 65536 })).toBe(false);
    const parts = on({ op: "dma_map", buf: 2, offset: 128, size: 128 });
    expect(declared([on({ op: "dma_sync_for_cpu", buf: 0 }), on(devRead(1)), parts])).toBe(false);
    expect(declared([on({ op: "bo_populate", buf: 0 }), on(read(1))], { ttmPagesLimit: 1 })).toBe(false);
  });

  it("depend on an armed failure where they call the function", () => {
    const fail = on({ op: "fail", function: "set_memory_decrypted" });
    expect(declared([fail, on(alloc(0))])).toBe(false);
    expect(declared([fail, on({ op: "page_free", buf: 0 })])).toBe(true);
    expect(declared([fail, on({ op: "page_alloc", buf: 0, pages: 1 })])).toBe(true);
    expect(declared([on({ op: "fail", function: "alloc_pages" }), on({ op: "page_alloc", buf: 0, pages: 1 })])).toBe(false);
    expect(declared([fail, on({ op: "fail", function: "alloc_pages" })])).toBe(false);
  });
});

describe("maps of a buffer object", () => {
  const A = 1;
  const populate = on({ op: "bo_populate", buf: 0 }, { sets: A });
  const vmap = on({ op: "bo_vmap", buf: 0 }, { requires: A });
  const other = on({ op: "bo_populate", buf: 1 });

  it("allocate nothing where a flag says that it has pages", () => {
    expect(declared([vmap, on(devRead(0), { requires: A }), populate])).toBe(true);
    expect(declared([on({ op: "bo_vmap", buf: 0 }), on(devRead(0)), populate])).toBe(false);
  });

  it("may populate it where the flag can be wrong", () => {
    const reader = on(devRead(0), { requires: A });
    expect(declared([vmap, reader, populate, on({ op: "bo_swapout", buf: 0 })])).toBe(false);
    expect(declared([vmap, reader, populate, on({ op: "bo_swapout", buf: 0 }, { clears: A })])).toBe(true);
    expect(declared([vmap, reader, populate, on({ op: "bo_create", buf: 0, pages: 1 }, { sets: A })])).toBe(false);
    expect(declared([vmap, reader, populate, on({ op: "fail", function: "alloc_pages" })])).toBe(false);
    expect(declared([vmap, reader, populate], { ttmPagesLimit: 1 })).toBe(false);
    expect(declared([vmap, reader, { ...other, sets: A }])).toBe(false);
  });

  it("take addresses of vmalloc space, and return them lazily where there is a TLB", () => {
    expect(declared([vmap, on({ op: "bo_kmap", buf: 0, page: 0 }, { requires: A }), populate])).toBe(false);
    const unmaps = [on({ op: "bo_vunmap", buf: 0 }), on({ op: "bo_kunmap", buf: 0 })];
    expect([declared(unmaps), declared(unmaps, { tlb: true })]).toEqual([true, false]);
    expect(declared([vmap, on({ op: "bo_fault", buf: 0, page: 0 }, { requires: A }), populate])).toBe(true);
  });
});

describe("flags", () => {
  it("must not enable, disable or overwrite each other's", () => {
    expect(declared([on(read(0), { sets: 1 }), on(read(1), { forbids: 1 })])).toBe(false);
    expect(declared([on(read(0), { clears: 1 }), on(read(1), { requires: 1 })])).toBe(false);
    expect(declared([on(read(0), { clears: 1 }), on(read(1), { sets: 1 })])).toBe(false);
    expect(declared([on(read(0), { sets: 1 }), on(read(1), { sets: 1, forbids: 2 })])).toBe(true);
    // Where both are enabled, the flag is set already.
    expect(declared([on(read(0), { sets: 1 }), on(read(1), { requires: 1 })])).toBe(true);
  });
});
