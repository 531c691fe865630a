// SPDX-License-Identifier: MIT
// Expected values are retyped from drivers/gpu/drm/ttm/ and amdgpu of Debian linux-source-6.12 (6.12.117).
import { describe, expect, it } from "vitest";
import { PAGE_SIZE, virtAddr } from "../../base/index.ts";
import { BLOCK_WORDS } from "../../machine/index.ts";
import { buf_get, buf_virtual, tt_page } from "../bufs.ts";
import { type Linux, put } from "../linux.ts";
import { linear_address } from "../mm/page-tables.ts";
import { runOperation } from "../operations/index.ts";
import { bootModel, type TestBoot } from "../test-kernel.ts";
import { all_views, model_mappings } from "../views.ts";
import { ttm_bo_kmap, ttm_bo_vmap } from "./bo-util.ts";
import { ttm_bo_swapout, swap_in } from "./bo-swap.ts";
import { ttm_bo_vm_fault_reserved, user_address } from "./bo-vm.ts";
import { ttm_bo_evict, ttm_bo_init, ttm_bo_put, ttm_bo_validate } from "./bo.ts";
import { pool_allocated_pages, ttm_pool_shrink } from "./pool-type.ts";
import { ttm_tt_populate } from "./tt.ts";

/** include/drm/ttm/ttm_placement.h:51-53 */
const SYSTEM = 0;
const TT = 1;
const VRAM = 2;
/** The model's BAR: 256 GiB. */
const BAR = 0x400_0000;
/** TTM_TT_FLAG_SWAPPED, ttm_tt.h:92 */
const SWAPPED = 1;

function poke(k: Linux, va: number, word: number): void {
  expect(k.machine.cpuWrite(k.pgd, virtAddr(va), Uint32Array.of(word, 1, 2, 3)).kind).toBe("reached");
}

function peek(k: Linux, va: number): number {
  const out = new Uint32Array(BLOCK_WORDS);
  expect(k.machine.cpuRead(k.pgd, virtAddr(va), out).kind).toBe("reached");
  return out[0]!;
}

function inTT(options: TestBoot): Linux {
  const k = bootModel(options);
  expect(ttm_bo_init(k, 0, 2)).toBe(0);
  expect(ttm_tt_populate(k, 0)).toBe(0);
  return k;
}

const linear = (k: Linux, page = 0): number => linear_address(tt_page(k, 0, page)!);

describe("VRAM", () => {
  it.each([["sme-zen2", false], ["tdx", true]] as const)("is mapped for the kernel and for user space without encryption (%s)", (platform, cBit) => {
    const k = bootModel({ platform });
    expect(ttm_bo_init(k, 0, 2, 0, VRAM)).toBe(0);
    expect(tt_page(k, 0, 1)).toBe(BAR + 1);
    ttm_bo_vmap(k, 0);
    ttm_bo_kmap(k, 0, 1);
    ttm_bo_vm_fault_reserved(k, 0, 0);
    for (const va of [buf_virtual(k, 0, "vmap_virtual") + PAGE_SIZE, buf_virtual(k, 0, "kmap_virtual"), user_address(0, 1)]) {
      expect(k.machine.translate(k.pgd, virtAddr(va))).toMatchObject({ cBit, cache: "WC", pa: (BAR + 1) * PAGE_SIZE });
    }
  });

  const cache = (k: Linux, va: number): string => k.machine.translate(k.pgd, virtAddr(va))!.cache;

  it.each([
    ["none", "UC-"],
    ["sev-snp-vtom", "WB"],
  ] as const)("has the caching that the driver says, as far as the MTRRs go along: vmwgfx's is cached (vmwgfx_ttm_buffer.c:452), on %s %s", (platform, expected) => {
    const k = bootModel({ platform, driver: "vmwgfx" });
    ttm_bo_init(k, 0, 1, 0, VRAM);
    ttm_bo_vmap(k, 0);
    ttm_bo_vm_fault_reserved(k, 0, 0);
    expect([cache(k, buf_virtual(k, 0, "vmap_virtual")), cache(k, user_address(0, 0))]).toEqual([expected, expected]);
  });

  it("is UC- for user space while nobody has reserved a type (memtype.c:654 lookup_memtype)", () => {
    const k = bootModel({ platform: "sev-snp-vtom", driver: "vmwgfx" });
    ttm_bo_init(k, 0, 1, 0, VRAM);
    ttm_bo_vm_fault_reserved(k, 0, 0);
    expect(cache(k, user_address(0, 0))).toBe("UC-");
    ttm_bo_vmap(k, 0);
    expect([cache(k, buf_virtual(k, 0, "vmap_virtual")), cache(k, user_address(0, 0))]).toEqual(["WB", "UC-"]);
  });

  it("is reached by the device without DMA, whatever its mask and IOMMU", () => {
    const k = bootModel({ platform: "sme-zen2", iommu: "translated", mask: 32 });
    ttm_bo_init(k, 0, 1, 0, VRAM);
    expect(model_mappings(k).device(0, 0)).toMatchObject({ domain: null, local: BAR });
    expect(all_views(k).map((v) => [v.kind, v.pfn, v.cBit])).toEqual([["device", BAR, false]]);
  });

  it("has no tt to populate, and its user PTEs go with a move", () => {
    const k = bootModel({ platform: "sev" });
    ttm_bo_init(k, 0, 2, 0, VRAM);
    expect(ttm_tt_populate(k, 0)).toBe(-22);
    ttm_bo_vm_fault_reserved(k, 0, 0);
    expect(ttm_bo_validate(k, 0, TT, "memcpy")).toBe(0);
    expect(k.machine.translate(k.pgd, user_address(0, 0))).toBeNull();
    ttm_bo_vm_fault_reserved(k, 0, 0);
    expect(k.machine.translate(k.pgd, user_address(0, 0))!.cBit).toBe(false);
    expect(k.s[k.layout.vram]).toBe(0);
  });

  it("makes room by evicting others, and is -ENOMEM where they are pinned", () => {
    const k = bootModel({ platform: "none" });
    ttm_bo_init(k, 0, 3, 0, VRAM);
    expect(ttm_bo_init(k, 1, 2, 0, VRAM)).toBe(0);
    expect([buf_get(k, 0, "mem_type"), buf_get(k, 1, "mem_type")]).toEqual([TT, VRAM]);
    ttm_bo_kmap(k, 1, 0);
    expect(ttm_bo_init(k, 2, 3, 0, VRAM)).toBe(-12);
    expect(buf_get(k, 2, "kind")).toBe(0);
  });
});

