// SPDX-License-Identifier: MIT
/** The changes of Linux that the model can switch: which release has them, and which modelled function asks. */

import { DMA_CHANGES } from "./changes-dma.ts";
import { TTM_CHANGES } from "./changes-ttm.ts";
import { X86_CHANGES } from "./changes-x86.ts";

/** One change of the kernel's, by the first digits of its commit: which releases have it, and what it does. */
export interface Change {
  /** The first twelve digits of the upstream commit, or a name where there is none (or none that is certain). */
  readonly id: string;
  readonly title: string;
  /** Message id or address of what is not merged; empty where the id says it. */
  readonly link?: string;
  /** Whether Debian's linux-source-6.1 (6.1.192) and linux-source-6.12 (6.12.117) have it, read in those sources. */
  readonly in61: boolean;
  readonly in612: boolean;
  /** True where the release `proposed` has it on top of 6.12: fixes that came later and proposals. */
  readonly proposed?: boolean;
  /** The modelled functions that ask for it. */
  readonly asks: string;
}

/** All changes, by layer. */
export const CHANGES: readonly Change[] = [...X86_CHANGES, ...DMA_CHANGES, ...TTM_CHANGES];

/** Where a change can be read. */
export function changeLink(change: Change): string {
  return change.link ?? `https://git.kernel.org/linus/${change.id}`;
}
