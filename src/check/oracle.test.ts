// SPDX-License-Identifier: MIT
/** One test for each thing that the oracle promises, or does not. Tokens: linear 1, vmap 3, device 5 of buffer 0. */

import { describe, expect, it } from "vitest";
import { extentOf, Oracle } from "./oracle.ts";
import { parseStep } from "./trace.ts";

const CPU = "cpu_read:linear";
const DEV = "dev_read";

/** Runs steps, and gives what reads are promised then; a step that begins with "!" fails. */
function after(steps: string, reads: readonly string[] = [CPU, DEV], size = { buffers: 2, pages: 2, cells: 1 }): number[] {
  const words = steps.split(" ").filter((s) => s !== "");
  const operations = words.map((s) => parseStep(s.replace("!", ""), 1));
  const oracle = new Oracle(extentOf(size, operations));
  const state = new Uint32Array(oracle.words);
  for (const [i, operation] of operations.entries()) {
    if (words[i]!.startsWith("!")) oracle.failed(state, operation);
    else oracle.observe(state, operation);
  }
  return reads.map((r) => oracle.expected(state, parseStep(r, 1)));
}

describe("coherent buffers", () => {
  it.each(["bo_create bo_populate", "dma_alloc"])("of %s promise both the last write", (make) => {
    expect(after(make)).toEqual([0, 0]);
    expect(after(`${make} cpu_write:vmap`)).toEqual([3, 3]);
    expect(after(`${make} cpu_write:vmap dev_write`)).toEqual([5, 5]);
    expect(after(`${make} dev_write cpu_write:linear`)).toEqual([1, 1]);
    expect(after(`${make} dev_write`, ["cpu_read:linear:page=1", "dev_read:page=1"])).toEqual([0, 0]);
  });

  it("keep their promise when they move, are swapped or evicted", () => {
    expect(after("bo_create bo_populate cpu_write:vmap bo_swapout bo_swapin bo_move:to=vram bo_evict")).toEqual([3, 3]);
  });

  it("promise nothing once they are freed", () => {
    expect(after("bo_create cpu_write:vmap bo_destroy")).toEqual([0, 0]);
    expect(after("dma_alloc cpu_write:linear dma_free")).toEqual([0, 0]);
    expect(after("bo_create cpu_write:vmap bo_destroy bo_create")).toEqual([0, 0]);
  });
});

