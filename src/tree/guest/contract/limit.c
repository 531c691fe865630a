// SPDX-License-Identifier: GPL-2.0-only
/*
 * ttm.pages_limit, as on the kernel's command line (drivers/gpu/drm/ttm/ttm_tt.c). Which buffer is swapped out for another one
 * depends on the order in which they were used: here they are used in the order of their numbers after each operation, so
 * that what came before leaves no trace. And on where they are: those in system memory go before those that the device reaches.
 */
#include <linux/atomic.h>
#include "cbit.h"
#include "driver.h"

extern unsigned long cbit_param_ttm_pages_limit;

static bool limited;

void cbit_set_ttm_pages_limit(u32 pages)
{
	cbit_param_ttm_pages_limit = pages;
	limited = pages;
}

/* ttm_tt.c; made visible by src/tree/lower/module.ts */
extern atomic_long_t ttm_pages_allocated __weak;

/* What a driver's probe has allocated for itself comes on top, so that the limit is that of the operations' buffers. */
void cbit_limit_ready(void)
{
	if (limited && &ttm_pages_allocated)
		cbit_param_ttm_pages_limit += atomic_long_read(&ttm_pages_allocated);
}

/*
 * One that its first mapping populates is at once where it was made for, as TTM has it when it is made: from system memory it
 * would go before others, and without what the device wrote to its bounce buffer.
 */
int cbit_bo_first_use(struct cbit_bo *b)
{
	struct ttm_operation_ctx ctx = { .interruptible = false };
	struct ttm_placement placement;
	int ret;

	if (!limited || !b->lazy || !b->bo->ttm || ttm_tt_is_populated(b->bo->ttm) || cbit_driver_place(b->bo, CBIT_TT, &placement))
		return 0;
	ret = ttm_bo_validate(b->bo, &placement, &ctx);
	b->lazy = !!ret;
	return ret;
}

void cbit_bo_order(void)
{
	u32 slot;

	if (!limited)
		return;
	for (slot = 0; slot < CBIT_BOS; slot++) {
		struct cbit_bo *b = &cbit_bos[slot];

		if (!b->bo || ttm_bo_reserve(b->bo, false, true, NULL))
			continue;
		/* What comes back from a swap file is in system memory, wherever it was made for. */
		if (b->bo->ttm && b->bo->ttm->page_flags & TTM_TT_FLAG_SWAPPED)
			b->lazy = false;
		ttm_bo_unreserve(b->bo);
	}
}
