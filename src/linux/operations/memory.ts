// SPDX-License-Identifier: MIT
/** Operations of memory management: pages, mappings of them, their attributes, the BAR, a new kernel. */

import { type Pfn, pfn, virtAddr } from "../../base/index.ts";
import type { ProtChoice } from "../../kernel/index.ts";
import { start_kernel } from "../boot.ts";
import { buf_get, buf_set, buf_virtual, CACHED, clear_buf, is_borrowed, set_buf_virtual, set_tt_page, tt_page, UC, WC } from "../bufs.ts";
import { EINVAL, ENOMEM, EPERM } from "../errno.ts";
import { linear_private } from "../health.ts";
import { BAR_FRAMES, BUF_BAR, BUF_COHERENT, BUF_NONE, BUF_PAGES, MAX_BUF_PAGES } from "../layout.ts";
import { has, is_x86, type Linux, note } from "../linux.ts";
import { zap_pte } from "../mm/memory.ts";
import { alloc_pages_exact, free_pages } from "../mm/page-alloc.ts";
import { remap_pfn_range } from "../mm/remap.ts";
import { vmap, vunmap } from "../mm/vmalloc.ts";
import { user_address } from "../ttm/bo-vm.ts";
import { clear_vram } from "../ttm/resource.ts";
import { cc_platform_has } from "../x86/coco-core.ts";
import { ioremap, iounmap } from "../x86/ioremap.ts";
import { memtype_reserve, pgprot_caching } from "../x86/memtype.ts";
import { PAGE_KERNEL, type Pgprot, pgprot_decrypted, vm_get_page_prot } from "../x86/pgtable.ts";
import { forget_kernel, native_machine_shutdown } from "../x86/reboot.ts";
import { set_memory_decrypted, set_memory_encrypted } from "../x86/set-memory.ts";
import { set_pages_array_uc, set_pages_array_wb, set_pages_array_wc } from "../x86/set-pages.ts";
import type { Handlers } from "./call.ts";

const CACHINGS = { cached: CACHED, wc: WC, uc: UC } as const;

function is_kind(k: Linux, buf: number, ...kinds: readonly number[]): boolean {
  return kinds.includes(buf_get(k, buf, "kind"));
}

/** The frames of `pages` pages from `page`; 0 pages are all that follow. Null where the buffer does not have them. */
function frames_of(k: Linux, buf: number, page = 0, pages = 0): Pfn[] | null {
  const all = buf_get(k, buf, "num_pages");
  const count = pages === 0 ? all - page : pages;
  if (count < 1 || page + count > all) return null;
  const frames: Pfn[] = [];
  for (let i = 0; i < count; i++) {
    const frame = tt_page(k, buf, page + i);
    if (frame === null) return null;
    frames.push(frame);
  }
  return frames;
}

/** True where something still maps the buffer: whoever frees it then has a bug of its own, which is not looked for here. */
function is_mapped(k: Linux, buf: number): boolean {
  return buf_virtual(k, buf, "vmap_virtual") !== 0 || buf_get(k, buf, "user_ptes") !== 0 || buf_get(k, buf, "map_direction") !== 0 || buf_get(k, buf, "device_mapped") !== 0;
}

function page_alloc(k: Linux, buf: number, pages: number): number {
  if (!is_kind(k, buf, BUF_NONE) || pages < 1 || pages > MAX_BUF_PAGES) return -EINVAL;
  const first = alloc_pages_exact(k, pages, true);
  if (first === null) return -ENOMEM;
  buf_set(k, buf, "kind", BUF_PAGES);
  buf_set(k, buf, "num_pages", pages);
  for (let i = 0; i < pages; i++) set_tt_page(k, buf, i, pfn(first + i));
  return 0;
}

/** Frees the pages as they are: whoever shared them must have taken that back. */
function page_free(k: Linux, buf: number): number {
  const frames = is_kind(k, buf, BUF_PAGES) && !is_mapped(k, buf) && !is_borrowed(k, buf) ? frames_of(k, buf) : null;
  if (frames === null) return -EINVAL;
  for (const frame of frames) free_pages(k, frame, 0);
  clear_buf(k, buf);
  return 0;
}

