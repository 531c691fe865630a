// SPDX-License-Identifier: MIT
// Expected values are retyped from kernel/dma/swiotlb.c of Debian linux-source-6.12 (6.12.117).
import { describe, expect, it } from "vitest";
import { PAGE_SIZE, pageOffset, type Pfn, pfn, pfnToPhys, physAddr, physToPfn, virtAddr } from "../../base/index.ts";
import { frameIndex } from "../layout.ts";
import { type Linux, put } from "../linux.ts";
import { alloc_pages, is_allocated } from "../mm/page-alloc.ts";
import { linear_address } from "../mm/page-tables.ts";
import { bootModel, type TestBoot } from "../test-kernel.ts";
import { INJECTABLE, type Injectable } from "../../kernel/index.ts";
import { DMA_MAPPING_ERROR } from "./addresses.ts";
import { memcpy_phys } from "./copy.ts";
import { dma_alloc_attrs, dma_free_attrs, dma_map_page_attrs, dma_max_mapping_size, dma_sync_single_for_cpu, dma_sync_single_for_device, dma_unmap_page_attrs } from "./mapping.ts";
import { is_swiotlb_active, is_swiotlb_buffer, swiotlb_alloc, swiotlb_exit, swiotlb_init, swiotlb_map, swiotlb_max_mapping_size } from "./swiotlb.ts";
import { mem_used, swiotlb_pools } from "./swiotlb-pool.ts";

const bytes = (options: TestBoot): Linux => bootModel({ ...options, machine: { cells: 256, ...options.machine } });
const linear_cBit = (k: Linux, frame: Pfn): boolean => k.machine.translate(k.pgd, linear_address(frame))!.cBit;

function poke(k: Linux, frame: Pfn, offset: number, word: number): void {
  k.machine.cpuWrite(k.pgd, virtAddr(linear_address(frame) + offset), Uint32Array.of(word, word, word, word));
}

function peek(k: Linux, frame: Pfn, offset = 0): number[] {
  const out = new Uint32Array(4);
  k.machine.cpuRead(k.pgd, virtAddr(linear_address(frame) + offset), out);
  return [...out];
}

function devWrite(k: Linux, address: number, word: number): void {
  k.machine.deviceWrite({ addressBits: 64 }, null, address as Parameters<typeof k.machine.deviceWrite>[2], Uint32Array.of(word, word, word, word));
}

function fail(k: Linux, fn: Injectable, nth = 1): void {
  put(k, k.layout.inject, INJECTABLE.indexOf(fn) + 1);
  put(k, k.layout.inject + 1, nth);
}

describe("slots (kernel/dma/swiotlb.c:1039-1142)", () => {
  it("are 2 KiB: two small mappings share a page where every byte is kept", () => {
    const k = bytes({ platform: "sev" });
    const frame = alloc_pages(k, 0, true)!;
    const a = dma_map_page_attrs(k, frame, 512);
    const b = dma_map_page_attrs(k, frame, 512, 1024);
    expect(b - a).toBe(2048);
    expect(mem_used(k)).toBe(2);
    dma_unmap_page_attrs(k, a, 512, false);
    expect(mem_used(k)).toBe(1);
  });

  it("are aligned to pages from one page on", () => {
    const k = bytes({ platform: "sev" });
    const frame = alloc_pages(k, 1, true)!;
    dma_map_page_attrs(k, frame, 512);
    expect(pageOffset(dma_map_page_attrs(k, frame, PAGE_SIZE))).toBe(0);
    expect(pageOffset(dma_map_page_attrs(k, frame, 2048))).toBe(0);
    expect(pageOffset(dma_map_page_attrs(k, frame, 2048))).toBe(2048);
  });

  it("keep the low bits that min_align_mask names (NVMe: 4095), with padding slots in front", () => {
    const k = bytes({ platform: "sev", profile: { minAlignMask: 4095 } });
    const frame = alloc_pages(k, 2, true)!;
    const address = dma_map_page_attrs(k, frame, 2 * PAGE_SIZE, 0xa10);
    expect(pageOffset(address)).toBe(0xa10);
    // 0x210 of offset into the first slot and 8192 bytes: five slots.
    expect(mem_used(k)).toBe(5);
    dma_unmap_page_attrs(k, address, 2 * PAGE_SIZE, false);
    expect(mem_used(k)).toBe(0);
    const old = bytes({ platform: "sev", profile: { minAlignMask: 4095 }, release: "6.12-1f221a0d0dbf" });
    expect(pageOffset(dma_map_page_attrs(old, alloc_pages(old, 2, true)!, 2 * PAGE_SIZE, 0xa10))).toBe(0);
  });

  it("are the pages of the pool where a cell stands for a page, and bounce each page's cell", () => {
    const k = bootModel({ platform: "sev" });
    const frame = alloc_pages(k, 0, true)!;
    const a = dma_map_page_attrs(k, frame, 512, 0x200);
    const b = dma_map_page_attrs(k, frame, 512, 0x400);
    expect(physToPfn(physAddr(b)) - physToPfn(physAddr(a))).toBe(1);
    expect([pageOffset(a), pageOffset(b)]).toEqual([0x200, 0x400]);
  });

  it("run out at 256 KiB, less the alignment (1628-1643)", () => {
    expect(swiotlb_max_mapping_size(bootModel({ platform: "sev" }))).toBe(262144);
    expect(swiotlb_max_mapping_size(bootModel({ platform: "sev", profile: { minAlignMask: 4095 } }))).toBe(262144 - 4096);
  });

  it("fail as injected", () => {
    const k = bootModel({ platform: "sev" });
    fail(k, "swiotlb_find_slots");
    expect(swiotlb_map(k, pfnToPhys(alloc_pages(k, 0, true)!), PAGE_SIZE)).toBe(DMA_MAPPING_ERROR);
    expect(k.injected).toBe(true);
  });
});

