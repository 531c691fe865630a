// SPDX-License-Identifier: MIT
/** Linux 6.12 itself: prepared, booted, and compared with the model. */

import { beforeAll, describe, expect, inject, it } from "vitest";
import { createHost } from "../../src/cli/host.ts";
import type { Configuration, DriverProfile, Kernel, KernelFactory, Operation, StepResult, View } from "../../src/kernel/index.ts";
import { createModelFactory, DEFAULT_POLICY, DRIVERS } from "../../src/linux/index.ts";
import { type IommuMode, PLATFORMS } from "../../src/machine/index.ts";
import { TREE_DRIVERS, treeMachines } from "../support/tree-cells.ts";
import { treeFactoryFor } from "../support/tree-factory.ts";
import { forgetTree, listTrees, type PreparedTree, prepareTree } from "../../src/tree/index.ts";

const source = inject("linux612");
const linux61 = inject("linux61");
const host = createHost("test");

function configuration(platform: string, iommu: IommuMode, swiotlb: Configuration["swiotlb"] = "default"): Configuration {
  return { name: `${platform},iommu=${iommu},swiotlb=${swiotlb}`, platform: PLATFORMS.find((p) => p.name === platform)!, iommu, swiotlb };
}

const driver = (name: string): DriverProfile => DRIVERS.find((d) => d.name === name)!;

const MAP: readonly Operation[] = [
  { op: "bo_create", buf: 0, pages: 2 },
  { op: "bo_populate", buf: 0 },
  { op: "bo_kmap", buf: 0, page: 0 },
  { op: "bo_vmap", buf: 0 },
  { op: "bo_fault", buf: 0, page: 0 },
];

/** Accesses and the way back. */
const USE: readonly Operation[] = [
  { op: "cpu_write", buf: 0, page: 0, alias: "vmap", value: 9 },
  { op: "cpu_read", buf: 0, page: 0, alias: "user" },
  { op: "dev_read", buf: 0, page: 0 },
  { op: "dev_write", buf: 0, page: 1, value: 5 },
  { op: "cpu_read", buf: 0, page: 1, alias: "linear" },
  { op: "cpu_read", buf: 0, page: 1, alias: "user" },
  { op: "bo_kunmap", buf: 0 },
  { op: "bo_vunmap", buf: 0 },
  { op: "bo_create", buf: 1, pages: 1 },
  { op: "bo_vmap", buf: 1 },
  { op: "bo_destroy", buf: 0 },
  { op: "bo_destroy", buf: 1 },
];

/** A view without what differs between the kernels: frames and addresses. */
const shape = (v: View): string => `${v.buf}.${v.page} ${v.kind} C=${v.cBit} domain=${v.domain} ${v.cache}`;

/** A result without what differs between the kernels. */
function told(r: StepResult): string {
  if (r.outcome === "done") return `done ${r.seen?.token} ${r.seen?.storedIn} ${r.seen?.readIn}`;
  return r.outcome === "error" ? `-${r.errno}` : r.outcome;
}

/** Everything that a kernel answers and shows on the way through MAP and USE. */
function transcript(kernel: Kernel): string[] {
  const { configuration: where, driver: profile } = kernel;
  if (kernel.boot.status !== "ready") return [`${where.name} ${profile.name} ${kernel.boot.status}`];
  const steps = [...MAP, ...USE].map((o) => `${JSON.stringify(o)}: ${told(kernel.apply(o))}\n  ${kernel.views().map(shape).join("\n  ")}`);
  return [`${where.name} ${profile.name} ${kernel.boot.status}`, ...steps];
}

/** What the tree and the model of a release do on each cell. */
function transcripts(factory: KernelFactory, release: string): { readonly tree: string[]; readonly model: string[] }[] {
  const model = createModelFactory({ release, policy: DEFAULT_POLICY });
  return treeMachines(["default", "force", "noforce"]).flatMap((where) =>
    TREE_DRIVERS.map((profile) => ({ tree: transcript(factory.create(where, profile)), model: transcript(model.create(where, profile)) })),
  );
}

