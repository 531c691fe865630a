// SPDX-License-Identifier: MIT
// Expected values are retyped from kernel/dma and drivers/iommu of Debian linux-source-6.12 (6.12.117).
import { describe, expect, it } from "vitest";
import { PAGE_SIZE, pfnToPhys, type Pfn, virtAddr } from "../../base/index.ts";
import type { Operation, StepResult } from "../../kernel/index.ts";
import { runAccess } from "../../kernel/index.ts";
import { buf_get, buf_set, buf_virtual, set_tt_page, tt_dma_address, tt_page } from "../bufs.ts";
import { BAR_PFN, BUF_BAR, BUF_PAGES } from "../layout.ts";
import type { Linux } from "../linux.ts";
import { alloc_pages } from "../mm/page-alloc.ts";
import { linear_address, VMALLOC_START } from "../mm/page-tables.ts";
import { bootModel, type TestBoot } from "../test-kernel.ts";
import { user_address } from "../ttm/bo-vm.ts";
import { set_memory_decrypted } from "../x86/set-memory.ts";
import { all_views, model_mappings } from "../views.ts";
import { runOperation } from "./index.ts";

const C47 = 2 ** 47;

function run(k: Linux, operation: Operation): number {
  return runOperation(k, operation as Parameters<typeof runOperation>[1])!.error;
}

function access(k: Linux, operation: Operation): StepResult {
  return runAccess(k.machine, { addressBits: k.driver.dmaMaskBits }, model_mappings(k), operation as Parameters<typeof runAccess>[3]);
}

function seen(k: Linux, operation: Operation): number | null {
  const result = access(k, operation);
  return result.outcome === "done" ? result.seen!.token : null;
}

/** A buffer of alloc_pages(), as the operation page_alloc makes it. */
function pages(k: Linux, buf: number, count: number): Pfn {
  const first = alloc_pages(k, Math.ceil(Math.log2(count)), true)!;
  buf_set(k, buf, "kind", BUF_PAGES);
  buf_set(k, buf, "num_pages", count);
  for (let i = 0; i < count; i++) set_tt_page(k, buf, i, (first + i) as Pfn);
  return first;
}

function bar(k: Linux, buf: number): void {
  buf_set(k, buf, "kind", BUF_BAR);
  buf_set(k, buf, "num_pages", 1);
  set_tt_page(k, buf, 0, BAR_PFN);
}

const cBit = (k: Linux, va: number): boolean => k.machine.translate(k.pgd, virtAddr(va))!.cBit;
const chooser = (k: Linux, kind: string): string => all_views(k).find((v) => v.kind === kind)!.chosenBy.function;

describe("dma_alloc (kernel/dma/mapping.c:592-802)", () => {
  it.each(["coherent", "pages", "noncontiguous"] as const)("%s in a guest is one decrypted piece, in the linear map", (api) => {
    const k = bootModel({ platform: "sev" });
    expect(run(k, { op: "dma_alloc", buf: 0, pages: 2, api })).toBe(0);
    expect(buf_virtual(k, 0, "coherent_virtual")).toBe(linear_address(tt_page(k, 0, 0)!));
    expect([tt_dma_address(k, 0, 0), tt_dma_address(k, 0, 1)]).toEqual([pfnToPhys(tt_page(k, 0, 0)!), pfnToPhys(tt_page(k, 0, 0)!) + PAGE_SIZE]);
    expect(cBit(k, buf_virtual(k, 0, "coherent_virtual"))).toBe(false);
    expect(access(k, { op: "cpu_write", buf: 0, page: 1, alias: "coherent", value: 7 }).outcome).toBe("done");
    expect(seen(k, { op: "dev_read", buf: 0, page: 1 })).toBe(7);
    const before = k.s[k.layout.allocated];
    expect(run(k, { op: "dma_free", buf: 0 })).toBe(0);
    expect(k.s[k.layout.allocated]).not.toBe(before);
    expect(buf_get(k, 0, "kind")).toBe(0);
  });

  it("behind an IOMMU is a vmap that stays encrypted, of pages that stay so (dma-iommu.c:1014-1040)", () => {
    const k = bootModel({ platform: "sme-zen2", iommu: "translated" });
    const words = k.s.slice();
    expect(run(k, { op: "dma_alloc", buf: 0, pages: 3 })).toBe(0);
    expect(buf_virtual(k, 0, "coherent_virtual")).toBe(VMALLOC_START);
    expect([cBit(k, VMALLOC_START), cBit(k, linear_address(tt_page(k, 0, 0)!))]).toEqual([true, true]);
    expect(chooser(k, "coherent")).toBe("iommu_dma_alloc_remap");
    access(k, { op: "cpu_write", buf: 0, page: 2, alias: "coherent", value: 9 });
    expect(seen(k, { op: "dev_read", buf: 0, page: 2 })).toBe(9);
    run(k, { op: "dma_free", buf: 0 });
    for (const field of ["allocated", "vmalloc", "iova"] as const) expect(k.s[k.layout[field]]).toBe(words[k.layout[field]]);
  });

  it.each([{ attrs: "force-contiguous" }, { atomic: true }] as const)("behind an IOMMU with %j is in the linear map (dma-iommu.c:1660-1680)", (how) => {
    const k = bootModel({ platform: "sme-zen2", iommu: "translated" });
    run(k, { op: "dma_alloc", buf: 0, pages: 2, ...how });
    expect(buf_virtual(k, 0, "coherent_virtual")).toBe(linear_address(tt_page(k, 0, 0)!));
    expect(cBit(k, linear_address(tt_page(k, 0, 0)!))).toBe(true);
  });

  it("refuses a number that is taken and more pages than there is room for", () => {
    const k = bootModel({ platform: "none" });
    expect(run(k, { op: "dma_alloc", buf: 0, pages: 5 })).toBe(-22);
    expect(run(k, { op: "dma_alloc", buf: 0, pages: 1 })).toBe(0);
    expect(run(k, { op: "dma_alloc", buf: 0, pages: 1 })).toBe(-22);
    expect(run(k, { op: "dma_free", buf: 1 })).toBe(-22);
  });
});