describe("memory that is mapped for streaming", () => {
  it("belongs to the CPU while it is not mapped", () => {
    expect(after("page_alloc cpu_write:linear")).toEqual([1, 0]);
    expect(after("page_alloc cpu_write:linear page_free")).toEqual([0, 0]);
  });

  it("gives the device what the CPU wrote before dma_map, unless the device is to write only", () => {
    expect(after("page_alloc cpu_write:linear dma_map")).toEqual([1, 1]);
    expect(after("page_alloc cpu_write:linear dma_map:direction=to_device")).toEqual([1, 1]);
    expect(after("page_alloc cpu_write:linear dma_map:direction=from_device")).toEqual([1, 0]);
    expect(after("page_alloc cpu_write:linear dma_map:attrs=skip-cpu-sync")).toEqual([1, 0]);
  });

  it("promises the device nothing of what the CPU writes while mapped, until dma_sync_for_device", () => {
    for (const direction of ["bidirectional", "to_device"]) {
      const mapped = `page_alloc cpu_write:linear dma_map:direction=${direction} cpu_write:vmap`;
      expect(after(mapped)).toEqual([3, 0]);
      expect(after(`${mapped} dma_sync_for_device`)).toEqual([3, 3]);
    }
    expect(after("page_alloc dma_map:direction=from_device cpu_write:vmap dma_sync_for_device")).toEqual([3, 0]);
  });

  it("promises the CPU nothing of what the device writes, until dma_sync_for_cpu or dma_unmap", () => {
    for (const direction of ["bidirectional", "from_device"]) {
      const mapped = `page_alloc cpu_write:linear dma_map:direction=${direction} dev_write`;
      expect(after(mapped, [CPU])).toEqual([0]);
      expect(after(`${mapped} dma_sync_for_cpu`, [CPU])).toEqual([5]);
      expect(after(`${mapped} dma_unmap`, [CPU])).toEqual([5]);
      expect(after(`${mapped} dma_unmap:attrs=skip-cpu-sync`, [CPU])).toEqual([0]);
      expect(after(`${mapped} dma_sync_for_cpu dma_unmap:attrs=skip-cpu-sync`, [CPU])).toEqual([5]);
    }
    // Nothing comes back from a mapping to the device.
    expect(after("page_alloc cpu_write:linear dma_map:direction=to_device dev_write dma_sync_for_cpu dma_unmap")).toEqual([0, 0]);
  });

  it("promises the CPU its own contents where the device wrote nothing (CVE-2022-0854)", () => {
    expect(after("page_alloc cpu_write:linear dma_map:direction=from_device dma_unmap", [CPU])).toEqual([1]);
    expect(after("page_alloc cpu_write:linear dma_map dma_sync_for_cpu dma_unmap", [CPU])).toEqual([1]);
  });

  it("keeps what the device wrote over a sync for the device (ath9k, commit bddac7c1e02b)", () => {
    expect(after("page_alloc cpu_write:linear dma_map:direction=from_device dev_write dma_sync_for_cpu dma_sync_for_device dma_sync_for_cpu", [CPU])).toEqual([5]);
  });

  it("promises nothing where both wrote and nobody synced between", () => {
    expect(after("page_alloc dma_map cpu_write:linear dma_unmap", [CPU])).toEqual([0]);
    expect(after("page_alloc dma_map cpu_write:linear dma_sync_for_cpu", [CPU])).toEqual([0]);
    expect(after("page_alloc dma_map dev_write dma_sync_for_device")).toEqual([0, 0]);
    expect(after("page_alloc dma_map dev_write cpu_write:linear dma_sync_for_cpu", [CPU])).toEqual([0]);
    // To the device only: nothing is copied back over the CPU's write.
    expect(after("page_alloc dma_map:direction=to_device cpu_write:linear dma_unmap", [CPU])).toEqual([1]);
  });

  it("is what dma_alloc_pages and dma_alloc_noncontiguous give: the device's from the start", () => {
    for (const api of ["pages", "noncontiguous"]) {
      expect(after(`dma_alloc:api=${api} cpu_write:linear`)).toEqual([1, 0]);
      expect(after(`dma_alloc:api=${api} cpu_write:linear dma_sync_for_device`)).toEqual([1, 1]);
    }
  });

  it("is synced in part: only cells that the range covers", () => {
    const reads = ["dev_read", "dev_read:page=1"];
    const mapped = "page_alloc:pages=2 dma_map cpu_write:linear cpu_write:linear:page=1";
    expect(after(`${mapped} dma_sync_for_device:offset=4096:size=4096`, reads)).toEqual([0, 1]);
    expect(after(`${mapped} dma_sync_for_device:size=2048`, reads)).toEqual([0, 0]);
    const written = "page_alloc:pages=2 dma_map dev_write dev_write:page=1";
    expect(after(`${written} dma_sync_for_cpu:size=4096`, ["cpu_read:linear", "cpu_read:linear:page=1"])).toEqual([5, 0]);
    expect(after("page_alloc cpu_write:linear cpu_write:linear:page=1 dma_map:size=4096", reads)).toEqual([1, 0]);
    expect(after("page_alloc dma_map dev_write:at=2048 dma_sync_for_cpu:offset=2048:size=2048", ["cpu_read:linear", "cpu_read:linear:at=2048"], { buffers: 1, pages: 1, cells: 2 })).toEqual([0, 5]);
  });
});

