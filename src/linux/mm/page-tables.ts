// SPDX-License-Identifier: MIT
/** The kernel's side of page tables: addresses of its regions, and setting leaf entries. */

import { assert, BIT, hiWord, loWord, PAGE_SIZE, type Pfn, pfn, pfnToPhys, type PhysAddr, virtAddr, type VirtAddr } from "../../base/index.ts";
import { entryAddress, entryTarget, PTE_ACCESSED, PTE_DIRTY, PTE_PRESENT, PTE_RW, PTE_USER, tableIndex } from "../../machine/index.ts";
import { TABLES } from "../layout.ts";
import { type Linux, put } from "../linux.ts";
import { sme_me_bit, sme_set } from "../x86/coco-core.ts";

/** Regions as in Documentation/arch/x86/x86_64/mm.rst (4 levels, no KASLR), low 48 bits. */
const PAGE_OFFSET = 0x8880_0000_0000;
export const VMALLOC_START: VirtAddr = virtAddr(0xc900_0000_0000);
export const USER_MMAP_BASE: VirtAddr = virtAddr(0x7f00_0000_0000);

/** __va(): where the linear map has a frame. */
export function linear_address(frame: Pfn): VirtAddr {
  return virtAddr(PAGE_OFFSET + pfnToPhys(frame));
}

/** A zeroed frame for a page table. */
export function alloc_table(k: Linux): PhysAddr {
  const used = k.s[k.layout.tablesUsed]!;
  assert(used < TABLES.frames, "model: out of page-table frames");
  put(k, k.layout.tablesUsed, used + 1);
  return pfnToPhys(pfn(TABLES.firstPfn + used));
}

const TABLE_FLAGS = PTE_PRESENT + PTE_RW + PTE_USER + PTE_ACCESSED + PTE_DIRTY;

function leaf_entry(k: Linux, va: VirtAddr, make: boolean): PhysAddr | null {
  let table = k.pgd;
  for (let level = 4; level > 1; level--) {
    const entry = entryAddress(table, tableIndex(va, level));
    const lo = k.tables.readLo(entry);
    if ((lo & PTE_PRESENT) !== 0) {
      table = entryTarget(lo, k.tables.readHi(entry), sme_me_bit(k));
      continue;
    }
    if (!make) return null;
    table = alloc_table(k);
    // Table entries are encrypted as well: _PAGE_TABLE includes _ENC, arch/x86/include/asm/pgtable_types.h.
    k.tables.writeNumber(entry, sme_set(k, table + TABLE_FLAGS));
  }
  return entryAddress(table, tableIndex(va, 1));
}

/**
 * Makes the tables of vmalloc space and of user space at boot, so that states do not differ by which was used first.
 * The kernel does so for the upper levels of vmalloc space.   @ref arch/x86/mm/init_64.c:1324 (preallocate_vmalloc_pages)
 */
export function preallocate_tables(k: Linux): void {
  for (const region of [VMALLOC_START, USER_MMAP_BASE]) leaf_entry(k, region, true);
}

/** The entry that maps `va` in a leaf table; tables are never freed, so it stays where it is. @ref arch/x86/mm/pat/set_memory.c:757 (lookup_address) */
export function lookup_address(k: Linux, va: VirtAddr): PhysAddr {
  const entry = leaf_entry(k, va, false);
  assert(entry !== null, "model: an address without tables");
  return entry;
}

/** Writes an entry. What it was stays in the TLB, where it was present, until somebody flushes. */
function write_leaf(k: Linux, va: VirtAddr, entry: PhysAddr, lo: number, hi: number): void {
  const oldLo = k.tables.readLo(entry);
  const oldHi = k.tables.readHi(entry);
  if (oldLo === lo && oldHi === hi) return;
  if ((oldLo & PTE_PRESENT) !== 0) k.machine.tlb?.hold(va, oldLo, oldHi);
  k.tables.write(entry, lo, hi);
}

/** Points the 4 KiB leaf of `va` at `frame` with `prot`, making tables on the way. Flushing is the caller's duty. */
export function set_leaf(k: Linux, va: VirtAddr, frame: Pfn, prot: number): void {
  const entry = leaf_entry(k, va, true);
  assert(entry !== null && prot < BIT(52), "model: bad leaf");
  // The address and the flags do not overlap, and the C-bit lies above every RAM address.
  write_leaf(k, va, entry, (loWord(frame * PAGE_SIZE) + loWord(prot)) >>> 0, (hiWord(frame * PAGE_SIZE) + hiWord(prot)) >>> 0);
}

/** Removes the leaf of `va`; tables stay. Flushing is the caller's duty. */
export function clear_leaf(k: Linux, va: VirtAddr): void {
  const entry = leaf_entry(k, va, false);
  if (entry !== null) write_leaf(k, va, entry, 0, 0);
}

/** Where the leaf of `va` is; null where there is no table for it. */
export function leaf_address(k: Linux, va: VirtAddr): PhysAddr | null {
  return leaf_entry(k, va, false);
}

/** The bits of a leaf: [low word, high word]; both 0 where there is none. */
export function leaf_bits(k: Linux, va: VirtAddr): readonly [number, number] {
  const entry = leaf_entry(k, va, false);
  return entry === null ? [0, 0] : [k.tables.readLo(entry), k.tables.readHi(entry)];
}

/**
 * Clears and sets bits of a leaf; true where that changed it. A leaf that is not there stays so (pte_none).
 * @param clr bits as one number, with the attribute bit where it is meant
 */
export function change_leaf(k: Linux, va: VirtAddr, set: number, clr: number): boolean {
  const entry = leaf_entry(k, va, false);
  if (entry === null) return false;
  const lo = k.tables.readLo(entry);
  const hi = k.tables.readHi(entry);
  if (lo === 0 && hi === 0) return false;
  const newLo = ((lo & ~loWord(clr)) | loWord(set)) >>> 0;
  const newHi = ((hi & ~hiWord(clr)) | hiWord(set)) >>> 0;
  write_leaf(k, va, entry, newLo, newHi);
  return newLo !== lo || newHi !== hi;
}
