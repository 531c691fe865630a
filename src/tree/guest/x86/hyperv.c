// SPDX-License-Identifier: GPL-2.0-only
/* What arch/x86/kernel/cpu/mshyperv.c and hv_init.c leave behind for ivm.c in an isolated VM of Hyper-V. */
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/version.h>
#include <linux/jump_label.h>
#include <asm/hypervisor.h>
#include <asm/mshyperv.h>
#include "cbit.h"
#include "platform.h"

#define ISOLATION_CONFIG 0x4000000c	/* HYPERV_CPUID_ISOLATION_CONFIG */
#define FEATURES 0x40000003		/* HYPERV_CPUID_FEATURES */

struct ms_hyperv_info ms_hyperv;
void *hv_hypercall_pg;
union hv_ghcb * __percpu *hv_ghcb_pg;
void * __percpu *hyperv_pcpu_input_arg;
enum x86_hypervisor_type x86_hyper_type;	/* arch/x86/kernel/cpu/hypervisor.c */

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 6, 0)
bool hyperv_paravisor_present;

void cbit_hyperv_init(void)
{
	ms_hyperv.priv_high = cbit_cpuid(FEATURES, 0, 1);
	if (!(ms_hyperv.priv_high & HV_ISOLATION))
		return;
	x86_hyper_type = X86_HYPER_MS_HYPERV;
	ms_hyperv.isolation_config_a = cbit_cpuid(ISOLATION_CONFIG, 0, 0);
	ms_hyperv.isolation_config_b = cbit_cpuid(ISOLATION_CONFIG, 0, 1);
	if (ms_hyperv.shared_gpa_boundary_active)
		ms_hyperv.shared_gpa_boundary = BIT_ULL(ms_hyperv.shared_gpa_boundary_bits);
	hyperv_paravisor_present = !!ms_hyperv.paravisor_present;
	if (hv_get_isolation_type() == HV_ISOLATION_TYPE_SNP)
		static_branch_enable(&isolation_type_snp);
	hv_vtom_init();

	/* hv_init.c hyperv_init: the page with the code of a hypercall, and a page for the input of each CPU. */
	hv_hypercall_pg = cbit_heap_alloc_pages(1);
	hyperv_pcpu_input_arg = kzalloc(sizeof(*hyperv_pcpu_input_arg), GFP_KERNEL);
	*hyperv_pcpu_input_arg = cbit_heap_alloc_pages(1);
}
#else
void cbit_hyperv_init(void)
{
	if (cbit_cpuid(FEATURES, 0, 1) & HV_ISOLATION)
		cbit_stop("this release maps shared memory of guests with vTOM twice, which the glue cannot boot", "");
}
#endif

/* The last hypercall's input. */
void cbit_hyperv_settle(void)
{
	if (hyperv_pcpu_input_arg)
		memset(*hyperv_pcpu_input_arg, 0, PAGE_SIZE);
}
