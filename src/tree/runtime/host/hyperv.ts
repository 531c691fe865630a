// SPDX-License-Identifier: MIT
/**
 * Hypercalls of an isolated VM, which its paravisor takes: it validates and invalidates pages for the guest. Refs: Hyper-V Top Level
 * Functional Specification 3.9 (hypercall inputs and results), HvCallModifySparseGpaPageHostVisibility; arch/x86/hyperv/ivm.c.
 */

import type { Pfn } from "../../../base/index.ts";
import { PAGE_PRIVATE, PAGE_SHARED } from "../../../machine/index.ts";
import type { GuestPort, HostFunctions } from "../guest-port.ts";
import { KernelStop } from "../stop.ts";
import { framesOf, tellChange } from "./page-state.ts";
import { Words } from "./registers.ts";

const MODIFY_SPARSE_GPA_PAGE_HOST_VISIBILITY = 0xdbn;
/** HV_STATUS_INVALID_PARAMETER. */
const INVALID_PARAMETER = 5n;
const NOT_VISIBLE = 0n;
const VISIBLE_READ_WRITE = 3n;

/** Pages `first` to `count` of the list. @returns the status, with the number of pages that are done in bits 43:32 */
function modifyVisibility(guest: GuestPort, input: bigint, first: number, count: number): bigint {
  if (guest.fails("enc_status_change_finish")) return INVALID_PARAMETER;
  guest.costs.hypercalls++;
  const words = new Words(guest, input, 2 + count);
  const visibility = words.get(1) & 3n;
  if (visibility !== NOT_VISIBLE && visibility !== VISIBLE_READ_WRITE) return INVALID_PARAMETER;
  const changed: Pfn[] = [];
  for (let i = first; i < count; i++) changed.push(...framesOf(guest, Number(words.get(2 + i)) * 4096, 4096, "HvCallModifySparseGpaPageHostVisibility"));
  for (const frame of changed) guest.machine.setPageState(frame, visibility === NOT_VISIBLE ? PAGE_PRIVATE : PAGE_SHARED);
  tellChange(guest, "HvCallModifySparseGpaPageHostVisibility", changed, visibility === NOT_VISIBLE ? "not visible to the host" : "visible to the host");
  return BigInt(count) << 32n;
}

export function hypervFunctions(guest: GuestPort): HostFunctions {
  return {
    cbit_hypercall: (control: bigint, input: bigint, _output: bigint) => {
      const code = control & 0xffffn;
      if (!guest.machine.config.platform.sevFeatures.includes("vtom")) throw new KernelStop("a hypercall of Hyper-V outside of its guests", "hv_do_hypercall");
      if (code === MODIFY_SPARSE_GPA_PAGE_HOST_VISIBILITY) return modifyVisibility(guest, input, Number((control >> 48n) & 0xfffn), Number((control >> 32n) & 0xfffn));
      throw new KernelStop(`hypercall 0x${code.toString(16)}, which this hypervisor does not have`, "hv_do_hypercall");
    },
  };
}
