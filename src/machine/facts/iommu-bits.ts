// SPDX-License-Identifier: MIT
/**
 * AMD-Vi v1 (host) I/O page table entries.
 * Refs: AMD I/O Virtualization Technology Specification (48882) sec. 2.2.3; drivers/iommu/amd/amd_iommu_types.h
 * (IOMMU_PTE_PR, PM_LEVEL_SHIFT, IOMMU_PTE_FC, IOMMU_PTE_IR, IOMMU_PTE_IW).
 */

/** Low word: present. */
export const IOMMU_PTE_PR: number = 1 << 0;
/** Low word, bits 9 to 11: next level; 0 ends the walk at this entry's default size, 7 at an encoded size. */
export const IOMMU_PTE_LEVEL_SHIFT = 9;
export const IOMMU_PTE_LEVEL_MASK = 7;
/** High word: force coherent (bit 60), read (61) and write (62) permission. */
export const IOMMU_PTE_FC_HI: number = 1 << 28;
export const IOMMU_PTE_IR_HI: number = 1 << 29;
export const IOMMU_PTE_IW_HI: number = 1 << 30;
