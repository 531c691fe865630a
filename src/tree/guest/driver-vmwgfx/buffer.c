// SPDX-License-Identifier: GPL-2.0-only
/* Buffers as vmwgfx makes and places them (vmwgfx_gem.c, vmwgfx_execbuf.c). */
#include "vmwgfx_drv.h"
#include "vmwgfx_bo.h"
#include "cbit.h"
#include "driver.h"
#include "own.h"
#include "vmwgfx.h"

/* vmw_gem_object_create(): system memory until a command names the buffer, or VRAM; always cached (vmw_ttm_tt_create). */
int cbit_driver_create(u32 slot, u32 pages, enum ttm_caching caching, enum cbit_place place, struct ttm_buffer_object **bo)
{
	struct vmw_bo_params params = {
		.domain = place == CBIT_VRAM ? VMW_BO_DOMAIN_VRAM : VMW_BO_DOMAIN_SYS,
		.busy_domain = place == CBIT_VRAM ? VMW_BO_DOMAIN_VRAM : VMW_BO_DOMAIN_SYS,
		.bo_type = ttm_bo_type_device,
		.size = (size_t)pages << PAGE_SHIFT,
	};
	struct vmw_bo *vbo;
	int ret;

	if (caching != ttm_cached)
		return -EOPNOTSUPP;
	ret = vmw_bo_create(cbit_vmw(), &params, &vbo);
	if (ret)
		return ret;
	*bo = &vbo->tbo;
	if (place == CBIT_VRAM)
		cbit_vram_cleared(*bo);
	return 0;
}

/* The device reaches system memory by guest memory regions: vmw_validation_bo_validate_single() asks for them. */
int cbit_driver_place(struct ttm_buffer_object *bo, enum cbit_place at, struct ttm_placement *placement)
{
	static const u32 domains[] = { [CBIT_SYSTEM] = VMW_BO_DOMAIN_SYS, [CBIT_TT] = VMW_BO_DOMAIN_GMR, [CBIT_VRAM] = VMW_BO_DOMAIN_VRAM };
	struct vmw_bo *vbo = to_vmw_bo(&bo->base);

	vmw_bo_placement_set(vbo, domains[at], domains[at]);
	*placement = vbo->placement;
	return 0;
}

/* As vmw_gmr2_bind() tells the device; there is no table before the buffer is bound. */
u64 cbit_driver_dma_address(struct ttm_buffer_object *bo, u32 page)
{
	struct vmw_piter iter;
	const struct vmw_sg_table *table = vmw_bo_sg_table(bo);

	if (!table->num_pages)
		return ~0ULL;
	vmw_piter_start(&iter, table, page);
	return vmw_piter_next(&iter) ? vmw_piter_dma_addr(&iter) : ~0ULL;
}

/* vmw_ttm_io_mem_reserve */
unsigned long cbit_driver_vram_pfn(struct ttm_buffer_object *bo, u32 page)
{
	return PFN_DOWN(cbit_vmw()->vram_start) + bo->resource->start + page;
}

struct ttm_device *cbit_driver_ttm(void)
{
	return &cbit_vmw()->bdev;
}

/* Where a buffer was last asked to be, which vmwgfx looks up again each time. */
void cbit_driver_forget(void)
{
	u32 slot;

	for (slot = 0; slot < CBIT_BOS; slot++)
		if (cbit_bos[slot].bo) {
			struct vmw_bo *vbo = to_vmw_bo(&cbit_bos[slot].bo->base);

			memset(vbo->places, 0, sizeof(vbo->places));
			memset(&vbo->placement, 0, sizeof(vbo->placement));
		}
}
