// SPDX-License-Identifier: MIT
/**
 * What of a kernel's and the machine's state an operation reads and writes, as names of parts. Two operations of which neither writes
 * what the other reads or writes come to the same in either order: same words, same results, same promises. A name stands for
 * more rather than for less: operations without a better argument write all that their kind may touch.
 */

import type { Configuration, Injectable, Operation } from "../kernel/index.ts";
import { isAccess, type Workload } from "./workload.ts";

/** What one operation touches. */
export interface Footprint {
  readonly reads: ReadonlySet<string>;
  readonly writes: ReadonlySet<string>;
}

/**
 * Parts that all buffers share. Who takes memory or addresses writes the part, since who comes first gets the first; who only returns some
 * reads it: maps of bits come to the same whatever is returned first. (TTM's pools are lists: there returning is writing.)
 */
const SHARED = {
  /** Page allocator, atomic pools, TTM's pools, VRAM, shmem. */
  pages: "pages",
  /** swiotlb slots, I/O virtual addresses and their page tables. */
  slots: "slots",
  /** Addresses of vmalloc space. */
  vmalloc: "vmalloc",
  /** Stale translations of all buffers at once, with `tlb=yes`. Those of one buffer go with its mappings. */
  tlb: "tlb",
  /** Whether the device is accepted. */
  trust: "trust",
  /** For kernels whose operations all allocate from one heap. */
  heap: "heap",
} as const;

const PAGE_BYTES = 4096;

/** Mappings that come and go while the buffer stays. */
type Mapping = "kmap" | "vmap" | "user";

type KernelOp = Exclude<Operation, { readonly op: "cpu_read" | "cpu_write" | "dev_read" | "dev_write" | "host_read" | "host_write" }>;

/** Operations that leave a buffer object without pages. */
const TAKES_PAGES: ReadonlySet<Operation["op"]> = new Set(["bo_swapout", "bo_destroy", "kexec"]);

/** Operations that call none of the functions whose failure can be injected. */
const RETURNS_ONLY: ReadonlySet<Operation["op"]> = new Set(["page_free", "bo_kunmap", "bo_vunmap", "vunmap", "user_unmap"]);

/** Operations after which a buffer object has pages: those of the tt, or of VRAM. */
function givesPages(operation: Operation): boolean {
  return operation.op === "bo_populate" || operation.op === "bo_swapin" || operation.op === "bo_evict" || operation.op === "bo_move";
}

/** Buffers that may have pages in common, each by the smallest number among them. */
function groupsOf(workload: Workload): readonly number[] {
  const groups = Array.from({ length: workload.buffers }, (_, buf) => buf);
  const join = (a: number, b: number): void => {
    const [from, to] = [Math.max(groups[a]!, groups[b]!), Math.min(groups[a]!, groups[b]!)];
    groups.forEach((g, i) => {
      if (g === from) groups[i] = to;
    });
  };
  let window = -1;
  for (const { operation: o } of workload.actions) {
    if (o.op === "bo_import" || o.op === "bo_userptr") join(o.buf, o.from);
    // Windows of the BAR overlap.
    if (o.op === "ioremap") join(o.buf, window < 0 ? (window = o.buf) : window);
  }
  // Behind the BAR is VRAM.
  if (window >= 0) for (const { operation: o } of workload.actions) if (takesVram(o)) join(o.buf, window);
  return groups;
}

function takesVram(o: Operation): o is Extract<Operation, { readonly op: "bo_create" | "bo_move" }> {
  return (o.op === "bo_create" && o.place === "vram") || (o.op === "bo_move" && o.to === "vram");
}

/** True where something is mapped that does not begin and end with a page: then two mappings may have parts of one bounce page. */
function mapsPartsOfPages({ actions }: Workload): boolean {
  return actions.some(({ operation: o }) => o.op === "dma_map" && ((o.offset ?? 0) % PAGE_BYTES !== 0 || (o.size ?? 0) % PAGE_BYTES !== 0));
}

export class Footprints {
  private readonly workload: Workload;
  private readonly configuration: Configuration;
  private readonly groups: readonly number[];
  private readonly heap: boolean;
  /** Operations may touch contents of other buffers: all lines are written back after a failure, a granule is converted, a bounce page is shared. */
  private readonly wide: boolean;
  /** Functions that may be made to fail. */
  private readonly injects: readonly Injectable[];
  private readonly vram: readonly number[];
  /** By group: the places that accesses name. */
  private readonly places: readonly ReadonlySet<string>[];

  /** @param heap whether operations of the kernel share state beyond what is named here, so that no two of them commute */
  constructor(workload: Workload, configuration: Configuration, heap: boolean) {
    this.workload = workload;
    this.configuration = configuration;
    this.heap = heap;
    this.groups = groupsOf(workload);
    const operations = workload.actions.map((a) => a.operation);
    this.injects = [...new Set(operations.flatMap((o) => (o.op === "fail" ? [o.function] : [])))];
    this.wide = (configuration.coherent === false && this.injects.length > 0) || (configuration.granule ?? PAGE_BYTES) > PAGE_BYTES || mapsPartsOfPages(workload);
    this.vram = [...new Set(operations.filter(takesVram).map((o) => o.buf))];
    this.places = this.groups.map((group) => new Set(operations.filter((o) => isAccess(o) || o.op === "writeback").filter((o) => this.group(o.buf) === group).map((o) => this.place(o))));
  }

