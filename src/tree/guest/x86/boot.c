// SPDX-License-Identifier: GPL-2.0-only
/* Boot: what firmware, head_64.S and start_kernel do before the slice's own initialisation runs, in the kernel's order. */
#include <linux/mm.h>
#include <linux/cc_platform.h>
#include <linux/mem_encrypt.h>
#include <linux/swiotlb.h>
#include <linux/iommu.h>
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
#include <asm/sev.h>
#include "cbit.h"
#include "compat.h"
#include "device.h"
#include "options.h"
#include "platform.h"

void cbit_cpu_init(void);
void cbit_pages_init(void);
void cbit_data_init(void);
void cbit_linear_map(void);
void cbit_user_init(void);
void pci_iommu_alloc(void);
int pci_iommu_init(void);
int iommu_init(void);
int iommu_dma_init(void);
int setup_io_tlb_npages(char *str);
int iommu_subsys_init(void);

/* guest/kunit/runner.c */
__weak void cbit_before_iommu(void)
{
}

/* Boots the machine that the options (options.c) describe. Returns 0 or a negative errno. */
int cbit_boot(void)
{
	u32 swiotlb = cbit_opt_swiotlb, iommu = cbit_opt_iommu;
	char force[] = "force", noforce[] = "noforce";

	cbit_cpu_init();
	/* head_64.S */
	sme_enable(cbit_boot_params());
	setup_ghcb();
	cbit_ghcb_init();
	cbit_pages_init();
	cbit_data_init();
	/* head64.c x86_64_start_kernel */
	sme_early_init();
	tdx_early_init();
	/* setup.c setup_arch */
	cbit_hyperv_init();
	pat_bp_init();
	cbit_linear_map();
	cbit_user_init();

	/* The pool's size, as swiotlb=NSLABS would set it; setup_arch's 6 % of memory then leaves it alone. */
	if (swiotlb == 1 || swiotlb == 2)
		setup_io_tlb_npages(swiotlb == 1 ? force : noforce);
	swiotlb_adjust_size(256 << 10);
	mem_encrypt_setup_arch();
	pci_iommu_alloc();
	radix_tree_init();
	mem_encrypt_init();
	cbit_atomic_pools_init();
	cbit_device_init();
	pci_iommu_init();
	if (iommu) {
		extern int cbit_iommu_init(void);

		/* arch/x86/kernel/pci-dma.c iommu_setup: iommu=nopt, iommu=pt */
		if (iommu == 2)
			iommu_set_default_translated(true);
		else
			iommu_set_default_passthrough(true);
		cbit_before_iommu();
		iommu_subsys_init();
		iommu_init();
		iommu_dma_init();
		return cbit_iommu_init();
	}
	return 0;
}
