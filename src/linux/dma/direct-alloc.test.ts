// SPDX-License-Identifier: MIT
// Expected values are retyped from kernel/dma/direct.c and pool.c of Debian linux-source-6.12 (6.12.117).
import { describe, expect, it } from "vitest";
import { PAGE_SIZE, type Pfn, pfn, pfnToPhys, physAddr } from "../../base/index.ts";
import { INJECTABLE, type Injectable } from "../../kernel/index.ts";
import { banksOf } from "../../machine/index.ts";
import { frameIndex } from "../layout.ts";
import { type Linux, put } from "../linux.ts";
import { KernelFault } from "../mm/memory.ts";
import { is_allocated } from "../mm/page-alloc.ts";
import { linear_address, VMALLOC_START } from "../mm/page-tables.ts";
import { bootModel, type TestBoot } from "../test-kernel.ts";
import { dma_to_phys, NO_PHYS, phys_to_dma } from "./addresses.ts";
import { dma_addressing_limited, dma_alloc_attrs, dma_alloc_pages, dma_free_attrs, dma_free_pages, dma_get_required_mask, dma_supported } from "./mapping.ts";

const C47 = 2 ** 47;
const GiB = 2 ** 30;
const cBit = (k: Linux, frame: Pfn): boolean => k.machine.translate(k.pgd, linear_address(frame))!.cBit;
const allocated = (k: Linux, frame: Pfn): boolean => is_allocated(k, frameIndex(k.layout, frame));

function fail(k: Linux, fn: Injectable): void {
  put(k, k.layout.inject, INJECTABLE.indexOf(fn) + 1);
  put(k, k.layout.inject + 1, 1);
}

describe("row 1: DMA_ATTR_NO_KERNEL_MAPPING without force (217)", () => {
  it("gives pages that stay encrypted, a cookie, and is not cleared", () => {
    const k = bootModel({ platform: "sme-zen2", mask: 48 });
    const o = { no_kernel_mapping: true };
    const a = dma_alloc_attrs(k, 0, o)!;
    expect([a.cpu, a.handle, cBit(k, a.first)]).toEqual([0, pfnToPhys(a.first) + C47, true]);
    dma_free_attrs(k, 0, a, o);
    expect(allocated(k, a.first)).toBe(false);
  });

  it("is ignored where DMA is forced unencrypted", () => {
    const k = bootModel({ platform: "sev" });
    const a = dma_alloc_attrs(k, 0, { no_kernel_mapping: true })!;
    expect([a.cpu, cBit(k, a.first)]).toEqual([linear_address(a.first), false]);
    dma_free_attrs(k, 0, a, { no_kernel_mapping: true });
    expect(cBit(k, a.first)).toBe(true);
  });
});

describe("row 3: an allocation that may not block (252)", () => {
  it.each(["sev", "sev-snp", "tdx"])("comes out of the atomic pool on %s, and goes back decrypted", (platform) => {
    const k = bootModel({ platform });
    const pool = k.atomicPools[0]!;
    const a = dma_alloc_attrs(k, 0, { atomic: true })!;
    expect([a.first, a.cpu, a.handle]).toEqual([pool.firstPfn, linear_address(pool.firstPfn), pfnToPhys(pool.firstPfn)]);
    expect(k.s[k.layout.atomicPool]).toBe(1);
    const before = cBit(k, a.first);
    dma_free_attrs(k, 0, a);
    expect([k.s[k.layout.atomicPool], cBit(k, a.first)]).toEqual([0, before]);
    expect(k.machine.config.platform.setMeansShared).toBe(before);
  });

  it("tries the next pool, then warns (pool.c:282)", () => {
    const k = bootModel({ platform: "sev" });
    const names = [0, 1, 2, 3].map(() => dma_alloc_attrs(k, 0, { atomic: true })!.first - k.atomicPools[0]!.firstPfn);
    expect(names).toEqual([0, 1, 2, 3]);
    expect(dma_alloc_attrs(k, 0, { atomic: true })).toBeNull();
    expect(k.warnings).toHaveLength(1);
    expect(k.warnings[0]).toMatch(/DMA pool exhausted/);
    expect(dma_alloc_attrs(k, 0, { atomic: true, no_warn: true })).toBeNull();
    expect(k.warnings).toHaveLength(1);
  });

  it("takes what the device reaches (commit 81e9d894e03f): the pool for GFP_KERNEL lies above 4 GiB with 8 GiB of RAM", () => {
    const options: TestBoot = { platform: "sev", mask: 32, ramGiB: 8 };
    const k = bootModel(options);
    expect(k.atomicPools.map((p) => pfnToPhys(p.firstPfn) >= 4 * GiB)).toEqual([true, false]);
    expect(pfnToPhys(dma_alloc_attrs(k, 0, { atomic: true })!.first)).toBeLessThan(4 * GiB);
    const wide = bootModel({ ...options, mask: 64 });
    expect(pfnToPhys(dma_alloc_attrs(wide, 0, { atomic: true })!.first)).toBeGreaterThan(4 * GiB);
    // A mask between the two starts with the pool above, which it does not reach, and falls back to the one below.
    const between: TestBoot = { ...options, mask: 33, ramGiB: 16 };
    expect(pfnToPhys(dma_alloc_attrs(bootModel(between), 0, { atomic: true })!.first)).toBeLessThan(4 * GiB);
    expect(pfnToPhys(dma_alloc_attrs(bootModel({ ...between, release: "6.12-81e9d894e03f" }), 0, { atomic: true })!.first)).toBeGreaterThan(4 * GiB);
  });

  it("is not used where nothing is forced: the page allocator serves", () => {
    const k = bootModel({ platform: "sme-zen2", mask: 48 });
    const a = dma_alloc_attrs(k, 0, { atomic: true })!;
    expect([k.s[k.layout.atomicPool], cBit(k, a.first)]).toEqual([0, true]);
  });

  it("without commit 76a19940bd62 decrypts where it must not sleep", () => {
    const k = bootModel({ platform: "sev", release: "6.12-76a19940bd62" });
    dma_alloc_attrs(k, 0, { atomic: true });
    expect(k.warnings[0]).toMatch(/sleeping function/);
  });
});

