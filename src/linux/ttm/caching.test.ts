// SPDX-License-Identifier: MIT
// Expected values are retyped from drivers/gpu/drm/ttm/ and arch/x86/mm/pat/ of Debian linux-source-6.12 (6.12.117).
import { describe, expect, it } from "vitest";
import { virtAddr } from "../../base/index.ts";
import { buf_get, buf_virtual, KMAP_VMAP, tt_page } from "../bufs.ts";
import { type Linux, put } from "../linux.ts";
import { alloc_pages } from "../mm/page-alloc.ts";
import { linear_address } from "../mm/page-tables.ts";
import { bootModel, type TestBoot } from "../test-kernel.ts";
import { ttm_bo_kmap, ttm_bo_vmap } from "./bo-util.ts";
import { ttm_bo_vm_fault_reserved, user_address } from "./bo-vm.ts";
import { ttm_bo_init, ttm_bo_put } from "./bo.ts";
import { page_pool_size, pool_allocated_pages, ttm_pool_shrink } from "./pool-type.ts";
import { ttm_tt_populate } from "./tt.ts";

const WC = 1;
const UC = 2;

function withBuffer(options: TestBoot, caching: number, pages = 2): Linux {
  const k = bootModel(options);
  expect(ttm_bo_init(k, 0, pages, caching)).toBe(0);
  expect(ttm_tt_populate(k, 0)).toBe(0);
  return k;
}

const at = (k: Linux, va: number): { cache: string; cBit: boolean } => {
  const { cache, cBit } = k.machine.translate(k.pgd, virtAddr(va))!;
  return { cache, cBit };
};

function arm(k: Linux, fn: number, nth: number): void {
  put(k, k.layout.inject, fn + 1);
  put(k, k.layout.inject + 1, nth);
}

describe("caching of pages and maps", () => {
  it.each([
    [WC, "WC"], // pgprot_writecombine(), set_pages_array_wc(): PAT entry 1
    [UC, "UC-"], // pgprot_noncached() and set_pages_array_uc() are UC-, PAT entry 2
  ])("%i is %s in the linear map, in kernel and in user maps", (caching, type) => {
    const k = withBuffer({ platform: "sev" }, caching);
    expect(ttm_bo_vmap(k, 0)).toBe(0);
    expect(ttm_bo_vm_fault_reserved(k, 0, 0)).toBe(0);
    const wanted = { cache: type, cBit: false };
    expect(at(k, linear_address(tt_page(k, 0, 1)!))).toEqual(wanted);
    expect(at(k, buf_virtual(k, 0, "vmap_virtual"))).toEqual(wanted);
    expect(at(k, user_address(0, 1))).toEqual(wanted);
  });

  it("makes kmap of one page use vmap(), encrypted or not (ttm_bo_util.c:362)", () => {
    const k = withBuffer({ platform: "none" }, WC);
    expect(ttm_bo_kmap(k, 0, 1)).toBe(0);
    expect(buf_get(k, 0, "kmap_type")).toBe(KMAP_VMAP);
  });

  it("leaves the linear map alone on other machines than x86 (ttm_pool.c:167)", () => {
    const k = withBuffer({ platform: "cca" }, WC);
    expect(at(k, linear_address(tt_page(k, 0, 0)!)).cache).toBe("WB");
  });
});

describe("pools by caching (ttm_pool.c:287-318)", () => {
  it("keep WC pages as they are, also without use_dma_alloc, and give them to WC buffers only", () => {
    const k = withBuffer({ platform: "none" }, WC);
    const frame = tt_page(k, 0, 0)!;
    ttm_bo_put(k, 0);
    expect(pool_allocated_pages(k)).toBe(2);
    expect(at(k, linear_address(frame)).cache).toBe("WC");
    ttm_bo_init(k, 0, 2, UC);
    ttm_tt_populate(k, 0);
    expect(tt_page(k, 0, 0)).not.toBe(frame);
    ttm_bo_init(k, 1, 2, WC);
    ttm_tt_populate(k, 1);
    expect(tt_page(k, 1, 0)).toBe(frame);
  });

  it("free cached pages at once without use_dma_alloc, and keep them with it", () => {
    const plain = withBuffer({ platform: "none" }, 0);
    ttm_bo_put(plain, 0);
    expect(pool_allocated_pages(plain)).toBe(0);
    const coherent = withBuffer({ platform: "sev" }, 0);
    ttm_bo_put(coherent, 0);
    expect(pool_allocated_pages(coherent)).toBe(2);
  });

  it("shrink by one chunk: WB again, then encrypted again (ttm_pool.c:133-161, 321-343)", () => {
    const k = withBuffer({ platform: "sev" }, WC);
    const before = bootModel({ platform: "sev" });
    const frame = tt_page(k, 0, 0)!;
    ttm_bo_put(k, 0);
    expect(ttm_pool_shrink(k)).toBe(2);
    expect(at(k, linear_address(frame))).toEqual({ cache: "WB", cBit: true });
    expect(k.s[k.layout.allocated]).toBe(before.s[before.layout.allocated]);
    expect(ttm_pool_shrink(k)).toBe(0);
  });

  it("shrink UC before WC before cached with use_dma_alloc, WC before UC without (enum ttm_caching; ttm_pool.c:571-581, 799-808)", () => {
    const order = (platform: string): string[] => {
      const k = bootModel({ platform });
      const frames: number[] = [];
      for (const [bo, caching] of [[0, 0], [1, WC], [2, UC]] as const) {
        ttm_bo_init(k, bo, 1, caching);
        ttm_tt_populate(k, bo);
        frames.push(tt_page(k, bo, 0)!);
      }
      for (const bo of [0, 1, 2]) ttm_bo_put(k, bo);
      const freed: string[] = [];
      for (;;) {
        const before = Array.from(k.s.slice(k.layout.pool, k.layout.pool + 24)).filter((w) => w !== 0);
        if (ttm_pool_shrink(k) === 0) return freed;
        const after = Array.from(k.s.slice(k.layout.pool, k.layout.pool + 24));
        const gone = before.find((w) => !after.includes(w))!;
        freed.push(["cached", "WC", "UC"][frames.indexOf(gone - 1)]!);
      }
    };
    expect(order("sev")).toEqual(["UC", "WC", "cached"]);
    expect(order("none")).toEqual(["WC", "UC"]);
  });

  it("may keep half of RAM (ttm_device.c:86-90)", () => {
    expect(page_pool_size(bootModel({ platform: "none" }))).toBe(16);
  });
});

describe("failures on the way", () => {
  it("a caching that cannot be set is -EINVAL, and all pages go back", () => {
    const k = bootModel({ platform: "none" });
    const before = k.s[k.layout.allocated];
    ttm_bo_init(k, 0, 2, WC);
    arm(k, 1, 2); // __change_page_attr, second page
    expect(ttm_tt_populate(k, 0)).toBe(-22);
    expect(k.s[k.layout.allocated]).toBe(before);
    expect(tt_page(k, 0, 0)).toBeNull();
  });

  it("a failed allocation of order 1 makes two of order 0 (ttm_pool.c:506-510)", () => {
    const k = bootModel({ platform: "none" });
    arm(k, 0, 1); // alloc_pages
    ttm_bo_init(k, 0, 2);
    expect(ttm_tt_populate(k, 0)).toBe(0);
    ttm_bo_put(k, 0);
    expect(alloc_pages(k, 0, false)).not.toBeNull();
  });
});
