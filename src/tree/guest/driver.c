// SPDX-License-Identifier: GPL-2.0-only
/*
 * A GPU driver's TTM glue, with what drivers differ in as parameters (src/kernel/driver-profile.ts): masks, the
 * arguments of ttm_device_init(), the kind of ttm_tt, and whether the driver maps the pages itself.
 */
#include <linux/dma-mapping.h>
#include <linux/cc_platform.h>
#include <linux/scatterlist.h>
#include <linux/iosys-map.h>
#include <drm/drm_cache.h>
#include <drm/drm_device.h>
#include <drm/drm_drv.h>
#include <drm/drm_gem.h>
#include <drm/drm_vma_manager.h>
#include <drm/ttm/ttm_bo.h>
#include <drm/ttm/ttm_device.h>
#include <drm/ttm/ttm_placement.h>
#include <drm/ttm/ttm_range_manager.h>
#include <drm/ttm/ttm_tt.h>
#include "cbit.h"
#include "device.h"
#include "user.h"

#define ALLOC_DRM_NEED_SWIOTLB 1
#define ALLOC_VMW_SELECT_MODE 2
#define DMA32_ADDRESSING_LIMITED 1
#define DMA32_MASK_32 2
#define OWN_WITHOUT_DMA_ALLOC 1
#define OWN_ALWAYS 2

/* struct ttm_tt with the table of a driver that maps for itself (vmw_ttm_tt, xe_ttm_tt). */
struct cbit_tt {
	struct ttm_tt ttm;
	struct sg_table sgt;
	bool mapped;
};

struct cbit_bo {
	struct ttm_buffer_object bo;
	struct ttm_bo_kmap_obj kmap;
	struct iosys_map vmap;
	u32 kmap_first;
	bool exists, kmapped, vmapped, mmapped;
};

static struct cbit_bo bos[CBIT_BOS];
static struct ttm_device bdev;
static struct drm_device drm;
static struct drm_driver drm_driver;
static struct drm_vma_offset_manager vma_manager;
static bool use_dma_alloc, use_dma32, sg_tt, skip_cpu_sync;
static u32 own_mapping;

static bool maps_itself(void)
{
	return own_mapping == OWN_ALWAYS || (own_mapping == OWN_WITHOUT_DMA_ALLOC && !use_dma_alloc);
}

static struct ttm_tt *tt_create(struct ttm_buffer_object *bo, uint32_t page_flags)
{
	struct cbit_tt *tt = kzalloc(sizeof(*tt), GFP_KERNEL);
	int ret;

	if (sg_tt && !maps_itself())
		ret = ttm_sg_tt_init(&tt->ttm, bo, page_flags, ttm_cached);
	else
		ret = ttm_tt_init(&tt->ttm, bo, page_flags, ttm_cached, 0);
	if (ret) {
		kfree(tt);
		return NULL;
	}
	return &tt->ttm;
}

static int tt_populate(struct ttm_device *dev, struct ttm_tt *ttm, struct ttm_operation_ctx *ctx)
{
	struct cbit_tt *tt = container_of(ttm, struct cbit_tt, ttm);
	int ret = ttm_pool_alloc(&dev->pool, ttm, ctx);

	if (ret || !maps_itself())
		return ret;
	ret = sg_alloc_table_from_pages(&tt->sgt, ttm->pages, ttm->num_pages, 0, (u64)ttm->num_pages << PAGE_SHIFT, GFP_KERNEL);
	if (!ret) {
		ret = dma_map_sgtable(cbit_device(), &tt->sgt, DMA_BIDIRECTIONAL, skip_cpu_sync ? DMA_ATTR_SKIP_CPU_SYNC : 0);
		if (ret)
			sg_free_table(&tt->sgt);
	}
	if (ret)
		ttm_pool_free(&dev->pool, ttm);
	tt->mapped = !ret;
	return ret;
}

static void tt_unpopulate(struct ttm_device *dev, struct ttm_tt *ttm)
{
	struct cbit_tt *tt = container_of(ttm, struct cbit_tt, ttm);

	if (tt->mapped) {
		dma_unmap_sgtable(cbit_device(), &tt->sgt, DMA_BIDIRECTIONAL, 0);
		sg_free_table(&tt->sgt);
		tt->mapped = false;
	}
	ttm_pool_free(&dev->pool, ttm);
}

static void tt_destroy(struct ttm_device *dev, struct ttm_tt *ttm)
{
	ttm_tt_fini(ttm);
	kfree(container_of(ttm, struct cbit_tt, ttm));
}

static const struct ttm_place system_place = { .mem_type = TTM_PL_SYSTEM };
static const struct ttm_place tt_place = { .mem_type = TTM_PL_TT };

static void place(struct ttm_placement *placement, const struct ttm_place *at)
{
	memset(placement, 0, sizeof(*placement));
	placement->num_placement = 1;
	placement->placement = at;
}