describe("memory behind an IOMMU", () => {
  it("is cleared for dma_alloc_attrs(), not for dma_alloc_noncontiguous() without __GFP_ZERO (drivers/iommu/dma-iommu.c:1653-1665)", () => {
    for (const [api, token] of [["coherent", null], ["noncontiguous", 9]] as const) {
      const k = bootModel({ platform: "sme-zen2", iommu: "translated" });
      run(k, { op: "page_alloc", buf: 1, pages: 1 });
      access(k, { op: "cpu_write", buf: 1, page: 0, alias: "linear", value: 9 });
      run(k, { op: "page_free", buf: 1 });
      run(k, { op: "dma_alloc", buf: 0, pages: 1, api });
      expect(seen(k, { op: "cpu_read", buf: 0, page: 0, alias: "coherent" })).toBe(token);
    }
  });
});

describe("pieces of memory behind an IOMMU (drivers/iommu/dma-iommu.c:880-933)", () => {
  it("are not asked for in a size again that there was none of", () => {
    const k = bootModel({ platform: "sme-zen2", iommu: "translated" });
    run(k, { op: "fail", function: "alloc_pages", nth: 1 });
    expect(run(k, { op: "dma_alloc", buf: 0, pages: 3, api: "noncontiguous" })).toBe(0);
    // Single pages, though the next two would be a pair further up.
    const first = tt_page(k, 0, 0)!;
    expect([tt_page(k, 0, 1), tt_page(k, 0, 2)]).toEqual([first + 1, first + 2]);
  });
});

describe("dma_mmap", () => {
  const mmap = (options: TestBoot): Linux => {
    const k = bootModel(options);
    run(k, { op: "dma_alloc", buf: 0, pages: 2 });
    expect(run(k, { op: "dma_mmap", buf: 0 })).toBe(0);
    return k;
  };

  it.each([
    ["sev", 64, false],
    ["sme-zen2", 44, false],
    ["sme-zen2", 48, true],
  ])("dma_direct_mmap on %s with %i bits: C is %s, as in the linear map (kernel/dma/direct.c:551-553)", (platform, mask, expected) => {
    const k = mmap({ platform, mask });
    expect(cBit(k, user_address(0, 1))).toBe(expected);
    expect(chooser(k, "user")).toBe("dma_direct_mmap");
    access(k, { op: "cpu_write", buf: 0, page: 1, alias: "user", value: 5 });
    expect(seen(k, { op: "dev_read", buf: 0, page: 1 })).toBe(5);
  });

  it("iommu_dma_mmap never decrypts (drivers/iommu/dma-iommu.c:1690-1719)", () => {
    const k = mmap({ platform: "sme-zen2", mask: 44, iommu: "translated" });
    expect(cBit(k, user_address(0, 0))).toBe(true);
    expect(chooser(k, "user")).toBe("iommu_dma_mmap");
  });

  it.each(["pages", "noncontiguous"] as const)("dma_mmap_pages over %s never decrypts, though the memory is (kernel/dma/mapping.c:728-738)", (api) => {
    const k = bootModel({ platform: "sev" });
    run(k, { op: "dma_alloc", buf: 0, pages: 1, api });
    expect(run(k, { op: "dma_mmap", buf: 0 })).toBe(0);
    expect([cBit(k, linear_address(tt_page(k, 0, 0)!)), cBit(k, user_address(0, 0))]).toEqual([false, true]);
    expect(chooser(k, "user")).toBe("dma_mmap_pages");
  });

  it("leaves no user PTE behind when the memory is freed", () => {
    const k = mmap({ platform: "sev" });
    run(k, { op: "dma_free", buf: 0 });
    expect(k.machine.translate(k.pgd, user_address(0, 0))).toBeNull();
  });
});

