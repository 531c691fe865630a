// SPDX-License-Identifier: MIT
/** Random operations of the DMA API and of memory management, as drivers would do them: nothing is freed that is in use. */

import { type Configuration, type CpuAlias, INJECTABLE, type Operation, type ProtChoice } from "../../src/kernel/index.ts";
import { type Below, numbers } from "./numbers.ts";

const BUFFERS = 3;
const PROTS: readonly ProtChoice[] = ["encrypted", "decrypted"];
const DIRECTIONS = ["bidirectional", "to_device", "from_device"] as const;
const ALIASES: readonly CpuAlias[] = ["linear", "vmap", "user", "coherent", "ioremap"];
const BAR_CACHINGS = ["uc", "wc", "cached"] as const;
const CACHINGS = ["set_memory_wc", "set_memory_uc", "set_memory_wb"] as const;

const EVERYTHING = [0, Infinity] as const;

interface Buffer {
  kind: "none" | "coherent" | "pages" | "bar";
  pages: number;
  /** Bytes [0, 1) that are mapped; a device that goes elsewhere meets whatever lies beside a bounce slot. */
  mapped: readonly [number, number];
  readonly flags: Set<"vmap" | "user" | "mapped" | "uncached">;
}

class World {
  private readonly buffers: Buffer[] = Array.from({ length: BUFFERS }, () => ({ kind: "none", pages: 0, mapped: EVERYTHING, flags: new Set() }));
  private readonly cells: number;
  private readonly bars: boolean;

  /** @param bars whether drivers map the BAR: arm64's ioremap() is not in the slice */
  constructor(cells: number, bars: boolean) {
    this.cells = cells;
    this.bars = bars;
  }

  next(below: Below): Operation | null {
    // What is armed stays so until its call comes.
    if (below(12) === 0) return { op: "fail", function: INJECTABLE[below(INJECTABLE.length)]!, nth: 1 + below(3) };
    const buf = below(BUFFERS);
    const b = this.buffers[buf]!;
    if (b.kind === "none") return this.make(b, buf, below);
    if (below(2) === 0) return this.access(b, buf, below);
    if (b.kind === "bar") return this.bar(b, buf, below);
    const shared = this.mapping(b, buf, below);
    if (shared !== null) return shared;
    return b.kind === "pages" ? this.streaming(b, buf, below) : this.coherent(b, buf, below);
  }

  private make(b: Buffer, buf: number, below: Below): Operation {
    b.mapped = EVERYTHING;
    b.pages = 1 + below(4);
    b.kind = this.bars && below(6) === 0 ? "bar" : below(2) === 0 ? "pages" : "coherent";
    if (b.kind === "bar") return { op: "ioremap", buf, pages: b.pages, caching: BAR_CACHINGS[below(3)]! };
    if (b.kind === "pages") return { op: "page_alloc", buf, pages: b.pages };
    const api = (["coherent", "coherent", "pages", "noncontiguous"] as const)[below(4)]!;
    // Only dma_alloc_attrs() takes these attributes.
    const attrs = api === "coherent" ? (["none", "no-kernel-mapping", "force-contiguous"] as const)[below(3)]! : "none";
    return { op: "dma_alloc", buf, pages: b.pages, api, atomic: below(4) === 0, attrs };
  }

  private given({ mapped }: Buffer, page: number, at: number): boolean {
    return page * 4096 + at >= mapped[0] && page * 4096 + at + 16 <= mapped[1];
  }

  private access(b: Buffer, buf: number, below: Below): Operation | null {
    const page = below(b.pages);
    const at = this.cells === 1 ? 0 : 16 * below(256);
    const value = 1 + below(1000);
    const bytes = this.cells === 1 ? 16 : 1 + below(16);
    switch (below(6)) {
      case 0:
        return { op: "cpu_write", buf, page, alias: ALIASES[below(ALIASES.length)]!, value, at, bytes };
      case 1:
        return this.given(b, page, at) ? { op: "dev_write", buf, page, value, at, bytes } : null;
      case 2:
        return this.given(b, page, at) ? { op: "dev_read", buf, page, at } : null;
      case 3:
        return below(2) === 0 ? { op: "host_read", buf, page, at } : { op: "host_write", buf, page, value, at };
      default:
        return { op: "cpu_read", buf, page, alias: ALIASES[below(ALIASES.length)]!, at };
    }
  }

