// SPDX-License-Identifier: GPL-2.0-only
/*
 * Between operations: what the kernel remembers of operations that are over, and what makes no difference to any that
 * may come, is forgotten. Runs that came to the same then have the same bytes.
 */
#include <linux/device.h>
#include <linux/swiotlb.h>
#include "cbit.h"
#include "device.h"

/* WARN_ONCE() and printk_once(), as writing to clear_warn_once in debugfs does (kernel/panic.c): src/tree/lower/module.ts. */
extern char __start_cbit_once[], __stop_cbit_once[];

void cbit_quiet(void)
{
	char *flag;

	for (flag = __start_cbit_once; flag < __stop_cbit_once; flag++)
		*flag = 0;
}
