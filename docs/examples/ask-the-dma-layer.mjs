// SPDX-License-Identifier: MIT
// TTM_TT_FLAG_DECRYPTED exactly where dma-direct decrypted: the DMA layer's own questions, asked in its order.
export default ({ cc_platform_has, force_dma_unencrypted, use_dma_iommu }) => ({
  title: "the questions that dma_alloc_attrs() asked itself",
  origin: "docs/guide/write-a-policy.md",
  tt_decrypted(k) {
    if (!k.use_dma_alloc) return false;
    if (cc_platform_has(k, "CC_ATTR_GUEST_MEM_ENCRYPT")) return true;
    return !use_dma_iommu(k) && force_dma_unencrypted(k);
  },
});
