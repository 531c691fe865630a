// SPDX-License-Identifier: MIT
/** Operations of the DMA API. */

import { assert, type DmaAddr, dmaAddr, PAGE_SIZE, type Pfn, pfn, pfnToPhys, physAddr } from "../../base/index.ts";
import type { DmaDirection, Operation } from "../../kernel/index.ts";
import { buf_get, buf_set, buf_virtual, clear_buf, is_borrowed, set_buf_virtual, set_tt_dma_address, set_tt_page, tt_dma_address, tt_page } from "../bufs.ts";
import { type AllocOptions, type DmaAllocation, dma_alloc_attrs, dma_alloc_noncontiguous, dma_alloc_pages, dma_free_attrs, dma_free_pages, dma_map_resource, dma_map_sg_attrs, dma_mapping_error, dma_mmap_attrs, dma_mmap_pages, dma_sync_single_for_cpu, dma_sync_single_for_device, dma_unmap_page_attrs, dma_unmap_resource, type Segment } from "../dma/mapping.ts";
import { EINVAL, ENOMEM, ENXIO } from "../errno.ts";
import { BUF_BAR, BUF_COHERENT, BUF_NONE, BUF_PAGES, MAX_BUF_PAGES } from "../layout.ts";
import type { Linux } from "../linux.ts";
import { ttm_bo_unmap_virtual, user_address } from "../ttm/bo-vm.ts";
import type { Call, Handlers } from "./call.ts";

type Alloc = Extract<Operation, { op: "dma_alloc" }>;

/** How an allocation was made, in `alloc_flags`. */
const ALLOC_ATOMIC = 1 << 0;
const ALLOC_NO_KERNEL_MAPPING = 1 << 1;
const ALLOC_FORCE_CONTIGUOUS = 1 << 2;
/** dma_alloc_pages(); with the next bit dma_alloc_noncontiguous(). */
const ALLOC_PAGES = 1 << 3;
const ALLOC_NONCONTIGUOUS = 1 << 4;
/** Its pages do not lie side by side by design: freed one by one. */
const ALLOC_SCATTERED = 1 << 5;

/** DMA_ATTR_* of a mapping, in `map_attrs`. */
const MAP_SKIP_CPU_SYNC = 1 << 0;
const MAP_CC_SHARED = 1 << 1;

const DIRECTIONS: readonly DmaDirection[] = ["bidirectional", "to_device", "from_device"];

function flags_of(o: Alloc): number {
  const api = o.api === "pages" ? ALLOC_PAGES : o.api === "noncontiguous" ? ALLOC_NONCONTIGUOUS : 0;
  const attrs = o.attrs === "no-kernel-mapping" ? ALLOC_NO_KERNEL_MAPPING : o.attrs === "force-contiguous" ? ALLOC_FORCE_CONTIGUOUS : 0;
  return api | attrs | (o.atomic === true ? ALLOC_ATOMIC : 0);
}

function options_of(flags: number, pages: number): AllocOptions {
  return {
    pages,
    atomic: (flags & ALLOC_ATOMIC) !== 0,
    no_kernel_mapping: (flags & ALLOC_NO_KERNEL_MAPPING) !== 0,
    force_contiguous: (flags & ALLOC_FORCE_CONTIGUOUS) !== 0,
  };
}

function allocate(k: Linux, flags: number, pages: number): DmaAllocation | null {
  const o = options_of(flags, pages);
  if ((flags & ALLOC_PAGES) !== 0) return dma_alloc_pages(k, pages, o);
  if ((flags & ALLOC_NONCONTIGUOUS) !== 0) return dma_alloc_noncontiguous(k, pages, o);
  return dma_alloc_attrs(k, 0, o);
}

function dma_alloc(k: Linux, o: Alloc): Call {
  const from = o.api === "pages" ? "dma_alloc_pages" : o.api === "noncontiguous" ? "dma_alloc_noncontiguous" : "dma_alloc_attrs";
  if (buf_get(k, o.buf, "kind") !== BUF_NONE || o.pages < 1 || o.pages > MAX_BUF_PAGES) return { from, error: -EINVAL };
  const flags = flags_of(o);
  const a = allocate(k, flags, o.pages);
  if (a === null) return { from, error: -ENOMEM };
  assert(a.cpu !== undefined, "model: an allocation says where it is");
  buf_set(k, o.buf, "kind", BUF_COHERENT);
  buf_set(k, o.buf, "num_pages", o.pages);
  buf_set(k, o.buf, "alloc_flags", flags | (a.frames === undefined ? 0 : ALLOC_SCATTERED));
  set_buf_virtual(k, o.buf, "coherent_virtual", a.cpu);
  buf_set(k, o.buf, "device_mapped", 1);
  for (let i = 0; i < o.pages; i++) {
    set_tt_page(k, o.buf, i, a.frames?.[i] ?? pfn(a.first + i));
    set_tt_dma_address(k, o.buf, i, a.handle + i * PAGE_SIZE);
  }
  return { from, error: 0 };
}

