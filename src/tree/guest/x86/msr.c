// SPDX-License-Identifier: GPL-2.0-only
/* Model-specific registers, and what SEV-ES guests do with one of them: the GHCB protocol. */
#include <linux/mm.h>
#include <asm/msr-index.h>
#include "cbit.h"
#include "compat.h"
#include "platform.h"

static u64 ghcb_msr;

/* The PAT is as after reset: APM vol. 2, sec. 7.8.1. */
u64 cbit_rdmsr(u32 msr)
{
	if (msr == MSR_IA32_CR_PAT)
		return 0x0007040600070406ULL;
	if (msr == MSR_AMD64_SEV_ES_GHCB)
		return ghcb_msr;
	return cbit_machine_msr(msr);
}

/* No other register changes what the slice can see. */
void cbit_wrmsr(u32 msr, u32 low, u32 high)
{
	if (msr == MSR_AMD64_SEV_ES_GHCB)
		ghcb_msr = low | (u64)high << 32;
}

/* VMGEXIT: the hypervisor finds the request in the register, or in the page that it names. */
void cbit_vmgexit(void)
{
	ghcb_msr = cbit_ghcb_exit(ghcb_msr);
}

/* The last request is still in the GHCB; whoever comes next begins with vc_ghcb_invalidate(). */
void cbit_ghcb_settle(void)
{
	if (ghcb_msr && !(ghcb_msr & ~PAGE_MASK))
		memset((void *)ghcb_msr, 0, PAGE_SIZE);
}

#if CBIT_SINCE(6, 11)
void cbit_ghcb_init(void)
{
}
#else
/* struct sev_es_runtime_data: the GHCB and a second one come first. */
static char runtime[3 * PAGE_SIZE] __aligned(PAGE_SIZE);
extern void *runtime_data;

/*
 * As sev_es_init_vc_handling() leaves it: these releases change the state of several pages through the CPU's own GHCB,
 * never through the one of early boot.
 */
void cbit_ghcb_init(void)
{
	runtime_data = runtime;
}
#endif
