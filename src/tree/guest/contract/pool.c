// SPDX-License-Identifier: GPL-2.0-only
/* Memory pressure on TTM's pools: mm/shrinker.c do_shrink_slab, with a batch of one. */
#include <linux/mm.h>
#include <linux/shrinker.h>
#include <drm/ttm/ttm_pool.h>
#include "cbit.h"
#include "compat.h"
#include "driver.h"
#include "frames.h"
#include "shrinker.h"

#define MAX_TYPES 256

/* A pool type that has pages: found by a page in it, since TTM's list of types is its own. NULL where there is none. */
static struct ttm_pool_type *filled_type(void)
{
	unsigned long frame;

	for (frame = 0; frame < cbit_frames(); frame++) {
		struct list_head *at = cbit_frame_page(frame)->lru.next;

		if (!at || at == LIST_POISON1)
			continue;
		while (cbit_frame_of((struct page *)at) >= 0)
			at = at->next;
		return container_of(at, struct ttm_pool_type, pages);
	}
	return NULL;
}

/*
 * Frees one chunk. TTM moves each type that it looked at to the end of its list; the list is put back as it was, so that
 * states with equal pools are equal.
 */
int cbit_pool_shrink(void)
{
	struct shrink_control sc = { .gfp_mask = GFP_KERNEL, .nr_to_scan = 1 };
	struct list_head *types[MAX_TYPES], *at;
	struct ttm_pool_type *filled;
	unsigned long freeable;
	u32 count = 0, i;

	cbit_steps_reset();
	freeable = cbit_shrinker->count_objects(cbit_shrinker, &sc);
	if (freeable == 0 || freeable == SHRINK_EMPTY)
		return 0;
	filled = filled_type();
	at = &filled->shrinker_list;
	do {
		types[count++] = at;
		at = at->next;
	} while (at != &filled->shrinker_list && count < MAX_TYPES);
	cbit_shrinker->scan_objects(cbit_shrinker, &sc);
	for (i = 0; i < count; i++) {
		types[i]->next = types[(i + 1) % count];
		types[(i + 1) % count]->prev = types[i];
	}
	return 0;
}

#if CBIT_SINCE(6, 8)
#define ORDERS NR_PAGE_ORDERS
#else
#define ORDERS MAX_ORDER
#endif

/*
 * The driver has been probed. The first walk over the list of pool types leaves its mark in TTM's lock; here it comes
 * round to where the list began, so that no state tells whether there was one.
 */
void cbit_ready(void)
{
	cbit_limit_ready();
	struct shrink_control sc = { .gfp_mask = GFP_KERNEL, .nr_to_scan = 1 };
	struct ttm_pool *pool = &cbit_driver_ttm()->pool;
	u32 types = 4 * ORDERS, caching, order;

	for (caching = 0; caching < TTM_NUM_CACHING_TYPES; caching++)
		for (order = 0; order < ORDERS; order++)
			types += !!pool->caching[caching].orders[order].shrinker_list.next;
	while (types--)
		cbit_shrinker->scan_objects(cbit_shrinker, &sc);
	cbit_pages_from_top(0);
}
