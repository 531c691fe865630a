// SPDX-License-Identifier: GPL-2.0-only
/*
 * A GPU driver's TTM glue, with what drivers differ in as parameters (src/kernel/driver-profile.ts): masks, the
 * arguments of ttm_device_init(), the kind of ttm_tt, and whether the driver maps the pages itself.
 */
#include <linux/dma-mapping.h>
#include <linux/cc_platform.h>
#include <linux/scatterlist.h>
#include <drm/drm_cache.h>
#include <drm/drm_drv.h>
#include <drm/drm_gem.h>
#include <drm/drm_vma_manager.h>
#include <drm/ttm/ttm_range_manager.h>
#include "cbit.h"
#include "device.h"
#include "driver.h"
#include "generic.h"

#define ALLOC_DRM_NEED_SWIOTLB 1
#define ALLOC_VMW_SELECT_MODE 2
#define DMA32_ADDRESSING_LIMITED 1
#define DMA32_MASK_32 2
#define DMA32_ALWAYS 3
#define OWN_WITHOUT_DMA_ALLOC 1
#define OWN_ALWAYS 2

/* struct ttm_tt with the table of a driver that maps for itself (vmw_ttm_tt, xe_ttm_tt). */
struct generic_tt {
	struct ttm_tt ttm;
	struct ttm_buffer_object *bo;
	struct sg_table sgt;
	bool mapped;
};

static struct ttm_device ttm_device;
static struct drm_device drm;
static struct drm_driver drm_driver;
static struct generic_bo bos[CBIT_BOS];
static struct drm_vma_offset_manager vma_manager;
static bool use_dma_alloc, use_dma32, sg_tt, skip_cpu_sync, own_sync, no_dma, cpu_copies, evicts_to_system, copies_by_device = true;
static u32 own_mapping;

static bool maps_itself(void)
{
	return own_mapping == OWN_ALWAYS || (own_mapping == OWN_WITHOUT_DMA_ALLOC && !use_dma_alloc);
}

static struct generic_tt *to_tt(struct ttm_tt *ttm)
{
	return container_of(ttm, struct generic_tt, ttm);
}

static struct ttm_tt *tt_create(struct ttm_buffer_object *bo, uint32_t page_flags)
{
	struct generic_bo *g = container_of(bo, struct generic_bo, bo);
	enum ttm_caching caching = g->caching;
	struct generic_tt *tt = kzalloc(sizeof(*tt), GFP_KERNEL);
	int ret;

	tt->bo = bo;
	if (g->borrowed || (sg_tt && !maps_itself()))
		ret = ttm_sg_tt_init(&tt->ttm, bo, page_flags, caching);
	else
		ret = ttm_tt_init(&tt->ttm, bo, page_flags, caching, 0);
	if (ret) {
		kfree(tt);
		return NULL;
	}
	/* amdgpu_ttm_tt_set_userptr, amdgpu_ttm_tt_set_user_pages */
	if (g->user) {
		tt->ttm.page_flags |= TTM_TT_FLAG_EXTERNAL;
		memcpy(tt->ttm.pages, g->borrowed, tt->ttm.num_pages * sizeof(*g->borrowed));
	}
	return &tt->ttm;
}

static int map_sg(struct generic_tt *tt, struct page **pages, unsigned long attrs)
{
	int ret = sg_alloc_table_from_pages(&tt->sgt, pages, tt->ttm.num_pages, 0, (u64)tt->ttm.num_pages << PAGE_SHIFT, GFP_KERNEL);

	if (ret)
		return ret;
	ret = dma_map_sgtable(cbit_device(), &tt->sgt, DMA_BIDIRECTIONAL, attrs);
	if (ret)
		sg_free_table(&tt->sgt);
	tt->mapped = !ret;
	return ret;
}

