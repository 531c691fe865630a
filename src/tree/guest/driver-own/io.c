// SPDX-License-Identifier: GPL-2.0-only
/*
 * Registers of a driver's device are objects of ours, which the driver reads and writes as it would the device's. Memory
 * of the device is mapped by the tree's own ioremap(); the linker puts these functions before it (src/tree/modules/drivers.ts).
 */
#include <linux/io.h>
#include "cbit.h"
#include "own.h"

#define AREAS 4

static struct {
	resource_size_t start, end;
	void *memory;
} areas[AREAS];

void __iomem *__real_ioremap(resource_size_t at, unsigned long size);
void __iomem *__real_ioremap_wc(resource_size_t at, unsigned long size);
void __iomem *__real_ioremap_cache(resource_size_t at, unsigned long size);
void __real_iounmap(volatile void __iomem *at);

void cbit_registers_at(resource_size_t start, size_t size, void *memory)
{
	u32 i;

	for (i = 0; i < AREAS && areas[i].memory; i++)
		;
	if (i == AREAS)
		cbit_stop("a device has more areas of registers than cbit keeps", "");
	areas[i].start = start;
	areas[i].end = start + size;
	areas[i].memory = memory;
}

void *cbit_registers(resource_size_t at, size_t size)
{
	u32 i;

	for (i = 0; i < AREAS; i++)
		if (areas[i].memory && at >= areas[i].start && at + size <= areas[i].end)
			return areas[i].memory + (at - areas[i].start);
	return NULL;
}

void __iomem *__wrap_ioremap(resource_size_t at, unsigned long size)
{
	return (void __iomem *)cbit_registers(at, size) ?: __real_ioremap(at, size);
}

void __iomem *__wrap_ioremap_wc(resource_size_t at, unsigned long size)
{
	return (void __iomem *)cbit_registers(at, size) ?: __real_ioremap_wc(at, size);
}

void __iomem *__wrap_ioremap_cache(resource_size_t at, unsigned long size)
{
	return (void __iomem *)cbit_registers(at, size) ?: __real_ioremap_cache(at, size);
}

void __wrap_iounmap(volatile void __iomem *at)
{
	/* Objects lie below the addresses of mappings. */
	if ((u32)(unsigned long)at >= CBIT_FAR)
		__real_iounmap(at);
}
