// SPDX-License-Identifier: MIT
/** drivers/gpu/drm/ttm/ttm_bo_util.c: kernel maps of a buffer, and the protection of every map of it. */

import { formatVirt, type Pfn, virtAddr, type VirtAddr } from "../../base/index.ts";
import { buf_get, buf_set, buf_virtual, CACHED, is_userptr, KMAP_IOMAP, KMAP_KMAP, KMAP_NONE, KMAP_VMAP, set_buf_virtual, tt_page, TTM_TT_FLAG_DECRYPTED } from "../bufs.ts";
import { KernelCrash } from "../crash.ts";
import { EINVAL, ENOMEM } from "../errno.ts";
import { has, type Linux, note } from "../linux.ts";
import { linear_address } from "../mm/page-tables.ts";
import { vmap, vunmap } from "../mm/vmalloc.ts";
import { ioremap, iounmap } from "../x86/ioremap.ts";
import { PAGE_KERNEL, type Pgprot, pgprot_decrypted } from "../x86/pgtable.ts";
import { ttm_prot_from_caching } from "./caching.ts";
import { bus_caching, use_tt } from "./resource.ts";
import { tt_is_external, ttm_tt_populate } from "./tt.ts";

/** The protection of a mapping: of system pages as the tt and the policy say, of VRAM with the caching alone. @ref drivers/gpu/drm/ttm/ttm_bo_util.c:291-307 */
export function ttm_io_prot(k: Linux, bo: number, prot: Pgprot): Pgprot {
  if (!use_tt(buf_get(k, bo, "mem_type"))) return ttm_prot_from_caching(bus_caching(k), prot);
  const flagged = (buf_get(k, bo, "page_flags") & TTM_TT_FLAG_DECRYPTED) !== 0;
  const decrypts = flagged || k.policy.io_prot_decrypts(k);
  note(k, "ttm_io_prot", "drivers/gpu/drm/ttm/ttm_bo_util.c:291", decrypts ? "pgprot_decrypted()" : "attribute left as it came: encrypted where encryption is on");
  const own = decrypts ? pgprot_decrypted(k, prot) : prot;
  return ttm_prot_from_caching(buf_get(k, bo, "caching"), k.policy.page_prot?.(k, bo, own) ?? own);
}

function pages_of(k: Linux, bo: number, first: number, count: number): Pfn[] {
  return Array.from({ length: count }, (_, i) => tt_page(k, bo, first + i)!);
}

/** True where the tt has no pages[]: that of an imported buffer has DMA addresses alone. */
function without_pages(k: Linux, bo: number): boolean {
  return tt_is_external(k, bo) && !is_userptr(k, bo);
}

/** What comes of a kernel map then: -EINVAL, and before there was a check, vmap() of a null pointer. @ref drivers/gpu/drm/ttm/ttm_bo_util.c:358-360 (ttm_bo_kmap_ttm) */
function no_pages(k: Linux): number {
  if (has(k, "ttm_kmap_needs_pages")) return -EINVAL;
  throw new KernelCrash("a null pointer is read: ttm_tt.pages of an imported buffer", "drivers/gpu/drm/ttm/ttm_bo_util.c");
}

/** The address that dma_alloc_coherent() returned, for policies that reuse it: 0 where a map over these pages has none. */
function policy_address(k: Linux, bo: number, first: number, count: number): VirtAddr | 0 | null {
  return k.policy.kernel_address?.(k, bo, first, count) ?? null;
}

/** Maps one page of a tt: through the linear map where the protection allows, else by vmap(). @ref drivers/gpu/drm/ttm/ttm_bo_util.c:336-383 */
function ttm_bo_kmap_ttm(k: Linux, bo: number, start_page: number): number {
  const error = ttm_tt_populate(k, bo);
  if (error !== 0) return error;
  if (without_pages(k, bo)) return no_pages(k);
  // One page always has an address: 0 does not come.
  const reused = policy_address(k, bo, start_page, 1);
  const linear = buf_get(k, bo, "caching") === CACHED && (buf_get(k, bo, "page_flags") & TTM_TT_FLAG_DECRYPTED) === 0;
  if (reused !== null || linear) {
    buf_set(k, bo, "kmap_type", KMAP_KMAP);
    set_buf_virtual(k, bo, "kmap_virtual", reused ?? linear_address(tt_page(k, bo, start_page)!));
    note(k, "ttm_bo_kmap_ttm", "drivers/gpu/drm/ttm/ttm_bo_util.c:371", reused === null ? "one cached page: kmap(), the linear map" : "the address that dma_alloc_attrs() returned");
    return 0;
  }
  const address = vmap(k, pages_of(k, bo, start_page, 1), ttm_io_prot(k, bo, PAGE_KERNEL(k)));
  if (address === 0) return -ENOMEM;
  buf_set(k, bo, "kmap_type", KMAP_VMAP);
  set_buf_virtual(k, bo, "kmap_virtual", address);
  note(k, "ttm_bo_kmap_ttm", "drivers/gpu/drm/ttm/ttm_bo_util.c:379", `vmap() at ${formatVirt(address)}`);
  return 0;
}