describe("row 4: blocking and forced (288-294), failures (312, 352)", () => {
  it.each([
    ["6.12", true],
    ["6.12-b9fa16949d18", false],
  ])("%s: pages that could not be decrypted are leaked: %s (CVE-2024-35939)", (release, leaked) => {
    const k = bootModel({ platform: "tdx", release });
    fail(k, "set_memory_decrypted");
    const before = k.s[k.layout.allocated];
    expect(dma_alloc_attrs(k, 0)).toBeNull();
    expect(k.s[k.layout.allocated] !== before).toBe(leaked);
  });

  it.each([
    ["6.12", true],
    ["6.12-a90cf3043748", false],
  ])("%s: pages that could not be encrypted again are leaked: %s", (release, leaked) => {
    const k = bootModel({ platform: "tdx", release });
    const a = dma_alloc_attrs(k, 0)!;
    fail(k, "set_memory_encrypted");
    dma_free_attrs(k, 0, a);
    expect(allocated(k, a.first)).toBe(leaked);
  });

  it("without commit 56fccf21d196 goes on as if it had worked", () => {
    const k = bootModel({ platform: "sev", release: "6.12-56fccf21d196" });
    fail(k, "set_memory_decrypted");
    const a = dma_alloc_attrs(k, 0)!;
    expect(cBit(k, a.first)).toBe(true);
  });
});

describe("zones (139-157)", () => {
  it.each([
    ["none", 32, false],
    ["none", 64, true],
    ["none", 33, true],
    ["sme-zen2", 32, false],
  ])("%s with %i bits and 8 GiB of RAM: above 4 GiB is %s", (platform, mask, high) => {
    const k = bootModel({ platform, mask, ramGiB: 8 });
    expect(pfnToPhys(dma_alloc_attrs(k, 0)!.first) >= 4 * GiB).toBe(high);
  });

  it("try again below 4 GiB where the bus limits the device (bus_dma_limit)", () => {
    const k = bootModel({ platform: "none", mask: 64, ramGiB: 16, profile: { busDmaLimitBits: 33 } });
    expect(pfnToPhys(dma_alloc_attrs(k, 0)!.first)).toBeLessThan(4 * GiB);
  });

  it("limit what a device addresses (kernel/dma/mapping.c:913-925)", () => {
    const limited = (mask: number, ramGiB: number, profile = {}): boolean => dma_addressing_limited(bootModel({ platform: "none", mask, ramGiB, profile }));
    expect([limited(32, 2), limited(32, 8), limited(33, 8), limited(64, 8, { busDmaLimitBits: 32 })]).toEqual([false, true, false, true]);
    expect(dma_get_required_mask(bootModel({ platform: "none", ramGiB: 8 }))).toBe(2 ** 33 - 1);
  });
});

