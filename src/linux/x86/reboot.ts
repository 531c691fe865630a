// SPDX-License-Identifier: MIT
/**
 * arch/x86/kernel/reboot.c and kernel/kexec_core.c: a new kernel takes over. What the platform and DRAM hold stays; page tables and
 * everything else that the kernel knew start anew, and the new kernel takes all of memory for private.
 */

import { machineWords } from "../../machine/index.ts";
import { clear_words, has, type Linux, note } from "../linux.ts";
import { clear_leaf, linear_address } from "../mm/page-tables.ts";
import { linear_private } from "../health.ts";
import { cc_platform_has } from "./coco-core.ts";
import { set_memory_enc_stop_conversion } from "./set-memory.ts";
import { snp_set_memory_private } from "./sev.ts";
import { tdx_enc_status_changed } from "./tdx.ts";

/** Whether this kernel makes memory private again before it hands over. */
function converts_back(k: Linux): boolean {
  if (k.configuration.platform.encryption === "tdx") return has(k, "859e63b789d6");
  return cc_platform_has(k, "CC_ATTR_GUEST_SEV_SNP") && has(k, "3074152e56c9");
}

/** Walks the linear map and converts what is shared. A page that cannot be converted is only reported. @ref arch/x86/coco/tdx/tdx.c:938-1006 (tdx_kexec_finish) */
function enc_kexec_finish(k: Linux): void {
  for (const frame of k.layout.frames) {
    if (linear_private(k, frame)) continue;
    clear_leaf(k, linear_address(frame));
    if (k.configuration.platform.encryption !== "tdx") snp_set_memory_private(k, frame, 1);
    else if (!tdx_enc_status_changed(k, "enc_status_change_prepare", frame, 1, true)) {
      note(k, "tdx_kexec_finish", "arch/x86/coco/tdx/tdx.c:991", `Failed to unshare pfn 0x${frame.toString(16)}`);
    }
  }
  k.machine.tlb?.flushAll();
}

/**
 * The old kernel's part: conversions stop, CPUs with SME write their caches back, shared memory is made private where the kernel
 * knows how.   @ref arch/x86/kernel/reboot.c:718-767 (native_machine_shutdown), arch/x86/kernel/process.c:827-840 (native_wbinvd)
 * ASSUMED (may report false bugs): the hypervisor does not show SEV guests CPUID 8000001F EAX[0], as QEMU does not, so that they write nothing back.
 */
export function native_machine_shutdown(k: Linux): void {
  const { encryption } = k.configuration.platform;
  const converts = converts_back(k);
  if (converts) set_memory_enc_stop_conversion(k);
  if (encryption === "sme") k.machine.wbinvd();
  if (converts) enc_kexec_finish(k);
  note(k, "native_machine_shutdown", "arch/x86/kernel/reboot.c:718", converts ? "shared memory made private" : "page states left as they are");
}

/** Forgets all that the old kernel knew: every word of the state but the machine's. */
export function forget_kernel(k: Linux): void {
  k.machine.tlb?.flushAll();
  const machine = machineWords(k.machine.config);
  clear_words(k, 0, k.layout.machine);
  clear_words(k, k.layout.machine + machine);
}
