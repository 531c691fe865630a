// SPDX-License-Identifier: MIT
/** arch/x86/mm/pat/memtype.c for RAM: bits of struct page that say whether a page is reserved with another type than write-back. */

import type { Pfn } from "../../base/index.ts";
import { EBUSY } from "../errno.ts";
import { frameIndex } from "../layout.ts";
import { type Linux, put } from "../linux.ts";

function set_page_memtype(k: Linux, frame: Pfn, reserved: boolean): void {
  const index = frameIndex(k.layout, frame);
  const at = k.layout.memtypes + (index >>> 5);
  const bit = 1 << (index & 31);
  put(k, at, (reserved ? k.s[at]! | bit : k.s[at]! & ~bit) >>> 0);
}

function get_page_memtype(k: Linux, frame: Pfn): boolean {
  const index = frameIndex(k.layout, frame);
  return ((k.s[k.layout.memtypes + (index >>> 5)]! >>> (index & 31)) & 1) === 1;
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