describe("dma_map and dma_unmap", () => {
  it("map in place and say which function chose", () => {
    const k = bootModel({ platform: "sme-zen2", mask: 48 });
    const first = pages(k, 0, 2);
    expect(run(k, { op: "dma_map", buf: 0 })).toBe(0);
    expect(tt_dma_address(k, 0, 1)).toBe(pfnToPhys(first) + PAGE_SIZE + C47);
    expect(chooser(k, "device")).toBe("dma_direct_map_page");
    expect(run(k, { op: "dma_map", buf: 0 })).toBe(-22);
    expect(run(k, { op: "dma_unmap", buf: 0 })).toBe(0);
    expect([buf_get(k, 0, "device_mapped"), buf_get(k, 0, "map_direction"), tt_dma_address(k, 0, 1)]).toEqual([0, 0, 0]);
    expect(run(k, { op: "dma_unmap", buf: 0 })).toBe(-22);
  });

  it("give a device view to the mapped pages alone", () => {
    const k = bootModel({ platform: "none" });
    pages(k, 0, 3);
    run(k, { op: "dma_map", buf: 0, offset: PAGE_SIZE, size: PAGE_SIZE });
    expect(all_views(k).filter((v) => v.kind === "device").map((v) => v.page)).toEqual([1]);
    expect(run(k, { op: "dma_unmap", buf: 0 })).toBe(0);
    expect(run(k, { op: "dma_map", buf: 0, offset: PAGE_SIZE, size: 3 * PAGE_SIZE })).toBe(-22);
  });

  it("fail with -ENOMEM where the pool is full (include/linux/dma-mapping.h, dma_mapping_error)", () => {
    const k = bootModel({ platform: "sev", machine: { swiotlbPages: 1 } });
    pages(k, 0, 2);
    expect(run(k, { op: "dma_map", buf: 0 })).toBe(-12);
    expect(buf_get(k, 0, "device_mapped")).toBe(0);
  });

  // Fact sheet of swiotlb, one row per direction (kernel/dma/swiotlb.c:1462,1558-1593).
  it.each([
    ["to_device", "none", [2, 2, 3]],
    ["from_device", "none", [1, 1, 9]],
    ["bidirectional", "none", [2, 2, 9]],
    ["bidirectional", "skip-cpu-sync", [2, 2, 3]],
  ] as const)("%s with %s at unmap: device reads after sync and CPU reads after unmap are %j", (direction, attrs, expected) => {
    const k = bootModel({ platform: "sev" });
    pages(k, 0, 1);
    access(k, { op: "cpu_write", buf: 0, page: 0, alias: "linear", value: 1 });
    run(k, { op: "dma_map", buf: 0, direction });
    expect(seen(k, { op: "dev_read", buf: 0, page: 0 })).toBe(1);
    access(k, { op: "cpu_write", buf: 0, page: 0, alias: "linear", value: 2 });
    expect(seen(k, { op: "dev_read", buf: 0, page: 0 })).toBe(1);
    run(k, { op: "dma_sync_for_device", buf: 0 });
    const synced = seen(k, { op: "dev_read", buf: 0, page: 0 });
    const again = seen(k, { op: "dev_read", buf: 0, page: 0 });
    access(k, { op: "cpu_write", buf: 0, page: 0, alias: "linear", value: 3 });
    access(k, { op: "dev_write", buf: 0, page: 0, value: 9 });
    run(k, { op: "dma_unmap", buf: 0, attrs });
    expect([synced, again, seen(k, { op: "cpu_read", buf: 0, page: 0, alias: "linear" })]).toEqual(expected);
    expect(k.costs.bouncedBytes).toBeGreaterThanOrEqual(PAGE_SIZE);
  });

  it.each([
    ["to_device", 3],
    ["from_device", 9],
    ["bidirectional", 9],
  ] as const)("%s: dma_sync_for_cpu leaves %i for the CPU", (direction, expected) => {
    const k = bootModel({ platform: "sev" });
    pages(k, 0, 1);
    run(k, { op: "dma_map", buf: 0, direction });
    access(k, { op: "cpu_write", buf: 0, page: 0, alias: "linear", value: 3 });
    access(k, { op: "dev_write", buf: 0, page: 0, value: 9 });
    run(k, { op: "dma_sync_for_cpu", buf: 0 });
    expect(seen(k, { op: "cpu_read", buf: 0, page: 0, alias: "linear" })).toBe(expected);
  });
});