describe("dma_max_mapping_size (kernel/dma/direct.c:637-644, drivers/iommu/dma-iommu.c:1760-1766)", () => {
  it.each([
    [{ platform: "sev", mask: 64 }, 262144],
    [{ platform: "none", mask: 64 }, Infinity],
    [{ platform: "sme-zen2", mask: 44 }, Infinity],
    [{ platform: "none", mask: 64, swiotlb: "force" as const }, 262144],
    [{ platform: "none", mask: 32, ramGiB: 8 }, 262144],
    [{ platform: "sme-zen2", iommu: "translated" as const }, Infinity],
    [{ platform: "sme-zen2", iommu: "translated" as const, profile: { untrusted: true } }, 262144],
    [{ platform: "sme-zen2", iommu: "translated" as const, profile: { untrusted: true }, release: "6.12-afc5aa46ed56" }, Infinity],
  ])("%j: %i", (options, size) => {
    expect(dma_max_mapping_size(bootModel(options))).toBe(size);
  });
});

describe("swiotlb_bounce (kernel/dma/swiotlb.c:866-945)", () => {
  const mapped = (release: string): { k: Linux; frame: Pfn; address: ReturnType<typeof dma_map_page_attrs> } => {
    const k = bytes({ platform: "sev", profile: { minAlignMask: 4095 }, release });
    const frame = alloc_pages(k, 2, true)!;
    return { k, frame, address: dma_map_page_attrs(k, frame, 12288, 0x400) };
  };

  it("syncs a part of a mapping and nothing beside it", () => {
    const { k, frame, address } = mapped("6.12");
    for (const at of [0x1800, 0x1810, 0x1820]) devWrite(k, address + at, at);
    dma_sync_single_for_cpu(k, (address + 0x1810) as typeof address, 16, "bidirectional");
    // 0x400 + 0x1810 is byte 0xc10 of the second page.
    const second = pfn(frame + 1);
    expect([peek(k, second, 0xc00)[0], peek(k, second, 0xc10)[0], peek(k, second, 0xc20)[0]]).toEqual([0, 0x1810, 0]);
  });

  it.each([
    ["6.12", 0x77, 0],
    ["6.12-e8068f2d756d", 0, 1],
  ])("%s: a sync below the original's offset in a later slot gives %i and %i WARN(s)", (release, value, warnings) => {
    const { k, frame, address } = mapped(release);
    // The buffer begins at 0x400 of a slot: byte 0x400 of the mapping is byte 0 of the second slot.
    devWrite(k, address + 0x400, 0x77);
    dma_sync_single_for_cpu(k, (address + 0x400) as typeof address, 16, "bidirectional");
    expect(peek(k, frame, 0x800)[0]).toBe(value);
    expect(k.warnings.filter((w) => w.includes("Access before mapping start"))).toHaveLength(warnings);
  });

  it("without commit 5f89468e2f06 copies the slot's first bytes whatever part was asked for", () => {
    const { k, frame, address } = mapped("6.12-5f89468e2f06");
    devWrite(k, address + 0x10, 0x55);
    dma_sync_single_for_cpu(k, (address + 0x10) as typeof address, 16, "bidirectional");
    expect([peek(k, frame, 0x400)[0], peek(k, frame, 0x410)[0]]).toEqual([0x55, 0]);
  });

  it("warns of a sync that goes beyond the mapping, and cuts it", () => {
    const { k, address } = mapped("6.12");
    dma_sync_single_for_cpu(k, (address + 12272) as typeof address, 64, "bidirectional");
    expect(k.warnings[0]).toMatch(/Buffer overflow detected. Allocation size: 16. Mapping size: 64/);
  });

  it("counts what it copies", () => {
    const { k, address } = mapped("6.12");
    expect(k.costs.bouncedBytes).toBe(12288);
    dma_sync_single_for_device(k, address, 100, "to_device");
    expect(k.costs.bouncedBytes).toBe(12388);
  });
});

