// SPDX-License-Identifier: MIT
/** What of a kernel's health is anybody's fault. */

import type { Health } from "../kernel/index.ts";
import type { Oracle } from "./oracle.ts";

/**
 * Leaves out pages whose conversion failed: the kernel said so, and their owner is to leak them.
 * Ref: kernel/dma/direct.c:290-313 (out_leak_pages).
 */
export function judgedHealth(health: Health | null, oracle: Oracle, words: Uint32Array): Health | null {
  if (health === null || health.mismatched.length === 0) return health;
  return { ...health, mismatched: health.mismatched.filter((m) => !oracle.unknown(words, m.buf, m.page)) };
}