/* xe_tt_map_sg, vmw_ttm_map_dma: for drivers that map by themselves, once the device is to reach the pages. */
static int bind(struct ttm_tt *ttm)
{
	struct generic_tt *tt = to_tt(ttm);

	if (!maps_itself() || tt->mapped)
		return 0;
	return map_sg(tt, ttm->pages, skip_cpu_sync ? DMA_ATTR_SKIP_CPU_SYNC : 0);
}

static void unbind(struct ttm_tt *ttm)
{
	struct generic_tt *tt = to_tt(ttm);

	if (!tt->mapped)
		return;
	dma_unmap_sgtable(cbit_device(), &tt->sgt, DMA_BIDIRECTIONAL, 0);
	sg_free_table(&tt->sgt);
	tt->mapped = false;
}

static int tt_populate(struct ttm_device *dev, struct ttm_tt *ttm, struct ttm_operation_ctx *ctx)
{
	int ret;

	/* system_heap_map_dma_buf, amdgpu_ttm_tt_pin_userptr */
	if (ttm->page_flags & TTM_TT_FLAG_EXTERNAL)
		return map_sg(to_tt(ttm), container_of(to_tt(ttm)->bo, struct generic_bo, bo)->borrowed, 0);
	ret = ttm_pool_alloc(&dev->pool, ttm, ctx);
	if (ret || cbit_bo_place(to_tt(ttm)->bo) != CBIT_TT)
		return ret;
	ret = bind(ttm);
	if (ret)
		ttm_pool_free(&dev->pool, ttm);
	return ret;
}

static void tt_unpopulate(struct ttm_device *dev, struct ttm_tt *ttm)
{
	unbind(ttm);
	if (!(ttm->page_flags & TTM_TT_FLAG_EXTERNAL))
		ttm_pool_free(&dev->pool, ttm);
}

static void tt_destroy(struct ttm_device *dev, struct ttm_tt *ttm)
{
	ttm_tt_fini(ttm);
	kfree(to_tt(ttm));
}

static const struct ttm_place places[] = {
	[CBIT_SYSTEM] = { .mem_type = TTM_PL_SYSTEM },
	[CBIT_TT] = { .mem_type = TTM_PL_TT },
	[CBIT_VRAM] = { .mem_type = TTM_PL_VRAM },
};

static void set_place(struct ttm_placement *placement, enum cbit_place at)
{
	memset(placement, 0, sizeof(*placement));
	placement->num_placement = 1;
	placement->placement = &places[at];
}

int cbit_driver_place(struct ttm_buffer_object *bo, enum cbit_place at, struct ttm_placement *placement)
{
	if (at == CBIT_VRAM && container_of(bo, struct generic_bo, bo)->borrowed)
		return -EINVAL;
	if ((at == CBIT_VRAM && !generic_has_vram()) || (at == CBIT_TT && no_dma))
		return -EOPNOTSUPP;
	set_place(placement, at);
	return 0;
}

/* amdgpu_evict_flags: out of VRAM to where the device still reaches it, if the driver does so, from there to system memory. */
static void evict_flags(struct ttm_buffer_object *bo, struct ttm_placement *placement)
{
	/* Contents of somebody else are dropped. */
	if (container_of(bo, struct generic_bo, bo)->borrowed)
		placement->num_placement = 0;
	else
		set_place(placement, bo->resource->mem_type == TTM_PL_VRAM && !no_dma && !evicts_to_system ? CBIT_TT : CBIT_SYSTEM);
}

/* amdgpu_move_blit: between dma_address[] and VRAM. */
static void copy_by_device(struct ttm_buffer_object *bo, struct ttm_resource *vram, bool to_vram)
{
	u32 page;

	for (page = 0; page < PFN_UP(bo->base.size); page++)
		cbit_copy_page(cbit_driver_dma_address(bo, page), generic_vram_pfn(vram, page), to_vram);
}

/*
 * Pages stay where they are between SYSTEM and TT: amdgpu_bo_move, vmw_move and xe_bo_move take the null move. The device
 * reaches VRAM and TT; it copies at once, so that nothing waits for a fence.
 */
