// SPDX-License-Identifier: MIT
// Expected values are retyped from the kernel source named in each test (Debian linux-source-6.12, 6.12.117, and 6.1).
import { describe, expect, it } from "vitest";
import { virtAddr } from "../../base/index.ts";
import type { Operation } from "../../kernel/index.ts";
import { BLOCK_WORDS } from "../../machine/index.ts";
import { buf_virtual, tt_page } from "../bufs.ts";
import { KernelCrash } from "../crash.ts";
import type { Linux } from "../linux.ts";
import { linear_address } from "../mm/page-tables.ts";
import { runOperation } from "../operations/index.ts";
import { bootModel } from "../test-kernel.ts";
import { model_mappings } from "../views.ts";

type Run = Parameters<typeof runOperation>[1] & Operation;
const run = (k: Linux, operation: Run): number => runOperation(k, operation)!.error;

function deviceReads(k: Linux, buf: number): number {
  const place = model_mappings(k).device(buf, 0)!;
  const out = new Uint32Array(BLOCK_WORDS);
  expect(k.machine.deviceRead({ addressBits: k.driver.dmaMaskBits }, place.domain, place.address, out).kind).toBe("reached");
  return out[0]!;
}

function poke(k: Linux, va: number, word: number): void {
  expect(k.machine.cpuWrite(k.pgd, virtAddr(va), Uint32Array.of(word, 0, 0, 0)).kind).toBe("reached");
}

const linear = (k: Linux, buf: number): number => linear_address(tt_page(k, buf, 0)!);

describe("an imported dma-buf", () => {
  function imported(platform: string, release = "6.12"): Linux {
    const k = bootModel({ platform, release });
    expect(run(k, { op: "page_alloc", buf: 0, pages: 2 })).toBe(0);
    expect(run(k, { op: "bo_import", buf: 1, from: 0 })).toBe(0);
    return k;
  }

  it("is bounced in a guest, so that the device misses what the CPU writes later (open case O3)", () => {
    const k = imported("sev");
    poke(k, linear(k, 0), 7);
    expect(deviceReads(k, 1)).toBe(0);
    const plain = imported("none");
    poke(plain, linear(plain, 0), 7);
    expect(deviceReads(plain, 1)).toBe(7);
  });

  it("has no pages to map: kmap and vmap are -EINVAL, a fault is SIGBUS (ttm_bo_util.c:358-360, ttm_bo_vm.c:143-152)", () => {
    const k = imported("sev");
    expect(run(k, { op: "bo_kmap", buf: 1, page: 0 })).toBe(-22);
    expect(run(k, { op: "bo_vmap", buf: 1 })).toBe(-22);
    expect(run(k, { op: "bo_fault", buf: 1, page: 0 })).toBe(-14);
  });

  it("is a null pointer for vmap in 6.1, which does not look", () => {
    const k = imported("sev", "6.1");
    expect(() => run(k, { op: "bo_vmap", buf: 1 })).toThrow(KernelCrash);
  });

  it("keeps the exporter's pages, is never swapped out, and is dropped by an eviction", () => {
    const k = imported("none");
    expect(run(k, { op: "page_free", buf: 0 })).toBe(-22);
    expect(run(k, { op: "bo_swapout", buf: 1 })).toBe(-16);
    expect(run(k, { op: "bo_move", buf: 1, to: "vram" })).toBe(-22);
    expect(run(k, { op: "bo_evict", buf: 1 })).toBe(0);
    expect(model_mappings(k).device(1, 0)).toBeNull();
    expect(run(k, { op: "bo_destroy", buf: 1 })).toBe(0);
    expect(run(k, { op: "page_free", buf: 0 })).toBe(0);
  });

  it("frees its slots with the buffer, and brings back what the device wrote", () => {
    const k = imported("sev");
    const place = model_mappings(k).device(1, 0)!;
    k.machine.deviceWrite({ addressBits: 44 }, null, place.address, Uint32Array.of(9, 0, 0, 0));
    run(k, { op: "bo_destroy", buf: 1 });
    const out = new Uint32Array(BLOCK_WORDS);
    k.machine.cpuRead(k.pgd, virtAddr(linear(k, 0)), out);
    expect(out[0]).toBe(9);
  });

  it("leaves nothing behind where it cannot be mapped: -EIO", () => {
    const k = bootModel({ platform: "sme-zen2", driver: "xe", swiotlb: "noforce" });
    run(k, { op: "page_alloc", buf: 0, pages: 1 });
    const before = k.s.slice();
    expect(run(k, { op: "bo_import", buf: 1, from: 0 })).toBe(-5);
    expect(k.s).toEqual(before);
  });
});

