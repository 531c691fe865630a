// SPDX-License-Identifier: MIT
/** What guests of a hypervisor ask of it, of the firmware and of the CPU: instructions, and assembly around them. */

import { type Service, services } from "./service.ts";

export const GUESTS: readonly Service[] = [
  ...services("host", 0, "the CPU says what the machine's platform is", "cbit_cpuid cbit_machine_msr"),
  ...services("host", 0, "TDCALL: the TDX module and the VMM change the machine's page states (arch/x86/coco/tdx/tdcall.S is assembly)", "__tdcall __tdcall_ret __tdcall_saved_ret"),
  ...services("host", 0, "VMGEXIT, PVALIDATE, RMPADJUST: the CPU and the hypervisor change the machine's page states", "cbit_ghcb_exit cbit_pvalidate cbit_rmpadjust"),
  ...services("host", 0, "a hypercall leaves the guest: the paravisor changes the machine's page states", "cbit_hypercall"),
  ...services("unreached", 0, "the #VC handler: nothing that the slice runs is intercepted", `cbit_get_user cbit_put_user cbit_read_cr cbit_write_cr2 cbit_xgetbv copy_from_kernel_nofault
    exc_alignment_check exc_debug exc_general_protection exc_invalid_op exc_page_fault fault_in_kernel_space insn_decode
    insn_decode_from_regs insn_decode_mmio insn_fetch_from_user_inatomic insn_get_addr_ref insn_get_modrm_reg_ptr
    insn_get_modrm_rm_off insn_get_seg_base insn_has_rep_prefix irqentry_nmi_enter irqentry_nmi_exit show_regs`),
  ...services("unreached", 0, "the guest runs at VMPL 0, so there is no SVSM", "cbit_svsm_call"),
  ...services("unreached", 0, "no second CPU and no task is started", "cbit_segment cbit_store_gdt"),
  ...services("host", 0, "another CPU runs the tree's stop_this_cpu() until it halts", "cbit_other_cpu"),
  ...services("value", 0, "interrupts, timers and machine checks of a kernel that ends: none comes", "clear_IO_APIC restore_boot_irq_mode disable_local_APIC hpet_disable mcheck_cpu_clear"),
  ...services("value", 0, "one CPU, always online", "set_cpu_online"),
  ...services("unreached", 0, "the machine neither idles nor restarts", "cbit_mwait cbit_restart"),
];
