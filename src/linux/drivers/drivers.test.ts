// SPDX-License-Identifier: MIT
import { describe, expect, it } from "vitest";
import { createModelFactory, DRIVERS } from "../index.ts";
import { boot } from "../boot.ts";
import { PLATFORMS } from "../../machine/index.ts";
import { deviceReads, type DriverProfile } from "../../kernel/index.ts";
import { POLICIES } from "../policies/index.ts";
import { RELEASE_LIST } from "../releases/index.ts";

const named = (name: string): DriverProfile => DRIVERS.find((d) => d.name === name)!;
const on = (platform: string) => {
  const p = PLATFORMS.find((q) => q.name === platform)!;
  return { name: p.name, platform: p, iommu: "off", swiotlb: "default" } as const;
};

// Retyped from drivers/gpu/drm of 6.12: mask, coherent mask, use_dma_alloc, use_dma32, how the tt is made, who maps.
const TABLE: readonly (readonly [string, number, number, string, string, string, string])[] = [
  ["amdgpu-gfx6", 40, 40, "drm_need_swiotlb", "dma_addressing_limited", "ttm_sg_tt_init", "never"],
  ["amdgpu-gfx7", 40, 40, "drm_need_swiotlb", "dma_addressing_limited", "ttm_sg_tt_init", "never"],
  ["amdgpu-gfx8", 40, 40, "drm_need_swiotlb", "dma_addressing_limited", "ttm_sg_tt_init", "never"],
  ["amdgpu-gfx9", 44, 44, "drm_need_swiotlb", "dma_addressing_limited", "ttm_sg_tt_init", "never"],
  ["amdgpu-gfx9.4.3", 48, 48, "drm_need_swiotlb", "dma_addressing_limited", "ttm_sg_tt_init", "never"],
  ["amdgpu-gfx10", 44, 44, "drm_need_swiotlb", "dma_addressing_limited", "ttm_sg_tt_init", "never"],
  ["amdgpu-gfx11", 44, 44, "drm_need_swiotlb", "dma_addressing_limited", "ttm_sg_tt_init", "never"],
  ["amdgpu-gfx12", 44, 44, "drm_need_swiotlb", "dma_addressing_limited", "ttm_sg_tt_init", "never"],
  ["amdgpu-raven", 44, 44, "drm_need_swiotlb", "dma_addressing_limited", "ttm_sg_tt_init", "never"],
  ["radeon", 40, 40, "drm_need_swiotlb", "dma_addressing_limited", "ttm_sg_tt_init", "never"],
  ["radeon-pci", 32, 32, "drm_need_swiotlb", "dma_addressing_limited", "ttm_sg_tt_init", "never"],
  ["nouveau-nv04", 32, 32, "drm_need_swiotlb", "mask-32", "ttm_sg_tt_init", "never"],
  ["nouveau-nv41", 39, 39, "drm_need_swiotlb", "mask-32", "ttm_sg_tt_init", "never"],
  ["nouveau-nv50", 40, 40, "drm_need_swiotlb", "mask-32", "ttm_sg_tt_init", "never"],
  ["nouveau-pascal", 47, 47, "drm_need_swiotlb", "mask-32", "ttm_sg_tt_init", "never"],
  ["vmwgfx", 64, 64, "vmw_dma_select_mode", "never", "ttm_sg_tt_init", "without-dma-alloc"],
  ["vmwgfx-restricted", 44, 44, "vmw_dma_select_mode", "never", "ttm_sg_tt_init", "without-dma-alloc"],
  ["qxl", 32, 32, "never", "never", "ttm_tt_init", "never"],
  ["xe-xelp", 39, 39, "never", "never", "ttm_tt_init", "always"],
  ["xe", 46, 46, "never", "never", "ttm_tt_init", "always"],
  ["xe-pvc", 52, 52, "never", "never", "ttm_tt_init", "always"],
  ["i915-gen2", 32, 30, "never", "never", "ttm_tt_init", "always"],
  ["i915-gen3", 32, 32, "never", "never", "ttm_tt_init", "always"],
  ["i915-i965", 36, 32, "never", "never", "ttm_tt_init", "always"],
  ["i915-gen5", 36, 36, "never", "never", "ttm_tt_init", "always"],
  ["i915-gen6", 40, 40, "never", "never", "ttm_tt_init", "always"],
  ["i915-gen8", 39, 39, "never", "never", "ttm_tt_init", "always"],
  ["i915-dg2", 46, 46, "never", "never", "ttm_tt_init", "always"],
  ["vram-helper", 32, 32, "never", "always", "ttm_tt_init", "never"],
  ["loongson", 40, 40, "never", "always", "ttm_sg_tt_init", "never"],
];

