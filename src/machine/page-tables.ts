// SPDX-License-Identifier: MIT
/** The formats of page tables that a machine's CPU can walk. */

import type { PhysAddr, VirtAddr } from "../base/index.ts";
import { leafTranslation, type Translation, walk } from "./mmu.ts";
import { arm64LeafTranslation, arm64Walk } from "./mmu-arm64.ts";
import type { TableMemory } from "./tables.ts";

export type PageTableFormat = "x86-64" | "arm64";

export interface PageTableReader {
  /** The translation of `va` through the tables at `root`; null where the CPU would fault. @param bit the platform's attribute bit, -1 for none */
  walk(tables: TableMemory, root: PhysAddr, va: VirtAddr, bit: number): Translation | null;
  /** What an entry of the last level says of `va`; null where it is not present. */
  leaf(lo: number, hi: number, va: VirtAddr, bit: number): Translation | null;
}

export const PAGE_TABLE_READERS: Readonly<Record<PageTableFormat, PageTableReader>> = {
  "x86-64": { walk, leaf: leafTranslation },
  arm64: { walk: arm64Walk, leaf: arm64LeafTranslation },
};