function kernel_prot(k: Linux, prot: ProtChoice): Pgprot {
  return prot === "decrypted" ? pgprot_decrypted(k, PAGE_KERNEL(k)) : PAGE_KERNEL(k);
}

function buf_vmap(k: Linux, buf: number, prot: ProtChoice): number {
  const frames = is_kind(k, buf, BUF_PAGES, BUF_COHERENT) && buf_virtual(k, buf, "vmap_virtual") === 0 ? frames_of(k, buf) : null;
  if (frames === null) return -EINVAL;
  const address = vmap(k, frames, kernel_prot(k, prot));
  if (address === 0) return -ENOMEM;
  set_buf_virtual(k, buf, "vmap_virtual", address);
  return 0;
}

function buf_vunmap(k: Linux, buf: number): number {
  const address = buf_virtual(k, buf, "vmap_virtual");
  if (!is_kind(k, buf, BUF_PAGES, BUF_COHERENT) || address === 0) return -EINVAL;
  vunmap(k, address, buf_get(k, buf, "num_pages"));
  set_buf_virtual(k, buf, "vmap_virtual", virtAddr(0));
  return 0;
}

/**
 * Whether the kernel refuses to map RAM decrypted that is private. ASSUMED (may miss bugs): such a mapping is /dev/mem's, since a driver
 * maps with pgprot_decrypted() what it has shared before.
 */
function devmem_refused(k: Linux, frames: readonly Pfn[], prot: ProtChoice): boolean {
  const guest = cc_platform_has(k, "CC_ATTR_GUEST_MEM_ENCRYPT");
  return has(k, "devmem_drop_cc") && guest && prot === "decrypted" && frames.some((frame) => linear_private(k, frame));
}

function user_map(k: Linux, buf: number, prot: ProtChoice): number {
  const frames = is_kind(k, buf, BUF_PAGES, BUF_COHERENT, BUF_BAR) && buf_get(k, buf, "user_ptes") === 0 ? frames_of(k, buf) : null;
  if (frames === null) return -EINVAL;
  const bar = is_kind(k, buf, BUF_BAR);
  if (!bar && devmem_refused(k, frames, prot)) return -EPERM;
  // RAM is mapped with the type that set_pages_array_*() gave it.   @ref arch/x86/mm/pat/memtype.c:1029-1067 (track_pfn_remap)
  const base = pgprot_caching(vm_get_page_prot(k), buf_get(k, buf, "caching"));
  // Before f8f6ae5d077a, io_remap_pfn_range() was remap_pfn_range().   @ref include/linux/mm.h:3621-3626 (io_remap_pfn_range)
  const decrypts = prot === "decrypted" && (!bar || has(k, "f8f6ae5d077a"));
  remap_pfn_range(k, buf, frames, decrypts ? pgprot_decrypted(k, base) : base);
  return 0;
}

function user_unmap(k: Linux, buf: number): number {
  if (!is_kind(k, buf, BUF_PAGES, BUF_COHERENT, BUF_BAR) || buf_get(k, buf, "user_ptes") === 0) return -EINVAL;
  for (let page = 0; page < buf_get(k, buf, "num_pages"); page++) zap_pte(k, user_address(buf, page));
  buf_set(k, buf, "user_ptes", 0);
  return 0;
}

/** Converts run after run of neighbouring frames; stops at the first that fails. */
function set_memory(k: Linux, frames: readonly Pfn[] | null, convert: typeof set_memory_decrypted): number {
  if (frames === null) return -EINVAL;
  for (let at = 0; at < frames.length; ) {
    let count = 1;
    while (at + count < frames.length && frames[at + count] === frames[at]! + count) count++;
    const error = convert(k, frames[at]!, count);
    if (error !== 0) return error;
    at += count;
  }
  return 0;
}

const converted = (k: Linux, o: { readonly buf: number; readonly page?: number; readonly pages?: number }): Pfn[] | null =>
  is_kind(k, o.buf, BUF_PAGES, BUF_COHERENT) ? frames_of(k, o.buf, o.page, o.pages) : null;

