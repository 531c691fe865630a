// SPDX-License-Identifier: MIT
/** Instructions by which a guest learns what it runs on and asks the hypervisor or the firmware for something. */

import type { AsmForm } from "./emitter.ts";

/** EAX, EBX, ECX and EDX, as the host's function numbers them. */
const REGISTERS = [0, 1, 2, 3];

const cpuid: AsmForm = {
  name: "cpuid",
  template: /^cpuid$/,
  constraints: /^=\{ax\},=\{bx\},=\{cx\},=\{dx\},0,2/,
  from: "arch/x86/include/asm/processor.h native_cpuid",
  emit(out) {
    const [leaf, subleaf] = out.call.args;
    out.results(REGISTERS.map((r) => out.callValue("i32", "cbit_cpuid", [`i32 ${leaf!.value}`, `i32 ${subleaf!.value}`, `i32 ${r}`])));
  },
};

export const GUEST_FORMS: readonly AsmForm[] = [cpuid];
