// SPDX-License-Identifier: MIT
/**
 * Moves of a buffer's contents between system memory and VRAM: by the CPU (ttm_bo_move_memcpy) and by the device.
 * SIMPLIFIED (may miss bugs): a device's copy is over at once, so there are no ghost objects that keep the old placement until a fence.
 */

import { PAGE_SIZE, type Pfn, virtAddr, type VirtAddr } from "../../base/index.ts";
import { type Access, BLOCK_WORDS, DOMAIN_PLAIN } from "../../machine/index.ts";
import { buf_get, tt_dma_address, tt_page, TTM_TT_FLAG_SWAPPED, TTM_TT_FLAG_ZERO_ALLOC } from "../bufs.ts";
import { ENOMEM } from "../errno.ts";
import { type Linux, note } from "../linux.ts";
import { memcpy_page, memset_page } from "../mm/memory.ts";
import { linear_address } from "../mm/page-tables.ts";
import { ioremap, iounmap } from "../x86/ioremap.ts";
import { bus_address, bus_caching, vram_frame } from "./resource.ts";
import { ttm_tt_is_populated, ttm_tt_populate } from "./tt.ts";

/** Runs `each` with a kernel map of the VRAM, one page after the other; 0 or -ENOMEM. @ref drivers/gpu/drm/ttm/ttm_resource.c:773-823 (ttm_kmap_iter_linear_io_init) */
function each_io_page(k: Linux, start: number, count: number, each: (io: VirtAddr, page: number) => void): number {
  const base = ioremap(k, Array.from({ length: count }, (_, i) => vram_frame(start + i)), bus_caching(k));
  if (base === 0) return -ENOMEM;
  try {
    for (let i = 0; i < count; i++) each(virtAddr(base + i * PAGE_SIZE), i);
  } finally {
    iounmap(k, base, count);
  }
  return 0;
}

/**
 * kmap_local_page_prot(): on 64-bit machines the linear map, whatever the protection; so with the attribute that the linear
 * map has.   @ref drivers/gpu/drm/ttm/ttm_tt.c:427-436 (ttm_kmap_iter_tt_map_local), include/linux/highmem-internal.h:188 (kmap_local_page_prot)
 */
function kmap_local_page(k: Linux, bo: number, page: number): VirtAddr {
  return linear_address(tt_page(k, bo, page)!);
}

/** By the CPU from the tt to VRAM; what was never there is cleared, if the tt asks for cleared pages. @ref drivers/gpu/drm/ttm/ttm_bo_util.c:142-198 (ttm_bo_move_memcpy), drivers/gpu/drm/ttm/ttm_bo_util.c:84-123 (ttm_move_memcpy) */
export function memcpy_to_vram(k: Linux, bo: number, start: number): number {
  const flags = buf_get(k, bo, "page_flags");
  if ((flags & TTM_TT_FLAG_SWAPPED) !== 0) {
    const error = ttm_tt_populate(k, bo);
    if (error !== 0) return error;
  }
  const count = buf_get(k, bo, "num_pages");
  const clear = !ttm_tt_is_populated(k, bo);
  if (clear && (flags & TTM_TT_FLAG_ZERO_ALLOC) === 0) return 0;
  note(k, "ttm_move_memcpy", "drivers/gpu/drm/ttm/ttm_bo_util.c:84", clear ? "VRAM cleared" : "pages to VRAM, read through the linear map");
  return each_io_page(k, start, count, (io, page) => {
    if (clear) memset_page(k, io);
    else memcpy_page(k, io, kmap_local_page(k, bo, page));
  });
}

/** By the CPU from VRAM to the tt, which is populated. */
export function memcpy_from_vram(k: Linux, bo: number, start: number): number {
  note(k, "ttm_move_memcpy", "drivers/gpu/drm/ttm/ttm_bo_util.c:84", "VRAM to pages, written through the linear map");
  return each_io_page(k, start, buf_get(k, bo, "num_pages"), (io, page) => memcpy_page(k, kmap_local_page(k, bo, page), io));
}

const block = new Uint32Array(BLOCK_WORDS);

/** Runs a DMA access for each cell of the buffer, whatever stops the others. */
function each_cell(k: Linux, bo: number, start: number, access: (address: number, vram: Pfn, cell: number) => Access): void {
  const { ram, stride } = k.machine.memory;
  for (let page = 0; page < buf_get(k, bo, "num_pages"); page++) {
    for (let cell = 0; cell < ram.cells; cell++) {
      const done = access(tt_dma_address(k, bo, page) + cell * stride, vram_frame(start + page), cell);
      if (done.kind === "fault") k.device_fault ??= done;
    }
  }
}

/**
 * By the device's copy engine from dma_address[] to VRAM: where its view of the page is ciphertext, so is the copy.
 * @ref drivers/gpu/drm/amd/amdgpu/amdgpu_ttm.c:388 (amdgpu_move_blit)
 */
export function device_to_vram(k: Linux, bo: number, start: number): void {
  note(k, "amdgpu_move_blit", "drivers/gpu/drm/amd/amdgpu/amdgpu_ttm.c:388", "the device copies the pages to VRAM");
  each_cell(k, bo, start, (address, vram, cell) => {
    const read = k.machine.deviceRead({ addressBits: k.driver.dmaMaskBits }, k.iommu, bus_address(k, address), block);
    if (read.kind !== "fault") k.machine.memory.write(vram, cell, DOMAIN_PLAIN, block);
    return read;
  });
}

/** By the device's copy engine from VRAM to dma_address[]. */
export function device_from_vram(k: Linux, bo: number, start: number): void {
  note(k, "amdgpu_move_blit", "drivers/gpu/drm/amd/amdgpu/amdgpu_ttm.c:388", "the device copies VRAM to the pages");
  each_cell(k, bo, start, (address, vram, cell) => {
    k.machine.memory.read(vram, cell, DOMAIN_PLAIN, block);
    return k.machine.deviceWrite({ addressBits: k.driver.dmaMaskBits }, k.iommu, bus_address(k, address), block);
  });
}
