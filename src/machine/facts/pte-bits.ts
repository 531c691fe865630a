// SPDX-License-Identifier: MIT
/**
 * Bits of a 4 KiB leaf entry and of table entries, x86-64 4-level paging.
 * Refs: AMD APM vol. 2 sec. 5.4 "Page-Translation-Table Entry Fields"; arch/x86/include/asm/pgtable_types.h (_PAGE_BIT_*).
 * The C-bit is not here: its place belongs to the platform.
 */

/** Low-word flags. */
export const PTE_PRESENT: number = 1 << 0;
export const PTE_RW: number = 1 << 1;
export const PTE_USER: number = 1 << 2;
export const PTE_PWT: number = 1 << 3;
export const PTE_PCD: number = 1 << 4;
export const PTE_ACCESSED: number = 1 << 5;
export const PTE_DIRTY: number = 1 << 6;
/** In a table entry: this entry maps a large page. In a 4 KiB leaf entry the same bit is PAT. */
export const PTE_PSE: number = 1 << 7;
export const PTE_PAT: number = 1 << 7;
export const PTE_GLOBAL: number = 1 << 8;
/** High-word flag: no execute (bit 63). */
export const PTE_NX_HI: number = (1 << 31) >>> 0;

/** Bits 12 to 51 hold the address: all of them but the low 12, and the low 20 bits of the high word. */
export const PTE_ADDRESS_LO: number = 0xfffff000;
export const PTE_ADDRESS_HI: number = 0x000fffff;

/** Index bits of one level, and entries of one table. */
export const TABLE_INDEX_BITS = 9;
export const TABLE_ENTRIES = 512;

/** Cache types by PAT index as Linux programs the PAT MSR. Ref: arch/x86/mm/pat/memtype.c pat_bp_init (full PAT). */
export const PAT_TYPES = ["WB", "WC", "UC-", "UC", "WB", "WP", "UC-", "WT"] as const;
export type CacheType = (typeof PAT_TYPES)[number];