describe("moves", () => {
  it.each(["memcpy", "device"] as const)("carry the contents to VRAM and back by %s", (by) => {
    const k = inTT({ platform: "sev" });
    poke(k, linear(k, 1), 0x1234);
    expect(ttm_bo_validate(k, 0, VRAM, by)).toBe(0);
    expect(tt_page(k, 0, 1)).toBe(BAR + 1);
    ttm_bo_kmap(k, 0, 1);
    expect(peek(k, buf_virtual(k, 0, "kmap_virtual"))).toBe(0x1234);
    runOperation(k, { op: "bo_kunmap", buf: 0 });
    expect(ttm_bo_validate(k, 0, TT, by)).toBe(0);
    expect(peek(k, linear(k, 1))).toBe(0x1234);
  });

  // Case O1: the linear map and the device are plain, a vmap of 6.12 is not. What was written through it stays ciphertext in VRAM.
  it("by the device carry ciphertext where the device sees ciphertext", () => {
    const k = inTT({ platform: "sme-zen2" });
    ttm_bo_vmap(k, 0);
    poke(k, buf_virtual(k, 0, "vmap_virtual"), 0x1234);
    runOperation(k, { op: "bo_vunmap", buf: 0 });
    expect(ttm_bo_validate(k, 0, VRAM, "device")).toBe(0);
    ttm_bo_vmap(k, 0);
    expect(peek(k, buf_virtual(k, 0, "vmap_virtual"))).not.toBe(0x1234);
  });

  it("between system memory and VRAM go by way of TT where the device copies (amdgpu_ttm.c:588-598)", () => {
    const k = bootModel({ platform: "none" });
    ttm_bo_init(k, 0, 1, 0, SYSTEM);
    ttm_tt_populate(k, 0);
    k.log = [];
    expect(ttm_bo_validate(k, 0, VRAM, "device")).toBe(0);
    expect(k.log.map((e) => e.function)).toContain("ttm_bo_bounce_temp_buffer");
    expect(ttm_bo_validate(k, 0, SYSTEM, "memcpy")).toBe(0);
    expect(k.log.filter((e) => e.function === "ttm_bo_bounce_temp_buffer")).toHaveLength(1);
  });

  it("of a tt without pages clear VRAM (ttm_bo_util.c:185-187)", () => {
    const k = bootModel({ platform: "none" });
    ttm_bo_init(k, 0, 1);
    expect(ttm_bo_validate(k, 0, VRAM, "memcpy")).toBe(0);
    ttm_bo_kmap(k, 0, 0);
    expect(peek(k, buf_virtual(k, 0, "kmap_virtual"))).toBe(0);
  });

  it("are refused for a pinned buffer (ttm_bo.c:801)", () => {
    const k = inTT({ platform: "none" });
    ttm_bo_kmap(k, 0, 0);
    expect(ttm_bo_validate(k, 0, VRAM, "memcpy")).toBe(-22);
  });

  it("leave everything as it was where there are no pages for them", () => {
    const k = bootModel({ platform: "none" });
    ttm_bo_init(k, 0, 1, 0, VRAM);
    put(k, k.layout.allocated, 0xffffffff);
    const before = k.s.slice();
    expect(ttm_bo_validate(k, 0, TT, "memcpy")).toBe(-12);
    expect(k.s).toEqual(before);
  });

  it("end a streaming driver's mapping in system memory, and bring back what the device wrote", () => {
    const k = inTT({ platform: "sev", driver: "xe" });
    const place = model_mappings(k).device(0, 0)!;
    k.machine.deviceWrite({ addressBits: 46 }, null, place.address, Uint32Array.of(0x77, 0, 0, 0));
    expect(peek(k, linear(k))).toBe(0);
    expect(ttm_bo_validate(k, 0, SYSTEM, "device")).toBe(0);
    expect(peek(k, linear(k))).toBe(0x77);
    expect(model_mappings(k).device(0, 0)).toBeNull();
    expect(ttm_bo_validate(k, 0, TT, "device")).toBe(0);
    expect(model_mappings(k).device(0, 0)).not.toBeNull();
  });
});

