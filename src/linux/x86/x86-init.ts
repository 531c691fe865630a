// SPDX-License-Identifier: MIT
/** arch/x86/kernel/x86_init.c: which platform's hooks x86_platform.guest holds after boot. */

import type { Linux } from "../linux.ts";
import type { GuestOps } from "./guest-ops.ts";
import { VTOM_GUEST_OPS } from "./hyperv-ivm.ts";
import { AMD_GUEST_OPS } from "./mem-encrypt-amd.ts";
import { TDX_GUEST_OPS } from "./tdx.ts";

/** The hooks of a machine without any. @ref arch/x86/kernel/x86_init.c:138-141 (enc_status_change_prepare_noop) */
const NOOP_GUEST_OPS: GuestOps = {
  enc_tlb_flush_required: () => false,
  enc_cache_flush_required: () => false,
  enc_status_change_prepare: () => 0,
  enc_status_change_finish: () => 0,
};

/** The hooks of this boot. */
export function x86_platform_guest(k: Linux): GuestOps {
  const { encryption, sevFeatures } = k.configuration.platform;
  if (sevFeatures.includes("vtom")) return VTOM_GUEST_OPS;
  if (encryption === "sme" || encryption === "sev") return AMD_GUEST_OPS;
  return encryption === "tdx" ? TDX_GUEST_OPS : NOOP_GUEST_OPS;
}
