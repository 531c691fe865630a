// SPDX-License-Identifier: MIT
/**
 * What readers are promised. Buffers of TTM and of dma_alloc_attrs() are coherent for as long as they live: CPU and device get the
 * last write, by whom ever, in program order (TTM maps a buffer once and never calls dma_sync_*, which is legal only where
 * syncing does nothing: drivers/gpu/drm/vmwgfx/vmwgfx_ttm_buffer.c:143-156). Other memory changes hands as the DMA API says.
 * Nothing is promised of a cell before its first write, nor to the host.
 * SIMPLIFIED (may report false bugs): a driver's own syncing counts only in workloads that have bo_sync_for_cpu or
 * bo_sync_for_device; elsewhere a bounced buffer of such a driver is judged without it (nouveau, drivers/gpu/drm/nouveau/nouveau_bo.c:718).
 */

import type { Operation } from "../kernel/index.ts";
import { bufferOfToken } from "./agents.ts";
import { DIRTY, KIND_COHERENT, KIND_NONE, KIND_STREAMING, PromiseLayout } from "./promise-words.ts";
import { Promises } from "./promises.ts";

/** The buffers, pages of each and cells of each page that promises are kept for. */
export interface Extent {
  readonly buffers: number;
  readonly pages: number;
  /** 1 where it is left out. */
  readonly cells?: number;
  /** Bit n: the driver syncs buffer n by itself, with bo_sync_for_cpu and bo_sync_for_device. */
  readonly synced?: number;
}

/** What readers are promised of neighbouring cells of a page: tokens, null where nothing is. */
export interface PromiseRun {
  /** First byte within the page, and bytes to the end of the last cell. */
  readonly at: number;
  readonly size: number;
  readonly cpu: number | null;
  readonly device: number | null;
  /** What the device wrote and has not handed over; `lost`: the next copy destroys one of two versions. */
  readonly pending: number | "lost" | null;
}

/** The extent of some operations. */
export function extentOf(size: Omit<Extent, "synced">, operations: readonly Operation[]): Extent {
  const { buffers, pages, cells = 1 } = size;
  return { buffers, pages, cells, synced: operations.reduce((bits, o) => (o.op === "bo_sync_for_cpu" || o.op === "bo_sync_for_device" ? bits | (1 << o.buf) : bits), 0) };
}

/** Words that promises take in a state, all 0 at the beginning. */
export function oracleWords(extent: Extent): number {
  return new Oracle(extent).words;
}

/** No promise. */
export const NOTHING_WRITTEN = 0;

const PAGE_BYTES = 4096;
const ALL_PAGES = 0xffff_ffff;
const BLOCK_BYTES = 16;
/** The first bytes of a block, which are the same for all tokens: writing them changes no token. */
const MARK_BYTES = 8;

export class Oracle {
  /** Words that it takes in a state, all 0 at the beginning. */
  readonly words: number;
  readonly layout: PromiseLayout;
  private readonly promises: Promises;
  private readonly synced: number;

  constructor(extent: Extent) {
    this.layout = new PromiseLayout(extent);
    this.words = this.layout.words;
    this.promises = new Promises(this.layout);
    this.synced = extent.synced ?? 0;
  }

  /** The token that a read must give; `NOTHING_WRITTEN` where nothing is promised or the operation is no read. */
  expected(words: Uint32Array, operation: Operation): number {
    if (operation.op !== "cpu_read" && operation.op !== "dev_read") return NOTHING_WRITTEN;
    const cell = this.layout.cellOf(operation.page, operation.at);
    const p = this.promises.on(words);
    return operation.op === "cpu_read" ? p.toCpu(operation.buf, cell) : p.toDevice(operation.buf, cell);
  }

