// SPDX-License-Identifier: GPL-2.0-only
/*
 * ttm.pages_limit, as on the kernel's command line (drivers/gpu/drm/ttm/ttm_tt.c). Which buffer is swapped out for another one
 * depends on the order in which they were used: here they are used in the order of their numbers after each operation, so
 * that what came before leaves no trace. One that its first mapping populated is in system memory until it is used by the
 * device, and so goes before those that are already there.
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