/** Only x86 has the functions: elsewhere the linear map has one cache type, and drivers leave the call out. @ref drivers/gpu/drm/ttm/ttm_pool.c:40-42 (CONFIG_X86) */
function set_caching(k: Linux, buf: number, caching: number, set: typeof set_pages_array_wb): number {
  const frames = is_kind(k, buf, BUF_PAGES) ? frames_of(k, buf) : null;
  if (frames === null) return -EINVAL;
  if (!is_x86(k)) return 0;
  const error = set(k, frames);
  if (error === 0) buf_set(k, buf, "caching", caching);
  return error;
}

function bar_ioremap(k: Linux, buf: number, pages: number, wanted: number): number {
  const { bar } = k.layout.ram;
  if (!is_kind(k, buf, BUF_NONE) || !bar || pages < 1 || pages > Math.min(bar.frames, MAX_BUF_PAGES)) return -EINVAL;
  const frames = Array.from({ length: pages }, (_, i) => pfn(bar.firstPfn + i));
  const caching = memtype_reserve(k, frames, wanted);
  const address = ioremap(k, frames, wanted);
  // ioremap() returns NULL whatever the reason; drivers make -ENOMEM of it.
  if (caching === null || address === 0) return -ENOMEM;
  buf_set(k, buf, "kind", BUF_BAR);
  buf_set(k, buf, "num_pages", pages);
  buf_set(k, buf, "caching", caching);
  frames.forEach((frame, i) => set_tt_page(k, buf, i, frame));
  set_buf_virtual(k, buf, "ioremap_virtual", virtAddr(address));
  return 0;
}

function bar_iounmap(k: Linux, buf: number): number {
  if (!is_kind(k, buf, BUF_BAR) || is_mapped(k, buf)) return -EINVAL;
  iounmap(k, buf_virtual(k, buf, "ioremap_virtual"), buf_get(k, buf, "num_pages"));
  clear_buf(k, buf);
  return 0;
}

/** The old kernel hands over, the new one boots up to the driver's probe. */
function kexec(k: Linux): number {
  native_machine_shutdown(k);
  forget_kernel(k);
  // ASSUMED (may miss bugs): the next driver's probe resets the device, and what is in VRAM is gone.
  if (k.driver.vram === true) clear_vram(k, 0, BAR_FRAMES);
  note(k, "start_kernel", "arch/x86/kernel/machine_kexec_64.c", "the new kernel: all of memory is mapped private");
  start_kernel(k);
  return 0;
}

export const MEMORY_HANDLERS: Handlers = {
  page_alloc: (k, o) => ({ from: "alloc_pages_exact", error: page_alloc(k, o.buf, o.pages) }),
  page_free: (k, o) => ({ from: "free_pages_exact", error: page_free(k, o.buf) }),
  vmap: (k, o) => ({ from: "vmap", error: buf_vmap(k, o.buf, o.prot ?? "encrypted") }),
  vunmap: (k, o) => ({ from: "vunmap", error: buf_vunmap(k, o.buf) }),
  user_map: (k, o) => ({ from: "remap_pfn_range", error: user_map(k, o.buf, o.prot ?? "encrypted") }),
  user_unmap: (k, o) => ({ from: "munmap", error: user_unmap(k, o.buf) }),
  set_memory_decrypted: (k, o) => ({ from: "set_memory_decrypted", error: set_memory(k, converted(k, o), set_memory_decrypted) }),
  set_memory_encrypted: (k, o) => ({ from: "set_memory_encrypted", error: set_memory(k, converted(k, o), set_memory_encrypted) }),
  set_memory_wc: (k, o) => ({ from: "set_pages_array_wc", error: set_caching(k, o.buf, WC, set_pages_array_wc) }),
  set_memory_uc: (k, o) => ({ from: "set_pages_array_uc", error: set_caching(k, o.buf, UC, set_pages_array_uc) }),
  set_memory_wb: (k, o) => ({ from: "set_pages_array_wb", error: set_caching(k, o.buf, CACHED, set_pages_array_wb) }),
  ioremap: (k, o) => ({ from: "ioremap", error: bar_ioremap(k, o.buf, o.pages, CACHINGS[o.caching ?? "uc"]) }),
  iounmap: (k, o) => ({ from: "iounmap", error: bar_iounmap(k, o.buf) }),
  kexec: (k) => ({ from: "kernel_kexec", error: kexec(k) }),
};
