// SPDX-License-Identifier: GPL-2.0-only
/* The operations on buffers, as a driver's ioctls do them: each enters TTM as the driver would. */
#include <drm/drm_gem.h>
#include <drm/drm_vma_manager.h>
#include "cbit.h"
#include "driver.h"

struct cbit_bo cbit_bos[CBIT_BOS];

/* Begins an operation on the buffer in a slot; NULL where there is none. */
static struct cbit_bo *begin(u32 slot)
{
	cbit_steps_reset();
	return slot < CBIT_BOS && cbit_bos[slot].bo ? &cbit_bos[slot] : NULL;
}

/* The other way round for a new buffer; NULL where there is one. */
static struct cbit_bo *begin_new(u32 slot)
{
	cbit_steps_reset();
	return slot < CBIT_BOS && !cbit_bos[slot].bo ? &cbit_bos[slot] : NULL;
}

bool cbit_bo_in_tt(struct ttm_buffer_object *bo)
{
	u32 slot;

	for (slot = 0; slot < CBIT_BOS; slot++)
		if (cbit_bos[slot].bo == bo && cbit_bos[slot].lazy)
			return true;
	return bo->resource && bo->resource->mem_type != TTM_PL_SYSTEM && ttm_manager_type(bo->bdev, bo->resource->mem_type)->use_tt;
}

int cbit_bo_create(u32 slot, u32 pages, u32 caching, u32 place)
{
	struct cbit_bo *b = begin_new(slot);
	int ret;

	if (!b || pages == 0)
		return -EINVAL;
	ret = cbit_driver_create(slot, pages, caching, place, &b->bo);
	b->lazy = !ret && place == CBIT_TT;
	return ret;
}

/* One that is made for the device's use goes where the device reaches it, any other gets its pages where it is. */
int cbit_bo_populate(u32 slot)
{
	struct ttm_operation_ctx ctx = { .interruptible = false };
	struct cbit_bo *b = begin(slot);
	struct ttm_placement placement;
	int ret;

	if (!b)
		return -EINVAL;
	ret = ttm_bo_reserve(b->bo, false, false, NULL);
	if (ret)
		return ret;
	if (b->lazy && !ttm_tt_is_populated(b->bo->ttm) && !cbit_driver_place(b->bo, CBIT_TT, &placement)) {
		ret = ttm_bo_validate(b->bo, &placement, &ctx);
		b->lazy = !!ret;
	} else {
		ret = ttm_tt_populate(b->bo->bdev, b->bo->ttm, &ctx);
	}
	ttm_bo_unreserve(b->bo);
	return ret;
}

int cbit_bo_kmap(u32 slot, u32 first, u32 count)
{
	struct cbit_bo *b = begin(slot);
	int ret;

	if (!b || b->kmapped)
		return -EINVAL;
	ret = ttm_bo_reserve(b->bo, false, false, NULL);
	if (ret)
		return ret;
	ret = ttm_bo_kmap(b->bo, first, count, &b->kmap);
	ttm_bo_unreserve(b->bo);
	b->kmapped = !ret;
	b->kmap_first = first;
	b->kmap_count = count;
	return ret;
}

int cbit_bo_kunmap(u32 slot)
{
	struct cbit_bo *b = begin(slot);

	if (!b || !b->kmapped)
		return -EINVAL;
	ttm_bo_kunmap(&b->kmap);
	b->kmapped = false;
	/* The map object is the driver's: what was in it leaves no trace. */
	memset(&b->kmap, 0, sizeof(b->kmap));
	b->kmap_first = b->kmap_count = 0;
	return 0;
}

int cbit_bo_vmap(u32 slot)
{
	struct cbit_bo *b = begin(slot);
	int ret;

	if (!b || b->vmapped)
		return -EINVAL;
	ret = ttm_bo_reserve(b->bo, false, false, NULL);
	if (ret)
		return ret;
	ret = ttm_bo_vmap(b->bo, &b->vmap);
	ttm_bo_unreserve(b->bo);
	b->vmapped = !ret;
	return ret;
}

int cbit_bo_vunmap(u32 slot)
{
	struct cbit_bo *b = begin(slot);
	int ret;

	if (!b || !b->vmapped)
		return -EINVAL;
	ret = ttm_bo_reserve(b->bo, false, false, NULL);
	if (ret)
		return ret;
	ttm_bo_vunmap(b->bo, &b->vmap);
	ttm_bo_unreserve(b->bo);
	b->vmapped = false;
	return 0;
}

/*
 * mmap of the buffer where there is none yet, then a fault at the page: 0 where it was handled. A signal stands for the
 * errno that ttm_bo_vm_fault_reserved hides.
 */
int cbit_bo_fault(u32 slot, u32 page)
{
	struct cbit_bo *b = begin(slot);
	struct vm_fault vmf = { };
	vm_fault_t fault;

	if (!b || page >= PFN_UP(b->bo->base.size))
		return -EINVAL;
	if (!b->vma) {
		int ret;

		cbit_mmap_lock();
		b->vma = cbit_vma_create(slot, PFN_UP(b->bo->base.size), drm_vma_node_start(&b->bo->base.vma_node));
		ret = ttm_bo_mmap_obj(b->vma, b->bo);
		cbit_mmap_unlock();
		if (ret) {
			b->vma = NULL;
			return ret;
		}
	}
	*(struct vm_area_struct **)&vmf.vma = b->vma;
	*(unsigned long *)&vmf.address = b->vma->vm_start + ((unsigned long)page << PAGE_SHIFT);
	vmf.flags = FAULT_FLAG_WRITE | FAULT_FLAG_USER;
	fault = b->vma->vm_ops->fault(&vmf);
	if (fault & VM_FAULT_OOM)
		return -ENOMEM;
	return fault & VM_FAULT_ERROR ? -EFAULT : 0;
}

int cbit_bo_sync(u32 slot, u32 for_device)
{
	struct cbit_bo *b = begin(slot);
	int ret;

	if (!b)
		return -EINVAL;
	ret = ttm_bo_reserve(b->bo, false, false, NULL);
	if (ret)
		return ret;
	if (b->bo->ttm && ttm_tt_is_populated(b->bo->ttm))
		cbit_driver_sync(b->bo, for_device);
	ttm_bo_unreserve(b->bo);
	return 0;
}

int cbit_bo_destroy(u32 slot)
{
	struct cbit_bo *b = begin(slot);

	if (!b)
		return -EINVAL;
	if (b->kmapped)
		cbit_bo_kunmap(slot);
	if (b->vmapped)
		cbit_bo_vunmap(slot);
	if (b->vma)
		cbit_vma_destroy(slot);
	ttm_bo_put(b->bo);
	memset(b, 0, sizeof(*b));
	return 0;
}
