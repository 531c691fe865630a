// SPDX-License-Identifier: MIT
// Expected values are retyped from drivers/iommu/dma-iommu.c and amd/io_pgtable.c of Debian linux-source-6.12 (6.12.117).
import { describe, expect, it } from "vitest";
import { type DmaAddr, PAGE_SIZE, pageOffset, type Pfn, pfnToPhys, physToPfn, virtAddr } from "../../base/index.ts";
import { INJECTABLE } from "../../kernel/index.ts";
import { type Linux, put } from "../linux.ts";
import { alloc_pages } from "../mm/page-alloc.ts";
import { linear_address } from "../mm/page-tables.ts";
import { bootModel, type TestBoot } from "../test-kernel.ts";
import { DMA_MAPPING_ERROR } from "./addresses.ts";
import { dma_alloc_attrs, dma_map_page_attrs, dma_sync_single_for_cpu, dma_unmap_page_attrs } from "./mapping.ts";
import { is_swiotlb_buffer } from "./swiotlb.ts";

const device = { addressBits: 64 };
const boot = (options: Partial<TestBoot>): Linux => bootModel({ platform: "sme-zen2", iommu: "translated", ...options });
const untrusted = (options: Partial<TestBoot> = {}): Linux => boot({ ...options, profile: { untrusted: true }, machine: { cells: 256 } });
const path = (k: Linux, address: DmaAddr, write: boolean): ReturnType<Linux["machine"]["devicePath"]> => k.machine.devicePath(device, k.iommu, address, write);

function poke(k: Linux, frame: Pfn, offset: number, word: number): void {
  k.machine.cpuWrite(k.pgd, virtAddr(linear_address(frame) + offset), Uint32Array.of(word, word, word, word));
}

function peek(k: Linux, frame: Pfn, offset: number): number {
  const out = new Uint32Array(4);
  k.machine.cpuRead(k.pgd, virtAddr(linear_address(frame) + offset), out);
  return out[0]!;
}

function bounce_frame(k: Linux, address: DmaAddr, write = false): Pfn {
  const p = path(k, address, write);
  if (p.kind !== "path") throw new Error("no path");
  return physToPfn(p.pa);
}

describe("dma_info_to_prot (dma-iommu.c:744-762)", () => {
  it.each([
    ["bidirectional", "path", "path"],
    ["to_device", "path", "fault"],
    ["from_device", "fault", "path"],
  ] as const)("%s: reading is a %s, writing a %s", (dir, read, write) => {
    const k = boot({});
    const address = dma_map_page_attrs(k, alloc_pages(k, 0, true)!, PAGE_SIZE, 0, dir);
    expect([path(k, address, false).kind, path(k, address, true).kind]).toEqual([read, write]);
  });
});

describe("I/O virtual addresses (dma-iommu.c:764-806)", () => {
  it.each([
    [44, 2 ** 32 - 32 * PAGE_SIZE],
    [32, 2 ** 32 - 32 * PAGE_SIZE],
    [30, 2 ** 30 - 32 * PAGE_SIZE],
  ])("of a device with %i bits begin at %i, below 4 GiB and the mask", (mask, base) => {
    const k = boot({ mask });
    expect(dma_map_page_attrs(k, alloc_pages(k, 0, true)!, PAGE_SIZE)).toBe(base);
  });

  it("keep the offset into the page, end below the bus limit, and are given back", () => {
    const k = boot({ profile: { busDmaLimitBits: 31 } });
    const address = dma_map_page_attrs(k, alloc_pages(k, 1, true)!, PAGE_SIZE, 0x30);
    expect([pageOffset(address), address < 2 ** 31]).toEqual([0x30, true]);
    expect(k.s[k.layout.iova]).toBe(3);
    dma_unmap_page_attrs(k, address, PAGE_SIZE, false);
    expect(k.s[k.layout.iova]).toBe(0);
  });

  it("fail as injected, with nothing left", () => {
    const k = boot({});
    const words = (): (number | undefined)[] => (["allocated", "iova", "vmalloc", "tablesUsed"] as const).map((f) => k.s[k.layout[f]]);
    const before = words();
    put(k, k.layout.inject, INJECTABLE.indexOf("iommu_map") + 1);
    put(k, k.layout.inject + 1, 1);
    expect(dma_alloc_attrs(k, 0, { pages: 2 })).toBeNull();
    expect(words()).toEqual(before);
  });

  it("that nothing is mapped at make unmap warn (1226)", () => {
    const k = boot({});
    dma_unmap_page_attrs(k, (2 ** 32 - PAGE_SIZE) as DmaAddr, PAGE_SIZE, false);
    expect(k.warnings).toHaveLength(1);
  });
});

