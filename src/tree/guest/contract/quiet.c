// SPDX-License-Identifier: GPL-2.0-only
/*
 * Between operations: what the kernel remembers of operations that are over, and what makes no difference to any that
 * may come, is forgotten. Runs that came to the same then have the same bytes.
 */
#include <linux/cpuhotplug.h>
#include <linux/device.h>
#include <linux/swiotlb.h>
#include "bounce.h"
#include "cbit.h"
#include "compat.h"
#include "device.h"
#include "driver.h"

/* WARN_ONCE() and printk_once(), as writing to clear_warn_once in debugfs does (kernel/panic.c): src/tree/lower/module.ts. */
extern char __start_cbit_once[], __stop_cbit_once[];

/* drivers/iommu/iova.c: what empties a CPU's cache of addresses when it goes offline (CPUHP_IOMMU_IOVA_DEAD), and for which domain. */
static int (*iova_dead)(unsigned int cpu, struct hlist_node *node);
static struct hlist_node *iova_node;

/* kernel/cpu.c. One CPU, always online: what it would do going offline is kept for the end of operations. */
int __cpuhp_setup_state(enum cpuhp_state state, const char *name, bool invoke, int (*startup)(unsigned int cpu),
			int (*teardown)(unsigned int cpu), bool multi_instance)
{
	if (state == CPUHP_IOMMU_IOVA_DEAD)
		iova_dead = (void *)teardown;
	return 0;
}

int __cpuhp_state_add_instance(enum cpuhp_state state, struct hlist_node *node, bool invoke)
{
	if (state == CPUHP_IOMMU_IOVA_DEAD)
		iova_node = node;
	return 0;
}

#ifdef CONFIG_DMA_NEED_SYNC
/* kernel/dma/mapping.c dma_setup_need_sync(): syncs are needed from the first bounce on, which is over when none is left. */
static bool skip_sync_known, skip_sync;
#endif

void cbit_quiet_begins(void)
{
#ifdef CONFIG_DMA_NEED_SYNC
	skip_sync = cbit_device()->dma_skip_sync;
	skip_sync_known = true;
#endif
}

void cbit_quiet(void)
{
	bool unused;
	char *flag;

	cbit_bo_order();
	unused = cbit_bounce_quiet(cbit_device());
#ifdef CONFIG_DMA_NEED_SYNC
	if (skip_sync_known && unused)
		cbit_device()->dma_skip_sync = skip_sync;
#endif
	if (iova_node)
		iova_dead(0, iova_node);
	for (flag = __start_cbit_once; flag < __stop_cbit_once; flag++)
		*flag = 0;
}
