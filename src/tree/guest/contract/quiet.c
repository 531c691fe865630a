// SPDX-License-Identifier: GPL-2.0-only
/*
 * Between operations: what the kernel remembers of operations that are over, and what makes no difference to any that
 * may come, is forgotten. Runs that came to the same then have the same bytes.
 */
#include <linux/device.h>
#include <linux/swiotlb.h>
#include "bounce.h"
#include "cbit.h"
#include "compat.h"
#include "device.h"
#include "driver.h"
#include "iova.h"

/* WARN_ONCE() and printk_once(), as writing to clear_warn_once in debugfs does (kernel/panic.c): src/tree/lower/module.ts. */
extern char __start_cbit_once[], __stop_cbit_once[];

#ifdef CONFIG_DMA_NEED_SYNC
/* kernel/dma/mapping.c dma_setup_need_sync(): syncs are needed from the first bounce on, which is over when none is left. */
static bool skip_sync_known, skip_sync;
#endif

void cbit_quiet_begins(void)
{
	cbit_bounce_ready(cbit_device());
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
	cbit_iova_quiet();
	for (flag = __start_cbit_once; flag < __stop_cbit_once; flag++)
		*flag = 0;
}
