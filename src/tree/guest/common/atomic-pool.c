// SPDX-License-Identifier: GPL-2.0-only
/* The size of the pools that atomic allocations are made from (kernel/dma/pool.c), as on the kernel's command line. */
#include "cbit.h"

int dma_atomic_pool_init(void);
int early_coherent_pool(char *size);

/*
 * Two frames each, as coherent_pool=8K asks for. Pools that are below the size asked for are enlarged later, when a worker comes to
 * it: nothing is below 0, so none is.
 */
void cbit_atomic_pools_init(void)
{
	char size[] = "8K", none[] = "0";

	early_coherent_pool(size);
	dma_atomic_pool_init();
	early_coherent_pool(none);
}
