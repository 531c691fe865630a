// SPDX-License-Identifier: MIT
/** Which operations treat all buffers, and all pages of a buffer, alike: what they leave does not depend on numbers but for the names. */

import { PAGE_SIZE } from "../base/index.ts";
import type { Operation } from "../kernel/index.ts";
import { BAR_FRAMES } from "./layout.ts";
import type { Linux } from "./linux.ts";
import { ttm_tt_pages_limit } from "./ttm/pages-limit.ts";

/** Pages of each buffer object of the driver's own. */
function pages_of_bos(operations: readonly Operation[]): number[] {
  const pages = new Map<number, number>();
  for (const o of operations) if (o.op === "bo_create") pages.set(o.buf, Math.max(pages.get(o.buf) ?? 0, o.pages));
  return [...pages.values()];
}

const total = (pages: readonly number[]): number => pages.reduce((sum, n) => sum + n, 0);

/** True where buffers may have to leave VRAM for others: they are looked through in the order of their numbers (vram_space). */
function may_evict(k: Linux, operations: readonly Operation[]): boolean {
  if (k.driver.vram !== true || !operations.some((o) => (o.op === "bo_move" && o.to === "vram") || (o.op === "bo_create" && o.place === "vram"))) return false;
  const pages = pages_of_bos(operations);
  return total(pages) > BAR_FRAMES || pages.some((n) => n !== pages[0]);
}

/** True for an access or a mapping of a part of a page, whose bytes mix with others. */
function is_partial(o: Operation): boolean {
  return ("bytes" in o && o.bytes !== undefined) || ("offset" in o && (o.offset ?? 0) !== 0) || ("size" in o && (o.size ?? 0) !== 0);
}

/** Why buffers must keep their numbers; null where they need not. */
export function buffers_differ(k: Linux, operations: readonly Operation[]): string | null {
  if (k.machine.memory.ram.cells > 1) return "pages have several cells, whose garbage is not told apart";
  if (operations.some(is_partial)) return "parts of pages are written or mapped";
  if (operations.some((o) => o.op === "kexec")) return "a new kernel forgets buffers that memory remembers";
  if (total(pages_of_bos(operations)) > ttm_tt_pages_limit(k)) return "buffers are swapped out for others in the order of their numbers (ttm_pages_limit)";
  if (may_evict(k, operations)) return "buffers are evicted from VRAM for others in the order of their numbers";
  return null;
}

/**
 * Operations that treat the pages of a buffer alike and never take pages or bounce slots away from it. Those that do leave contents in
 * frames of which nobody knows any more which page they were.
 */
const ALIKE: ReadonlySet<Operation["op"]> = new Set<Operation["op"]>([
  "bo_create",
  "bo_populate",
  "bo_kmap",
  "bo_kunmap",
  "bo_vmap",
  "bo_vunmap",
  "bo_fault",
  "dma_alloc",
  "dma_mmap",
  "page_alloc",
  "vmap",
  "vunmap",
  "user_map",
  "user_unmap",
  "dma_map",
  "dma_sync_for_cpu",
  "dma_sync_for_device",
  "cpu_read",
  "cpu_write",
  "dev_read",
  "dev_write",
  "host_read",
  "host_write",
  "writeback",
]);

/** Why pages must keep their numbers; null where they need not. */
export function pages_differ(k: Linux, operations: readonly Operation[]): string | null {
  const { tlb = false, granule = PAGE_SIZE, ramGiB = 2, swiotlb } = k.configuration;
  if (k.machine.memory.ram.cells > 1) return "pages have several cells, whose garbage is not told apart";
  if (operations.some(is_partial)) return "parts of pages are written or mapped";
  const other = operations.find((o) => !ALIKE.has(o.op));
  if (other !== undefined) return `${other.op} frees pages or treats them one after the other`;
  // The pages behind the one that faults are mapped too, drivers/gpu/drm/ttm/ttm_bo_vm.c:244 (prefault).
  if (operations.some((o) => o.op === "bo_fault" && o.page !== 0)) return "a fault maps the pages behind it, and none before";
  if (operations.some((o) => o.op === "bo_create" && o.place !== undefined && o.place !== "tt")) return "pages of VRAM are not looked at";
  if (tlb) return "stale translations of a page outlive its mapping (tlb=yes)";
  if (granule > PAGE_SIZE) return "pages in one granule of the host are converted together";
  if (ramGiB > 4) return "pages of one buffer may lie on both sides of 4 GiB";
  if (swiotlb === "dynamic") return "pools come and go with mappings (swiotlb=dynamic)";
  return null;
}