describe("what a slot held before (CVE-2022-0854, commits 901c7280ca0d and ddbd89deb7d3)", () => {
  const stale = (release: string): number => {
    const k = bytes({ platform: "sev", machine: { swiotlbPages: 1 }, release });
    const secret = alloc_pages(k, 0, true)!;
    poke(k, secret, 256, 0x5ec12e7);
    dma_unmap_page_attrs(k, dma_map_page_attrs(k, secret, 512), 512, false);
    const frame = alloc_pages(k, 0, true)!;
    poke(k, frame, 256, 0x1111);
    const address = dma_map_page_attrs(k, frame, 512, 0, "from_device");
    devWrite(k, address, 1);
    dma_unmap_page_attrs(k, address, 512, false, "from_device");
    return peek(k, frame, 256)[0]!;
  };
  it("stays hidden in 6.12, and comes back as the device's writing without the fix", () => {
    expect(stale("6.12")).toBe(0x1111);
    expect(stale("6.12-901c7280ca0d")).toBe(0x5ec12e7);
  });

  it("the first fix overwrote what the device had written, at the next sync for it", () => {
    const after = (release: string): number => {
      const k = bytes({ platform: "sev", release });
      const frame = alloc_pages(k, 0, true)!;
      const address = dma_map_page_attrs(k, frame, 64, 0, "from_device");
      devWrite(k, address, 0xabc);
      dma_sync_single_for_device(k, address, 64, "from_device");
      dma_unmap_page_attrs(k, address, 64, false, "from_device");
      return peek(k, frame)[0]!;
    };
    expect([after("6.12"), after("6.12+ddbd89deb7d3")]).toEqual([0xabc, 0]);
  });
});

describe("swiotlb=restricted (kernel/dma/swiotlb.c:1772-1877)", () => {
  it("gives coherent memory from the pool, bounces everything, and encrypts the pool's pages when that is freed", () => {
    const k = bootModel({ platform: "sev", swiotlb: "restricted" });
    const a = dma_alloc_attrs(k, 0)!;
    expect(is_swiotlb_buffer(k, a.first)).toBe(true);
    expect(linear_cBit(k, a.first)).toBe(false);
    dma_free_attrs(k, 0, a);
    expect(mem_used(k)).toBe(0);
    // dma_direct_free() calls dma_set_encrypted() before swiotlb_free(), kernel/dma/direct.c:347-356.
    expect(linear_cBit(k, a.first)).toBe(true);
    const none = bootModel({ platform: "none", swiotlb: "restricted" });
    expect(is_swiotlb_buffer(none, physToPfn(physAddr(dma_map_page_attrs(none, alloc_pages(none, 0, true)!, PAGE_SIZE))))).toBe(true);
  });

  it.each([
    ["6.12", true],
    ["6.12-04867a7a3332", false],
  ])("%s: an allocation behind one small mapping has a page of its own: %s (CVE-2024-35814)", (release, own) => {
    const k = bytes({ platform: "sev", swiotlb: "restricted", release });
    const mapping = dma_map_page_attrs(k, alloc_pages(k, 0, true)!, 64);
    expect(swiotlb_alloc(k, 1) !== physToPfn(physAddr(mapping))).toBe(own);
  });

  it("converts the pages that were asked for, not those up to the next power of two (commit 4a37f3dd9a83)", () => {
    for (const [release, private_] of [["6.12", false], ["6.12-4a37f3dd9a83", true]] as const) {
      const k = bootModel({ platform: "sev", swiotlb: "restricted", release });
      const three = dma_alloc_attrs(k, 2, { pages: 3 })!;
      const neighbour = swiotlb_alloc(k, 1)!;
      expect(neighbour).toBe(three.first + 3);
      dma_free_attrs(k, 2, three, { pages: 3 });
      expect(linear_cBit(k, neighbour)).toBe(private_);
    }
  });
});