describe("user memory", () => {
  it("keeps the process's own encrypted mapping through moves, and loses it with the buffer", () => {
    const k = bootModel({ platform: "sev" });
    run(k, { op: "page_alloc", buf: 0, pages: 1 });
    expect(run(k, { op: "bo_userptr", buf: 1, from: 0 })).toBe(0);
    const user = (): ReturnType<Linux["machine"]["translate"]> => {
      const place = model_mappings(k).cpu(1, 0, "user");
      return place === null ? null : k.machine.translate(place.root, place.va);
    };
    expect(user()).toMatchObject({ cBit: true });
    expect(run(k, { op: "bo_move", buf: 1, to: "system" })).toBe(0);
    expect(user()).toMatchObject({ cBit: true });
    run(k, { op: "bo_destroy", buf: 1 });
    expect(user()).toBeNull();
  });

  // ttm_tt_create() sets TTM_TT_FLAG_DECRYPTED for every tt of the device, ttm_tt.c:94: a map of private user pages is then decrypted.
  it("is mapped decrypted by the kernel in a guest, though its pages are private", () => {
    const k = bootModel({ platform: "sev" });
    run(k, { op: "page_alloc", buf: 0, pages: 1 });
    run(k, { op: "bo_userptr", buf: 1, from: 0 });
    expect(run(k, { op: "bo_vmap", buf: 1 })).toBe(0);
    expect(k.machine.translate(k.pgd, buf_virtual(k, 1, "vmap_virtual"))!.cBit).toBe(false);
    expect(k.machine.translate(k.pgd, virtAddr(linear(k, 1)))!.cBit).toBe(true);
  });
});

describe("a driver's own sync (nouveau_bo.c:616-685)", () => {
  it("copies to the bounce buffer and back, each its own way", () => {
    const k = bootModel({ platform: "none", driver: "nouveau-pascal", swiotlb: "force" });
    run(k, { op: "bo_create", buf: 0, pages: 1 });
    run(k, { op: "bo_populate", buf: 0 });
    poke(k, linear(k, 0), 3);
    expect(deviceReads(k, 0)).toBe(0);
    expect(run(k, { op: "bo_sync_for_device", buf: 0 })).toBe(0);
    expect(deviceReads(k, 0)).toBe(3);
    const place = model_mappings(k).device(0, 0)!;
    k.machine.deviceWrite({ addressBits: 47 }, null, place.address, Uint32Array.of(4, 0, 0, 0));
    run(k, { op: "bo_sync_for_cpu", buf: 0 });
    const out = new Uint32Array(BLOCK_WORDS);
    k.machine.cpuRead(k.pgd, virtAddr(linear(k, 0)), out);
    expect(out[0]).toBe(4);
  });

  it("does nothing for drivers that have none", () => {
    const k = bootModel({ platform: "sev", driver: "xe" });
    run(k, { op: "bo_create", buf: 0, pages: 1 });
    run(k, { op: "bo_populate", buf: 0 });
    poke(k, linear(k, 0), 3);
    expect(run(k, { op: "bo_sync_for_device", buf: 0 })).toBe(0);
    expect(deviceReads(k, 0)).toBe(0);
  });
});