static int move(struct ttm_buffer_object *bo, bool evict, struct ttm_operation_ctx *ctx, struct ttm_resource *mem,
		struct ttm_place *hop)
{
	u32 from = bo->resource ? bo->resource->mem_type : TTM_PL_SYSTEM, to = mem->mem_type;
	bool by_device = (evict || copies_by_device) && !no_dma && !cpu_copies;
	int ret;

	if (to == TTM_PL_TT) {
		ret = bind(bo->ttm);
		if (ret)
			return ret;
	}
	/* A new buffer that is made for VRAM has no tt; in 6.1 it comes from TTM_PL_SYSTEM. */
	if (!bo->resource || (from == TTM_PL_SYSTEM && !bo->ttm) || (from != TTM_PL_VRAM && to != TTM_PL_VRAM)) {
		if (to == TTM_PL_SYSTEM && bo->ttm && !(bo->ttm->page_flags & TTM_TT_FLAG_EXTERNAL))
			unbind(bo->ttm);
		ttm_bo_move_null(bo, mem);
		return 0;
	}
	if (!by_device)
		return ttm_bo_move_memcpy(bo, ctx, mem);
	if (from == TTM_PL_SYSTEM || to == TTM_PL_SYSTEM) {
		*hop = places[CBIT_TT];
		return -EMULTIHOP;
	}
	copy_by_device(bo, to == TTM_PL_VRAM ? mem : bo->resource, to == TTM_PL_VRAM);
	ttm_bo_move_sync_cleanup(bo, mem);
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
	.io_mem_reserve = generic_io_mem_reserve,
};

/* ttm_bo_put's last reference: the object is part of our row. */
static void bo_released(struct ttm_buffer_object *bo)
{
	drm_gem_object_release(&bo->base);
	memset(container_of(bo, struct generic_bo, bo), 0, sizeof(struct generic_bo));
}

int cbit_driver_create(u32 slot, u32 pages, enum ttm_caching caching, enum cbit_place place, struct ttm_buffer_object **out)
{
	struct ttm_operation_ctx ctx = { .interruptible = false };
	struct ttm_buffer_object *bo = &bos[slot].bo;
	struct ttm_placement placement;
	int ret;

	if (place == CBIT_VRAM && !generic_has_vram())
		return -EOPNOTSUPP;
	bos[slot].caching = caching;
	set_place(&placement, place == CBIT_VRAM ? CBIT_VRAM : CBIT_SYSTEM);
	drm_gem_private_object_init(&drm, &bo->base, (size_t)pages << PAGE_SHIFT);
	ret = ttm_bo_init_reserved(&ttm_device, bo, ttm_bo_type_device, &placement, 0, &ctx, NULL, NULL, bo_released);
	if (ret)
		return ret;
	ttm_bo_unreserve(bo);
	*out = bo;
	return 0;
}

int cbit_driver_share(u32 slot, struct page **pages, u32 count, bool user, struct ttm_buffer_object **out)
{
	struct ttm_operation_ctx ctx = { .interruptible = false };
	struct ttm_buffer_object *bo = &bos[slot].bo;
	struct ttm_placement placement;
	static struct sg_table attached;
	int ret;

	bos[slot].caching = ttm_cached;
	bos[slot].borrowed = pages;
	bos[slot].user = user;
	set_place(&placement, CBIT_SYSTEM);
	drm_gem_private_object_init(&drm, &bo->base, (size_t)count << PAGE_SHIFT);
	ret = ttm_bo_init_reserved(&ttm_device, bo, user ? ttm_bo_type_device : ttm_bo_type_sg, &placement, 0, &ctx, user ? NULL : &attached, NULL, bo_released);
	if (ret)
		return ret;
	set_place(&placement, CBIT_TT);
	ret = ttm_bo_validate(bo, &placement, &ctx);
	ttm_bo_unreserve(bo);
	if (ret)
		ttm_bo_put(bo);
	else
		*out = bo;
	return ret;
}