describe("bouncing (dma-iommu.c:1174-1208)", () => {
  it.each([
    [true, 0x10, 64, true],
    [true, 0, 64, true],
    [true, 0, PAGE_SIZE, false],
    [false, 0x10, 64, false],
  ])("untrusted %s, offset %i, %i bytes: %s", (is_untrusted, offset, size, bounced) => {
    const k = boot({ profile: { untrusted: is_untrusted } });
    const frame = alloc_pages(k, 0, true)!;
    const address = dma_map_page_attrs(k, frame, size, offset);
    expect(is_swiotlb_buffer(k, bounce_frame(k, address))).toBe(bounced);
    expect(pageOffset(address)).toBe(bounced && offset === 0 ? 0 : offset);
  });

  it("clears what lies before and behind the buffer, and leaves the buffer", () => {
    const k = untrusted();
    for (let at = 0; at < PAGE_SIZE; at += 16) poke(k, k.swiotlb.firstPfn, at, 0x5ec12e7);
    const frame = alloc_pages(k, 0, true)!;
    for (let at = 0; at < 128; at += 16) poke(k, frame, at, 0x77);
    const slot = bounce_frame(k, dma_map_page_attrs(k, frame, 128));
    expect([0, 112, 128, 2048, 4080].map((at) => peek(k, slot, at))).toEqual([0x77, 0x77, 0, 0, 0]);
  });

  it("in 6.1 clears the buffer itself where the device is to write it ([6.1] dma-iommu.c:1000-1013)", () => {
    const contents = (release: string, dir: "from_device" | "to_device"): number => {
      const k = untrusted({ release });
      const frame = alloc_pages(k, 0, true)!;
      poke(k, frame, 0, 0x77);
      return peek(k, bounce_frame(k, dma_map_page_attrs(k, frame, 128, 0, dir), dir === "from_device"), 0);
    };
    expect([contents("6.12", "from_device"), contents("6.12-2650073f1b58", "from_device"), contents("6.12-2650073f1b58", "to_device")]).toEqual([0x77, 0, 0x77]);
  });

  it("copies back at sync and at unmap", () => {
    const k = untrusted({ platform: "none", ramGiB: 8 });
    const frame = alloc_pages(k, 0, true)!;
    const address = dma_map_page_attrs(k, frame, 64);
    k.machine.deviceWrite(device, k.iommu, address, Uint32Array.of(5, 5, 5, 5));
    expect(peek(k, frame, 0)).toBe(0);
    dma_sync_single_for_cpu(k, address, 64, "bidirectional");
    expect(peek(k, frame, 0)).toBe(5);
    k.machine.deviceWrite(device, k.iommu, address, Uint32Array.of(6, 6, 6, 6));
    dma_unmap_page_attrs(k, address, 64, false);
    expect(peek(k, frame, 0)).toBe(6);
  });

  it("gives the device ciphertext on an SME host: AMD-Vi sets the C-bit on the decrypted pool too (io_pgtable.c:383-386)", () => {
    const k = untrusted();
    const frame = alloc_pages(k, 0, true)!;
    poke(k, frame, 0, 0x77);
    const out = new Uint32Array(4);
    k.machine.deviceRead(device, k.iommu, dma_map_page_attrs(k, frame, 64), out);
    expect(out[0]).not.toBe(0x77);
  });

  it("needs a pool", () => {
    const k = boot({ swiotlb: "noforce", profile: { untrusted: true } });
    expect(dma_map_page_attrs(k, alloc_pages(k, 0, true)!, 64)).toBe(DMA_MAPPING_ERROR);
  });
});

describe("a virtual IOMMU in an encrypted guest", () => {
  it.each(["sev", "sev-snp", "tdx"])("%s boots, nothing is decrypted or bounced, and the device does not see the bytes", (platform) => {
    const k = bootModel({ platform, iommu: "translated" });
    const a = dma_alloc_attrs(k, 0, { force_contiguous: true })!;
    poke(k, a.first, 0, 0x77);
    expect(k.machine.pageState(a.first)).toBe(0);
    const frame = alloc_pages(k, 0, true)!;
    const p = path(k, dma_map_page_attrs(k, frame, PAGE_SIZE), false);
    expect(p).toMatchObject({ kind: "path", pa: pfnToPhys(frame) });
    const out = new Uint32Array(4);
    const access = k.machine.deviceRead(device, k.iommu, a.handle, out);
    expect(access.kind === "fault" || out[0] !== 0x77).toBe(true);
  });
});

describe("an untrusted device behind an identity default (drivers/iommu/amd/iommu.c:3033-3035)", () => {
  it("is translated all the same", () => {
    expect(boot({ iommu: "identity", profile: { untrusted: true } }).dev.dma_iommu).toBe(true);
    expect(boot({ iommu: "identity" }).dev.dma_iommu).toBe(false);
    expect(boot({ platform: "cca", iommu: "identity", profile: { untrusted: true } }).dev.dma_iommu).toBe(false);
  });
});
