// SPDX-License-Identifier: MIT
/**
 * User maps go through dma_mmap_attrs(), which asks the same question as the allocation did. Christoph Hellwig's hint, reported by Christian
 * König on 19 September 2023. Kernel maps are left as Linux has them, so on an SME host they stay wrong where user maps are right.
 * Cost: the call wants a vma over a whole allocation, which fault by fault is "a bit of extra setup" (Zack Rusin, 20 September 2023).
 */

import { use_dma_iommu } from "../dma/mapping.ts";
import type { Policy } from "../linux.ts";
import { force_dma_unencrypted } from "../x86/mem-encrypt.ts";
import { pgprot_decrypted } from "../x86/pgtable.ts";
import { linux_tt_decrypted } from "./linux-tt.ts";
import { TTM_IO_PROT } from "./ttm-io-prot.ts";

export const dmaMmap: Policy = {
  name: "dma-mmap",
  title: "user maps through dma_mmap_attrs(), kernel maps as Linux has them",
  origin: "Christoph Hellwig, quoted by Christian König, dri-devel, 19 September 2023",
  tt_decrypted: linux_tt_decrypted,
  io_prot_decrypts: () => false,
  // dma_direct_mmap() decrypts, kernel/dma/direct.c:542-564 (dma_direct_mmap); iommu_dma_mmap() never does.
  user_prot: (k, _buf, prot) => {
    if (!k.use_dma_alloc) return null;
    return !use_dma_iommu(k) && force_dma_unencrypted(k) ? pgprot_decrypted(k, prot) : prot;
  },
  chooser: TTM_IO_PROT,
  user_chooser: { function: "dma_mmap_attrs", file: "kernel/dma/mapping.c:549" },
};
