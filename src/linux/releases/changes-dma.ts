// SPDX-License-Identifier: MIT
/** Changes of kernel/dma and of the IOMMU drivers. */

import type { Change } from "./changes.ts";

export const DMA_CHANGES: readonly Change[] = [
  { id: "76a19940bd62", title: "dma-direct: atomic allocations must come from atomic coherent pools", in61: true, in612: true, asks: "dma_direct_alloc" },
  { id: "81e9d894e03f", title: "dma-pool: make sure atomic pool suits device", in61: true, in612: true, asks: "dma_alloc_from_pool" },
  { id: "56fccf21d196", title: "dma-direct: check return value when encrypting or decrypting memory", in61: true, in612: true, asks: "dma_direct_alloc, dma_direct_free" },
  { id: "a90cf3043748", title: "dma-direct: always leak memory that can't be re-encrypted", in61: true, in612: true, asks: "dma_direct_free" },
  { id: "b9fa16949d18", title: "dma-direct: Leak pages on dma_set_decrypted() failure", in61: true, in612: true, asks: "dma_direct_alloc, dma_direct_alloc_pages" },
  { id: "4a37f3dd9a83", title: "dma-direct: don't over-decrypt memory", in61: true, in612: true, asks: "dma_set_decrypted, dma_set_encrypted" },
  { id: "f253a83ff94c", title: "dma-direct: decrypt the linear alias of remapped allocations", in61: false, in612: false, proposed: true, asks: "dma_direct_alloc, dma_direct_free" },
  { id: "8a9dc4a028e7", title: "dma: free atomic pool pages by physical address", in61: false, in612: false, proposed: true, asks: "dma_direct_free_pages" },
  { id: "0510cb5b2303", title: "dma-pool: fix page leak in atomic_pool_expand() cleanup", in61: false, in612: false, proposed: true, asks: "atomic_pool_expand" },
  { id: "ddbd89deb7d3", title: "swiotlb: fix info leak with DMA_FROM_DEVICE (the first try: copies in at every sync as well; taken back)", in61: false, in612: false, asks: "swiotlb_sync_single_for_device" },
  { id: "901c7280ca0d", title: "Reinstate some of \"swiotlb: rework 'fix info leak with DMA_FROM_DEVICE'\": copy in at map, whatever the direction", in61: true, in612: true, asks: "swiotlb_tbl_map_single" },
  { id: "5f89468e2f06", title: "swiotlb: manipulate orig_addr when tlb_addr has offset", in61: true, in612: true, asks: "swiotlb_bounce" },
  { id: "1f221a0d0dbf", title: "swiotlb: respect min_align_mask", in61: true, in612: true, asks: "swiotlb_tbl_map_single" },
  { id: "e8068f2d756d", title: "swiotlb: syncs that begin in front of the slot they hit", in61: false, in612: true, asks: "swiotlb_bounce" },
  { id: "04867a7a3332", title: "swiotlb: Fix double-allocation of slots due to broken alignment handling", in61: true, in612: true, asks: "swiotlb_search_pool_area" },
  { id: "57d29044d0f2", title: "swiotlb: Preserve allocation virtual address for dynamic pools", in61: false, in612: true, asks: "swiotlb_free_tlb" },
  { id: "e13d4d9a4915", title: "swiotlb: free dynamic pools in process context", in61: false, in612: false, proposed: true, asks: "swiotlb_dyn_free" },
  { id: "ad8d2326d264", title: "swiotlb: handle set_memory_decrypted() failures", in61: false, in612: false, proposed: true, asks: "swiotlb_update_mem_attributes, swiotlb_init_late" },
  { id: "afc5aa46ed56", title: "iommu/dma: Force swiotlb_max_mapping_size on an untrusted device", in61: true, in612: true, asks: "iommu_dma_max_mapping_size" },
  { id: "e2692c4eeaa4", title: "iommupt: Do not set C-bit on MMIO backed PTEs", in61: false, in612: false, proposed: true, asks: "iommu_v1_map_pages" },
  { id: "2650073f1b58", title: "iommu/dma: Fix zeroing of bounce buffer padding used by untrusted devices", in61: false, in612: true, asks: "iommu_dma_map_page" },
  { id: "c380931712d1", title: "dma: Fix encryption bit clearing for dma_to_phys", in61: false, in612: false, proposed: true, asks: "dma_to_phys" },
  { id: "7d953a062416", title: "arm64: realm: Use aliased addresses for device DMA to shared buffers", in61: false, in612: false, proposed: true, asks: "phys_to_dma_unencrypted, dma_to_phys" },
  {
    id: "dma_mask_validation",
    title: "dma-direct: Validate DMA mask against canonical DMA addresses",
    link: "https://lkml.iu.edu/hypermail/linux/kernel/2601.2/04170.html",
    in61: false,
    in612: false,
    proposed: true,
    asks: "dma_direct_supported",
  },
  {
    id: "dma_attr_cc_shared",
    title: "DMA_ATTR_CC_SHARED: buffers that are shared already are neither bounced nor given the C-bit",
    link: "20260325192352.437608-1-jiri@resnulli.us",
    in61: false,
    in612: false,
    proposed: true,
    asks: "dma_direct_map_page",
  },
];