describe("driver profiles", () => {
  it("amdgpu and radeon fail to probe where the page that fills their GART can be neither addressed nor bounced", () => {
    const factory = createModelFactory({ release: "6.12", policy: "decrypt-dma-alloc-guest" });
    const probe = (device: string, platform: string, swiotlb: "default" | "noforce"): string => factory.create({ ...on(platform), swiotlb }, named(device)).boot.status;
    for (const device of ["amdgpu-gfx9", "radeon", "radeon-pci"]) {
      expect([device, probe(device, "sme-zen2", "noforce"), probe(device, "sme-zen2", "default"), probe(device, "none", "noforce")]).toEqual([device, "refused", "ready", "ready"]);
    }
    // 48 bits hold the C-bit; xe maps nothing for itself.
    expect([probe("amdgpu-gfx9.4.3", "sme-zen2", "noforce"), probe("xe", "sme-zen2", "noforce")]).toEqual(["ready", "ready"]);
  });

  it("are those of the kernel", () => {
    expect(DRIVERS.map((d) => [d.name, d.dmaMaskBits, d.coherentMaskBits, d.useDmaAlloc, d.useDma32, d.tt, d.ownMapping])).toEqual(TABLE);
  });

  it("say which drivers sync, which use no DMA, and where VRAM is mapped other than write-combined", () => {
    const names = (has: (d: DriverProfile) => boolean): string[] => DRIVERS.filter(has).map((d) => d.name);
    expect(names((d) => d.ownSync === true)).toEqual(["nouveau-nv04", "nouveau-nv41", "nouveau-nv50", "nouveau-pascal"]);
    expect(names((d) => !deviceReads(d))).toEqual(["qxl", "vram-helper"]);
    // xe (on x86) and vmwgfx leave or set ttm_cached; amdgpu_vram_mgr.c:617 sets ttm_write_combined.
    expect(names((d) => d.vramCaching === "cached")).toEqual(["vmwgfx", "vmwgfx-restricted"]);
    expect(names((d) => d.skipCpuSync)).toEqual(["xe-xelp", "xe", "xe-pvc", "i915-gen2", "i915-gen3", "i915-i965", "i915-gen5", "i915-gen6", "i915-gen8"]);
    expect(names((d) => d.caching === "wc")).toEqual(["i915-dg2"]);
  });

  it("name a place in the kernel for each choice", () => {
    for (const d of DRIVERS) {
      expect(d.refs.length).toBeGreaterThanOrEqual(3);
      for (const ref of d.refs) expect(ref).toMatch(/^drivers\/gpu\/drm\/[\w./-]+\.[ch]:\d+(-\d+)? \([\w, ]+\)$/);
    }
  });
});

describe("what a probe declines", () => {
  const status = (platform: string, driver: string): string => createModelFactory({ release: "6.12", policy: "decrypt-dma-alloc-guest" }).create(on(platform), named(driver)).boot.status;

  // amdgpu_drv.c:2296 asks for CC_ATTR_MEM_ENCRYPT, which TSME does not show, and SEV does.
  it.each([
    ["none", "ready"],
    ["tsme", "ready"],
    ["sme-zen2", "refused"],
    ["sme-zen3", "refused"],
    ["sev", "refused"],
  ])("Raven on %s: %s", (platform, expected) => {
    expect(status(platform, "amdgpu-raven")).toBe(expected);
    expect(status(platform, "amdgpu-gfx9")).toBe("ready");
  });

  it("says why, and where", () => {
    const { boot: result } = createModelFactory({ release: "6.12", policy: "decrypt-dma-alloc-guest" }).create(on("sme-zen2"), named("amdgpu-raven"));
    expect(result).toMatchObject({ status: "refused", reason: expect.stringMatching(/SME is not compatible with Raven.*amdgpu_drv\.c:2296/) });
  });

  it("is left out by a kernel without the change that brought it", () => {
    const raven = { ...named("amdgpu-raven"), refuses: { ...named("amdgpu-raven").refuses!, change: "no-such-change" } };
    expect(boot(on("sme-zen2"), raven, POLICIES[0]!, RELEASE_LIST[0]!).result.status).toBe("ready");
  });
});

describe("what a profile tells ttm_device_init() and the device", () => {
  const booted = (platform: string, driver: DriverProfile) => boot(on(platform), driver, POLICIES[0]!, RELEASE_LIST[0]!).k;

  it("use_dma32 always, and the bus's limit", () => {
    expect(booted("none", named("loongson")).use_dma32).toBe(true);
    expect(booted("none", named("qxl")).use_dma32).toBe(false);
    expect(booted("none", { ...named("xe"), busDmaLimitBits: 40 }).dev.bus_dma_limit).toBe(2 ** 40 - 1);
    expect(booted("none", named("xe")).dev.bus_dma_limit).toBe(0);
  });

  it("an accepted device is accepted from boot", () => {
    expect(booted("sev-snp", { ...named("xe"), accepted: true }).machine.deviceAccepted).toBe(true);
    expect(booted("sev-snp", named("xe")).machine.deviceAccepted).toBe(false);
  });
});

describe("coherent masks", () => {
  // A 30-bit one (i830 to i865) is the shortest: dma_alloc_attrs() has to find memory for it.
  it.each(DRIVERS.map((d) => [d.name, d] as const))("of %s reach memory", (_name, driver) => {
    const kernel = createModelFactory({ release: "6.12", policy: "decrypt-dma-alloc-guest" }).create(on("none"), driver);
    expect(kernel.apply({ op: "dma_alloc", buf: 0, pages: 1 })).toMatchObject({ outcome: "done" });
  });
});