describe("swiotlb=dynamic (kernel/dma/swiotlb.c:560-780,1204-1265)", () => {
  const full = (options: TestBoot): { k: Linux; frame: Pfn } => {
    const k = bootModel({ ...options, swiotlb: "dynamic", machine: { swiotlbPages: 1 } });
    const frame = alloc_pages(k, 0, true)!;
    dma_map_page_attrs(k, frame, PAGE_SIZE);
    return { k, frame };
  };

  it("takes one mapping's pool from the atomic pool, where decrypting might sleep, and adds one that stays", () => {
    const { k, frame } = full({ platform: "sev" });
    poke(k, frame, 0, 0x42);
    const address = dma_map_page_attrs(k, frame, PAGE_SIZE);
    const pool = k.atomicPools[0]!;
    expect(physToPfn(physAddr(address))).toBe(pool.firstPfn);
    expect(swiotlb_pools(k).map((p) => [p.transient, p.nslabs])).toEqual([[false, 2], [true, 2], [false, 8]]);
    dma_unmap_page_attrs(k, address, PAGE_SIZE, false);
    expect(k.s[k.layout.atomicPool]).toBe(0);
    expect(swiotlb_pools(k).map((p) => p.transient)).toEqual([false, false]);
    expect(k.warnings).toEqual([]);
    // The next one finds room in the pool that stays.
    const lasting = swiotlb_pools(k)[1]!;
    expect(dma_map_page_attrs(k, frame, PAGE_SIZE)).toBe(lasting.start);
    expect(linear_cBit(k, physToPfn(lasting.start))).toBe(false);
  });

  it.each([
    ["6.12", 1],
    ["6.12+e13d4d9a4915", 0],
  ])("%s: freeing pages of its own in an RCU callback makes %i complaint(s)", (release, count) => {
    const k = bytes({ platform: "sme-zen2", mask: 48, iommu: "translated", swiotlb: "dynamic", release, profile: { untrusted: true }, machine: { swiotlbPages: 1 } });
    const frame = alloc_pages(k, 0, true)!;
    dma_map_page_attrs(k, frame, 64, 64);
    const second = dma_map_page_attrs(k, frame, 64, 256);
    const transient = swiotlb_pools(k).find((p) => p.transient)!;
    expect(linear_cBit(k, physToPfn(transient.start))).toBe(false);
    dma_unmap_page_attrs(k, second, 64, false);
    expect(k.warnings.filter((w) => w.includes("sleeping function"))).toHaveLength(count);
    expect(linear_cBit(k, physToPfn(transient.start))).toBe(true);
    expect(is_allocated(k, frameIndex(k.layout, physToPfn(transient.start)))).toBe(false);
  });

  it("leaks pages that cannot be encrypted again (667-669), and fails where the atomic pools have none", () => {
    const k = bytes({ platform: "sme-zen2", mask: 48, iommu: "translated", swiotlb: "dynamic", profile: { untrusted: true }, machine: { swiotlbPages: 1 } });
    const frame = alloc_pages(k, 0, true)!;
    dma_map_page_attrs(k, frame, 64, 64);
    const second = dma_map_page_attrs(k, frame, 64, 256);
    const transient = physToPfn(swiotlb_pools(k).find((p) => p.transient)!.start);
    fail(k, "set_memory_encrypted");
    dma_unmap_page_attrs(k, second, 64, false);
    expect([is_allocated(k, frameIndex(k.layout, transient)), linear_cBit(k, transient)]).toEqual([true, false]);
    const empty = full({ platform: "sev" });
    put(empty.k, empty.k.layout.atomicPool, 0xf);
    expect(dma_map_page_attrs(empty.k, empty.frame, PAGE_SIZE)).toBe(DMA_MAPPING_ERROR);
  });
});

describe("set_memory_*() that fails (open in 6.12: swiotlb.c:267,510,544)", () => {
  const failing = (release: string): Linux => {
    const k = bootModel({ platform: "tdx", release });
    swiotlb_exit(k);
    fail(k, "set_memory_decrypted");
    swiotlb_init(k);
    return k;
  };

  it("leaves a private pool in use at boot; with commit ad8d2326d264 there is none", () => {
    const k = failing("6.12");
    expect(is_swiotlb_active(k)).toBe(true);
    expect(linear_cBit(k, k.swiotlb.firstPfn)).toBe(false); // TDX: the bit means shared
    expect(is_swiotlb_active(failing("6.12+ad8d2326d264"))).toBe(false);
  });

  it.each([
    ["6.12", false],
    ["6.12+ad8d2326d264", true],
  ])("%s: pages of a pool that goes are leaked where they stay shared: %s", (release, leaked) => {
    const k = bootModel({ platform: "tdx", release });
    const first = k.swiotlb.firstPfn;
    fail(k, "set_memory_encrypted");
    swiotlb_exit(k);
    expect(is_allocated(k, frameIndex(k.layout, first))).toBe(leaked);
  });
});

describe("memcpy_phys", () => {
  it("copies bytes at any offset, and no others", () => {
    const k = bytes({ platform: "none" });
    const a = alloc_pages(k, 0, true)!;
    const b = alloc_pages(k, 0, true)!;
    poke(k, a, 0, 0x04030201);
    poke(k, b, 16, 0xffffffff);
    memcpy_phys(k, pfnToPhys(b) + 18, pfnToPhys(a) + 1, 3);
    expect(peek(k, b, 16)).toEqual([0x0302ffff, 0xffffff04, 0xffffffff, 0xffffffff]);
  });
});
