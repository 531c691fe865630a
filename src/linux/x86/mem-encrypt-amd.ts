// SPDX-License-Identifier: MIT
/** arch/x86/mm/mem_encrypt_amd.c: SME, SEV, SEV-ES and SEV-SNP with the C-bit. */

import type { Linux } from "../linux.ts";
import { cc_platform_has } from "./coco-core.ts";
import type { GuestOps } from "./guest-ops.ts";
import { snp_set_memory_private, snp_set_memory_shared } from "./sev.ts";

/**
 * SEV tells the hypervisor of each change only where KVM offers live migration.
 * ASSUMED (may miss bugs): KVM_FEATURE_MIGRATION_CONTROL is off, so notify_page_enc_status_changed() is the paravirt no-op.
 * @ref arch/x86/mm/mem_encrypt_amd.c:246-312 (amd_enc_status_change_finish)
 */
export const AMD_GUEST_OPS: GuestOps = {
  enc_tlb_flush_required: () => true,
  enc_cache_flush_required: (k: Linux) => !k.configuration.platform.smeCoherent,
  enc_status_change_prepare: (k, first, npages, enc) => {
    if (cc_platform_has(k, "CC_ATTR_GUEST_SEV_SNP") && !enc) snp_set_memory_shared(k, first, npages);
    return 0;
  },
  enc_status_change_finish: (k, first, npages, enc) => {
    if (cc_platform_has(k, "CC_ATTR_GUEST_SEV_SNP") && enc) snp_set_memory_private(k, first, npages);
    return 0;
  },
};
