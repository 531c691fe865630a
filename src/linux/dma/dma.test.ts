// SPDX-License-Identifier: MIT
// Expected values are retyped from the kernel source named in each test (Debian linux-source-6.12, 6.12.117).
import { describe, expect, it } from "vitest";
import { PAGE_SIZE, pfnToPhys, physToPfn, physAddr, pfn, type Pfn } from "../../base/index.ts";
import { BLOCK_WORDS } from "../../machine/index.ts";
import type { Linux } from "../linux.ts";
import { linear_address } from "../mm/page-tables.ts";
import { alloc_pages } from "../mm/page-alloc.ts";
import { bootModel } from "../test-kernel.ts";
import { dma_capable, DMA_MAPPING_ERROR, dma_to_phys, phys_to_dma } from "./addresses.ts";
import { dma_addressing_limited, dma_alloc_attrs, dma_free_attrs, dma_get_required_mask, dma_map_page_attrs, dma_unmap_page_attrs } from "./mapping.ts";
import { is_swiotlb_buffer, swiotlb_map } from "./swiotlb.ts";

const C47 = 2 ** 47;
const C51 = 2 ** 51;

function linearCBit(k: Linux, frame: Pfn): boolean {
  return k.machine.translate(k.pgd, linear_address(frame))!.cBit;
}

function poke(k: Linux, frame: Pfn, word: number): void {
  k.machine.cpuWrite(k.pgd, linear_address(frame), Uint32Array.of(word, 0, 0, 0));
}

function peek(k: Linux, frame: Pfn): number {
  const out = new Uint32Array(BLOCK_WORDS);
  k.machine.cpuRead(k.pgd, linear_address(frame), out);
  return out[0]!;
}

describe("addresses (include/linux/dma-direct.h:81-140)", () => {
  it("carry the C-bit where memory encryption is on, and lose it on the way back", () => {
    const zen2 = bootModel({ platform: "sme-zen2", mask: 48 });
    expect(phys_to_dma(zen2, physAddr(0x4000_0000))).toBe(0x4000_0000 + C47);
    expect(dma_to_phys(zen2, phys_to_dma(zen2, physAddr(0x4000_0000)))).toBe(0x4000_0000);
    expect(phys_to_dma(bootModel({ platform: "sme-zen3" }), physAddr(0x4000_0000))).toBe(0x4000_0000 + C51);
    expect(phys_to_dma(bootModel({ platform: "none" }), physAddr(0x4000_0000))).toBe(0x4000_0000);
  });

  it("count against the mask with their C-bit: C=47 needs 48 bits, C=51 needs 52", () => {
    const capable = (platform: string, mask: number): boolean => {
      const k = bootModel({ platform, mask });
      return dma_capable(k, phys_to_dma(k, physAddr(0x4000_0000)), PAGE_SIZE);
    };
    expect([capable("sme-zen2", 47), capable("sme-zen2", 48)]).toEqual([false, true]);
    expect([capable("sme-zen3", 51), capable("sme-zen3", 52)]).toEqual([false, true]);
    expect(capable("none", 32)).toBe(true);
  });

  it("make the required mask include the C-bit unless DMA is forced unencrypted (kernel/dma/direct.c:39-45)", () => {
    expect(dma_get_required_mask(bootModel({ platform: "sme-zen2", mask: 48 }))).toBe(2 ** 48 - 1);
    expect(dma_get_required_mask(bootModel({ platform: "sme-zen2", mask: 44 }))).toBe(2 ** 31 - 1);
    expect(dma_get_required_mask(bootModel({ platform: "sme-zen2", mask: 44, iommu: "translated" }))).toBe(2 ** 32 - 1);
    expect(dma_addressing_limited(bootModel({ platform: "sme-zen2", mask: 48 }))).toBe(false);
  });
});

describe("dma_direct_alloc (kernel/dma/direct.c:206-314)", () => {
  it("decrypts the linear map and gives a plain address where DMA is forced unencrypted", () => {
    const k = bootModel({ platform: "sme-zen2", mask: 44 });
    const a = dma_alloc_attrs(k, 1)!;
    expect(a.handle).toBe(pfnToPhys(a.first));
    expect([linearCBit(k, a.first), linearCBit(k, pfn(a.first + 1))]).toEqual([false, false]);
    expect(linearCBit(k, pfn(a.first + 2))).toBe(true);
  });

  it("leaves it encrypted and sets the C-bit of the address where the mask covers it", () => {
    const k = bootModel({ platform: "sme-zen2", mask: 48 });
    const a = dma_alloc_attrs(k, 0)!;
    expect(a.handle).toBe(pfnToPhys(a.first) + C47);
    expect(linearCBit(k, a.first)).toBe(true);
  });

  it("clears memory after the change of attribute, so both sides read zero", () => {
    const k = bootModel({ platform: "sev" });
    const a = dma_alloc_attrs(k, 0)!;
    const out = new Uint32Array(BLOCK_WORDS).fill(1);
    k.machine.deviceRead({ addressBits: 64 }, null, a.handle, out);
    expect([...out]).toEqual([0, 0, 0, 0]);
    expect(peek(k, a.first)).toBe(0);
  });

  it("encrypts again before it gives pages back", () => {
    const k = bootModel({ platform: "sev" });
    const a = dma_alloc_attrs(k, 0)!;
    dma_free_attrs(k, 0, a);
    expect(linearCBit(k, a.first)).toBe(true);
    expect(alloc_pages(k, 0, false)).toBe(a.first);
  });
});

