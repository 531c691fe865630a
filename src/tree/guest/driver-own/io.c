// SPDX-License-Identifier: GPL-2.0-only
/*
 * arch/x86/mm/ioremap.c for a driver's device: registers are objects of ours, which the driver reads and writes as it
 * would the device's; whatever else it maps at probe has an address that nobody reads through.
 */
#include <linux/io.h>
#include "cbit.h"
#include "own.h"

#define AREAS 4

static struct {
	resource_size_t start, end;
	void *memory;
} areas[AREAS];

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

static void __iomem *map(resource_size_t at, unsigned long size)
{
	u32 i;

	for (i = 0; i < AREAS; i++)
		if (areas[i].memory && at >= areas[i].start && at + size <= areas[i].end)
			return (void __iomem *)areas[i].memory + (at - areas[i].start);
	return (void __iomem *)(0xffffe90000000000UL + CBIT_FAR);
}

void __iomem *ioremap(resource_size_t at, unsigned long size)
{
	return map(at, size);
}

void __iomem *ioremap_wc(resource_size_t at, unsigned long size)
{
	return map(at, size);
}

void __iomem *ioremap_cache(resource_size_t at, unsigned long size)
{
	return map(at, size);
}

void iounmap(volatile void __iomem *at)
{
}
