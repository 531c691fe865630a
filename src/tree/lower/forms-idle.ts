// SPDX-License-Identifier: MIT
/** Idling and restarting: they share files with the end of a kernel before kexec (arch/x86/kernel/process.c, reboot.c). */

import type { AsmForm } from "./emitter.ts";

/** Of microarchitectural buffers nothing is kept, the CPU has no bug that its monitor needs a flush for, and objtool does not look here. */
const nothing: AsmForm = {
  name: "verw, clflush for the monitor, notes for objtool",
  template: /^verw \$0$|altinstr_replacement.*\\09clflush \(\$1\)\\0A|^\d+:\\0A\\09\.pushsection \.discard\.unreachable\\0A[^;]*\.popsection\\0A\\09$/,
  from: "arch/x86/include/asm/nospec-branch.h mds_clear_cpu_buffers, arch/x86/kernel/process.c mwait_idle, include/linux/compiler.h annotate_unreachable",
  emit: () => undefined,
};

const wait: AsmForm = {
  name: "monitor, mwait, halt until an interrupt",
  template: /^(?:(?:sti; )?\.byte 0x0f, 0x01, 0xc[89];|sti; hlt)$/,
  from: "arch/x86/include/asm/mwait.h, irqflags.h native_safe_halt",
  emit(out) {
    out.callVoid("cbit_mwait", []);
  },
};

const restart: AsmForm = {
  name: "restart by real mode or triple fault",
  template: /^(?:ljmpl \*\$0|int3)$/,
  from: "arch/x86/kernel/reboot.c machine_real_restart, native_machine_emergency_restart",
  emit(out) {
    out.callVoid("cbit_restart", []);
  },
};

/** The CPU is in no virtual machine monitor's mode: the instruction faults, and its fixup goes on. */
const leaveVirtualization: AsmForm = {
  name: "stgi, vmxoff",
  template: /^1: (?:stgi|vmxoff)\\0A/,
  from: "arch/x86/include/asm/virtext.h, reboot.c cpu_emergency_disable_virtualization",
  emit(out) {
    const [through, faulted] = out.call.labels;
    out.run(`switch i32 1, label ${through} [ i32 1, label ${faulted} ]`);
  },
};

export const IDLE_FORMS: readonly AsmForm[] = [nothing, wait, restart, leaveVirtualization];
