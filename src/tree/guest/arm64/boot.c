// SPDX-License-Identifier: GPL-2.0-only
/* Boot: what firmware, head.S and start_kernel do before the slice's own initialisation runs, in the kernel's order. */
#include <linux/mm.h>
#include <linux/swiotlb.h>
#include <linux/radix-tree.h>
#include <linux/dma-map-ops.h>
#include "cbit.h"
#include "compat.h"
#include "device.h"
#include "options.h"

void cbit_cpu_init(void);
void cbit_pages_init(void);
void cbit_data_init(void);
void cbit_linear_map(void);
void cbit_user_init(void);
int adjust_protection_map(void);
int setup_io_tlb_npages(char *str);
int iommu_subsys_init(void);
int iommu_init(void);
int iommu_dma_init(void);
int cbit_iommu_init(void);

/* The firmware says whether the device is coherent: drivers/of/device.c of_dma_configure_id, drivers/acpi/scan.c. */
static void dma_configure(struct device *dev, bool coherent)
{
#if CBIT_SINCE(6, 10)
	arch_setup_dma_ops(dev, coherent);
#else
	arch_setup_dma_ops(dev, 0, U64_MAX, NULL, coherent);
#endif
}

/* Boots the machine that the options (options.c) describe. Returns 0 or a negative errno. */
int cbit_boot(void)
{
	u32 swiotlb = cbit_opt_swiotlb;
	int ret = 0;
	char force[] = "force", noforce[] = "noforce";

	cbit_cpu_init();
	cbit_pages_init();
	cbit_data_init();
	cbit_linear_map();
	cbit_user_init();
	bootmem_init();

	/* The pool's size, as swiotlb=NSLABS would set it: mem_init() then leaves it alone. */
	if (swiotlb == 1 || swiotlb == 2)
		setup_io_tlb_npages(swiotlb == 1 ? force : noforce);
	swiotlb_adjust_size(256 << 10);
	mem_init();
	radix_tree_init();
	cbit_atomic_pools_init();
	adjust_protection_map();
	cbit_device_init();
	if (cbit_opt_iommu) {
		iommu_subsys_init();
		iommu_init();
		iommu_dma_init();
		ret = cbit_iommu_init();
	}
	dma_configure(cbit_device(), !cbit_opt_non_coherent);
	return ret;
}