describe.skipIf(source === null)("Linux 6.12 as a kernel", () => {
  const cache = inject("treeCache");
  let tree: PreparedTree;
  let factory: KernelFactory;

  beforeAll(async () => {
    tree = await prepareTree(host, source!, { cacheDirectory: cache });
    factory = await treeFactoryFor(source!, cache, treeMachines(["default"]));
  });

  function booted(platform: string, iommu: IommuMode, name: string): Kernel {
    const kernel = factory.create(configuration(platform, iommu), driver(name));
    expect(kernel.boot).toEqual({ status: "ready" });
    for (const operation of MAP) expect(kernel.apply(operation)).toEqual({ outcome: "done", seen: null });
    return kernel;
  }

  const bits = (kernel: Kernel): Record<string, boolean> =>
    Object.fromEntries(kernel.views().filter((v) => v.page === 0).map((v) => [v.kind, v.cBit]));

  it("is found again without make, and listed", async () => {
    const again = await prepareTree(host, source!, { cacheDirectory: cache });
    expect(again.cached).toBe(true);
    expect(again.key).toBe(tree.key);
    expect((await listTrees(host, cache)).map((m) => m.key)).toContain(tree.key);
    expect(await forgetTree(host, cache, "/no/such/tree")).toBe(0);
  });

  it("sev, vmwgfx: every mapping is decrypted", () => {
    expect(bits(booted("sev", "off", "vmwgfx"))).toEqual({ linear: false, kmap: false, vmap: false, user: false, device: false });
  });

  it("SME without IOMMU, 44 bits: the pages are decrypted, vmap and user mappings are not", () => {
    expect(bits(booted("sme-zen2", "off", "amdgpu-gfx9"))).toEqual({ linear: false, kmap: false, vmap: true, user: true, device: false });
  });

  it("SME without IOMMU, 48 bits: nothing is decrypted, the DMA address holds the C-bit", () => {
    const kernel = booted("sme-zen2", "off", "amdgpu-gfx9.4.3");
    expect(bits(kernel)).toEqual({ linear: true, kmap: true, vmap: true, user: true, device: true });
    expect(Number(kernel.views().find((v) => v.kind === "device")!.address)).toBeGreaterThan(2 ** 47);
  });

  it("SME with a translated domain: the I/O page table entry holds the C-bit", () => {
    const kernel = booted("sme-zen2", "translated", "amdgpu-gfx9");
    expect(bits(kernel)).toEqual({ linear: true, kmap: true, vmap: true, user: true, device: true });
    expect(Number(kernel.views().find((v) => v.kind === "device")!.address)).toBeLessThan(2 ** 32);
  });

  it("says which of the tree's functions chose and did what", () => {
    const kernel = factory.create(configuration("sme-zen2", "off"), driver("amdgpu-gfx9"));
    kernel.record(true);
    for (const operation of MAP) kernel.apply(operation);
    expect(kernel.events().map((e) => e.function)).toEqual(expect.arrayContaining(["dma_alloc_attrs", "set_memory_decrypted", "vmap", "vmf_insert_pfn_prot"]));
    const chosenBy = (kind: View["kind"]): string => Object.values(kernel.views().find((v) => v.kind === kind)!.chosenBy).join(" ");
    expect(chosenBy("vmap")).toMatch(/^ttm_io_prot drivers\/gpu\/drm\/ttm\/ttm_bo_util\.c:\d+$/);
    expect(chosenBy("user")).toMatch(/^ttm_io_prot drivers\/gpu\/drm\/ttm\/ttm_bo_util\.c:\d+$/);
    expect(chosenBy("linear")).toMatch(/^dma_direct_alloc -> set_memory_decrypted kernel\/dma\/direct\.c:\d+$/);
    expect(chosenBy("device")).toMatch(/^dma_direct_alloc kernel\/dma\/direct\.c:\d+$/);
  });

  it("says what a guest asked of firmware and hypervisor", () => {
    const asked = { "sev-snp": ["snp_set_memory_shared", "snp_set_memory_private"], tdx: ["TDVMCALL.MapGPA", "tdx_accept_memory"], "sev-snp-vtom": ["HvCallModifySparseGpaPageHostVisibility"] } as const;
    for (const [platform, calls] of Object.entries(asked)) {
      const kernel = factory.create(configuration(platform, "off"), driver("amdgpu-gfx9"));
      kernel.record(true);
      for (const operation of [{ op: "page_alloc", buf: 0, pages: 2 }, { op: "set_memory_decrypted", buf: 0 }, { op: "set_memory_encrypted", buf: 0 }] as const) kernel.apply(operation);
      expect(kernel.events().map((e) => e.function)).toEqual(expect.arrayContaining([...calls]));
    }
  });

  // What the search relies on: it neither saves after reads nor restores after looking at views.
  it("reads and shows views without changing its state", () => {
    for (const [platform, iommu, name] of [["sme-zen2", "off", "amdgpu-gfx9"], ["sme-zen2", "translated", "nouveau-pascal"], ["sev", "off", "xe"], ["sev-snp", "off", "amdgpu-gfx9"], ["sev-snp-vtom", "off", "vmwgfx"], ["tdx", "off", "xe"]] as const) {
      const kernel = booted(platform, iommu, name);
      kernel.apply({ op: "cpu_write", buf: 0, page: 0, alias: "vmap", value: 3 });
      const before = kernel.save();
      for (const alias of ["linear", "kmap", "vmap", "user"] as const) kernel.apply({ op: "cpu_read", buf: 0, page: 0, alias });
      kernel.apply({ op: "dev_read", buf: 0, page: 0 });
      kernel.views();
      expect(kernel.save()).toEqual(before);
    }
  });

  it("saves and restores whole states", () => {
    const kernel = factory.create(configuration("sme-zen2", "translated"), driver("xe"));
    const before = kernel.save();
    const run = (): string => [...MAP, ...USE].map((o) => JSON.stringify(kernel.apply(o))).join("\n");
    const first = run();
    const after = kernel.save();
    expect(after).not.toEqual(before);
    kernel.restore(before);
    expect(kernel.save()).toEqual(before);
    expect(run()).toBe(first);
    expect(kernel.save()).toEqual(after);
  });

  it("a buffer that comes and goes leaves nothing behind", () => {
    const kernel = factory.create(configuration("sme-zen2", "off"), driver("amdgpu-gfx9"));
    const before = kernel.save();
    kernel.apply({ op: "bo_create", buf: 0, pages: 2 });
    kernel.apply({ op: "bo_destroy", buf: 0 });
    expect(kernel.save()).toEqual(before);
  });

  it("a guest shares the pages of a buffer, and TTM's pool keeps them shared", () => {
    for (const platform of ["sev-snp", "sev-snp-vtom", "tdx", "tdx-gpaw52"]) {
      const kernel = booted(platform, "off", "vmwgfx");
      const frames = kernel.frames().map((f) => f.pfn);
      expect(kernel.frames().map((f) => f.state)).toEqual([1, 1]);
      kernel.apply({ op: "bo_destroy", buf: 0 });
      for (const operation of MAP) kernel.apply(operation);
      // What was shared and given back is given out again.
      expect(kernel.frames().map((f) => f.pfn)).toEqual(frames);
      expect(kernel.frames().map((f) => f.linear?.domain)).toEqual([0, 0]);
    }
  });

  it("gives an untrusted device a domain of its own, and an accepted one what the platform lets it have", () => {
    const model = createModelFactory({ release: "6.12", policy: DEFAULT_POLICY });
    for (const where of treeMachines(["default"])) {
      for (const trust of [{ untrusted: true }, { accepted: true }]) {
        for (const profile of TREE_DRIVERS.map((d) => ({ ...d, ...trust }))) expect(transcript(factory.create(where, profile))).toEqual(transcript(model.create(where, profile)));
      }
    }
    const kernel = factory.create(configuration("sme-zen2", "identity"), { ...driver("amdgpu-gfx9"), untrusted: true });
    for (const operation of MAP) kernel.apply(operation);
    expect(kernel.views().find((v) => v.kind === "device")).toMatchObject({ cBit: true });
  });

  it("does step for step what the model does", () => {
    for (const cell of transcripts(factory, "6.12")) expect(cell.tree).toEqual(cell.model);
  });
});

describe.skipIf(linux61 === null)("Linux 6.1 as a kernel", () => {
  let factory: KernelFactory;

  beforeAll(async () => {
    factory = await treeFactoryFor(linux61!, inject("treeCache"), treeMachines(["default"]));
  });

  it("does step for step what the model does", () => {
    for (const cell of transcripts(factory, "6.1")) expect(cell.tree).toEqual(cell.model);
  });
});
