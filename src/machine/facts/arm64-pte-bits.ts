// SPDX-License-Identifier: MIT
/**
 * Bits of stage 1 descriptors, VMSAv8-64, 4 KiB granule, 48-bit output addresses.
 * Refs: Arm ARM DDI0487 D8.3 "Translation table descriptor formats"; arch/arm64/include/asm/pgtable-hwdef.h (PTE_*).
 * The bit of a realm's shared addresses is the top one of the address: its place belongs to the platform.
 */

import type { CacheType } from "./pte-bits.ts";

/** Low word: valid. */
export const ARM64_VALID: number = 1 << 0;
/** Low word: in a valid entry above the last level, a table and no block; at the last level it must be set. */
export const ARM64_TABLE: number = 1 << 1;
/** Low word, bits 2 to 4: index into MAIR_EL1. */
export const ARM64_ATTRINDX_SHIFT = 2;
/** Low word: AP[1], access at EL0, and AP[2], read-only. */
export const ARM64_USER: number = 1 << 6;
export const ARM64_RDONLY: number = 1 << 7;
/** High word: DBM (bit 51). The hardware clears AP[2] at a write. Ref: D8.5.2 "Hardware management of the dirty state". */
export const ARM64_DBM_HI: number = 1 << 19;

/** Bits 12 to 47 hold the address. */
export const ARM64_ADDRESS_LO: number = 0xfffff000;
export const ARM64_ADDRESS_HI: number = 0x0000ffff;

/**
 * Memory types by index as Linux programs MAIR_EL1: Normal, Normal tagged, Normal non-cacheable, Device-nGnRnE, Device-nGnRE.
 * Ref: arch/arm64/include/asm/memory.h (MT_NORMAL...), arch/arm64/mm/proc.S (MAIR_EL1_SET). Each is called what the same
 * function of Linux makes on x86: pgprot_writecombine() is Normal non-cacheable here and WC there, pgprot_noncached() and
 * ioremap() are Device here and UC- there.
 */
export const MAIR_TYPES: readonly CacheType[] = ["WB", "WB", "WC", "UC-", "UC-"];
