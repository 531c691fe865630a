// SPDX-License-Identifier: MIT
import { describe, expect, it } from "vitest";
import type { Configuration, Kernel, Operation, Permutation } from "../kernel/index.ts";
import { PLATFORMS } from "../machine/index.ts";
import { createModelFactory, DRIVERS } from "./index.ts";

const SWAP: Permutation = { buffers: [1, 0], pages: [[0, 1], [0, 1]], token: (t) => (t === 0 ? 0 : t < 100 ? t + 100 : t - 100) };
const PAGES: Permutation = { buffers: [0, 1], pages: [[1, 0], [0, 1]], token: (t) => t };

function boot(platform: string, more: Partial<Configuration> = {}, policy = "decrypt-dma-alloc-guest"): Kernel {
  const p = PLATFORMS.find((x) => x.name === platform)!;
  const driver = DRIVERS.find((d) => d.name === "amdgpu-gfx9")!;
  return createModelFactory({ release: "6.12", policy }).create({ name: platform, platform: p, iommu: "off", swiotlb: "default", ...more }, driver);
}

function run(kernel: Kernel, operations: readonly Operation[]): Uint32Array {
  for (const o of operations) expect(kernel.apply(o).outcome).toBe("done");
  return kernel.save().slice();
}

/** The state behind some operations, permuted, beside the state behind others. */
function both(boots: () => Kernel, permutation: Permutation, operations: readonly Operation[], others: readonly Operation[]): readonly [Uint32Array, Uint32Array] {
  const kernel = boots();
  const state = run(kernel, operations);
  const image = new Uint32Array(state.length);
  kernel.symmetry!(operations).permute(state, permutation, image);
  return [image, run(boots(), others)];
}

const page_alloc = (buf: number, pages = 1): Operation => ({ op: "page_alloc", buf, pages });
const write = (buf: number, page: number, value: number): Operation => ({ op: "cpu_write", buf, page, alias: "linear", value });

describe("a state under other numbers", () => {
  it("is the one that the same operations on the other buffers lead to", () => {
    const [image, there] = both(
      () => boot("sev", { swiotlb: "force" }),
      SWAP,
      [page_alloc(0, 2), page_alloc(1), write(0, 1, 3), { op: "user_map", buf: 0 }, { op: "dma_map", buf: 0 }, write(1, 0, 104), { op: "bo_import", buf: 2, from: 1 }],
      [page_alloc(1, 2), page_alloc(0), write(1, 1, 103), { op: "user_map", buf: 1 }, { op: "dma_map", buf: 1 }, write(0, 0, 4), { op: "bo_import", buf: 2, from: 0 }],
    );
    expect(image).toEqual(there);
  });

  it("has the garbage that the other token would have come to, twice over", () => {
    // A page that was written decrypted is noise in the linear map, which is what swiotlb copies: into the slot, and back.
    const noise = (buf: number, token: number): readonly Operation[] => [
      page_alloc(buf),
      { op: "vmap", buf, prot: "decrypted" },
      { op: "cpu_write", buf, page: 0, alias: "vmap", value: token },
      { op: "dma_map", buf },
    ];
    const [image, there] = both(() => boot("sev", { swiotlb: "force" }), SWAP, noise(0, 3), noise(1, 103));
    expect(image).toEqual(there);
    const [same] = both(() => boot("sev", { swiotlb: "force" }), { ...SWAP, token: (t) => t }, noise(0, 3), noise(1, 103));
    expect(same).not.toEqual(there);
  });

  it("holds stale user translations for the other buffer's addresses, in their order", () => {
    const remap = (buf: number): readonly Operation[] => [{ op: "bo_create", buf, pages: 1 }, { op: "bo_populate", buf }, { op: "bo_fault", buf, page: 0 }, { op: "bo_evict", buf }, { op: "bo_populate", buf }];
    const [image, there] = both(() => boot("sme-zen2", { tlb: true }), SWAP, [...remap(0), page_alloc(1), { op: "vmap", buf: 1 }, { op: "vunmap", buf: 1 }], [...remap(1), page_alloc(0), { op: "vmap", buf: 0 }, { op: "vunmap", buf: 0 }]);
    expect(image).toEqual(there);
  });

  it.each(["kmap", "vmap"] as const)("shows the other page in a kernel map of one page, made by %s()", (how) => {
    const life = (page: number): readonly Operation[] => [
      { op: "bo_create", buf: 0, pages: 2 },
      { op: "bo_populate", buf: 0 },
      { op: "bo_kmap", buf: 0, page },
      { op: "cpu_write", buf: 0, page, alias: "kmap", value: 2 },
      { op: "dev_write", buf: 0, page: 1 - page, value: 5 },
    ];
    const [image, there] = both(() => boot("sev", {}, how === "kmap" ? "encrypted" : "decrypt-dma-alloc-guest"), PAGES, life(0), life(1));
    expect(image).toEqual(there);
  });

  it("has contents of pages in each other's frames and bounce slots, dirty lines too", () => {
    const life = (page: number): readonly Operation[] => [page_alloc(0, 2), write(0, page, 2), { op: "dma_map", buf: 0 }, { op: "dev_write", buf: 0, page: 1 - page, value: 5 }, write(0, 1 - page, 3)];
    for (const coherent of [true, false]) {
      const [image, there] = both(() => boot("sev", { swiotlb: "force", coherent }), PAGES, life(0), life(1));
      expect(image).toEqual(there);
    }
  });

  it("is refused where memory holds what nobody can have read", () => {
    const kernel = boot("sev");
    const state = run(kernel, [page_alloc(0), write(0, 0, 3)]);
    const at = state.findIndex((w, i) => w === 3 && state[i + 1] === ~3 >>> 0);
    state[at] = 0x1234;
    expect(() => kernel.symmetry!([]).permute(state, SWAP, new Uint32Array(state.length))).toThrow("no read of a token gives");
  });
});
