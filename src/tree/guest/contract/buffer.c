// SPDX-License-Identifier: GPL-2.0-only
/* The operations on buffers, as a driver's ioctls do them: each enters TTM as the driver would. */
#include <drm/drm_gem.h>
#include <drm/drm_vma_manager.h>
#include "buf.h"
#include "cbit.h"
#include "driver.h"

struct cbit_bo cbit_bos[CBIT_BOS];

/* Begins an operation on the buffer in a slot; NULL where there is none. */
struct cbit_bo *cbit_bo_begin(u32 slot)
{
	cbit_steps_reset();
	return slot < CBIT_BOS && cbit_bos[slot].bo ? &cbit_bos[slot] : NULL;
}

/* The other way round for a new buffer; NULL where there is one. */
static struct cbit_bo *begin_new(u32 slot)
{
	cbit_steps_reset();
	return slot < CBIT_BOS && cbit_kind(slot) == CBIT_NONE ? &cbit_bos[slot] : NULL;
}

enum cbit_place cbit_bo_place(struct ttm_buffer_object *bo)
{
	u32 slot;

	for (slot = 0; slot < CBIT_BOS; slot++)
		if (cbit_bos[slot].bo == bo && cbit_bos[slot].lazy)
			return CBIT_TT;
	if (!bo->resource || bo->resource->mem_type == TTM_PL_SYSTEM)
		return CBIT_SYSTEM;
	return ttm_manager_type(bo->bdev, bo->resource->mem_type)->use_tt ? CBIT_TT : CBIT_VRAM;
}

/* A mapping without entries is as good as none: the next fault maps the buffer again. */
static bool is_mapped(u32 slot)
{
	u32 page;

	for (page = 0; page < PFN_UP(cbit_bos[slot].bo->base.size); page++)
		if (cbit_user_address(slot, page))
			return true;
	return false;
}

void cbit_bo_unmapped(void)
{
	u32 slot;

	for (slot = 0; slot < CBIT_BOS; slot++) {
		if (!cbit_bos[slot].vma || is_mapped(slot))
			continue;
		cbit_vma_destroy(slot);
		cbit_bos[slot].vma = NULL;
	}
}

/*
 * What TTM noted of the BAR it finds again; here it does not tell which operation asked first. A kernel map inside of the
 * driver's own map of the BAR needs the note to the end (ttm_bo_vunmap).
 */
static void forget_io(struct cbit_bo *b)
{
	struct ttm_resource *res = b->bo->resource;

	if (!res || !res->bus.addr || !(b->kmapped || b->vmapped))
		ttm_mem_io_free(b->bo->bdev, res);
}

void cbit_bo_done(struct cbit_bo *b)
{
	forget_io(b);
	ttm_bo_unreserve(b->bo);
	cbit_bo_unmapped();
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
	struct cbit_bo *b = cbit_bo_begin(slot);
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
	cbit_bo_done(b);
	return ret;
}

int cbit_bo_kmap(u32 slot, u32 first, u32 count)
{
	struct cbit_bo *b = cbit_bo_begin(slot);
	int ret;

	if (!b || b->kmapped)
		return -EINVAL;
	ret = ttm_bo_reserve(b->bo, false, false, NULL);
	if (ret)
		return ret;
	ret = first < PFN_UP(b->bo->base.size) ? cbit_bo_first_use(b) : 0;
	ret = ret ?: ttm_bo_kmap(b->bo, first, count, &b->kmap);
	if (!ret)
		ttm_bo_pin(b->bo);
	b->kmapped = !ret;
	cbit_bo_done(b);
	if (ret) {
		memset(&b->kmap, 0, sizeof(b->kmap));
		return ret;
	}
	b->kmap_first = first;
	b->kmap_count = count;
	return 0;
}