/** Maps one page of VRAM. @ref drivers/gpu/drm/ttm/ttm_bo_util.c:310-334 */
function ttm_bo_ioremap(k: Linux, bo: number, start_page: number): number {
  const address = ioremap(k, pages_of(k, bo, start_page, 1), bus_caching(k));
  if (address === 0) return -ENOMEM;
  buf_set(k, bo, "kmap_type", KMAP_IOMAP);
  set_buf_virtual(k, bo, "kmap_virtual", address);
  note(k, "ttm_bo_ioremap", "drivers/gpu/drm/ttm/ttm_bo_util.c:310", `ioremap() of VRAM at ${formatVirt(address)}`);
  return 0;
}

/** Maps one page for the kernel. @ref drivers/gpu/drm/ttm/ttm_bo_util.c:401-426 */
export function ttm_bo_kmap(k: Linux, bo: number, start_page: number): number {
  if (buf_get(k, bo, "kmap_type") !== KMAP_NONE || start_page >= buf_get(k, bo, "num_pages")) return -EINVAL;
  const error = use_tt(buf_get(k, bo, "mem_type")) ? ttm_bo_kmap_ttm(k, bo, start_page) : ttm_bo_ioremap(k, bo, start_page);
  if (error === 0) buf_set(k, bo, "kmap_page", start_page);
  return error;
}

/** @ref drivers/gpu/drm/ttm/ttm_bo_util.c:435-458 */
export function ttm_bo_kunmap(k: Linux, bo: number): number {
  const type = buf_get(k, bo, "kmap_type");
  if (type === KMAP_NONE) return -EINVAL;
  if (type === KMAP_VMAP) vunmap(k, buf_virtual(k, bo, "kmap_virtual"), 1);
  if (type === KMAP_IOMAP) iounmap(k, buf_virtual(k, bo, "kmap_virtual"), 1);
  buf_set(k, bo, "kmap_type", KMAP_NONE);
  buf_set(k, bo, "kmap_page", 0);
  set_buf_virtual(k, bo, "kmap_virtual", virtAddr(0));
  return 0;
}

/** Maps the whole buffer: VRAM by ioremap(), pages by vmap() or as the policy does. @ref drivers/gpu/drm/ttm/ttm_bo_util.c:474-535 */
export function ttm_bo_vmap(k: Linux, bo: number): number {
  if (buf_virtual(k, bo, "vmap_virtual") !== 0) return -EINVAL;
  const num_pages = buf_get(k, bo, "num_pages");
  let address: VirtAddr;
  if (use_tt(buf_get(k, bo, "mem_type"))) {
    const error = ttm_tt_populate(k, bo);
    if (error !== 0) return error;
    if (without_pages(k, bo)) return no_pages(k);
    const reused = policy_address(k, bo, 0, num_pages);
    if (reused === 0) return -EINVAL;
    address = reused ?? vmap(k, pages_of(k, bo, 0, num_pages), ttm_io_prot(k, bo, PAGE_KERNEL(k)));
  } else {
    address = ioremap(k, pages_of(k, bo, 0, num_pages), bus_caching(k));
  }
  if (address === 0) return -ENOMEM;
  set_buf_virtual(k, bo, "vmap_virtual", address);
  note(k, "ttm_bo_vmap", "drivers/gpu/drm/ttm/ttm_bo_util.c:474", `the buffer is at ${formatVirt(address)}`);
  return 0;
}

/** @ref drivers/gpu/drm/ttm/ttm_bo_util.c:546-563 */
export function ttm_bo_vunmap(k: Linux, bo: number): number {
  const address = buf_virtual(k, bo, "vmap_virtual");
  if (address === 0) return -EINVAL;
  const num_pages = buf_get(k, bo, "num_pages");
  if (!use_tt(buf_get(k, bo, "mem_type"))) iounmap(k, address, num_pages);
  else if (policy_address(k, bo, 0, num_pages) === null) vunmap(k, address, num_pages);
  set_buf_virtual(k, bo, "vmap_virtual", virtAddr(0));
  return 0;
}
