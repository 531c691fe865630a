// SPDX-License-Identifier: MIT
// What each proposal of the thread comes to, worked out by hand from what its author wrote and from kernel/dma/direct.c.
import { describe, expect, it } from "vitest";
import { virtAddr } from "../../base/index.ts";
import { buf_get, buf_virtual, tt_page } from "../bufs.ts";
import type { Linux } from "../linux.ts";
import { linear_address } from "../mm/page-tables.ts";
import { runOperation } from "../operations/index.ts";
import { bootModel, type TestBoot } from "../test-kernel.ts";
import { user_address } from "../ttm/bo-vm.ts";
import { model_mappings } from "../views.ts";
import { POLICIES } from "./index.ts";

function populated(options: TestBoot, pages = 2): Linux {
  const k = bootModel(options);
  for (const op of ["bo_create", "bo_populate"] as const) expect(runOperation(k, { op, buf: 0, pages })).toMatchObject({ error: 0 });
  return k;
}

/** C-bits of the linear map, of a vmap and of a user map: "L", "V", "U" where they are set. */
function encryptedMaps(options: TestBoot): string {
  const k = populated(options);
  expect(runOperation(k, { op: "bo_vmap", buf: 0 })).toMatchObject({ error: 0 });
  expect(runOperation(k, { op: "bo_fault", buf: 0, page: 0 })).toMatchObject({ error: 0 });
  const places = { L: linear_address(tt_page(k, 0, 1)!), V: buf_virtual(k, 0, "vmap_virtual") + 4096, U: user_address(0, 1) };
  return Object.entries(places).filter(([, va]) => k.machine.translate(k.pgd, virtAddr(va))!.cBit).map(([name]) => name).join("");
}

it("are the nine of the discussion", () => {
  expect(POLICIES.map((p) => p.name)).toEqual(["encrypted", "decrypt-all", "decrypt-dma-alloc", "decrypt-dma-alloc-guest", "force-dma-unencrypted", "coherent-vaddr", "dma-mmap", "dma-insert-pfn", "vm-local"]);
});

describe("encrypted maps: linear, vmap, user", () => {
  // The linear map: encrypted but where force_dma_unencrypted() is true, which is in guests, and for 44 bits on SME without an IOMMU.
  it.each([
    ["encrypted", "VU", "VU", "LVU", "LVU"],
    ["decrypt-all", "", "", "L", "L"],
    ["decrypt-dma-alloc", "", "", "L", "L"],
    ["decrypt-dma-alloc-guest", "", "VU", "LVU", "LVU"],
    ["force-dma-unencrypted", "", "", "LVU", "L"],
    ["coherent-vaddr", "", "U", "LVU", "LVU"],
    ["dma-mmap", "", "V", "LVU", "LVU"],
    ["dma-insert-pfn", "", "", "LVU", "LVU"],
    ["vm-local", "LVU", "VU", "LVU", "LVU"],
  ])("%s", (policy, sev, sme44, sme48, iommu44) => {
    expect(encryptedMaps({ platform: "sev", policy })).toBe(sev);
    expect(encryptedMaps({ platform: "sme-zen2", policy })).toBe(sme44);
    expect(encryptedMaps({ platform: "sme-zen2", policy, mask: 48 })).toBe(sme48);
    expect(encryptedMaps({ platform: "sme-zen2", policy, iommu: "translated" })).toBe(iommu44);
  });
});

describe("decrypt-dma-alloc-guest", () => {
  it("is `encrypted` where commit 71ce046327cf is taken out", () => {
    expect(encryptedMaps({ platform: "sev", policy: "decrypt-dma-alloc-guest", release: "6.1" })).toBe("");
    expect(encryptedMaps({ platform: "sev", policy: "decrypt-dma-alloc-guest", release: "6.12-71ce046327cf" })).toBe("VU");
  });
});

describe("coherent-vaddr", () => {
  it("uses the linear map for kmap and vmap, and takes no vmalloc space", () => {
    const k = populated({ platform: "sev", policy: "coherent-vaddr" });
    runOperation(k, { op: "bo_vmap", buf: 0 });
    runOperation(k, { op: "bo_kmap", buf: 0, page: 1 });
    expect(buf_virtual(k, 0, "vmap_virtual")).toBe(linear_address(tt_page(k, 0, 0)!));
    expect(buf_virtual(k, 0, "kmap_virtual")).toBe(linear_address(tt_page(k, 0, 1)!));
    expect(runOperation(k, { op: "bo_vunmap", buf: 0 })).toMatchObject({ error: 0 });
    expect(k.s[k.layout.vmalloc]).toBe(0);
  });

  it("cannot map a buffer of several allocations: three pages are two and one", () => {
    const k = populated({ platform: "sev", policy: "coherent-vaddr" }, 3);
    expect(runOperation(k, { op: "bo_vmap", buf: 0 })).toMatchObject({ error: -22 });
    expect(runOperation(k, { op: "bo_kmap", buf: 0, page: 2 })).toMatchObject({ error: 0 });
    const linux = populated({ platform: "sev", policy: "decrypt-dma-alloc-guest" }, 3);
    expect(runOperation(linux, { op: "bo_vmap", buf: 0 })).toMatchObject({ error: 0 });
  });

  it("maps as Linux does where pages are not from dma_alloc_coherent()", () => {
    const k = populated({ platform: "sev", policy: "coherent-vaddr", driver: "xe" });
    runOperation(k, { op: "bo_vmap", buf: 0 });
    expect(buf_virtual(k, 0, "vmap_virtual")).not.toBe(linear_address(tt_page(k, 0, 0)!));
  });
});

describe("vm-local", () => {
  it("gives the device nothing in a guest, and shares nothing", () => {
    const k = populated({ platform: "sev", policy: "vm-local" });
    expect(k.use_dma_alloc).toBe(false);
    expect(model_mappings(k).device(0, 0)).toBeNull();
    expect(buf_get(k, 0, "device_mapped")).toBe(0);
    expect(runOperation(k, { op: "bo_move", buf: 0, to: "tt" })).toMatchObject({ error: -12 });
  });

  it("is Linux without the guest's decryption elsewhere", () => {
    const k = populated({ platform: "sme-zen2", policy: "vm-local" });
    expect(model_mappings(k).device(0, 0)).not.toBeNull();
  });
});
