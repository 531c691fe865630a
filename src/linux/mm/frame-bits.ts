// SPDX-License-Identifier: MIT
/** Bitmaps with a bit for each frame of RAM, by its number over all banks: what struct page has flags for. */

import { type Linux, put } from "../linux.ts";

/** @param bitmap its first word in the state  @param index the frame's number */
export function test_frame_bit(k: Linux, bitmap: number, index: number): boolean {
  return ((k.s[bitmap + (index >>> 5)]! >>> (index & 31)) & 1) === 1;
}

export function put_frame_bit(k: Linux, bitmap: number, index: number, value: boolean): void {
  const at = bitmap + (index >>> 5);
  const bit = 1 << (index & 31);
  put(k, at, (value ? k.s[at]! | bit : k.s[at]! & ~bit) >>> 0);
}