  /** What the operation of one of the workload's actions touches; null for all there is. @param action its number */
  of(action: number): Footprint | null {
    const { operation } = this.workload.actions[action]!;
    if (operation.op === "kexec") return null;
    const reads = new Set<string>();
    const writes = new Set<string>();
    if (isAccess(operation)) this.access(operation, reads, writes);
    else this.kernel(operation, action, reads, writes);
    return { reads, writes };
  }

  private group(buf: number): number {
    return this.groups[buf] ?? buf;
  }

  private place({ buf, page, at = 0 }: { readonly buf: number; readonly page: number; readonly at?: number }): string {
    // Cells of the machine and cells that promises are kept for: the larger ones have the smaller ones in them.
    const cells = Math.min(this.configuration.cells ?? 1, this.workload.cells ?? 1);
    return `contents ${this.group(buf)} ${page} ${Math.floor((at * cells) / PAGE_BYTES)}`;
  }

  /** Whether the buffers of a group exist, their pages, their device's mapping and who may have them: what every access goes by. */
  private life(buf: number): string {
    return `life ${this.group(buf)}`;
  }

  private mapping(buf: number, which: Mapping): string {
    return `${which} ${buf}`;
  }

  /** An access reads its mapping and reads or writes its cell: DRAM, lines and what is promised of it. */
  private access(o: Extract<Operation, { readonly page: number; readonly op: "cpu_read" | "cpu_write" | "dev_read" | "dev_write" | "host_read" | "host_write" }>, reads: Set<string>, writes: Set<string>): void {
    reads.add(this.life(o.buf));
    ("value" in o ? writes : reads).add(this.place(o));
    if (o.op === "cpu_read" || o.op === "cpu_write") {
      if (o.alias === "kmap" || o.alias === "vmap" || o.alias === "user") reads.add(this.mapping(o.buf, o.alias));
      reads.add(SHARED.tlb);
    } else if (o.op === "dev_read" || o.op === "dev_write") {
      reads.add(SHARED.trust);
    }
  }

  private kernel(o: KernelOp, action: number, reads: Set<string>, writes: Set<string>): void {
    switch (o.op) {
      case "fail":
        for (const fn of this.injects) writes.add(`injection ${fn}`);
        return;
      case "dev_accept":
      case "dev_revoke":
        writes.add(SHARED.trust);
        return;
      case "writeback":
        reads.add(this.life(o.buf));
        writes.add(this.place(o));
        return;
      case "tlb_evict":
        if (this.configuration.tlb === true) writes.add(SHARED.tlb);
        return;
      default:
        break;
    }
    reads.add(SHARED.trust).add(SHARED.tlb);
    if (this.heap) writes.add(SHARED.heap);
    this.onBuffers(o, action, reads, writes);
    if (!RETURNS_ONLY.has(o.op)) for (const fn of this.injects) if (o.op !== "page_alloc" || fn === "alloc_pages") writes.add(`injection ${fn}`);
    // Where a conversion fails half way, everything is flushed.
    if (this.injects.length > 0 && this.configuration.tlb === true) writes.add(SHARED.tlb);
  }

  private onBuffers(o: KernelOp, action: number, reads: Set<string>, writes: Set<string>): void {
    switch (o.op) {
      case "bo_kmap":
        this.maps(o.buf, "kmap", action, reads, writes);
        break;
      case "bo_vmap":
        this.maps(o.buf, "vmap", action, reads, writes);
        break;
      case "bo_fault":
        this.maps(o.buf, "user", action, reads, writes);
        break;
      case "bo_kunmap":
      case "bo_vunmap":
      case "vunmap":
        reads.add(this.life(o.buf));
        writes.add(this.mapping(o.buf, o.op === "bo_kunmap" ? "kmap" : "vmap"));
        this.returnsAddresses(reads, writes);
        break;
      case "dma_mmap":
      case "user_unmap":
        reads.add(this.life(o.buf));
        writes.add(this.mapping(o.buf, "user"));
        break;
      case "vmap":
      case "user_map":
        // A mapping that is to be decrypted declares the pages shared.
        (o.prot === "decrypted" ? writes : reads).add(this.life(o.buf));
        writes.add(this.mapping(o.buf, o.op === "vmap" ? "vmap" : "user"));
        if (o.op === "vmap") writes.add(SHARED.vmalloc);
        break;
      case "dma_sync_for_cpu":
      case "dma_sync_for_device":
      case "bo_sync_for_cpu":
      case "bo_sync_for_device":
        reads.add(this.life(o.buf));
        this.contents(o.buf, writes);
        break;
      case "set_memory_decrypted":
      case "set_memory_encrypted":
      case "set_memory_wc":
      case "set_memory_uc":
      case "set_memory_wb":
        this.whole(o.buf, writes);
        this.converts(reads, writes);
        break;
      default:
        this.onMemory(o, reads, writes);
    }
  }

