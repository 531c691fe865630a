// SPDX-License-Identifier: MIT
/** Where a machine's state keeps what was written, and stale translations: for whoever rewrites a state as a whole. */

import { CACHE_LINE_WORDS } from "./caches.ts";
import { type MachineConfig, machineParts } from "./machine-config.ts";

export interface ContentWords {
  /**
   * First word of memory. Cells follow each other by frame (counted over all banks, the BAR last), each `CELL_WORDS`: a block, then the domain that it
   * was stored in.
   */
  readonly memory: number;
  readonly memoryEnd: number;
  /** First word of the caches: by cell, for the tag without the bit and the one with it, `CACHE_LINE_WORDS`: 1 where the line is dirty, then a block. */
  readonly caches: number;
  /** The same as `caches` where lines are never held. */
  readonly cachesEnd: number;
  /** Words of the TLB; as many as none where an entry counts at once. */
  readonly tlb: number;
  readonly tlbEnd: number;
}

/** The places, from the machine's first word on. */
export function contentWords(config: MachineConfig): ContentWords {
  const { memory, states, caches, tlb } = machineParts(config);
  const at = memory + states;
  return { memory: 0, memoryEnd: memory, caches: at, cachesEnd: at + caches, tlb: at + caches, tlbEnd: at + caches + tlb };
}

export { CACHE_LINE_WORDS };