function frames_of(k: Linux, buf: number): Pfn[] {
  const frames: Pfn[] = [];
  for (let i = 0; i < buf_get(k, buf, "num_pages"); i++) frames.push(tt_page(k, buf, i)!);
  return frames;
}

/** Frees an allocation, once user space has unmapped it: a vma holds the buffer. */
function dma_free(k: Linux, buf: number): Call {
  const from = "dma_free_attrs";
  if (buf_get(k, buf, "kind") !== BUF_COHERENT || is_borrowed(k, buf)) return { from, error: -EINVAL };
  ttm_bo_unmap_virtual(k, buf);
  const flags = buf_get(k, buf, "alloc_flags");
  const pages = buf_get(k, buf, "num_pages");
  const frames = frames_of(k, buf);
  const scattered = (flags & ALLOC_SCATTERED) !== 0 ? { frames } : {};
  const a: DmaAllocation = { first: frames[0]!, handle: tt_dma_address(k, buf, 0), cpu: buf_virtual(k, buf, "coherent_virtual"), ...scattered };
  const contiguous = (flags & ALLOC_PAGES) !== 0 || ((flags & ALLOC_NONCONTIGUOUS) !== 0 && (flags & ALLOC_SCATTERED) === 0);
  if (contiguous) dma_free_pages(k, pages, a);
  else dma_free_attrs(k, 0, a, options_of(flags, pages));
  clear_buf(k, buf);
  return { from, error: 0 };
}

/** True for memory of dma_alloc_pages() and dma_alloc_noncontiguous(), which have mmap functions of their own. */
export function is_page_allocation(k: Linux, buf: number): boolean {
  return (buf_get(k, buf, "alloc_flags") & (ALLOC_PAGES | ALLOC_NONCONTIGUOUS)) !== 0;
}

function dma_mmap(k: Linux, buf: number): Call {
  const from = "dma_mmap_attrs";
  if (buf_get(k, buf, "kind") !== BUF_COHERENT) return { from, error: -EINVAL };
  const frames = frames_of(k, buf);
  const vma = frames.map((_, i) => user_address(buf, i));
  if (is_page_allocation(k, buf)) dma_mmap_pages(k, vma, frames);
  else if (!dma_mmap_attrs(k, vma, frames, tt_dma_address(k, buf, 0))) return { from, error: -ENXIO };
  buf_set(k, buf, "user_ptes", (1 << frames.length) - 1);
  return { from, error: 0 };
}

/** The pieces of a buffer from byte `offset` on, `size` bytes: neighbouring frames are one. @ref lib/scatterlist.c:460-560 (sg_alloc_append_table_from_pages) */
function segments_of(k: Linux, buf: number, offset: number, size: number): (Segment & { readonly page: number })[] {
  const pieces: (Segment & { page: number })[] = [];
  for (let at = offset; at < offset + size; ) {
    const page = Math.floor(at / PAGE_SIZE);
    const bytes = Math.min((page + 1) * PAGE_SIZE, offset + size) - at;
    const last = pieces.at(-1);
    const frame = tt_page(k, buf, page)!;
    if (last !== undefined && frame === last.first + (page - last.page)) pieces[pieces.length - 1] = { ...last, size: last.size + bytes };
    else pieces.push({ page, first: frame, offset: at % PAGE_SIZE, size: bytes });
    at += bytes;
  }
  return pieces;
}

function dma_map(k: Linux, o: Extract<Operation, { op: "dma_map" }>): Call {
  const from = "dma_map_page_attrs";
  const { buf, offset = 0 } = o;
  const all = buf_get(k, buf, "num_pages") * PAGE_SIZE;
  const size = o.size === undefined || o.size === 0 ? all - offset : o.size;
  if (buf_get(k, buf, "kind") !== BUF_PAGES || buf_get(k, buf, "device_mapped") !== 0) return { from, error: -EINVAL };
  if (offset < 0 || size < 1 || offset + size > all) return { from, error: -EINVAL };
  const dir = o.direction ?? "bidirectional";
  const attrs = { skip_cpu_sync: o.attrs === "skip-cpu-sync", cc_shared: o.attrs === "cc-shared" };
  const pieces = segments_of(k, buf, offset, size);
  const handles = dma_map_sg_attrs(k, pieces, dir, attrs);
  // What dma_mapping_error() returns, include/linux/dma-mapping.h.
  if (handles === null) return { from, error: -ENOMEM };
  buf_set(k, buf, "device_mapped", 1);
  buf_set(k, buf, "map_direction", DIRECTIONS.indexOf(dir) + 1);
  buf_set(k, buf, "map_attrs", (attrs.skip_cpu_sync ? MAP_SKIP_CPU_SYNC : 0) | (attrs.cc_shared ? MAP_CC_SHARED : 0));
  buf_set(k, buf, "map_offset", offset);
  buf_set(k, buf, "map_size", size);
  pieces.forEach((piece, n) => {
    const pages = Math.ceil((piece.offset + piece.size) / PAGE_SIZE);
    for (let i = 0; i < pages; i++) set_tt_dma_address(k, buf, piece.page + i, handles[n]! - piece.offset + i * PAGE_SIZE);
  });
  return { from, error: 0 };
}