static void evict_flags(struct ttm_buffer_object *bo, struct ttm_placement *placement)
{
	place(placement, &system_place);
}

/* Pages stay where they are between SYSTEM and TT: amdgpu_bo_move, vmw_move and xe_bo_move take the null move. */
static int move(struct ttm_buffer_object *bo, bool evict, struct ttm_operation_ctx *ctx, struct ttm_resource *mem,
		struct ttm_place *hop)
{
	ttm_bo_move_null(bo, mem);
	return 0;
}

static struct ttm_device_funcs funcs = {
	.ttm_tt_create = tt_create,
	.ttm_tt_populate = tt_populate,
	.ttm_tt_unpopulate = tt_unpopulate,
	.ttm_tt_destroy = tt_destroy,
	.eviction_valuable = ttm_bo_eviction_valuable,
	.evict_flags = evict_flags,
	.move = move,
};

int cbit_probe(u32 mask_bits, u32 coherent_bits, u32 alloc_rule, u32 dma32_rule, u32 plain_tt, u32 own, u32 skip_sync)
{
	struct device *dev = cbit_device();
	int ret = dma_set_mask(dev, DMA_BIT_MASK(mask_bits));

	if (!ret)
		ret = dma_set_coherent_mask(dev, DMA_BIT_MASK(coherent_bits));
	if (ret)
		return ret;
	if (alloc_rule == ALLOC_DRM_NEED_SWIOTLB)
		use_dma_alloc = drm_need_swiotlb(mask_bits);
	else if (alloc_rule == ALLOC_VMW_SELECT_MODE)
		use_dma_alloc = cc_platform_has(CC_ATTR_MEM_ENCRYPT);	/* vmwgfx_drv.c:673 */
	if (dma32_rule == DMA32_ADDRESSING_LIMITED)
		use_dma32 = dma_addressing_limited(dev);
	else if (dma32_rule == DMA32_MASK_32)
		use_dma32 = mask_bits <= 32;
	sg_tt = !plain_tt;
	own_mapping = own;
	skip_cpu_sync = skip_sync;

	drm.dev = dev;
	drm.driver = &drm_driver;
	drm.anon_inode = NULL;
	drm_vma_offset_manager_init(&vma_manager, 0x100000, 0x100000);
	ret = ttm_device_init(&bdev, &funcs, dev, &cbit_mapping, &vma_manager, use_dma_alloc, use_dma32);
	return ret ?: ttm_range_man_init(&bdev, TTM_PL_TT, true, 1024);
}

/* ttm_bo_put's last reference: the object is part of our row. */
static void bo_released(struct ttm_buffer_object *bo)
{
	drm_gem_object_release(&bo->base);
	container_of(bo, struct cbit_bo, bo)->exists = false;
}

u32 cbit_bo_exists(u32 slot)
{
	return slot < CBIT_BOS && bos[slot].exists;
}

int cbit_bo_create(u32 slot, u32 pages)
{
	struct ttm_operation_ctx ctx = { .interruptible = false };
	struct cbit_bo *b = &bos[slot];
	struct ttm_placement placement;
	int ret;

	if (slot >= CBIT_BOS || b->exists || pages == 0)
		return -EINVAL;
	memset(b, 0, sizeof(*b));
	place(&placement, &system_place);
	drm_gem_private_object_init(&drm, &b->bo.base, (size_t)pages << PAGE_SHIFT);
	b->exists = true;
	ret = ttm_bo_init_reserved(&bdev, &b->bo, ttm_bo_type_device, &placement, 0, &ctx, NULL, NULL, bo_released);
	if (!ret)
		ttm_bo_unreserve(&b->bo);
	return ret;
}

int cbit_bo_populate(u32 slot)
{
	struct ttm_operation_ctx ctx = { .interruptible = false };
	struct ttm_placement placement;
	int ret;

	if (!cbit_bo_exists(slot))
		return -EINVAL;
	ret = ttm_bo_reserve(&bos[slot].bo, false, false, NULL);
	if (ret)
		return ret;
	place(&placement, &tt_place);
	ret = ttm_bo_validate(&bos[slot].bo, &placement, &ctx);
	ttm_bo_unreserve(&bos[slot].bo);
	return ret;
}

int cbit_bo_kmap(u32 slot, u32 first, u32 count)
{
	struct cbit_bo *b = &bos[slot];
	int ret;

	if (!cbit_bo_exists(slot) || b->kmapped)
		return -EINVAL;
	ret = ttm_bo_reserve(&b->bo, false, false, NULL);
	if (ret)
		return ret;
	ret = ttm_bo_kmap(&b->bo, first, count, &b->kmap);
	ttm_bo_unreserve(&b->bo);
	b->kmapped = !ret;
	b->kmap_first = first;
	return ret;
}