  /**
   * The token of private contents at the place of an access from outside: written to memory of page_alloc's that nobody shares.
   * `NOTHING_WRITTEN` for everything else, and for a device that the memory is mapped for.
   */
  secret(words: Uint32Array, operation: Operation): number {
    if (operation.op !== "host_read" && operation.op !== "dev_read") return NOTHING_WRITTEN;
    const { buf, page, at } = operation;
    const p = this.promises.on(words);
    if (p.get(buf, "kind") !== KIND_STREAMING || bit(p.get(buf, "shared"), page)) return NOTHING_WRITTEN;
    if (operation.op === "dev_read" && p.get(buf, "direction") !== 0) return NOTHING_WRITTEN;
    return p.toCpu(buf, this.layout.cellOf(page, at));
  }

  /** True where a token was written to another buffer, and reading it in `buf` is none of the reader's business. */
  foreign(words: Uint32Array, buf: number, token: number, expected: number): boolean {
    const p = this.promises.on(words);
    if (token === expected || p.related(buf, bufferOfToken(token))) return false;
    // Fresh memory of page_alloc's holds what was there before; what the allocators of buffers give out has been cleared.
    return expected !== NOTHING_WRITTEN || p.get(buf, "kind") === KIND_COHERENT;
  }

  /** True where a conversion of the page failed: what state it is in is nobody's fault any more. */
  unknown(words: Uint32Array, buf: number, page: number): boolean {
    return buf < this.layout.buffers && bit(this.promises.on(words).get(buf, "unknown"), page);
  }

  /** What is promised of a page, from byte 0 on, without gaps; empty for a page that no promises are kept for. */
  promised(words: Uint32Array, buf: number, page: number): PromiseRun[] {
    const { layout } = this;
    const runs: PromiseRun[] = [];
    if (buf >= layout.buffers || layout.cellOf(page) >= layout.cells) return runs;
    const p = this.promises.on(words);
    const token = (value: number): number | null => (value === NOTHING_WRITTEN ? null : value);
    for (let cell = layout.cellOf(page); cell < layout.cellOf(page + 1); cell++) {
      const last = runs[runs.length - 1];
      const pending = p.pending(buf, cell);
      const next = { cpu: token(p.toCpu(buf, cell)), device: token(p.toDevice(buf, cell)), pending: pending === DIRTY ? ("lost" as const) : token(pending) };
      const same = last !== undefined && last.cpu === next.cpu && last.device === next.device && last.pending === next.pending;
      if (same) runs[runs.length - 1] = { ...last, size: last.size + layout.cellBytes };
      else runs.push({ at: (cell - layout.cellOf(page)) * layout.cellBytes, size: layout.cellBytes, ...next });
    }
    return runs;
  }

  /** Takes note of an operation that is done. */
  observe(words: Uint32Array, operation: Operation): void {
    const p = this.promises.on(words);
    const o = operation;
    switch (o.op) {
      case "bo_create":
        p.reset(o.buf, this.kindOfBo(o.buf));
        break;
      case "bo_populate":
        if (p.get(o.buf, "kind") === KIND_STREAMING) p.map(o.buf, "bidirectional", this.layout.bytes(), false);
        break;
      case "bo_import":
      case "bo_userptr":
        p.reset(o.buf, this.kindOfBo(o.buf), o.from);
        if (p.get(o.buf, "kind") === KIND_STREAMING) p.map(o.buf, "bidirectional", this.layout.bytes(), false);
        break;
      case "ioremap":
        p.reset(o.buf, KIND_COHERENT);
        break;
      case "dma_alloc":
        this.allocated(o.buf, o.api ?? "coherent");
        break;
      case "page_alloc":
        p.reset(o.buf, KIND_STREAMING);
        break;
      case "bo_destroy":
      case "dma_free":
      case "page_free":
      case "iounmap":
        p.reset(o.buf, KIND_NONE);
        break;
      case "kexec":
        words.fill(0);
        break;
      default:
        this.observeTransfer(o);
    }
  }

  /** Takes note of an operation that failed: what a conversion did not finish is in no known state. */
  failed(words: Uint32Array, operation: Operation): void {
    if (operation.op !== "set_memory_decrypted" && operation.op !== "set_memory_encrypted") return;
    this.promises.on(words);
    this.converted(operation.buf, operation.page, operation.pages, "unknown", true);
  }

