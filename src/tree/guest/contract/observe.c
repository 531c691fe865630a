// SPDX-License-Identifier: GPL-2.0-only
/* What the host asks about buffers between operations: nothing here changes the kernel's state. */
#include <linux/dma-mapping.h>
#include "cbit.h"
#include "device.h"
#include "driver.h"

u32 cbit_pages(u32 slot);
u32 cbit_page_pfn(u32 slot, u32 page);

u32 cbit_bo_pages(u32 slot)
{
	return slot < CBIT_BOS && cbit_bos[slot].bo ? PFN_UP(cbit_bos[slot].bo->base.size) : 0;
}

/* The pages behind a populated buffer; NULL where there are none. */
static struct ttm_tt *populated(u32 slot, u32 page)
{
	struct ttm_tt *ttm = page < cbit_bo_pages(slot) ? cbit_bos[slot].bo->ttm : NULL;

	return ttm && ttm_tt_is_populated(ttm) ? ttm : NULL;
}

static bool in_vram(u32 slot, u32 page)
{
	return page < cbit_bo_pages(slot) && cbit_bo_place(cbit_bos[slot].bo) == CBIT_VRAM;
}

u32 cbit_bo_page_pfn(u32 slot, u32 page)
{
	struct ttm_tt *ttm = populated(slot, page);

	if (slot < CBIT_BOS && cbit_shared_pfn(slot, page))
		return cbit_shared_pfn(slot, page);
	if (in_vram(slot, page))
		return cbit_driver_vram_pfn(cbit_bos[slot].bo, page);
	return ttm && ttm->pages ? page_to_pfn(ttm->pages[page]) : 0;
}

/* Whether the page is the device's own memory, which it reaches without DMA. */
u32 cbit_bo_is_local(u32 slot, u32 page)
{
	return in_vram(slot, page);
}

/* ~0 where the device has no mapping. */
u64 cbit_bo_dma_address(u32 slot, u32 page)
{
	return populated(slot, page) && cbit_bo_place(cbit_bos[slot].bo) == CBIT_TT ? cbit_driver_dma_address(cbit_bos[slot].bo, page) : ~0ULL;
}

/* What the driver told TTM's pool and the DMA layer, for comparisons: use_dma_alloc, use_dma32, then the masks' bits. */
u32 cbit_driver_fact(u32 which)
{
	struct ttm_pool *pool = &cbit_driver_ttm()->pool;
	struct device *dev = cbit_device();

	switch (which) {
	case 0:
		return pool->use_dma_alloc;
	case 1:
		return pool->use_dma32;
	case 2:
		return fls64(dma_get_mask(dev));
	default:
		return fls64(dev->coherent_dma_mask);
	}
}

/* Virtual address of a page through a mapping; 0 where there is none. */
u64 cbit_bo_kmap_address(u32 slot, u32 page)
{
	struct cbit_bo *b = &cbit_bos[slot];

	if (page >= cbit_bo_pages(slot) || !b->kmapped || page < b->kmap_first || page >= b->kmap_first + b->kmap_count)
		return 0;
	return (u64)b->kmap.virtual + ((u64)(page - b->kmap_first) << PAGE_SHIFT);
}

u64 cbit_bo_vmap_address(u32 slot, u32 page)
{
	return page < cbit_bo_pages(slot) && cbit_bos[slot].vmapped ? (u64)cbit_bos[slot].vmap.vaddr + ((u64)page << PAGE_SHIFT) : 0;
}

/* A page of a buffer whose plain bytes are not zero: see limits.c. ~0 where there is none. */
unsigned long cbit_bo_plainly_written(void)
{
	u32 slot, page;

	for (slot = 0; slot < CBIT_BOS; slot++)
		for (page = 0; page < cbit_pages(slot); page++) {
			unsigned long pfn = cbit_page_pfn(slot, page);

			if (pfn && cbit_in_ram(PFN_PHYS(pfn)) && memchr_inv(pfn_to_kaddr(pfn), 0, PAGE_SIZE))
				return pfn;
		}
	return ~0UL;
}
