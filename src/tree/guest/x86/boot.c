// SPDX-License-Identifier: GPL-2.0-only
/* Boot: what firmware, head_64.S and start_kernel do before the slice's own initialisation runs, in the kernel's order. */
#include <linux/mm.h>
#include <linux/cc_platform.h>
#include <linux/mem_encrypt.h>
#include <linux/swiotlb.h>
#include <linux/xarray.h>
#include <linux/radix-tree.h>
#include <asm/coco.h>
#include <asm/mem_encrypt.h>
#include <asm/set_memory.h>
#include <asm/msr-index.h>
#include <asm/memtype.h>
#include <asm/iommu.h>
#include <asm/processor.h>
#include <asm/tdx.h>
#include "cbit.h"
#include "device.h"
#include "options.h"

#define PLATFORM_NONE 0
#define PLATFORM_SME 1
#define PLATFORM_SEV 2

#define SEV_ES 1

void cbit_cpu_init(void);
void cbit_cpu_feature(u32 feature);
void cbit_pages_init(void);
void cbit_data_init(void);
void cbit_linear_map(void);
void cbit_user_init(void);
void pci_iommu_alloc(void);
int dma_atomic_pool_init(void);
int pci_iommu_init(void);
int iommu_init(void);
int iommu_dma_init(void);
int setup_io_tlb_npages(char *str);
int iommu_subsys_init(void);

/* arch/x86/mm/mem_encrypt_identity.c:493-568: what sme_enable() finds through CPUID 8000001F and the MSRs. */
static void sme_enable_as(u32 platform, u32 c_bit)
{
	u64 mask = 1ULL << c_bit;

	if (platform != PLATFORM_SME && platform != PLATFORM_SEV)
		return;
	sme_me_mask = mask;
	physical_mask &= ~mask;
	cc_vendor = CC_VENDOR_AMD;
	cc_set_mask(mask);
	if (platform == PLATFORM_SEV)
		sev_status = MSR_AMD64_SEV_ENABLED | (cbit_opt_sev & SEV_ES ? MSR_AMD64_SEV_ES_ENABLED : 0);
}

/* Boots the machine that the options (options.c) describe. Returns 0 or a negative errno. */
int cbit_boot(void)
{
	u32 platform = cbit_opt_platform, swiotlb = cbit_opt_swiotlb, iommu = cbit_opt_iommu;
	char force[] = "force", noforce[] = "noforce";

	cbit_cpu_init();
	if (platform == PLATFORM_SME || platform == PLATFORM_SEV)
		cbit_cpu_feature(platform == PLATFORM_SME ? X86_FEATURE_SME : X86_FEATURE_SEV);
	if (cbit_opt_sme_coherent)
		cbit_cpu_feature(X86_FEATURE_SME_COHERENT);
	sme_enable_as(platform, cbit_opt_c_bit);
	cbit_pages_init();
	cbit_data_init();
	pat_bp_init();
	sme_early_init();
	tdx_early_init();
	cbit_linear_map();
	cbit_user_init();

	/* The pool's size, as swiotlb=NSLABS would set it; setup_arch's 6 % of memory then leaves it alone. */
	if (swiotlb)
		setup_io_tlb_npages(swiotlb == 1 ? force : noforce);
	swiotlb_adjust_size(256 << 10);
	mem_encrypt_setup_arch();
	pci_iommu_alloc();
	radix_tree_init();
	mem_encrypt_init();
	dma_atomic_pool_init();
	cbit_device_init();
	pci_iommu_init();
	if (iommu) {
		extern int cbit_iommu_init(u32 translated);

		iommu_subsys_init();
		iommu_init();
		iommu_dma_init();
		return cbit_iommu_init(iommu == 2);
	}
	return 0;
}