  private kindOfBo(buf: number): number {
    return bit(this.synced, buf) ? KIND_STREAMING : KIND_COHERENT;
  }

  /**
   * Memory of dma_alloc_pages() and dma_alloc_noncontiguous() is the device's from the start and has to be synced
   * (Documentation/core-api/dma-api.rst, "Non-coherent DMA allocations").
   */
  private allocated(buf: number, api: "coherent" | "pages" | "noncontiguous"): void {
    const p = this.promises;
    p.reset(buf, api === "coherent" ? KIND_COHERENT : KIND_STREAMING);
    if (api === "coherent") return;
    p.map(buf, "bidirectional", this.layout.bytes(), false);
    p.set(buf, "shared", ALL_PAGES);
  }

  private observeTransfer(o: Operation): void {
    const p = this.promises;
    switch (o.op) {
      case "cpu_write":
      case "dev_write":
      case "host_write":
        this.wrote(o);
        break;
      case "dma_map":
        p.map(o.buf, o.direction ?? "bidirectional", this.layout.bytes(o.offset, o.size), o.attrs === "skip-cpu-sync");
        if (o.attrs === "cc-shared") p.set(o.buf, "shared", ALL_PAGES);
        break;
      case "dma_unmap":
        p.unmap(o.buf, o.attrs === "skip-cpu-sync");
        break;
      case "dma_sync_for_cpu":
        p.syncForCpu(o.buf, p.ofMapping(o.buf, o.offset, o.size));
        break;
      case "dma_sync_for_device":
        p.syncForDevice(o.buf, p.ofMapping(o.buf, o.offset, o.size));
        break;
      case "bo_sync_for_cpu":
        p.syncForCpu(o.buf, this.layout.bytes());
        break;
      case "bo_sync_for_device":
        p.syncForDevice(o.buf, this.layout.bytes());
        break;
      case "set_memory_decrypted":
      case "set_memory_encrypted":
        this.converted(o.buf, o.page, o.pages, "unknown", false);
        this.converted(o.buf, o.page, o.pages, "shared", o.op === "set_memory_decrypted");
        break;
      case "vmap":
      case "user_map":
        if (o.prot === "decrypted") p.set(o.buf, "shared", ALL_PAGES);
        break;
      default:
        break;
    }
  }

  /** A write of a few bytes leaves the rest of the block as it was: the token too, as long as only the mark is written. */
  private wrote(o: Extract<Operation, { readonly value: number }>): void {
    const p = this.promises;
    const cell = this.layout.cellOf(o.page, o.at);
    const bytes = "bytes" in o ? (o.bytes ?? BLOCK_BYTES) : BLOCK_BYTES;
    const device = o.op === "dev_write";
    const before = bytes > MARK_BYTES ? NOTHING_WRITTEN : device ? p.toDevice(o.buf, cell) : p.toCpu(o.buf, cell);
    const token = o.op === "host_write" ? NOTHING_WRITTEN : bytes >= BLOCK_BYTES ? o.value : before;
    if (device) p.deviceWrote(o.buf, cell, token);
    else p.cpuWrote(o.buf, cell, token);
  }

  /** Sets or clears a bit of the pages that a conversion named. What was in them is gone. */
  private converted(buf: number, page: number | undefined, pages: number | undefined, field: "shared" | "unknown", on: boolean): void {
    const p = this.promises;
    const [start, end] = this.layout.bytes((page ?? 0) * PAGE_BYTES, (pages ?? 0) * PAGE_BYTES);
    const [first, behind] = this.layout.touched(start, end);
    for (let cell = first; cell < behind; cell++) p.cpuWrote(buf, cell, NOTHING_WRITTEN);
    for (let n = start / PAGE_BYTES; n < end / PAGE_BYTES; n++) p.set(buf, field, (on ? p.get(buf, field) | (1 << n) : p.get(buf, field) & ~(1 << n)) >>> 0);
  }
}

function bit(bits: number, n: number): boolean {
  return ((bits >>> n) & 1) === 1;
}
