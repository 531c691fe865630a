// SPDX-License-Identifier: GPL-2.0-only
/*
 * The bounce pool as the machine's options have it: of so many pages, for one device alone (a restricted-dma-pool of the device tree),
 * or one that grows; and what of it makes no difference once its slots are free.
 */
#include <linux/device.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/of_reserved_mem.h>
#include <linux/swiotlb.h>
#include "bounce.h"
#include "cbit.h"
#include "compat.h"
#include "options.h"

#define RESTRICTED 3
#define DYNAMIC 4

#if CBIT_SINCE(6, 6)
typedef struct io_tlb_pool pool_t;
#define DEFAULT_POOL(mem) (&(mem)->defpool)
#else
typedef struct io_tlb_mem pool_t;
#define DEFAULT_POOL(mem) (mem)
#endif

/* kernel/dma/swiotlb.c */
struct io_tlb_area {
	unsigned long used;
	unsigned int index;
	spinlock_t lock;
};

struct io_tlb_slot {
	phys_addr_t orig_addr;
	size_t alloc_size;
#if CBIT_SINCE(6, 6)
	unsigned short list, pad_slots;
#else
	unsigned int list;
#endif
};

/* The host: nobody reads what these frames hold before it is written. */
void cbit_forget_contents(u32 pfn, u32 count);

/* Slots at the beginning of the common pool that are somebody else's. */
static u32 taken;

/* kernel/dma/swiotlb.c, named in __reservedmem_of_table */
int __weak rmem_swiotlb_setup(struct reserved_mem *rmem);

static struct reserved_mem restricted = { .name = "restricted-dma-pool" };

/* drivers/of/of_reserved_mem.c: finds the pool's node, then of_reserved_mem_device_init() attaches the device. */
static void attach_restricted(struct device *dev)
{
	unsigned int order = get_order(cbit_opt_swiotlb_pages << PAGE_SHIFT);
	struct page *page = alloc_pages(GFP_DMA32 | __GFP_ZERO, order);

	if (!rmem_swiotlb_setup || !page)
		cbit_stop("this tree has no restricted pools", "");
	restricted.base = PFN_PHYS(page_to_pfn(page));
	restricted.size = cbit_opt_swiotlb_pages << PAGE_SHIFT;
	if (rmem_swiotlb_setup(&restricted) || restricted.ops->device_init(&restricted, dev))
		cbit_stop("the restricted pool cannot be attached", "");
}

/* A pool has at least 128 slots: those beyond the size asked for are taken for good. */
static void take_slots(pool_t *pool)
{
	u32 i;

	taken = pool->nslabs > 2 * cbit_opt_swiotlb_pages ? pool->nslabs - 2 * cbit_opt_swiotlb_pages : 0;
	for (i = 0; i < taken; i++)
		pool->slots[i].list = 0;
	pool->areas[0].used += taken;
	pool->areas[0].index = taken;
}

void cbit_bounce_attach(struct device *dev)
{
	struct io_tlb_mem *mem = dev->dma_io_tlb_mem;

	if (!cbit_opt_swiotlb_pages)
		return;
	if (cbit_opt_swiotlb == RESTRICTED)
		attach_restricted(dev);
	else if (mem && mem->nslabs)
		take_slots(DEFAULT_POOL(mem));
#ifdef CONFIG_SWIOTLB_DYNAMIC
	/* Without the option the kernel would be another one, whose pools do not grow. */
	if (mem && cbit_opt_swiotlb != DYNAMIC)
		mem->can_grow = false;
#endif
}

/* The search begins at the first slot again once all are free; contents of free slots are copied over before anybody reads them. */
static bool quiet_pool(pool_t *pool, u32 others, bool keep)
{
	struct io_tlb_area *area = &pool->areas[0];
	u32 first = others / 2, pages = pool->nslabs / 2, from, to;

	if (area->used == others || area->index < others)
		area->index = others;
	for (from = first; !keep && from < pages; from = to + 1) {
		for (to = from; to < pages && pool->slots[2 * to].list && pool->slots[2 * to + 1].list; to++)
			;
		if (to > from)
			cbit_forget_contents(PHYS_PFN(pool->start) + from, to - from);
	}
	return area->used == others;
}

/* What the driver's probe has mapped for good is not there to be searched either. */
void cbit_bounce_ready(struct device *dev)
{
	struct io_tlb_mem *mem = dev->dma_io_tlb_mem;
	pool_t *pool;
	u32 i;

	if (!cbit_opt_swiotlb_pages || !mem || !mem->nslabs || cbit_opt_swiotlb == RESTRICTED)
		return;
	pool = DEFAULT_POOL(mem);
	for (i = 0; i < pool->areas[0].used; i++)
		if (pool->slots[i].list)
			return;
	taken = pool->areas[0].used;
}

bool cbit_bounce_quiet(struct device *dev)
{
	struct io_tlb_mem *mem = dev->dma_io_tlb_mem;
	bool unused = true;

	if (!cbit_opt_swiotlb_pages || !mem || !mem->nslabs)
		return true;
#ifdef CONFIG_SWIOTLB_DYNAMIC
	{
		struct io_tlb_pool *pool;

		list_for_each_entry(pool, &mem->pools, node)
			unused &= quiet_pool(pool, pool == &mem->defpool && cbit_opt_swiotlb != RESTRICTED ? taken : 0, cbit_opt_swiotlb == RESTRICTED);
		unused &= list_empty(&dev->dma_io_tlb_pools);
		/* Whether pools are to be searched for an address, which none is in any more. */
		if (unused)
			dev->dma_uses_io_tlb = false;
	}
#else
	unused = quiet_pool(DEFAULT_POOL(mem), cbit_opt_swiotlb == RESTRICTED ? 0 : taken, cbit_opt_swiotlb == RESTRICTED);
#endif
	return unused;
}
