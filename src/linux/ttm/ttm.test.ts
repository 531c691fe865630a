// SPDX-License-Identifier: MIT
// Expected values are retyped from drivers/gpu/drm/ttm/ of Debian linux-source-6.12 (6.12.117).
import { describe, expect, it } from "vitest";
import { PAGE_SIZE, pfnToPhys, virtAddr } from "../../base/index.ts";
import { slotAt } from "../layout.ts";
import { type Linux, put } from "../linux.ts";
import { linear_address } from "../mm/page-tables.ts";
import { bootModel, type TestBoot } from "../test-kernel.ts";
import { ttm_bo_init, ttm_bo_put } from "./bo.ts";
import { buf_get, buf_virtual, KMAP_KMAP, KMAP_VMAP, tt_dma_address, tt_page } from "../bufs.ts";
import { ttm_bo_kmap, ttm_bo_kunmap, ttm_bo_vmap, ttm_bo_vunmap } from "./bo-util.ts";
import { ttm_bo_vm_fault_reserved, user_address } from "./bo-vm.ts";
import { ttm_tt_populate } from "./tt.ts";

/** TTM_TT_FLAG_DECRYPTED is bit 4 (include/drm/ttm/ttm_tt.h:92-98). */
const DECRYPTED = 16;

function withBuffer(options: TestBoot, pages = 2): Linux {
  const k = bootModel(options);
  expect(ttm_bo_init(k, 0, pages)).toBe(0);
  expect(ttm_tt_populate(k, 0)).toBe(0);
  return k;
}

const cBitAt = (k: Linux, va: number): boolean => k.machine.translate(k.pgd, virtAddr(va))!.cBit;

describe("use_dma_alloc", () => {
  it.each([
    ["none", "amdgpu-gfx9", false],
    ["sme-zen2", "amdgpu-gfx9", true], // drm_need_swiotlb(): any CC_ATTR_MEM_ENCRYPT, drm_cache.c:204
    ["sme-zen2", "nouveau-pascal", true],
    ["none", "vmwgfx", false], // vmw_dma_select_mode(), vmwgfx_drv.c:673
    ["sme-zen2", "vmwgfx", true],
    ["sev", "vmwgfx", true],
    ["sev", "xe", false], // ttm_device_init(..., false, false), xe_device.c:313
  ])("%s, %s: %s", (platform, driver, expected) => {
    expect(bootModel({ platform, driver }).use_dma_alloc).toBe(expected);
  });
});

describe("TTM_TT_FLAG_DECRYPTED by policy (ttm_tt.c:94-97 and the thread)", () => {
  it.each([
    ["encrypted", "sev", 44, false],
    ["decrypt-dma-alloc-guest", "sev", 44, true],
    ["decrypt-dma-alloc-guest", "sme-zen2", 44, false],
    ["decrypt-dma-alloc", "sme-zen2", 48, true],
    ["force-dma-unencrypted", "sme-zen2", 44, true],
    ["force-dma-unencrypted", "sme-zen2", 48, false],
    ["force-dma-unencrypted", "sev", 64, true],
  ])("%s on %s with %i bits: %s", (policy, platform, mask, expected) => {
    const k = withBuffer({ platform, mask, policy });
    expect((buf_get(k, 0, "page_flags") & DECRYPTED) !== 0).toBe(expected);
  });
});

describe("ttm_bo_kmap (ttm_bo_util.c:336-383)", () => {
  it("uses the linear map for one cached page that is not flagged", () => {
    const k = withBuffer({ platform: "sme-zen2" });
    expect(ttm_bo_kmap(k, 0, 1)).toBe(0);
    expect(buf_get(k, 0, "kmap_type")).toBe(KMAP_KMAP);
    expect(buf_virtual(k, 0, "kmap_virtual")).toBe(linear_address(tt_page(k, 0, 1)!));
  });

  it("uses a decrypted vmap where the tt is flagged", () => {
    const k = withBuffer({ platform: "sev" });
    expect(ttm_bo_kmap(k, 0, 0)).toBe(0);
    expect(buf_get(k, 0, "kmap_type")).toBe(KMAP_VMAP);
    expect(cBitAt(k, buf_virtual(k, 0, "kmap_virtual"))).toBe(false);
    expect(ttm_bo_kunmap(k, 0)).toBe(0);
    expect(k.s[k.layout.vmalloc]).toBe(0);
  });
});