describe("iommu_dma_alloc (drivers/iommu/dma-iommu.c:1653-1688)", () => {
  it("never decrypts, whatever the mask, and maps with the C-bit in the I/O entry", () => {
    const k = bootModel({ platform: "sme-zen2", iommu: "translated", mask: 44 });
    const a = dma_alloc_attrs(k, 0)!;
    expect(linearCBit(k, a.first)).toBe(true);
    expect(a.handle).toBeLessThan(2 ** 32);
    expect(k.machine.devicePath({ addressBits: 44 }, k.iommu, a.handle, true)).toMatchObject({ pa: pfnToPhys(a.first), cBit: true });
    dma_free_attrs(k, 0, a);
    expect(k.machine.devicePath({ addressBits: 44 }, k.iommu, a.handle, true)).toMatchObject({ fault: "io-page-fault" });
  });
});

describe("dma_direct_map_page (kernel/dma/direct.h:83-112)", () => {
  it("maps in place where the address is in reach", () => {
    const k = bootModel({ platform: "none", mask: 32 });
    const frame = alloc_pages(k, 0, true)!;
    expect(dma_map_page_attrs(k, frame, PAGE_SIZE)).toBe(pfnToPhys(frame));
  });

  it("bounces in a guest, and on an SME host whose mask does not cover the C-bit", () => {
    for (const options of [{ platform: "sev", mask: 64 }, { platform: "sme-zen2", mask: 46 }, { platform: "none", mask: 64, swiotlb: "force" as const }]) {
      const k = bootModel(options);
      const frame = alloc_pages(k, 0, true)!;
      const handle = dma_map_page_attrs(k, frame, PAGE_SIZE);
      expect(is_swiotlb_buffer(k, physToPfn(physAddr(handle)))).toBe(true);
    }
  });

  it("fails without a pool", () => {
    const k = bootModel({ platform: "sme-zen2", driver: "xe", mask: 46, swiotlb: "noforce" });
    expect(dma_map_page_attrs(k, alloc_pages(k, 0, true)!, PAGE_SIZE)).toBe(DMA_MAPPING_ERROR);
  });
});

describe("swiotlb (kernel/dma/swiotlb.c)", () => {
  it("copies in at map and back at unmap, decrypting and encrypting on the way (866-945, 1558)", () => {
    const k = bootModel({ platform: "sev" });
    const frame = alloc_pages(k, 0, true)!;
    poke(k, frame, 0x1234);
    const handle = dma_map_page_attrs(k, frame, PAGE_SIZE);
    const out = new Uint32Array(BLOCK_WORDS);
    k.machine.deviceRead({ addressBits: 64 }, null, handle, out);
    expect(out[0]).toBe(0x1234);
    k.machine.deviceWrite({ addressBits: 64 }, null, handle, Uint32Array.of(0x5678, 0, 0, 0));
    expect(peek(k, frame)).toBe(0x1234);
    dma_unmap_page_attrs(k, handle, PAGE_SIZE, false);
    expect(peek(k, frame)).toBe(0x5678);
  });

  it("copies nothing back with DMA_ATTR_SKIP_CPU_SYNC", () => {
    const k = bootModel({ platform: "sev" });
    const frame = alloc_pages(k, 0, true)!;
    const handle = dma_map_page_attrs(k, frame, PAGE_SIZE);
    k.machine.deviceWrite({ addressBits: 64 }, null, handle, Uint32Array.of(0x5678, 0, 0, 0));
    dma_unmap_page_attrs(k, handle, PAGE_SIZE, true);
    expect(peek(k, frame)).toBe(0);
  });

  it("refuses more than 256 KiB and more than it has", () => {
    const k = bootModel({ platform: "sev" });
    expect(swiotlb_map(k, physAddr(0x4000_0000), 256 * 1024 + 1)).toBe(DMA_MAPPING_ERROR);
    const frame = alloc_pages(k, 0, true)!;
    for (let i = 0; i < 16; i++) expect(dma_map_page_attrs(k, frame, PAGE_SIZE)).not.toBe(DMA_MAPPING_ERROR);
    expect(dma_map_page_attrs(k, frame, PAGE_SIZE)).toBe(DMA_MAPPING_ERROR);
  });

  it("frees its slots at unmap", () => {
    const k = bootModel({ platform: "sev" });
    const frame = alloc_pages(k, 0, true)!;
    const first = dma_map_page_attrs(k, frame, PAGE_SIZE);
    dma_unmap_page_attrs(k, first, PAGE_SIZE, false);
    expect(dma_map_page_attrs(k, frame, PAGE_SIZE)).toBe(first);
  });
});
