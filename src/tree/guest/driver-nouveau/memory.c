// SPDX-License-Identifier: GPL-2.0-only
/*
 * nvif/mem.c, nvif/vmm.c, nvif/object.c: memory objects of the chip, which say where VRAM is and what host memory is behind a
 * buffer. The GPU's mappings of either are not kept: the copy engine looks at the objects.
 */
#include <linux/dma-fence.h>
#include "nouveau_drv.h"
#include "nouveau_bo.h"
#include "nouveau_chan.h"
#include "nouveau_fence.h"
#include "nouveau_mem.h"
#include <nvif/class.h>
#include <nvif/if500b.h>
#include "bar.h"
#include "cbit.h"
#include "driver.h"
#include "nouveau.h"

/* Pages of VRAM that are an object's, lowest first. */
static u32 used;

static u32 mask_of(u64 size)
{
	return (1U << PFN_UP(size)) - 1;
}

static int vram_get(struct nvif_mem *mem)
{
	u32 at;

	for (at = 0; at + PFN_UP(mem->size) <= CBIT_BAR_PAGES; at++) {
		if (used & mask_of(mem->size) << at)
			continue;
		used |= mask_of(mem->size) << at;
		mem->addr = (u64)at << PAGE_SHIFT;
		return 0;
	}
	mem->size = 0;
	return -ENOSPC;
}

int nvif_mem_ctor_type(struct nvif_mmu *mmu, const char *name, s32 oclass, int type, u8 page, u64 size, void *argv, u32 argc,
		       struct nvif_mem *mem)
{
	mem->type = mmu->type[type].type;
	mem->page = page;
	mem->addr = 0;
	mem->size = size;
	mem->object.oclass = oclass;
	if (mem->type & NVIF_MEM_VRAM)
		return vram_get(mem);
	/* DMA addresses, as the driver tells them to nvkm (mem.c nvkm_mem_new_host). */
	mem->object.priv = ((struct nvif_mem_ram_v0 *)argv)->dma;
	return 0;
}

void nvif_mem_dtor(struct nvif_mem *mem)
{
	if (mem->type & NVIF_MEM_VRAM && mem->size)
		used &= ~(mask_of(mem->size) << PHYS_PFN(mem->addr));
	mem->size = 0;
	mem->object.priv = NULL;
}

/* Where the BAR shows an object in VRAM. */
int nvif_object_map_handle(struct nvif_object *object, void *argv, u32 argc, u64 *handle, u64 *length)
{
	struct nvif_mem *mem = container_of(object, struct nvif_mem, object);

	*handle = CBIT_BAR_START + mem->addr;
	*length = mem->size;
	return 1;
}

void nvif_object_unmap_handle(struct nvif_object *object)
{
}

int nvif_vmm_get(struct nvif_vmm *vmm, enum nvif_vmm_get type, bool sparse, u8 page, u8 align, u64 size, struct nvif_vma *vma)
{
	vma->addr = 0;
	vma->size = size;
	return 0;
}

void nvif_vmm_put(struct nvif_vmm *vmm, struct nvif_vma *vma)
{
	vma->size = 0;
}

int nvif_vmm_map(struct nvif_vmm *vmm, u64 addr, u64 size, void *argv, u32 argc, struct nvif_mem *mem, u64 offset)
{
	return 0;
}

/* nve0_bo_move_copy() and its kin, without a channel. */
int cbit_engine_copy(struct nouveau_channel *chan, struct ttm_buffer_object *bo, struct ttm_resource *from, struct ttm_resource *to)
{
	bool to_vram = to->mem_type == TTM_PL_VRAM;
	struct ttm_resource *vram = to_vram ? to : from;
	const dma_addr_t *host = nouveau_mem(to_vram ? from : to)->mem.object.priv;
	u32 page;

	for (page = 0; page < PFN_UP(bo->base.size); page++)
		cbit_copy_page(host[page], PHYS_PFN(CBIT_BAR_START) + vram->start + page, to_vram);
	return 0;
}

/* nouveau_fence.c: a copy is over when it was started. */
int nouveau_fence_sync(struct nouveau_bo *nvbo, struct nouveau_channel *chan, bool exclusive, bool intr)
{
	if (!dma_resv_test_signaled(nvbo->bo.base.resv, DMA_RESV_USAGE_BOOKKEEP))
		cbit_stop("nouveau: a copy waits for work that is not over", "");
	return 0;
}

int nouveau_fence_new(struct nouveau_fence **fence, struct nouveau_channel *chan)
{
	*fence = container_of(dma_fence_get_stub(), struct nouveau_fence, base);
	return 0;
}

int nouveau_fence_wait(struct nouveau_fence *fence, bool lazy, bool intr)
{
	return 0;
}

void nouveau_fence_unref(struct nouveau_fence **fence)
{
	dma_fence_put(&(*fence)->base);
	*fence = NULL;
}

void cbit_driver_forget(void)
{
	struct dma_fence *over = dma_fence_get_stub();
	u32 slot;

	/* nouveau_bo_vm_cleanup() keeps the reference that dma_resv_get_singleton() gave it. Nobody has another between operations. */
	refcount_set(&over->refcount.refcount, 1);
	/* Where it was last asked to be, which nouveau looks up again each time. */
	for (slot = 0; slot < CBIT_BOS; slot++)
		if (cbit_bos[slot].bo) {
			struct nouveau_bo *nvbo = nouveau_bo(cbit_bos[slot].bo);

			memset(nvbo->placements, 0, sizeof(nvbo->placements));
			memset(&nvbo->placement, 0, sizeof(nvbo->placement));
		}
}