  /** Operations by which buffers get and lose memory. */
  private onMemory(o: KernelOp, reads: Set<string>, writes: Set<string>): void {
    if ("buf" in o) this.whole(o.buf, writes);
    switch (o.op) {
      case "bo_create":
        if (o.place === "vram") this.takes(o, writes);
        break;
      case "page_alloc":
        writes.add(SHARED.pages);
        this.converts(reads, writes);
        break;
      case "page_free":
        reads.add(SHARED.pages);
        break;
      case "dma_alloc":
        writes.add(SHARED.pages).add(SHARED.vmalloc);
        if (this.configuration.iommu !== "off" || this.configuration.swiotlb === "restricted") writes.add(SHARED.slots);
        this.beyond(writes);
        break;
      case "dma_free":
        reads.add(SHARED.pages).add(SHARED.slots);
        this.converts(reads, writes);
        break;
      case "dma_map":
        writes.add(SHARED.slots);
        if (this.configuration.swiotlb === "dynamic") this.takes(o, writes);
        break;
      case "dma_unmap":
        reads.add(SHARED.slots);
        if (this.configuration.swiotlb === "dynamic") this.takes(o, writes);
        break;
      default:
        this.takes(o, writes);
    }
  }

  /** A mapping of a buffer object: that alone where the buffer has its pages, else what populating it takes too. */
  private maps(buf: number, which: Mapping, action: number, reads: Set<string>, writes: Set<string>): void {
    reads.add(this.life(buf));
    writes.add(this.mapping(buf, which));
    if (which !== "user") writes.add(SHARED.vmalloc);
    if (this.hasPages(buf, action)) return;
    this.whole(buf, writes);
    this.takes(this.workload.actions[action]!.operation, writes);
  }

  /**
   * True where an action requires a flag that says that the buffer has pages: only what gives it pages sets the flag, and all that takes
   * them clears it. An operation that fails half way, by injection, and buffers that are swapped out by others spoil that.
   */
  private hasPages(buf: number, action: number): boolean {
    if (this.injects.length > 0 || this.configuration.ttmPagesLimit !== undefined) return false;
    const { actions } = this.workload;
    const { requires } = actions[action]!;
    const on = (o: Operation): boolean => !("buf" in o) || o.buf === buf;
    return this.workload.flags.some((_, f) => {
      const flag = 1 << f;
      if ((requires & flag) === 0) return false;
      return actions.every(({ operation: o, sets, clears }) => {
        if ((sets & flag) !== 0 && !("buf" in o && o.buf === buf && givesPages(o))) return false;
        return !(TAKES_PAGES.has(o.op) && on(o)) || (clears & flag) !== 0;
      });
    });
  }

  /** Everything of a buffer, and of those that share its pages. */
  private whole(buf: number, writes: Set<string>): void {
    writes.add(this.life(buf));
    this.groups.forEach((group, b) => {
      if (group === this.group(buf)) for (const which of ["kmap", "vmap", "user"] as const) writes.add(this.mapping(b, which));
    });
    this.contents(buf, writes);
  }

  private contents(buf: number, writes: Set<string>): void {
    writes.add(`contents ${this.group(buf)}`);
    for (const place of this.places[this.group(buf)] ?? []) writes.add(place);
    if (mapsPartsOfPages(this.workload)) this.beyond(writes);
  }

  /** Any memory may come and go, and be converted. */
  private takes(o: Operation, writes: Set<string>): void {
    writes.add(SHARED.pages).add(SHARED.slots).add(SHARED.vmalloc);
    this.beyond(writes);
    // Where VRAM is short, other buffers are evicted; where pages are, they are swapped out.
    if (takesVram(o)) for (const buf of this.vram) this.whole(buf, writes);
    if (this.configuration.ttmPagesLimit !== undefined) for (let buf = 0; buf < this.workload.buffers; buf++) this.whole(buf, writes);
  }

  /** Pages change their attribute or state, which ends lazily freed areas of vmalloc space. */
  private converts(reads: Set<string>, writes: Set<string>): void {
    this.returnsAddresses(reads, writes);
    this.beyond(writes);
  }

  /** Areas of vmalloc space are returned: lazily, all those that wait at once, where there is a TLB to flush. */
  private returnsAddresses(reads: Set<string>, writes: Set<string>): void {
    (this.configuration.tlb === true ? writes : reads).add(SHARED.vmalloc);
  }

  /** Contents of other buffers. */
  private beyond(writes: Set<string>): void {
    if (!this.wide) return;
    this.groups.forEach((group) => writes.add(`contents ${group}`));
    for (const places of this.places) for (const place of places) writes.add(place);
  }
}
