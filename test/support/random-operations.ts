// SPDX-License-Identifier: MIT
/** Random sequences of operations on a few buffers, as a driver and its user space would do them: what kernels are compared on. */

import type { Caching, Configuration, CpuAlias, DriverProfile, Operation } from "../../src/kernel/index.ts";

/** Numbers below n. */
export type Below = (n: number) => number;

/** A generator of numbers below n that repeats (mulberry32). */
export function numbers(seed: number): Below {
  let state = seed >>> 0;
  return (n) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * n);
  };
}

const ALIASES: readonly CpuAlias[] = ["linear", "kmap", "vmap", "user"];
const CACHINGS: readonly Caching[] = ["cached", "cached", "wc", "uc"];
const BUFFERS = 2;

interface Buffer {
  readonly pages: number;
  /** What it has: pages, and kinds of mappings. */
  readonly had: Set<"populated" | "kmap" | "vmap" | "user">;
}

/** What a driver would do: each operation only where TTM allows it. Populating is left to the first mapping now and then. */
class World {
  private readonly cachings: readonly Caching[];
  private readonly buffers: (Buffer | null)[] = Array.from({ length: BUFFERS }, () => null);

  constructor(driver: DriverProfile) {
    // vmw_ttm_tt_create() makes cached ones alone.
    this.cachings = driver.name.startsWith("vmwgfx") ? ["cached"] : CACHINGS;
  }

  /** An operation, or null where the one that came up means nothing now. */
  next(below: Below): Operation | null {
    const buf = below(BUFFERS);
    const buffer = this.buffers[buf]!;
    if (buffer === null) return this.make(buf, below);
    const page = below(buffer.pages);
    switch (below(4)) {
      case 0:
        return this.map(buf, buffer, page, below);
      case 1:
        return this.keep(buf, buffer, below);
      case 2:
        return { op: below(2) === 0 ? "dev_write" : "cpu_write", buf, page, alias: ALIASES[below(4)]!, value: 1 + below(1000) };
      default:
        return { op: below(2) === 0 ? "dev_read" : "cpu_read", buf, page, alias: ALIASES[below(4)]! };
    }
  }

  private make(buf: number, below: Below): Operation | null {
    if (below(4) === 0) return { op: "pool_shrink" };
    const pages = 1 + below(4);
    this.buffers[buf] = { pages, had: new Set() };
    return { op: "bo_create", buf, pages, caching: this.cachings[below(this.cachings.length)]! };
  }

  /** Pages and mappings come and go. */
  private map(buf: number, { had }: Buffer, page: number, below: Below): Operation | null {
    const mapped = (flag: "populated" | "kmap" | "vmap", operation: Operation): Operation | null => {
      if (had.has(flag)) return null;
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

  /** What happens to the buffer as a whole. */
  private keep(buf: number, _buffer: Buffer, below: Below): Operation | null {
    switch (below(4)) {
      case 0:
        this.buffers[buf] = null;
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
export function randomOperations(seed: number, length: number, driver: DriverProfile, _machine: Configuration): Operation[] {
  const below = numbers(seed);
  const world = new World(driver);
  const operations: Operation[] = [];
  while (operations.length < length) {
    const operation = world.next(below);
    if (operation !== null) operations.push(operation);
  }
  return operations;
}
