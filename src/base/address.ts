// SPDX-License-Identifier: MIT
/** Addresses are numbers with a brand, so that one kind is not handed in for another. */

declare const brand: unique symbol;
type Branded<Name extends string> = number & { readonly [brand]: Name };

/** A physical address as the CPU's page tables hold it, attribute bit removed. Guest physical in a guest. Bytes. */
export type PhysAddr = Branded<"PhysAddr">;
/** A page frame number: `PhysAddr >> 12`. */
export type Pfn = Branded<"Pfn">;
/** What a device emits: with or without C-bit, or an IOVA. Bytes. */
export type DmaAddr = Branded<"DmaAddr">;
/** A virtual address, held as its low 48 bits (print it with `formatVirt`). Bytes. */
export type VirtAddr = Branded<"VirtAddr">;

export const PAGE_SHIFT = 12;
export const PAGE_SIZE = 4096;

export const physAddr = (value: number): PhysAddr => value as PhysAddr;
export const pfn = (value: number): Pfn => value as Pfn;
export const dmaAddr = (value: number): DmaAddr => value as DmaAddr;
export const virtAddr = (value: number): VirtAddr => value as VirtAddr;

export const pfnToPhys = (frame: Pfn): PhysAddr => (frame * PAGE_SIZE) as PhysAddr;
export const physToPfn = (address: PhysAddr): Pfn => Math.floor(address / PAGE_SIZE) as Pfn;
export const pageOffset = (address: number): number => address & (PAGE_SIZE - 1);

/** The canonical 64-bit form of a virtual address, as the kernel prints it. */
export function formatVirt(address: VirtAddr): string {
  const low = address.toString(16).padStart(12, "0");
  return address >= 2 ** 47 ? `0xffff${low}` : `0x${address.toString(16)}`;
}
