// SPDX-License-Identifier: MIT
/** What guests of a hypervisor ask of it, of the firmware and of the CPU: instructions, and assembly around them. */

import { type Service, services } from "./service.ts";

export const GUESTS: readonly Service[] = [
  ...services("host", 0, "the CPU says what the machine's platform is", "cbit_cpuid"),
  ...services("host", 0, "TDCALL: the TDX module and the VMM change the machine's page states (arch/x86/coco/tdx/tdcall.S is assembly)", "__tdcall __tdcall_ret __tdcall_saved_ret"),
];