/** The handle of each piece of a live mapping, as dma_map_page() returned it. */
function mapped_pieces(k: Linux, buf: number): { handle: DmaAddr; size: number; start: number }[] {
  let start = 0;
  return segments_of(k, buf, buf_get(k, buf, "map_offset"), buf_get(k, buf, "map_size")).map((piece) => {
    const each = { handle: dmaAddr(tt_dma_address(k, buf, piece.page) + piece.offset), size: piece.size, start };
    start += piece.size;
    return each;
  });
}

function forget_mapping(k: Linux, buf: number): void {
  for (const field of ["device_mapped", "map_direction", "map_attrs", "map_offset", "map_size"] as const) buf_set(k, buf, field, 0);
  for (let i = 0; i < MAX_BUF_PAGES; i++) set_tt_dma_address(k, buf, i, 0);
}

const is_mapped = (k: Linux, buf: number): boolean => buf_get(k, buf, "kind") === BUF_PAGES && buf_get(k, buf, "device_mapped") !== 0;
const direction = (k: Linux, buf: number): DmaDirection => DIRECTIONS[buf_get(k, buf, "map_direction") - 1]!;

function dma_unmap(k: Linux, buf: number, skip_cpu_sync: boolean): Call {
  if (buf_get(k, buf, "kind") === BUF_BAR && buf_get(k, buf, "device_mapped") !== 0) {
    dma_unmap_resource(k, tt_dma_address(k, buf, 0), buf_get(k, buf, "num_pages") * PAGE_SIZE);
    forget_mapping(k, buf);
    return { from: "dma_unmap_resource", error: 0 };
  }
  const from = "dma_unmap_page_attrs";
  if (!is_mapped(k, buf)) return { from, error: -EINVAL };
  for (const { handle, size } of mapped_pieces(k, buf)) dma_unmap_page_attrs(k, handle, size, skip_cpu_sync, direction(k, buf));
  forget_mapping(k, buf);
  return { from, error: 0 };
}

/** Syncs a part of a mapping. `offset` counts from its first byte, as in dma_sync_single_range_for_cpu(); size 0 is the rest. */
function dma_sync(k: Linux, o: Extract<Operation, { op: "dma_sync_for_cpu" | "dma_sync_for_device" }>): Call {
  const from = o.op === "dma_sync_for_cpu" ? "dma_sync_single_for_cpu" : "dma_sync_single_for_device";
  const { buf, offset = 0 } = o;
  if (!is_mapped(k, buf) || offset < 0 || offset >= buf_get(k, buf, "map_size")) return { from, error: -EINVAL };
  const sync = o.op === "dma_sync_for_cpu" ? dma_sync_single_for_cpu : dma_sync_single_for_device;
  const end = o.size === undefined || o.size === 0 ? buf_get(k, buf, "map_size") : offset + o.size;
  const pieces = mapped_pieces(k, buf);
  pieces.forEach(({ handle, size, start }, n) => {
    const first = Math.max(offset, start);
    // What goes beyond the mapping is swiotlb's to refuse, with a WARN.
    const last = n === pieces.length - 1 ? end : Math.min(end, start + size);
    if (first < last) sync(k, dmaAddr(handle + first - start), last - first, direction(k, buf));
  });
  return { from, error: 0 };
}

function map_resource(k: Linux, buf: number): Call {
  const from = "dma_map_resource";
  if (buf_get(k, buf, "kind") !== BUF_BAR || buf_get(k, buf, "device_mapped") !== 0) return { from, error: -EINVAL };
  const pages = buf_get(k, buf, "num_pages");
  const handle = dma_map_resource(k, physAddr(pfnToPhys(tt_page(k, buf, 0)!)), pages * PAGE_SIZE);
  if (dma_mapping_error(handle)) return { from, error: -ENOMEM };
  buf_set(k, buf, "device_mapped", 1);
  for (let i = 0; i < pages; i++) set_tt_dma_address(k, buf, i, handle + i * PAGE_SIZE);
  return { from, error: 0 };
}

export const DMA_HANDLERS: Handlers = {
  dma_alloc,
  dma_free: (k, o) => dma_free(k, o.buf),
  dma_mmap: (k, o) => dma_mmap(k, o.buf),
  dma_map,
  dma_unmap: (k, o) => dma_unmap(k, o.buf, o.attrs === "skip-cpu-sync"),
  dma_sync_for_cpu: dma_sync,
  dma_sync_for_device: dma_sync,
  dma_map_resource: (k, o) => map_resource(k, o.buf),
};
