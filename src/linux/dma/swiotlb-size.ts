// SPDX-License-Identifier: MIT
/**
 * How large a real kernel makes its bounce buffer: slots, areas, and the share of a guest's memory. The model's own pool
 * is some pages (SWIOTLB_FRAMES), so that it can be searched; these are for reports and for comparing.
 */

/** One slot is 2 KiB. @ref include/linux/swiotlb.h:26-33 */
export const IO_TLB_SHIFT = 11;
export const IO_TLB_SIZE: number = 1 << IO_TLB_SHIFT;
/** Slots that one mapping may take: 256 KiB. @ref include/linux/swiotlb.h:26 */
export const IO_TLB_SEGSIZE = 128;
/** @ref include/linux/swiotlb.h:36 (IO_TLB_DEFAULT_SIZE) */
export const IO_TLB_DEFAULT_SIZE: number = 64 << 20;
const SZ_1G = 2 ** 30;

/** Slots that `bytes` take. @ref kernel/dma/swiotlb.c:248-251 (nr_slots) */
export function nr_slots(bytes: number): number {
  return Math.ceil(bytes / IO_TLB_SIZE);
}

const align = (value: number, to: number): number => Math.ceil(value / to) * to;
const roundup_pow_of_two = (value: number): number => 2 ** Math.ceil(Math.log2(value));

/** Slots of the default pool once there are `nareas` areas of at least a segment each. @ref kernel/dma/swiotlb.c:132-143 (round_up_default_nslabs) */
export function round_up_default_nslabs(nslabs: number, nareas: number): number {
  if (nareas === 0) return nslabs;
  return roundup_pow_of_two(Math.max(nslabs, IO_TLB_SEGSIZE * nareas));
}

/** Areas that a pool of `nslots` can have. @ref kernel/dma/swiotlb.c:178-183 (limit_nareas) */
export function limit_nareas(nareas: number, nslots: number): number {
  return nslots < nareas * IO_TLB_SEGSIZE ? Math.floor(nslots / IO_TLB_SEGSIZE) : nareas;
}

/** What `swiotlb=<slots>` makes of a number. @ref kernel/dma/swiotlb.c:186-204 (setup_io_tlb_npages) */
export function setup_io_tlb_npages(slots: number): number {
  return align(slots, IO_TLB_SEGSIZE);
}

/** Slots of an architecture's own size, where no size was given on the command line. @ref kernel/dma/swiotlb.c:213-228 (swiotlb_adjust_size) */
export function swiotlb_adjust_size(nslabs: number, bytes: number, nareas = 0): number {
  if (nslabs !== IO_TLB_DEFAULT_SIZE >> IO_TLB_SHIFT) return nslabs;
  return round_up_default_nslabs(align(nr_slots(align(bytes, IO_TLB_SIZE)), IO_TLB_SEGSIZE), nareas);
}

/** Bytes of an encrypted guest's pool: 6 % of its memory, between 64 MiB and 1 GiB. @ref arch/x86/mm/mem_encrypt.c:132-134 (clamp_val) */
export function encrypted_guest_swiotlb_bytes(total_mem: number): number {
  return Math.min(Math.max(Math.floor((total_mem * 6) / 100), IO_TLB_DEFAULT_SIZE), SZ_1G);
}