describe("eviction (amdgpu_ttm.c:91-165)", () => {
  it("goes from VRAM to TT to system memory, and no further", () => {
    const k = bootModel({ platform: "sev" });
    ttm_bo_init(k, 0, 1, 0, VRAM);
    const types = [0, 1].map(() => {
      expect(ttm_bo_evict(k, 0)).toBe(0);
      return buf_get(k, 0, "mem_type");
    });
    expect(types).toEqual([TT, SYSTEM]);
    expect(ttm_bo_evict(k, 0)).toBe(-22);
  });
});

describe("swapping (ttm_tt.c:213-311)", () => {
  it("brings contents back into pages that are decrypted like the old ones, by way of private shmem (O23)", () => {
    const k = inTT({ platform: "sev" });
    const allocated = k.s[k.layout.allocated]!;
    poke(k, linear(k), 0xabcd);
    expect(ttm_bo_swapout(k, 0)).toBe(0);
    expect(buf_get(k, 0, "page_flags") & SWAPPED).toBe(SWAPPED);
    expect(buf_get(k, 0, "mem_type")).toBe(SYSTEM);
    const shmem = (k.s[k.layout.bufs + 37]! - 1) as never;
    expect(k.machine.translate(k.pgd, linear_address(shmem))!.cBit).toBe(true);
    expect(peek(k, linear_address(shmem))).toBe(0xabcd);
    while (pool_allocated_pages(k) > 0) ttm_pool_shrink(k);
    expect(swap_in(k, 0)).toBe(0);
    expect(peek(k, linear(k))).toBe(0xabcd);
    expect(k.machine.translate(k.pgd, virtAddr(linear(k)))!.cBit).toBe(false);
    expect(k.s[k.layout.allocated]).toBe(allocated);
  });

  it("is refused for buffers without pages and for pinned ones, and -EBUSY for want of memory (ttm_bo.c:1074-1137)", () => {
    const k = inTT({ platform: "none" });
    ttm_bo_init(k, 1, 1);
    expect(ttm_bo_swapout(k, 1)).toBe(-16);
    runOperation(k, { op: "fail", function: "shmem_file_setup" });
    expect(ttm_bo_swapout(k, 0)).toBe(-16);
    expect(buf_get(k, 0, "page_flags") & SWAPPED).toBe(0);
    ttm_bo_kmap(k, 0, 0);
    expect(ttm_bo_swapout(k, 0)).toBe(-16);
    expect(swap_in(k, 0)).toBe(-22);
  });

  it("says what it wants for where the walk over the LRU list does not make that -EBUSY yet", () => {
    const k = inTT({ platform: "none", release: "6.1" });
    runOperation(k, { op: "fail", function: "shmem_file_setup" });
    expect(ttm_bo_swapout(k, 0)).toBe(-12);
  });

  it("is undone by whoever needs the pages, and ends with the buffer", () => {
    const k = inTT({ platform: "none" });
    const before = bootModel({ platform: "none" }).s;
    poke(k, linear(k), 5);
    ttm_bo_swapout(k, 0);
    expect(ttm_bo_kmap(k, 0, 0)).toBe(0);
    expect(peek(k, buf_virtual(k, 0, "kmap_virtual"))).toBe(5);
    runOperation(k, { op: "bo_kunmap", buf: 0 });
    ttm_bo_swapout(k, 0);
    expect(ttm_bo_put(k, 0)).toBe(0);
    expect(k.s[k.layout.allocated]).toBe(before[k.layout.allocated]);
  });
});