describe("dma_map_resource", () => {
  it("is the plain address without an IOMMU (kernel/dma/direct.c:507-521)", () => {
    const k = bootModel({ platform: "sme-zen2", mask: 48 });
    bar(k, 0);
    expect(run(k, { op: "dma_map_resource", buf: 0 })).toBe(0);
    expect(tt_dma_address(k, 0, 0)).toBe(pfnToPhys(BAR_PFN));
    expect(access(k, { op: "dev_write", buf: 0, page: 0, value: 4 }).outcome).toBe("done");
    expect(seen(k, { op: "dev_read", buf: 0, page: 0 })).toBe(4);
    expect(run(k, { op: "dma_unmap", buf: 0 })).toBe(0);
  });

  it("fails with a WARN where the mask does not reach the BAR at 256 GiB", () => {
    const k = bootModel({ platform: "none", mask: 36 });
    bar(k, 0);
    expect(run(k, { op: "dma_map_resource", buf: 0 })).toBe(-12);
    expect(k.warnings[0]).toMatch(/overflow/);
  });

  it("gets the C-bit from AMD-Vi under SME, so that nothing answers; commit e2692c4eeaa4 leaves it out", () => {
    for (const [release, outcome] of [["6.12", "fault"], ["6.12+e2692c4eeaa4", "done"]] as const) {
      const k = bootModel({ platform: "sme-zen2", iommu: "translated", release });
      bar(k, 0);
      run(k, { op: "dma_map_resource", buf: 0 });
      expect(access(k, { op: "dev_write", buf: 0, page: 0, value: 4 }).outcome).toBe(outcome);
    }
  });
});

describe("proposals of 2026", () => {
  it("DMA_ATTR_CC_SHARED: shared pages are not bounced; an error for a device that is not forced; ignored in 6.12", () => {
    const k = bootModel({ platform: "sev", release: "6.12+dma_attr_cc_shared" });
    const first = pages(k, 0, 1);
    set_memory_decrypted(k, first, 1);
    expect(run(k, { op: "dma_map", buf: 0, attrs: "cc-shared" })).toBe(0);
    expect(tt_dma_address(k, 0, 0)).toBe(pfnToPhys(first));
    const host = bootModel({ platform: "sme-zen2", mask: 48, release: "6.12+dma_attr_cc_shared" });
    pages(host, 0, 1);
    expect(run(host, { op: "dma_map", buf: 0, attrs: "cc-shared" })).toBe(-12);
    const old = bootModel({ platform: "sev" });
    const frame = pages(old, 0, 1);
    run(old, { op: "dma_map", buf: 0, attrs: "cc-shared" });
    expect(tt_dma_address(old, 0, 0)).not.toBe(pfnToPhys(frame));
  });

  it("device_cc_accepted: an accepted device gets private memory, in place, with no C-bit in the handle", () => {
    const k = bootModel({ platform: "sev-snp", release: "6.12+device_cc_accepted" });
    k.machine.deviceAccepted = true;
    run(k, { op: "dma_alloc", buf: 0, pages: 1 });
    expect(cBit(k, buf_virtual(k, 0, "coherent_virtual"))).toBe(true);
    expect(tt_dma_address(k, 0, 0)).toBe(pfnToPhys(tt_page(k, 0, 0)!));
    access(k, { op: "cpu_write", buf: 0, page: 0, alias: "coherent", value: 6 });
    expect(seen(k, { op: "dev_read", buf: 0, page: 0 })).toBe(6);
    const first = pages(k, 1, 1);
    run(k, { op: "dma_map", buf: 1 });
    expect(tt_dma_address(k, 1, 0)).toBe(pfnToPhys(first));
    const old = bootModel({ platform: "sev-snp" });
    old.machine.deviceAccepted = true;
    run(old, { op: "dma_alloc", buf: 0, pages: 1 });
    expect(cBit(old, buf_virtual(old, 0, "coherent_virtual"))).toBe(false);
  });
});
