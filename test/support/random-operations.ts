// SPDX-License-Identifier: MIT
/** Random sequences of operations on a few buffers, as a driver and its user space would do them: what kernels are compared on. */

import type { Caching, Configuration, CpuAlias, DriverProfile, Operation } from "../../src/kernel/index.ts";
import { type Below, numbers } from "./numbers.ts";

const ALIASES: readonly CpuAlias[] = ["linear", "kmap", "vmap", "user"];
const CACHINGS: readonly Caching[] = ["cached", "cached", "wc", "uc"];
const BUFFERS = 2;
/** Where somebody else's memory is, and a buffer over it or over another buffer. */
const LENDER = 2;
const BORROWER = 3;

interface Buffer {
  readonly pages: number;
  /** What it has: pages, and kinds of mappings. */
  readonly had: Set<"populated" | "kmap" | "vmap" | "user">;
}

/** What a driver would do: each operation where TTM allows it, and now and then where it does not. Populating is left to the first mapping often. */
class World {
  private readonly cachings: readonly Caching[];
  private readonly vram: boolean;
  private readonly dma: boolean;
  private lender: "none" | "pages" | "coherent" = "none";
  /** An import may live: it has no pages[], and only later releases look for that before a kernel map. On others that is the end, which comes seldom. */
  private imported = false;
  private readonly buffers: (Buffer | null)[] = Array.from({ length: BORROWER + 1 }, () => null);

  constructor(driver: DriverProfile, { platform }: Configuration) {
    // vmw_ttm_tt_create() makes cached ones alone; its VRAM is larger than the BAR of the machine.
    const vmwgfx = driver.name.startsWith("vmwgfx");
    this.cachings = vmwgfx ? ["cached"] : CACHINGS;
    // arm64's ioremap() is not in the slice.
    this.vram = driver.vram === true && !vmwgfx && platform.encryption !== "cca";
    this.dma = driver.noDma !== true;
  }

  /** An operation, or null where the one that came up means nothing now. */
  next(below: Below): Operation | null {
    if (below(6) === 0) return this.lend(below);
    const buf = this.buffers[BORROWER] !== null && below(2) === 0 ? BORROWER : below(BUFFERS);
    const buffer = this.buffers[buf]!;
    if (buffer === null) return this.make(buf, below);
    const page = below(buffer.pages);
    switch (below(5)) {
      case 0:
        return this.map(buf, buffer, page, below);
      case 1:
        return this.keep(buf, buffer, below);
      case 2:
        return this.go(buf, buffer, below);
      case 3:
        return below(2) === 0 ? { op: "dev_write", buf, page, value: 1 + below(1000) } : { op: "cpu_write", buf, page, alias: ALIASES[below(4)]!, value: 1 + below(1000) };
      default:
        return below(2) === 0 ? { op: "dev_read", buf, page } : { op: "cpu_read", buf, page, alias: ALIASES[below(4)]! };
    }
  }

  private hasPages(): boolean {
    return this.buffers.some((b, i) => i < BUFFERS && b?.had.has("populated") === true);
  }

  /** Memory of others comes and goes, and a buffer over it: now and then while it is in use, or not there. */
  private lend(below: Below): Operation {
    if (this.lender === "none") {
      this.lender = below(2) === 0 ? "pages" : "coherent";
      const pages = 1 + below(3);
      return this.lender === "pages" ? { op: "page_alloc", buf: LENDER, pages } : { op: "dma_alloc", buf: LENDER, pages };
    }
    if (below(3) === 0) {
      const op = this.lender === "pages" ? "page_free" : "dma_free";
      if (this.buffers[BORROWER] === null) this.lender = "none";
      return { op, buf: LENDER };
    }
    const from = below(2) === 0 || (below(3) > 0 && !this.hasPages()) ? LENDER : below(BUFFERS);
    if (this.buffers[BORROWER] === null && (from === LENDER || this.buffers[from]?.had.has("populated") === true)) {
      this.buffers[BORROWER] = { pages: from === LENDER ? 1 : this.buffers[from]!.pages, had: new Set(["populated"]) };
    }
    const op = from === LENDER && this.lender === "pages" && below(2) === 0 ? "bo_userptr" : "bo_import";
    if (op === "bo_import") this.imported = true;
    return { op, buf: BORROWER, from };
  }

  private make(buf: number, below: Below): Operation | null {
    if (below(4) === 0) return { op: "pool_shrink" };
    const pages = 1 + below(4);
    const place = (["tt", "tt", "system", "vram"] as const)[below(this.vram && pages < 3 ? 4 : 3)]!;
    this.buffers[buf] = { pages, had: new Set() };
    return { op: "bo_create", buf, pages, caching: this.cachings[below(this.cachings.length)]!, place };
  }

  /** Pages and mappings come and go. */
  private map(buf: number, { had }: Buffer, page: number, below: Below): Operation | null {
    const mapped = (flag: "populated" | "kmap" | "vmap", operation: Operation): Operation | null => {
      if (had.has(flag) || (buf === BORROWER && this.imported && flag !== "populated" && below(4) > 0)) return null;
      had.add(flag).add("populated");
      return operation;
    };
    switch (below(6)) {
      case 0:
        return mapped("populated", { op: "bo_populate", buf });
      case 1:
        return mapped("kmap", { op: "bo_kmap", buf, page });
      case 2:
        return mapped("vmap", { op: "bo_vmap", buf });
      case 3:
        had.add("user").add("populated");
        return { op: "bo_fault", buf, page };
      case 4:
        return had.delete("kmap") ? { op: "bo_kunmap", buf } : null;
      default:
        return had.delete("vmap") ? { op: "bo_vunmap", buf } : null;
    }
  }

  /** It goes elsewhere. What is mapped in the kernel stays, and whoever asks gets an error: now and then somebody does. */
  private go(buf: number, buffer: Buffer, below: Below): Operation | null {
    const { had } = buffer;
    if ((had.has("kmap") || had.has("vmap")) && below(6) > 0) return null;
    had.delete("user");
    had.delete("populated");
    switch (below(5)) {
      case 0:
        return { op: "bo_evict", buf };
      case 1:
        return { op: "bo_swapout", buf };
      case 2:
        return { op: "bo_swapin", buf };
      default: {
        const to = (["tt", "system", "vram"] as const)[below(this.vram && buffer.pages < 3 ? 3 : 2)]!;
        return { op: "bo_move", buf, to, by: this.dma && below(2) === 0 ? "device" : "memcpy" };
      }
    }
  }

  /** What happens to the buffer as a whole. */
  private keep(buf: number, _buffer: Buffer, below: Below): Operation | null {
    switch (below(4)) {
      case 0:
        this.buffers[buf] = null;
        if (buf === BORROWER) this.imported = false;
        return { op: "bo_destroy", buf };
      case 1:
        return { op: "bo_sync_for_cpu", buf };
      case 2:
        return { op: "bo_sync_for_device", buf };
      default:
        return { op: "pool_shrink" };
    }
  }
}

/** @param length operations */
export function randomOperations(seed: number, length: number, driver: DriverProfile, machine: Configuration): Operation[] {
  const below = numbers(seed);
  const world = new World(driver, machine);
  const operations: Operation[] = [];
  while (operations.length < length) {
    const operation = world.next(below);
    if (operation !== null) operations.push(operation);
  }
  return operations;
}
