// SPDX-License-Identifier: GPL-2.0-only
/* What arch/x86/mm/ioremap.c and kernel/iomem.c ask of the map of physical memory (kernel/resource.c, mm/sparse.c). */
#include <linux/ioport.h>
#include <linux/mm.h>
#include "cbit.h"

/* No sections: pfn_valid() is asked of memory that is to be mapped as RAM, which nobody does. */
struct mem_section **mem_section;

/* Weak: modules with kernel/resource.c have the tree's. */
/* RAM is no IORESOURCE_MEM, and the BAR has no description: there is nothing to tell. */
__weak int walk_mem_res(u64 start, u64 end, void *arg, int (*func)(struct resource *res, void *arg))
{
	return -EINVAL;
}

__weak int region_intersects(resource_size_t start, size_t size, unsigned long flags, unsigned long desc)
{
	if (flags & IORESOURCE_SYSRAM && page_is_ram(PHYS_PFN(start)))
		return REGION_INTERSECTS;
	return REGION_DISJOINT;
}
