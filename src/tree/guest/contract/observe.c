// SPDX-License-Identifier: GPL-2.0-only
/* What the host asks about buffers between operations: nothing here changes the kernel's state. */
#include "cbit.h"
#include "driver.h"

u32 cbit_bo_pages(u32 slot)
{
	return cbit_bos[slot].exists ? PFN_UP(cbit_bos[slot].bo.base.size) : 0;
}

u32 cbit_bo_page_pfn(u32 slot, u32 page)
{
	struct ttm_tt *ttm = cbit_bos[slot].bo.ttm;

	if (!cbit_bos[slot].exists || !ttm || !ttm_tt_is_populated(ttm) || !ttm->pages || page >= ttm->num_pages)
		return 0;
	return page_to_pfn(ttm->pages[page]);
}

/* ~0 where the device has no mapping. */
u64 cbit_bo_dma_address(u32 slot, u32 page)
{
	struct ttm_tt *ttm = cbit_bos[slot].bo.ttm;
	struct cbit_tt *tt = ttm ? container_of(ttm, struct cbit_tt, ttm) : NULL;
	struct sg_dma_page_iter iter;

	if (!cbit_bos[slot].exists || !ttm || !ttm_tt_is_populated(ttm) || page >= ttm->num_pages)
		return ~0ULL;
	if (!tt->mapped)
		return ttm->dma_address ? ttm->dma_address[page] : ~0ULL;
	for_each_sgtable_dma_page(&tt->sgt, &iter, page)
		return sg_page_iter_dma_address(&iter);
	return ~0ULL;
}

/* Virtual address of a page through a mapping; 0 where there is none. */
u64 cbit_bo_kmap_address(u32 slot, u32 page)
{
	struct cbit_bo *b = &cbit_bos[slot];

	if (!b->kmapped || page < b->kmap_first || page >= b->kmap_first + b->kmap_count)
		return 0;
	return (u64)b->kmap.virtual + ((u64)(page - b->kmap_first) << PAGE_SHIFT);
}

u64 cbit_bo_vmap_address(u32 slot, u32 page)
{
	return cbit_bos[slot].vmapped ? (u64)cbit_bos[slot].vmap.vaddr + ((u64)page << PAGE_SHIFT) : 0;
}

/* A page of a buffer whose plain bytes are not zero: see limits.c. ~0 where there is none. */
unsigned long cbit_bo_plainly_written(void)
{
	u32 slot, page;

	for (slot = 0; slot < CBIT_BOS; slot++)
		for (page = 0; page < cbit_bo_pages(slot); page++) {
			unsigned long pfn = cbit_bo_page_pfn(slot, page);

			if (pfn && memchr_inv(pfn_to_kaddr(pfn), 0, PAGE_SIZE))
				return pfn;
		}
	return ~0UL;
}