describe("ttm_bo_vmap and user faults", () => {
  it("keep the C-bit on an SME host though the linear map lost it: open case O1 of 6.12", () => {
    const k = withBuffer({ platform: "sme-zen2" });
    ttm_bo_vmap(k, 0);
    ttm_bo_vm_fault_reserved(k, 0, 0);
    expect(cBitAt(k, linear_address(tt_page(k, 0, 0)!))).toBe(false);
    expect(cBitAt(k, buf_virtual(k, 0, "vmap_virtual"))).toBe(true);
    expect(cBitAt(k, user_address(0, 0))).toBe(true);
    expect(tt_dma_address(k, 0, 0)).toBe(pfnToPhys(tt_page(k, 0, 0)!));
  });

  it("prefault the pages after the faulting one, not those before (ttm_bo_vm.c:232-280)", () => {
    const k = withBuffer({ platform: "none" }, 4);
    ttm_bo_vm_fault_reserved(k, 0, 1);
    expect(buf_get(k, 0, "user_ptes")).toBe(0b1110);
  });

  it("map all pages at neighbouring addresses and unmap them", () => {
    const k = withBuffer({ platform: "none" });
    ttm_bo_vmap(k, 0);
    const base = buf_virtual(k, 0, "vmap_virtual");
    expect(k.machine.translate(k.pgd, virtAddr(base + PAGE_SIZE))!.pa).toBe(pfnToPhys(tt_page(k, 0, 1)!));
    ttm_bo_vunmap(k, 0);
    expect(k.machine.translate(k.pgd, base)).toBeNull();
  });
});

describe("ttm_pool", () => {
  it("keeps pages of dma_alloc_attrs() decrypted between buffers, and clears them (ttm_pool.c:225-257)", () => {
    const k = withBuffer({ platform: "sev" });
    const frame = tt_page(k, 0, 0)!;
    k.machine.cpuWrite(k.pgd, linear_address(frame), Uint32Array.of(1, 2, 3, 4));
    ttm_bo_put(k, 0);
    expect(cBitAt(k, linear_address(frame))).toBe(false);
    ttm_bo_init(k, 0, 2);
    ttm_tt_populate(k, 0);
    expect(tt_page(k, 0, 0)).toBe(frame);
    const out = new Uint32Array(4);
    k.machine.cpuRead(k.pgd, linear_address(frame), out);
    expect([...out]).toEqual([0, 0, 0, 0]);
  });

  it("falls back to lower orders, and fails with -ENOMEM with nothing left behind", () => {
    const k = bootModel({ platform: "none" });
    put(k, k.layout.allocated, 0xfffffffd >>> 0); // frame 1 alone is free
    const before = k.s.slice();
    ttm_bo_init(k, 0, 2);
    expect(ttm_tt_populate(k, 0)).toBe(-12);
    expect(k.s[k.layout.allocated]).toBe(before[k.layout.allocated]);
  });

  it("reports a mapping that fails as -EFAULT (ttm_pool.c:199-201) and gives the pages back", () => {
    const k = bootModel({ platform: "none", swiotlb: "force" });
    for (let i = 0; i < 16; i++) put(k, slotAt(k.layout, i), 1); // every slot is taken
    const before = k.s[k.layout.allocated];
    ttm_bo_init(k, 0, 2);
    expect(ttm_tt_populate(k, 0)).toBe(-14);
    expect(k.s[k.layout.allocated]).toBe(before);
  });
});

describe("a driver that maps by itself", () => {
  it("gets -EIO from dma_map_sgtable() and gives the pages back", () => {
    const k = bootModel({ platform: "sme-zen2", driver: "xe", swiotlb: "noforce" });
    const before = k.s[k.layout.allocated];
    ttm_bo_init(k, 0, 2);
    expect(ttm_tt_populate(k, 0)).toBe(-5);
    expect(k.s[k.layout.allocated]).toBe(before);
  });
});
