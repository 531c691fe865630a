// SPDX-License-Identifier: MIT
/** drivers/gpu/drm/ttm/ttm_bo_util.c: kernel maps of a buffer, and the protection of every map of it. */

import { formatVirt, type Pfn, virtAddr } from "../../base/index.ts";
import { EINVAL, ENOMEM } from "../errno.ts";
import { type Linux, note } from "../linux.ts";
import { linear_address } from "../mm/page-tables.ts";
import { vmap, vunmap } from "../mm/vmalloc.ts";
import { PAGE_KERNEL, type Pgprot, pgprot_decrypted } from "../x86/pgtable.ts";
import { buf_get, buf_set, buf_virtual, KMAP_KMAP, KMAP_NONE, KMAP_VMAP, set_buf_virtual, tt_page, TTM_TT_FLAG_DECRYPTED } from "../bufs.ts";
import { ttm_tt_populate } from "./tt.ts";

/** The protection of a mapping of system pages. @ref drivers/gpu/drm/ttm/ttm_bo_util.c:291-307 */
export function ttm_io_prot(k: Linux, bo: number, prot: Pgprot): Pgprot {
  const flagged = (buf_get(k, bo, "page_flags") & TTM_TT_FLAG_DECRYPTED) !== 0;
  const decrypts = flagged || k.policy.io_prot_decrypts(k);
  note(k, "ttm_io_prot", "drivers/gpu/drm/ttm/ttm_bo_util.c:291", decrypts ? "pgprot_decrypted()" : "attribute left as it came: encrypted where encryption is on");
  return decrypts ? pgprot_decrypted(k, prot) : prot;
}

function all_pages(k: Linux, bo: number): Pfn[] {
  return Array.from({ length: buf_get(k, bo, "num_pages") }, (_, i) => tt_page(k, bo, i)!);
}

/** Maps one page: through the linear map where the protection allows, else by vmap(). @ref drivers/gpu/drm/ttm/ttm_bo_util.c:336-383 */
export function ttm_bo_kmap(k: Linux, bo: number, start_page: number): number {
  if (buf_get(k, bo, "kmap_type") !== KMAP_NONE || start_page >= buf_get(k, bo, "num_pages")) return -EINVAL;
  const error = ttm_tt_populate(k, bo);
  if (error !== 0) return error;
  const frame = tt_page(k, bo, start_page)!;
  if ((buf_get(k, bo, "page_flags") & TTM_TT_FLAG_DECRYPTED) === 0) {
    buf_set(k, bo, "kmap_type", KMAP_KMAP);
    set_buf_virtual(k, bo, "kmap_virtual", linear_address(frame));
    note(k, "ttm_bo_kmap_ttm", "drivers/gpu/drm/ttm/ttm_bo_util.c:371", "one cached page: kmap(), the linear map");
  } else {
    const address = vmap(k, [frame], ttm_io_prot(k, bo, PAGE_KERNEL(k)));
    if (address === 0) return -ENOMEM;
    buf_set(k, bo, "kmap_type", KMAP_VMAP);
    set_buf_virtual(k, bo, "kmap_virtual", address);
    note(k, "ttm_bo_kmap_ttm", "drivers/gpu/drm/ttm/ttm_bo_util.c:379", `vmap() at ${formatVirt(address)}`);
  }
  buf_set(k, bo, "kmap_page", start_page);
  return 0;
}

/** @ref drivers/gpu/drm/ttm/ttm_bo_util.c ttm_bo_kunmap */
export function ttm_bo_kunmap(k: Linux, bo: number): number {
  const type = buf_get(k, bo, "kmap_type");
  if (type === KMAP_NONE) return -EINVAL;
  if (type === KMAP_VMAP) vunmap(k, buf_virtual(k, bo, "kmap_virtual"), 1);
  buf_set(k, bo, "kmap_type", KMAP_NONE);
  buf_set(k, bo, "kmap_page", 0);
  set_buf_virtual(k, bo, "kmap_virtual", virtAddr(0));
  return 0;
}

/** Maps the whole buffer by vmap(). @ref drivers/gpu/drm/ttm/ttm_bo_util.c:474-535 */
export function ttm_bo_vmap(k: Linux, bo: number): number {
  if (buf_virtual(k, bo, "vmap_virtual") !== 0) return -EINVAL;
  const error = ttm_tt_populate(k, bo);
  if (error !== 0) return error;
  const address = vmap(k, all_pages(k, bo), ttm_io_prot(k, bo, PAGE_KERNEL(k)));
  if (address === 0) return -ENOMEM;
  set_buf_virtual(k, bo, "vmap_virtual", address);
  note(k, "ttm_bo_vmap", "drivers/gpu/drm/ttm/ttm_bo_util.c:474", `vmap() at ${formatVirt(address)}`);
  return 0;
}

/** @ref drivers/gpu/drm/ttm/ttm_bo_util.c ttm_bo_vunmap */
export function ttm_bo_vunmap(k: Linux, bo: number): number {
  const address = buf_virtual(k, bo, "vmap_virtual");
  if (address === 0) return -EINVAL;
  vunmap(k, address, buf_get(k, bo, "num_pages"));
  set_buf_virtual(k, bo, "vmap_virtual", virtAddr(0));
  return 0;
}
