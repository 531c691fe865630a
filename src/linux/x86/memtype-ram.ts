// SPDX-License-Identifier: MIT
/** arch/x86/mm/pat/memtype.c for RAM: bits of struct page that say whether a page is reserved with another type than write-back. */

import type { Pfn } from "../../base/index.ts";
import { EBUSY } from "../errno.ts";
import { frameIndex } from "../layout.ts";
import type { Linux } from "../linux.ts";
import { put_frame_bit, test_frame_bit } from "../mm/frame-bits.ts";

function set_page_memtype(k: Linux, frame: Pfn, reserved: boolean): void {
  put_frame_bit(k, k.layout.memtypes, frameIndex(k.layout, frame), reserved);
}

function get_page_memtype(k: Linux, frame: Pfn): boolean {
  return test_frame_bit(k, k.layout.memtypes, frameIndex(k.layout, frame));
}

/**
 * Reserves pages with a type that is not write-back: 0, or -EBUSY with nothing reserved where one of them has such a type already, since there is no way
 * from one to the next but through write-back.   @ref arch/x86/mm/pat/memtype.c:435-477 (reserve_ram_pages_type)
 */
export function reserve_ram_pages_type(k: Linux, frames: readonly Pfn[]): number {
  if (frames.some((frame) => get_page_memtype(k, frame))) return -EBUSY;
  for (const frame of frames) set_page_memtype(k, frame, true);
  return 0;
}

/** Pages are write-back again, as far as this is asked. @ref arch/x86/mm/pat/memtype.c:479-489 (free_ram_pages_type) */
export function free_ram_pages_type(k: Linux, frames: readonly Pfn[]): void {
  for (const frame of frames) set_page_memtype(k, frame, false);
}