int cbit_bo_kunmap(u32 slot)
{
	struct cbit_bo *b = cbit_bo_begin(slot);

	int ret;

	if (!b || !b->kmapped)
		return -EINVAL;
	ret = ttm_bo_reserve(b->bo, false, false, NULL);
	if (ret)
		return ret;
	ttm_bo_kunmap(&b->kmap);
	ttm_bo_unpin(b->bo);
	b->kmapped = false;
	cbit_bo_done(b);
	/* The map object is the driver's: what was in it leaves no trace. */
	memset(&b->kmap, 0, sizeof(b->kmap));
	b->kmap_first = b->kmap_count = 0;
	return 0;
}

int cbit_bo_vmap(u32 slot)
{
	struct cbit_bo *b = cbit_bo_begin(slot);
	int ret;

	if (!b || b->vmapped)
		return -EINVAL;
	ret = ttm_bo_reserve(b->bo, false, false, NULL);
	if (ret)
		return ret;
	ret = cbit_bo_first_use(b);
	ret = ret ?: ttm_bo_vmap(b->bo, &b->vmap);
	if (!ret)
		ttm_bo_pin(b->bo);
	b->vmapped = !ret;
	cbit_bo_done(b);
	return ret;
}

int cbit_bo_vunmap(u32 slot)
{
	struct cbit_bo *b = cbit_bo_begin(slot);
	int ret;

	if (!b || !b->vmapped)
		return -EINVAL;
	ret = ttm_bo_reserve(b->bo, false, false, NULL);
	if (ret)
		return ret;
	ttm_bo_vunmap(b->bo, &b->vmap);
	ttm_bo_unpin(b->bo);
	b->vmapped = false;
	cbit_bo_done(b);
	return 0;
}

/*
 * mmap of the buffer where there is none yet, then a fault at the page: 0 where it was handled. A signal stands for the
 * errno that ttm_bo_vm_fault_reserved hides.
 */
int cbit_bo_fault(u32 slot, u32 page)
{
	struct cbit_bo *b = cbit_bo_begin(slot);
	struct vm_fault vmf = { };
	vm_fault_t fault;

	if (!b)
		return -EINVAL;
	/* Beyond what the process can map there is nothing: it gets a signal, and no driver hears of it. */
	if (page >= PFN_UP(b->bo->base.size) || cbit_is_userptr(slot))
		return -EFAULT;
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
	/* Where it cannot have pages the fault finds out itself. */
	if (!ttm_bo_reserve(b->bo, false, false, NULL)) {
		cbit_bo_first_use(b);
		ttm_bo_unreserve(b->bo);
	}
	*(struct vm_area_struct **)&vmf.vma = b->vma;
	*(unsigned long *)&vmf.address = b->vma->vm_start + ((unsigned long)page << PAGE_SHIFT);
	vmf.flags = FAULT_FLAG_WRITE | FAULT_FLAG_USER;
	fault = b->vma->vm_ops->fault(&vmf);
	forget_io(b);
	cbit_bo_unmapped();
	if (fault & VM_FAULT_OOM)
		return -ENOMEM;
	return fault & VM_FAULT_ERROR ? -EFAULT : 0;
}

int cbit_bo_sync(u32 slot, u32 for_device)
{
	struct cbit_bo *b = cbit_bo_begin(slot);
	int ret;

	if (!b)
		return -EINVAL;
	ret = ttm_bo_reserve(b->bo, false, false, NULL);
	if (ret)
		return ret;
	if (b->bo->ttm && ttm_tt_is_populated(b->bo->ttm))
		cbit_driver_sync(b->bo, for_device);
	cbit_bo_done(b);
	return 0;
}

int cbit_bo_destroy(u32 slot)
{
	struct cbit_bo *b = cbit_bo_begin(slot);

	if (!b)
		return -EINVAL;
	/* An import holds the dma-buf. */
	if (cbit_is_lent(slot))
		return -EBUSY;
	if (b->kmapped)
		cbit_bo_kunmap(slot);
	if (b->vmapped)
		cbit_bo_vunmap(slot);
	if (b->vma)
		cbit_vma_destroy(slot);
	ttm_bo_put(b->bo);
	memset(b, 0, sizeof(*b));
	cbit_share_ends(slot);
	return 0;
}