describe("dma_alloc_pages (359-402)", () => {
  it("without commit 8a9dc4a028e7 loses memory of a remapped pool at free", () => {
    for (const [release, left, warnings] of [["6.12", 1, 1], ["6.12+8a9dc4a028e7", 0, 0]] as const) {
      const k = bootModel({ platform: "sev", release, profile: { nonCoherent: true } });
      const a = dma_alloc_pages(k, 1, { atomic: true })!;
      expect(a.cpu).toBe(VMALLOC_START);
      dma_free_pages(k, 1, a);
      expect([k.s[k.layout.atomicPool], k.warnings.length]).toEqual([left, warnings]);
    }
  });
});

describe("a device that is not coherent (274-287, open in 6.12)", () => {
  it.each([
    ["6.12", true],
    ["6.12+f253a83ff94c", false],
  ])("%s: gets a decrypted remap, while the linear mapping stays encrypted: %s", (release, encrypted) => {
    const k = bootModel({ platform: "sev", release, profile: { nonCoherent: true } });
    const words = k.s.slice();
    const a = dma_alloc_attrs(k, 1)!;
    expect(a.cpu).toBeGreaterThanOrEqual(VMALLOC_START);
    expect([k.machine.translate(k.pgd, a.cpu!)!.cBit, cBit(k, a.first)]).toEqual([false, encrypted]);
    // TTM keeps the page and the handle alone.
    dma_free_attrs(k, 1, { first: a.first, handle: a.handle });
    expect([cBit(k, a.first), allocated(k, a.first)]).toEqual([true, false]);
    expect(k.s[k.layout.vmalloc]).toBe(words[k.layout.vmalloc]);
  });
});

describe("dma_to_phys with a range map (include/linux/dma-direct.h:100-110, open in 6.12)", () => {
  it.each([
    ["6.12", NO_PHYS],
    ["6.12+c380931712d1", 0x4000_0000],
  ])("%s: the C-bit is looked up in the ranges: %i", (release, expected) => {
    const k = bootModel({ platform: "sme-zen2", mask: 48, release, profile: { rangeOffset: 0x1000_0000 } });
    const handle = phys_to_dma(k, physAddr(0x4000_0000));
    expect(handle).toBe(0x5000_0000 + C47);
    expect(dma_to_phys(k, handle)).toBe(expected);
  });

  it("ends in a fault when coherent memory is freed, since no page is there", () => {
    const k = bootModel({ platform: "sme-zen2", mask: 48, profile: { rangeOffset: 0x1000_0000 } });
    const a = dma_alloc_attrs(k, 0)!;
    expect(() => dma_free_attrs(k, 0, a)).toThrow(KernelFault);
  });

  it("is undone by dma_to_phys() for every frame, with the fix", () => {
    for (const rangeOffset of [0, PAGE_SIZE, 0x1000_0000, 2 ** 36]) {
      const k = bootModel({ platform: "sme-zen2", mask: 48, release: "6.12+c380931712d1", profile: { rangeOffset } });
      for (const bank of banksOf({ ...k.layout.ram, bar: null })) {
        for (let i = 0; i < bank.frames; i++) expect(dma_to_phys(k, phys_to_dma(k, pfnToPhys(pfn(bank.firstPfn + i))))).toBe(pfnToPhys(pfn(bank.firstPfn + i)));
      }
    }
  });
});

describe("a realm's addresses (commit 7d953a062416, PROT_NS_SHARED)", () => {
  it.each([
    ["6.12+42be24a4178f", 0],
    ["6.12+42be24a4178f+7d953a062416", 2 ** 47],
  ])("%s: shared memory is addressed with %i on top", (release, bit) => {
    const k = bootModel({ platform: "cca", mask: 64, release });
    const a = dma_alloc_attrs(k, 0)!;
    expect(a.handle).toBe(pfnToPhys(a.first) + bit);
    expect(dma_to_phys(k, a.handle)).toBe(pfnToPhys(a.first));
    const out = new Uint32Array(4);
    expect(k.machine.deviceRead({ addressBits: 64 }, null, a.handle, out).kind).toBe(bit === 0 ? "fault" : "reached");
    dma_free_attrs(k, 0, a);
    expect(allocated(k, a.first)).toBe(false);
  });
});

describe("dma_direct_supported (566-587)", () => {
  it.each([
    ["none", 32, "6.12", true],
    ["none", 24, "6.12", true],
    ["none", 20, "6.12", false],
    ["cca", 32, "6.12+42be24a4178f+7d953a062416", true],
    ["cca", 32, "6.12+42be24a4178f+7d953a062416+dma_mask_validation", false],
    ["cca", 48, "6.12+42be24a4178f+7d953a062416+dma_mask_validation", true],
  ])("%s, %i bits, %s: %s", (platform, bits, release, supported) => {
    expect(dma_supported(bootModel({ platform, mask: 64, release }), 2 ** bits - 1)).toBe(supported);
  });
});
