// SPDX-License-Identifier: GPL-2.0-only
/*
 * The old kernel's part of kexec, up to the jump into the new one: kernel/kexec_core.c kernel_kexec(), as far as it concerns
 * memory. The host then puts the new kernel in its place and boots it (src/tree/kernel.ts).
 */
#include <linux/kexec.h>
#include <linux/cc_platform.h>
#include <linux/reboot.h>
#include "cbit.h"

#ifdef CONFIG_X86
#include <asm/apic.h>
#include <asm/processor.h>
#include <asm/reboot.h>

#ifdef CONFIG_KEXEC_CORE
bool kexec_in_progress;
#endif
/* arch/x86/kernel/cpu/bugs.c, under its names of several releases */
struct static_key_false cpu_buf_idle_clear, mds_idle_clear;

/* Calls cbit_stop_this_cpu() as another CPU, until that halts. */
void cbit_other_cpu(void);

void cbit_stop_this_cpu(void *unused)
{
	stop_this_cpu(unused);
}

/*
 * arch/x86/kernel/apic/apic.c. native_machine_shutdown() comes here after stop_other_cpus(), which a kernel for one CPU does not
 * have: arch/x86/kernel/smp.c native_stop_other_cpus() has each of them call stop_this_cpu().
 */
void lapic_shutdown(void)
{
	cbit_other_cpu();
}

void cbit_kexec(void)
{
	cbit_steps_reset();
#ifdef CONFIG_KEXEC_CORE
	kexec_in_progress = true;
#endif
	native_machine_shutdown();
	/* arch/x86/kernel/machine_kexec_64.c machine_kexec(); relocate_kernel_64.S */
	if (cc_platform_has(CC_ATTR_HOST_MEM_ENCRYPT))
		cbit_wbinvd();
}
#else
/* arch/arm64/kernel/machine_kexec.c: nothing of it changes who may see a page. */
void cbit_kexec(void)
{
	cbit_steps_reset();
}
#endif