int cbit_bo_kunmap(u32 slot)
{
	struct cbit_bo *b = &bos[slot];

	if (!cbit_bo_exists(slot) || !b->kmapped)
		return -EINVAL;
	ttm_bo_kunmap(&b->kmap);
	b->kmapped = false;
	return 0;
}

int cbit_bo_vmap(u32 slot)
{
	struct cbit_bo *b = &bos[slot];
	int ret;

	if (!cbit_bo_exists(slot) || b->vmapped)
		return -EINVAL;
	ret = ttm_bo_reserve(&b->bo, false, false, NULL);
	if (ret)
		return ret;
	ret = ttm_bo_vmap(&b->bo, &b->vmap);
	ttm_bo_unreserve(&b->bo);
	b->vmapped = !ret;
	return ret;
}

int cbit_bo_vunmap(u32 slot)
{
	struct cbit_bo *b = &bos[slot];
	int ret;

	if (!cbit_bo_exists(slot) || !b->vmapped)
		return -EINVAL;
	ret = ttm_bo_reserve(&b->bo, false, false, NULL);
	if (ret)
		return ret;
	ttm_bo_vunmap(&b->bo, &b->vmap);
	ttm_bo_unreserve(&b->bo);
	b->vmapped = false;
	return 0;
}

/*
 * mmap of the buffer where there is none yet, then a fault at the page: 0 where it was handled. A signal stands for the
 * errno that ttm_bo_vm_fault_reserved hides.
 */
int cbit_bo_fault(u32 slot, u32 page)
{
	struct cbit_bo *b = &bos[slot];
	static struct vm_area_struct *vmas[CBIT_BOS];
	struct vm_fault vmf = { };
	vm_fault_t fault;

	if (!cbit_bo_exists(slot) || page >= PFN_UP(b->bo.base.size))
		return -EINVAL;
	if (!b->mmapped) {
		int ret;

		vmas[slot] = cbit_vma_create(slot, PFN_UP(b->bo.base.size), drm_vma_node_start(&b->bo.base.vma_node));
		ret = ttm_bo_mmap_obj(vmas[slot], &b->bo);
		if (ret)
			return ret;
		b->mmapped = true;
	}
	*(struct vm_area_struct **)&vmf.vma = vmas[slot];
	*(unsigned long *)&vmf.address = vmas[slot]->vm_start + ((unsigned long)page << PAGE_SHIFT);
	vmf.flags = FAULT_FLAG_WRITE | FAULT_FLAG_USER;
	fault = vmas[slot]->vm_ops->fault(&vmf);
	if (fault & VM_FAULT_OOM)
		return -ENOMEM;
	return fault & VM_FAULT_ERROR ? -EFAULT : 0;
}

int cbit_bo_destroy(u32 slot)
{
	struct cbit_bo *b = &bos[slot];

	if (!cbit_bo_exists(slot))
		return -EINVAL;
	if (b->kmapped)
		cbit_bo_kunmap(slot);
	if (b->vmapped)
		cbit_bo_vunmap(slot);
	if (b->mmapped)
		cbit_vma_destroy(slot);
	b->mmapped = false;
	ttm_bo_put(&b->bo);
	if (!b->exists)
		memset(b, 0, sizeof(*b));
	return 0;
}

/* What the host asks about a buffer. Addresses are 64-bit. */
u32 cbit_bo_pages(u32 slot)
{
	return bos[slot].exists ? PFN_UP(bos[slot].bo.base.size) : 0;
}

u32 cbit_bo_page_pfn(u32 slot, u32 page)
{
	struct ttm_tt *ttm = bos[slot].bo.ttm;

	if (!bos[slot].exists || !ttm || !ttm_tt_is_populated(ttm) || !ttm->pages || page >= ttm->num_pages)
		return 0;
	return page_to_pfn(ttm->pages[page]);
}

/* ~0 where the device has no mapping. */
u64 cbit_bo_dma_address(u32 slot, u32 page)
{
	struct ttm_tt *ttm = bos[slot].bo.ttm;
	struct cbit_tt *tt = ttm ? container_of(ttm, struct cbit_tt, ttm) : NULL;
	struct sg_dma_page_iter iter;

	if (!bos[slot].exists || !ttm || !ttm_tt_is_populated(ttm) || page >= ttm->num_pages)
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
	struct cbit_bo *b = &bos[slot];

	if (!b->kmapped || page < b->kmap_first || page >= b->kmap_first + 1)
		return 0;
	return (u64)b->kmap.virtual + ((u64)(page - b->kmap_first) << PAGE_SHIFT);
}

u64 cbit_bo_vmap_address(u32 slot, u32 page)
{
	return bos[slot].vmapped ? (u64)bos[slot].vmap.vaddr + ((u64)page << PAGE_SHIFT) : 0;
}

u32 cbit_use_dma_alloc(void)
{
	return use_dma_alloc;
}
