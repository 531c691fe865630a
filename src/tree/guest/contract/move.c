// SPDX-License-Identifier: GPL-2.0-only
/* Buffers that change their place, as a driver's ioctls, evictions and memory pressure bring it about. */
#include "cbit.h"
#include "compat.h"
#include "driver.h"

static bool has_pages(struct cbit_bo *b)
{
	return b->bo->ttm && ttm_tt_is_populated(b->bo->ttm);
}

static int validate(struct cbit_bo *b, enum cbit_place at)
{
	struct ttm_operation_ctx ctx = { .interruptible = false };
	struct ttm_placement placement;
	int ret = cbit_driver_place(b->bo, at, &placement);

	/* A device that reaches its own memory only has no such place: what is not there is in system memory. */
	if (ret == -EOPNOTSUPP && at == CBIT_TT)
		ret = cbit_driver_place(b->bo, CBIT_SYSTEM, &placement);
#if !CBIT_SINCE(6, 3)
	/* TTM moves what is pinned: drivers look before they ask (amdgpu_cs_bo_validate, radeon_bo_list_validate). */
	if (b->bo->pin_count && (b->lazy || cbit_bo_place(b->bo) != at))
		return -EINVAL;
#endif
	return ret ?: ttm_bo_validate(b->bo, &placement, &ctx);
}

/* A buffer that was populated by its first mapping is first of all where it was made for. */
static int settle(struct cbit_bo *b)
{
	int ret = b->lazy && has_pages(b) ? validate(b, CBIT_TT) : 0;

	if (!ret)
		b->lazy = false;
	return ret;
}

int cbit_bo_move(u32 slot, u32 to, u32 by_device)
{
	struct cbit_bo *b = cbit_bo_begin(slot);
	bool lazy;
	int ret;

	if (!b)
		return -EINVAL;
	if (cbit_bo_place(b->bo) == to)
		return 0;
	ret = ttm_bo_reserve(b->bo, false, false, NULL);
	if (ret)
		return ret;
	lazy = b->lazy;
	ret = settle(b);
	if (!ret) {
		cbit_driver_copies_by_device(by_device);
		ret = validate(b, to);
		cbit_driver_copies_by_device(true);
	}
	/* One that did not get anywhere is still to go where it was made for. */
	if (ret && lazy && !has_pages(b))
		b->lazy = true;
	cbit_bo_done(b);
	return ret;
}

/* The other buffers were used after this one: it is the first that TTM looks at. */
static void make_oldest(u32 slot)
{
	u32 other;

	for (other = 0; other < CBIT_BOS; other++) {
		struct ttm_buffer_object *bo = cbit_bos[other].bo;

		if (!bo || other == slot || ttm_bo_reserve(bo, false, true, NULL))
			continue;
		ttm_bo_unreserve(bo);
	}
}

static int evict_first(struct ttm_device *dev, struct ttm_resource_manager *man)
{
	struct ttm_operation_ctx ctx = { .interruptible = false };

#if CBIT_SINCE(6, 10)
	return ttm_bo_evict_first(dev, man, &ctx);
#else
	return ttm_mem_evict_first(dev, man, NULL, &ctx, NULL);
#endif
}

int cbit_bo_evict(u32 slot)
{
	struct cbit_bo *b = cbit_bo_begin(slot);
	int ret;

	if (!b || cbit_bo_place(b->bo) == CBIT_SYSTEM)
		return -EINVAL;
	/* TTM passes over them. */
	if (b->bo->pin_count)
		return -EBUSY;
	ret = ttm_bo_reserve(b->bo, false, false, NULL);
	if (ret)
		return ret;
	ret = settle(b);
	cbit_bo_done(b);
	if (ret || b->bo->resource->mem_type == TTM_PL_SYSTEM)
		return ret;
	make_oldest(slot);
	ret = evict_first(b->bo->bdev, ttm_manager_type(b->bo->bdev, b->bo->resource->mem_type));
	cbit_bo_unmapped();
	if (ret || b->bo->resource)
		return ret;
	/* Without contents there is no place either, until the driver asks for one again. */
	ret = ttm_bo_reserve(b->bo, false, false, NULL);
	if (ret)
		return ret;
	ret = validate(b, CBIT_SYSTEM);
	cbit_bo_done(b);
	return ret;
}

/* Memory pressure while everybody else's buffers are in use, and so reserved. */
int cbit_bo_swapout(u32 slot)
{
	struct ttm_operation_ctx ctx = { .interruptible = false };
	struct cbit_bo *b = cbit_bo_begin(slot);
	bool held[CBIT_BOS] = { };
	u32 other;
	int ret;

	if (!b)
		return -EINVAL;
	if (b->lazy && has_pages(b) && !b->bo->pin_count) {
		ret = ttm_bo_reserve(b->bo, false, false, NULL);
		if (ret)
			return ret;
		ret = settle(b);
		cbit_bo_done(b);
		if (ret)
			return ret;
	}
	for (other = 0; other < CBIT_BOS; other++)
		if (other != slot && cbit_bos[other].bo)
			held[other] = !ttm_bo_reserve(cbit_bos[other].bo, false, true, NULL);
	ret = ttm_device_swapout(b->bo->bdev, &ctx, GFP_KERNEL);
	for (other = 0; other < CBIT_BOS; other++)
		if (held[other])
			dma_resv_unlock(cbit_bos[other].bo->base.resv);
	cbit_bo_unmapped();
	if (ret < 0)
		return ret;
	return ret ? 0 : -EBUSY;
}

int cbit_bo_swapin(u32 slot)
{
	struct ttm_operation_ctx ctx = { .interruptible = false };
	struct cbit_bo *b = cbit_bo_begin(slot);
	int ret;

	if (!b || !b->bo->ttm || !(b->bo->ttm->page_flags & TTM_TT_FLAG_SWAPPED))
		return -EINVAL;
	ret = ttm_bo_reserve(b->bo, false, false, NULL);
	if (ret)
		return ret;
	ret = ttm_tt_populate(b->bo->bdev, b->bo->ttm, &ctx);
	cbit_bo_done(b);
	return ret;
}
