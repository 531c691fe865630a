/* SPDX-License-Identifier: GPL-2.0-only */
/* What CPU, firmware and hypervisor say and do (src/tree/runtime/host). */
#ifndef CBIT_PLATFORM_H
#define CBIT_PLATFORM_H

#include <linux/types.h>

/* One register of a CPUID leaf: 0 to 3 for EAX, EBX, ECX, EDX. */
u32 cbit_cpuid(u32 leaf, u32 subleaf, u32 reg);
u64 cbit_machine_msr(u32 msr);
/* Returns what the GHCB register holds after the exit. */
u64 cbit_ghcb_exit(u64 msr);

/* msr.c, hyperv.c: what an operation leaves in pages that it shares with the hypervisor. */
void cbit_ghcb_settle(void);
void cbit_hyperv_settle(void);
/* msr.c: arch/x86/kernel/traps.c trap_init, as far as page states need it. */
void cbit_ghcb_init(void);
/* hyperv.c: arch/x86/kernel/cpu/mshyperv.c ms_hyperv_init_platform, as far as it finds an isolated VM. */
void cbit_hyperv_init(void);
/* firmware.c: the boot loader's page for sme_enable(). */
struct boot_params *cbit_boot_params(void);

#endif