describe("buffers over another one's pages", () => {
  it.each(["bo_import", "bo_userptr"])("of %s are coherent as long as they live: TTM does not sync", (op) => {
    const made = `page_alloc cpu_write:linear ${op}:buf=1:from=0`;
    expect(after(made, ["dev_read:buf=1", "cpu_read:vmap:buf=1"])).toEqual([1, 1]);
    expect(after(`${made} cpu_write:vmap:buf=1`, ["dev_read:buf=1", CPU])).toEqual([19, 19]);
    expect(after(`${made} cpu_write:vmap`, ["dev_read:buf=1"])).toEqual([3]);
    expect(after(`${made} dev_write:buf=1`, [CPU, "dev_read:buf=1"])).toEqual([21, 21]);
    expect(after(`${made} dev_write:buf=1 bo_destroy:buf=1`, [CPU])).toEqual([21]);
  });

  it("change hands where the driver syncs by itself", () => {
    const made = "page_alloc cpu_write:linear bo_import:buf=1:from=0";
    expect(after(`${made} bo_sync_for_device:buf=1 cpu_write:vmap`, ["dev_read:buf=1"])).toEqual([0]);
    expect(after(`${made} cpu_write:vmap bo_sync_for_device:buf=1`, ["dev_read:buf=1"])).toEqual([3]);
    expect(after(`${made} dev_write:buf=1 bo_sync_for_cpu:buf=1`, [CPU])).toEqual([21]);
  });
});

describe("what promises nothing", () => {
  it("is the host: neither what it writes nor what it overwrites", () => {
    expect(after("dma_alloc cpu_write:linear host_write")).toEqual([0, 0]);
    expect(after("dma_alloc cpu_write:linear", ["host_read"])).toEqual([0]);
  });

  it("is a page that was converted, done or not", () => {
    expect(after("page_alloc cpu_write:linear set_memory_decrypted")).toEqual([0, 0]);
    expect(after("page_alloc cpu_write:linear !set_memory_decrypted")).toEqual([0, 0]);
    expect(after("page_alloc cpu_write:linear set_memory_decrypted:page=1:pages=1")).toEqual([1, 0]);
  });

  it("is a block that was written in part, past the mark that all tokens share", () => {
    expect(after("dma_alloc cpu_write:linear cpu_write:vmap:bytes=12")).toEqual([0, 0]);
    expect(after("dma_alloc cpu_write:linear cpu_write:vmap:bytes=8")).toEqual([1, 1]);
  });

  it("is memory after kexec", () => {
    expect(after("dma_alloc cpu_write:linear kexec")).toEqual([0, 0]);
  });
});

describe("secrets", () => {
  const secret = (steps: string, read: string): number => {
    const operations = steps.split(" ").map((s) => parseStep(s, 1));
    const oracle = new Oracle({ buffers: 2, pages: 1 });
    const state = new Uint32Array(oracle.words);
    for (const o of operations) oracle.observe(state, o);
    return oracle.secret(state, parseStep(read, 1));
  };

  it("are contents of page_alloc's memory that nobody shared", () => {
    expect(secret("page_alloc cpu_write:linear", "host_read")).toBe(1);
    expect(secret("page_alloc cpu_write:linear", "dev_read")).toBe(1);
    expect(secret("page_alloc set_memory_decrypted set_memory_encrypted cpu_write:linear", "host_read")).toBe(1);
  });

  it("are not: shared pages, memory of the DMA API, what a device has a mapping of", () => {
    expect(secret("page_alloc set_memory_decrypted cpu_write:linear", "host_read")).toBe(0);
    expect(secret("page_alloc vmap:prot=decrypted cpu_write:vmap", "host_read")).toBe(0);
    expect(secret("dma_alloc cpu_write:linear", "host_read")).toBe(0);
    expect(secret("page_alloc cpu_write:linear dma_map", "dev_read")).toBe(0);
    expect(secret("page_alloc cpu_write:linear dma_map:attrs=cc-shared", "host_read")).toBe(0);
  });
});
