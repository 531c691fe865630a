// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory of the device: all of it behind the BAR that common/data.c shows, given out lowest first. TTM's own range manager
 * keeps its allocations' history in lists, which tells states apart that are equal.
 */
#include <linux/io.h>
#include <linux/ioport.h>
#include <drm/ttm/ttm_placement.h>
#include "cbit.h"
#include "generic.h"

static struct ttm_resource_manager manager;
static enum ttm_caching caching;
static u32 used;

bool generic_has_vram(void)
{
	return ttm_resource_manager_used(&manager);
}

static int vram_alloc(struct ttm_resource_manager *man, struct ttm_buffer_object *bo, const struct ttm_place *place, struct ttm_resource **out)
{
	struct ttm_resource *res = &container_of(bo, struct generic_bo, bo)->vram;
	u32 count = PFN_UP(bo->base.size), at, mask = (1U << count) - 1;

	for (at = 0; at + count <= CBIT_BAR_PAGES && used & mask << at; at++)
		;
	if (at + count > CBIT_BAR_PAGES)
		return -ENOSPC;
	used |= mask << at;
	ttm_resource_init(bo, place, res);
	res->start = at;
	/* As io_mem_reserve finds it; whether somebody has asked does not tell states apart. */
	res->bus.is_iomem = true;
	res->bus.caching = caching;
	*out = res;
	return 0;
}

static void vram_free(struct ttm_resource_manager *man, struct ttm_resource *res)
{
	u32 count = PFN_UP(res->bo->base.size), i;

	ttm_resource_fini(man, res);
	used &= ~(((1U << count) - 1) << res->start);
	/* Drivers clear what they give to the next (AMDGPU_GEM_CREATE_VRAM_CLEARED). */
	for (i = 0; i < count; i++)
		cbit_vram_clear(generic_vram_pfn(res, i));
	memset(res, 0, sizeof(*res));
}

static const struct ttm_resource_manager_func funcs = { .alloc = vram_alloc, .free = vram_free };

int generic_vram_init(struct ttm_device *dev, enum ttm_caching bus_caching)
{
#ifdef CONFIG_X86
	caching = bus_caching;
	ttm_resource_manager_init(&manager, dev, CBIT_BAR_PAGES);
	manager.func = &funcs;
	ttm_set_driver_manager(dev, TTM_PL_VRAM, &manager);
	ttm_resource_manager_set_used(&manager, true);
	/* amdgpu_bo_init and its kin: user mappings take their cache type from here. */
	if (caching == ttm_write_combined)
		return arch_io_reserve_memtype_wc(CBIT_BAR_START, CBIT_BAR_BYTES);
#endif
	/* arm64's ioremap() is not in the slice: no VRAM there. */
	return 0;
}

unsigned long generic_vram_pfn(struct ttm_resource *res, u32 page)
{
	return (CBIT_BAR_START >> PAGE_SHIFT) + res->start + page;
}

int generic_io_mem_reserve(struct ttm_device *dev, struct ttm_resource *mem)
{
	if (mem->mem_type != TTM_PL_VRAM)
		return 0;
	mem->bus.offset = CBIT_BAR_START + (mem->start << PAGE_SHIFT);
	mem->bus.is_iomem = true;
	mem->bus.caching = caching;
	return 0;
}
