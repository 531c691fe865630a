// SPDX-License-Identifier: GPL-2.0-only
/* Buffers in the device's memory: what the device does for them, and what of their past makes no difference any more. */
#include <linux/dma-fence.h>
#include <linux/dma-resv.h>
#include <linux/mm.h>
#include <drm/ttm/ttm_resource.h>
#include "bar.h"
#include "cbit.h"
#include "driver.h"
#include "own.h"

void cbit_vram_cleared(struct ttm_buffer_object *bo)
{
	u32 page;

	for (page = 0; page < PFN_UP(bo->base.size); page++)
		cbit_vram_clear(cbit_driver_vram_pfn(bo, page));
}

/* Fences of moves that are over: the next one takes their place in the list. */
static void forget_fences(struct dma_resv *resv)
{
	struct dma_resv past;

	if (!rcu_access_pointer(resv->fences) || !dma_resv_test_signaled(resv, DMA_RESV_USAGE_BOOKKEEP))
		return;
	dma_resv_init(&past);
	RCU_INIT_POINTER(past.fences, rcu_access_pointer(resv->fences));
	RCU_INIT_POINTER(resv->fences, NULL);
	dma_resv_fini(&past);
}

static void forget_eviction(struct ttm_resource_manager *man)
{
	if (!man || !man->move || !dma_fence_is_signaled(man->move))
		return;
	dma_fence_put(man->move);
	man->move = NULL;
}

/* What io_mem_reserve() has noted it finds again. */
static void forget_bus(struct ttm_resource *res)
{
	if (res->bus.offset || res->bus.addr)
		return;
	res->bus.is_iomem = false;
	res->bus.caching = ttm_cached;
}

/* What was in memory that is free again; whoever gets it next has it cleared. */
static void forget_contents(void)
{
	u32 slot, page, used = 0;

	for (slot = 0; slot < CBIT_BOS; slot++) {
		struct ttm_buffer_object *bo = cbit_bos[slot].bo;

		if (!bo || cbit_bo_place(bo) != CBIT_VRAM)
			continue;
		for (page = 0; page < PFN_UP(bo->base.size); page++)
			used |= 1 << (cbit_driver_vram_pfn(bo, page) - PHYS_PFN(CBIT_BAR_START));
	}
	for (page = 0; page < CBIT_BAR_PAGES; page++)
		if (!(used & 1 << page))
			cbit_vram_clear(PHYS_PFN(CBIT_BAR_START) + page);
}

/* common/sched.c */
bool cbit_run_deferred(void);

__weak void cbit_driver_forget(void)
{
}

/* Between operations. */
void cbit_forget(void)
{
	u32 slot;

	if (!cbit_has_driver)
		return;
	for (slot = 0; slot < CBIT_BOS; slot++) {
		struct ttm_buffer_object *bo = cbit_bos[slot].bo;

		if (!bo)
			continue;
		forget_fences(bo->base.resv);
		if (bo->resource)
			forget_bus(bo->resource);
	}
	/* Lists of fences are freed by way of RCU. */
	while (cbit_run_deferred())
		;
	forget_contents();
	forget_eviction(ttm_manager_type(cbit_driver_ttm(), TTM_PL_VRAM));
	cbit_driver_forget();
}