  /** What pages and coherent memory have in common; null where another operation is to be tried. */
  private mapping(b: Buffer, buf: number, below: Below): Operation | null {
    switch (below(5)) {
      case 0:
        if (b.flags.delete("vmap")) return { op: "vunmap", buf };
        b.flags.add("vmap");
        return { op: "vmap", buf, prot: PROTS[below(2)]! };
      case 1:
        if (b.flags.delete("user")) return { op: "user_unmap", buf };
        b.flags.add("user");
        return { op: "user_map", buf, prot: PROTS[below(2)]! };
      default:
        return null;
    }
  }

  private bar(b: Buffer, buf: number, below: Below): Operation {
    switch (below(4)) {
      case 0:
        if (b.flags.delete("user")) return { op: "user_unmap", buf };
        b.flags.add("user");
        return { op: "user_map", buf, prot: PROTS[below(2)]! };
      case 1:
      case 2:
        if (b.flags.delete("mapped")) return { op: "dma_unmap", buf };
        b.flags.add("mapped");
        return { op: "dma_map_resource", buf };
      default:
        if (b.flags.size === 0) b.kind = "none";
        return { op: "iounmap", buf };
    }
  }

  private streaming(b: Buffer, buf: number, below: Below): Operation {
    const attrs = below(5) === 0 ? "skip-cpu-sync" : "none";
    const page = below(b.pages);
    switch (below(7)) {
      case 0:
      case 1: {
        if (b.flags.delete("mapped")) return { op: "dma_unmap", buf, attrs };
        b.flags.add("mapped");
        const direction = DIRECTIONS[below(3)]!;
        const { offset, size } = this.range(b, below);
        b.mapped = size === 0 ? [offset, Infinity] : [offset, offset + size];
        return { op: "dma_map", buf, direction, offset, size, attrs };
      }
      case 2:
        return { op: "dma_sync_for_cpu", buf };
      case 3:
        return { op: "dma_sync_for_device", buf };
      case 4:
        return { op: below(2) === 0 ? "set_memory_decrypted" : "set_memory_encrypted", buf, page, pages: below(2) };
      case 5:
        return this.caching(b, buf, CACHINGS[below(3)]!);
      default:
        // Whoever gets the pages next, which differs between kernels, takes them for cached.
        if (b.flags.has("uncached")) return this.caching(b, buf, "set_memory_wb");
        if (b.flags.size > 0) return { op: "page_free", buf };
        b.kind = "none";
        return { op: "page_free", buf };
    }
  }

  private caching(b: Buffer, buf: number, op: (typeof CACHINGS)[number]): Operation {
    if (op === "set_memory_wb") b.flags.delete("uncached");
    else b.flags.add("uncached");
    return { op, buf };
  }

  /** Whole pages where a cell stands for one. */
  private range(b: Buffer, below: Below): { readonly offset: number; readonly size: number } {
    const unit = this.cells === 1 ? 4096 : 16;
    const all = (b.pages * 4096) / unit;
    const first = below(3) === 0 ? below(all) : 0;
    return { offset: first * unit, size: below(3) === 0 ? (1 + below(all - first)) * unit : 0 };
  }

  private coherent(b: Buffer, buf: number, below: Below): Operation | null {
    if (below(3) > 0) {
      // Whoever maps it once more unmaps it first.
      if (b.flags.has("user")) return null;
      b.flags.add("user");
      return { op: "dma_mmap", buf };
    }
    if (b.flags.has("vmap")) return null;
    b.kind = "none";
    b.flags.clear();
    return { op: "dma_free", buf };
  }
}

/** @param length of the sequence */
export function randomDma(seed: number, length: number, { cells = 1, platform }: Pick<Configuration, "cells" | "platform">): Operation[] {
  const below = numbers(seed);
  const world = new World(cells, platform.encryption !== "cca");
  const operations: Operation[] = [];
  while (operations.length < length) {
    const operation = world.next(below);
    if (operation !== null) operations.push(operation);
  }
  return operations;
}
