// SPDX-License-Identifier: MIT
/**
 * What readers are promised: the token last written to each page, by whom ever, in program order. Buffers that TTM maps
 * for a device are promised coherent for as long as they live, because TTM maps them once and never
 * calls dma_sync_*, which is legal only where syncing does nothing (drivers/gpu/drm/vmwgfx/vmwgfx_ttm_buffer.c:143-156).
 * Nothing is promised of a page before its first write.
 * SIMPLIFIED (may report false bugs): what a driver syncs by itself around its own ioctls (nouveau, drivers/gpu/drm/nouveau/nouveau_bo.c:718) is no
 * operation of the contract, so a bounced buffer of such a driver is judged without it.
 */

import type { Operation } from "../kernel/index.ts";
import type { Workload } from "./workload.ts";

/** The buffers, and pages of each, that promises are kept for. */
export type Extent = Pick<Workload, "buffers" | "pages">;

/** No promise. */
export const NOTHING_WRITTEN = 0;

/** Words of the oracle in the state: one token for each page. */
export function oracleWords(extent: Extent): number {
  return extent.buffers * extent.pages;
}

function at(extent: Extent, buf: number, page: number): number {
  return buf * extent.pages + page;
}

/** The token that a read must give; `NOTHING_WRITTEN` where nothing is promised or the operation is no read. */
export function expectedToken(extent: Extent, words: Uint32Array, operation: Operation): number {
  if (operation.op !== "cpu_read" && operation.op !== "dev_read") return NOTHING_WRITTEN;
  return words[at(extent, operation.buf, operation.page)]!;
}

/** Takes note of an operation that is done. */
export function observe(extent: Extent, words: Uint32Array, operation: Operation): void {
  switch (operation.op) {
    case "cpu_write":
    case "dev_write":
      words[at(extent, operation.buf, operation.page)] = operation.value;
      break;
    case "bo_create":
    case "bo_destroy":
      words.fill(NOTHING_WRITTEN, at(extent, operation.buf, 0), at(extent, operation.buf + 1, 0));
      break;
    default:
      break;
  }
}