u64 cbit_driver_dma_address(struct ttm_buffer_object *bo, u32 page)
{
	struct generic_tt *tt = to_tt(bo->ttm);
	struct sg_dma_page_iter iter;

	if (!tt->mapped)
		return tt->ttm.dma_address ? tt->ttm.dma_address[page] : ~0ULL;
	for_each_sgtable_dma_page(&tt->sgt, &iter, page)
		return sg_page_iter_dma_address(&iter);
	return ~0ULL;
}

/* nouveau_bo.c nouveau_bo_sync_for_device, nouveau_bo_sync_for_cpu: neighbouring pages at once. */
void cbit_driver_sync(struct ttm_buffer_object *bo, bool for_device)
{
	struct ttm_tt *ttm = bo->ttm;
	u32 at, count;

	if (!own_sync || ttm->page_flags & TTM_TT_FLAG_EXTERNAL || !ttm->dma_address || !ttm->pages)
		return;
	for (at = 0; at < ttm->num_pages; at += count) {
		for (count = 1; at + count < ttm->num_pages && ttm->pages[at + count] == ttm->pages[at] + count; count++)
			;
		if (for_device)
			dma_sync_single_for_device(cbit_device(), ttm->dma_address[at], (size_t)count << PAGE_SHIFT, DMA_TO_DEVICE);
		else
			dma_sync_single_for_cpu(cbit_device(), ttm->dma_address[at], (size_t)count << PAGE_SHIFT, DMA_FROM_DEVICE);
	}
}

void cbit_driver_copies_by_device(bool device)
{
	copies_by_device = device;
}

unsigned long cbit_driver_vram_pfn(struct ttm_buffer_object *bo, u32 page)
{
	return generic_vram_pfn(bo->resource, page);
}

struct ttm_device *cbit_driver_ttm(void)
{
	return &ttm_device;
}

int cbit_probe(u32 mask_bits, u32 coherent_bits, u32 alloc_rule, u32 dma32_rule, u32 plain_tt, u32 own, u32 skip_sync,
	       u32 syncs, u32 own_page, u32 without_dma, u32 by_cpu, u32 to_system, u32 vram,
	       u32 vram_caching)
{
	struct device *dev = cbit_device();
	int ret = dma_set_mask(dev, DMA_BIT_MASK(mask_bits));

	cbit_steps_reset();
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
	else if (dma32_rule == DMA32_ALWAYS)
		use_dma32 = true;
	sg_tt = !plain_tt;
	own_mapping = own;
	skip_cpu_sync = skip_sync;
	own_sync = syncs;
	no_dma = without_dma;
	cpu_copies = by_cpu;
	evicts_to_system = to_system;

	drm.dev = dev;
	drm.driver = &drm_driver;
	drm.anon_inode = NULL;
	drm.vma_offset_manager = &vma_manager;
	drm_vma_offset_manager_init(&vma_manager, 0x100000, 0x100000);
	if (own_page) {
		/* radeon_dummy_page_init and its kin; the page is not kept, so that it takes no place from buffers. */
		struct page *page = alloc_page(GFP_KERNEL | GFP_DMA32 | __GFP_ZERO);
		dma_addr_t address = dma_map_page(dev, page, 0, PAGE_SIZE, DMA_BIDIRECTIONAL);

		if (dma_mapping_error(dev, address))
			ret = -ENOMEM;
		else
			dma_unmap_page(dev, address, PAGE_SIZE, DMA_BIDIRECTIONAL);
		__free_page(page);
		if (ret)
			return ret;
	}
	ret = ttm_device_init(&ttm_device, &funcs, dev, &cbit_mapping, &vma_manager, use_dma_alloc, use_dma32);
	ret = ret ?: ttm_range_man_init(&ttm_device, TTM_PL_TT, true, 1024);
	return ret || !vram ? ret : generic_vram_init(&ttm_device, vram_caching);
}
