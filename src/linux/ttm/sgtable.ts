// SPDX-License-Identifier: MIT
/** A driver's own scatterlist over the pages of a buffer: dma_map_sgtable() and dma_unmap_sgtable() with DMA_BIDIRECTIONAL. */

import { PAGE_SIZE } from "../../base/index.ts";
import { buf_get, buf_set, set_tt_dma_address, tt_dma_address, tt_page } from "../bufs.ts";
import { dma_map_page_attrs, dma_mapping_error, dma_unmap_page_attrs, use_dma_iommu } from "../dma/mapping.ts";
import { EIO, ENOMEM } from "../errno.ts";
import type { Linux } from "../linux.ts";

/** Neighbouring frames: first page of the buffer, pages. */
type Run = readonly [number, number];

/** Runs of neighbouring frames, as sg_alloc_table_from_pages() merges them. @ref lib/scatterlist.c */
export function segments(k: Linux, buf: number): readonly Run[] {
  const runs: [number, number][] = [];
  for (let i = 0; i < buf_get(k, buf, "num_pages"); i++) {
    const last = runs.at(-1);
    if (last !== undefined && tt_page(k, buf, i) === tt_page(k, buf, last[0])! + last[1]) last[1]++;
    else runs.push([i, 1]);
  }
  return runs;
}

/**
 * dma_map_sgtable(): 0, or -EIO (behind an IOMMU -ENOMEM) with nothing left behind. DMA_ATTR_SKIP_CPU_SYNC changes nothing here: devices are coherent,
 * and swiotlb copies in at map regardless.   @ref kernel/dma/direct.c:463-505 (dma_direct_map_sg), drivers/gpu/drm/xe/xe_bo.c:310 (dma_map_sgtable)
 */
export function dma_map_sgtable(k: Linux, buf: number): number {
  const done: Run[] = [];
  for (const [at, pages] of segments(k, buf)) {
    const address = dma_map_page_attrs(k, tt_page(k, buf, at)!, pages * PAGE_SIZE);
    if (dma_mapping_error(address)) {
      // dma_direct_map_sg() undoes what it did with DMA_ATTR_SKIP_CPU_SYNC, kernel/dma/direct.c:503.
      unmap_runs(k, buf, done, true);
      // Without bouncing iommu_dma_map_sg() has no page tables then, drivers/iommu/dma-iommu.c:1509 (iommu_dma_map_sg).
      return use_dma_iommu(k) && k.driver.untrusted !== true ? -ENOMEM : -EIO;
    }
    for (let i = 0; i < pages; i++) set_tt_dma_address(k, buf, at + i, address + i * PAGE_SIZE);
    done.push([at, pages]);
  }
  buf_set(k, buf, "device_mapped", 1);
  return 0;
}

function unmap_runs(k: Linux, buf: number, runs: readonly Run[], skip_cpu_sync: boolean): void {
  for (const [at, pages] of runs) {
    dma_unmap_page_attrs(k, tt_dma_address(k, buf, at), pages * PAGE_SIZE, skip_cpu_sync);
    for (let i = 0; i < pages; i++) set_tt_dma_address(k, buf, at + i, 0);
  }
}

/** Without attributes, whatever the driver mapped with. @ref drivers/gpu/drm/xe/xe_bo.c:326 (dma_unmap_sgtable), drivers/gpu/drm/vmwgfx/vmwgfx_ttm_buffer.c:139 (dma_unmap_sgtable) */
export function dma_unmap_sgtable(k: Linux, buf: number): void {
  if (buf_get(k, buf, "device_mapped") === 0) return;
  unmap_runs(k, buf, segments(k, buf), false);
  buf_set(k, buf, "device_mapped", 0);
}
