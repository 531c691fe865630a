// SPDX-License-Identifier: MIT
/** What a policy of a user's own decides with: the kernel's functions that the built-in policies ask, under their own names. */

import { tt_page } from "../bufs.ts";
import { use_dma_iommu } from "../dma/mapping.ts";
import { linear_private } from "../health.ts";
import { cc_platform_has } from "../x86/coco-core.ts";
import { force_dma_unencrypted } from "../x86/mem-encrypt.ts";
import { pgprot_decrypted, pgprot_encrypted } from "../x86/pgtable.ts";
import { linux_tt_decrypted } from "./linux-tt.ts";
import { TTM_IO_PROT } from "./ttm-io-prot.ts";

/** The kernel's functions that a policy of a user's own is handed. */
export interface PolicyKit {
  /** Whether the platform has an attribute, "CC_ATTR_GUEST_MEM_ENCRYPT". @ref arch/x86/coco/core.c (cc_platform_has) */
  readonly cc_platform_has: typeof cc_platform_has;
  /** Whether the DMA layer takes the device for one that needs unencrypted memory. @ref arch/x86/mm/mem_encrypt.c:17 (force_dma_unencrypted) */
  readonly force_dma_unencrypted: typeof force_dma_unencrypted;
  /** Whether dma-iommu serves the device. @ref include/linux/iommu-dma.h (use_dma_iommu) */
  readonly use_dma_iommu: typeof use_dma_iommu;
  /** A protection with the attribute for plain, or shared, memory. @ref arch/x86/include/asm/pgtable.h (pgprot_decrypted) */
  readonly pgprot_decrypted: typeof pgprot_decrypted;
  /** A protection with the attribute for encrypted, or private, memory. @ref arch/x86/include/asm/pgtable.h (pgprot_encrypted) */
  readonly pgprot_encrypted: typeof pgprot_encrypted;
  /** The frame of a page of a buffer; null where it has none. */
  readonly tt_page: typeof tt_page;
  /** Whether the linear map has a frame as encrypted, or private: what the DMA layer did to it shows there. */
  readonly linear_private: typeof linear_private;
  /** What Linux itself decides at ttm_tt_create(). @ref drivers/gpu/drm/ttm/ttm_tt.c:94-97 (ttm_tt_create) */
  readonly linux_tt_decrypted: typeof linux_tt_decrypted;
  /** Where Linux applies the choice, as a policy's `chooser`. */
  readonly TTM_IO_PROT: typeof TTM_IO_PROT;
}

export const POLICY_KIT: PolicyKit = { cc_platform_has, force_dma_unencrypted, use_dma_iommu, pgprot_decrypted, pgprot_encrypted, tt_page, linear_private, linux_tt_decrypted, TTM_IO_PROT };
