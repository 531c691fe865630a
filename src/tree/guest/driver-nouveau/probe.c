// SPDX-License-Identifier: GPL-2.0-only
/*
 * nouveau above a chip of ours: nvkm_device_pci_new() sets the mask that the chip's MMU has, nouveau_ttm_init() tells it to
 * TTM. Of nvkm there is that MMU, of its objects what TTM's glue holds (memory.c).
 */
#include <linux/pci.h>
#include <drm/drm_drv.h>
#include "nouveau_drv.h"
#include "nouveau_bo.h"
#include "nouveau_gem.h"
#include "nouveau_mem.h"
#include "nouveau_ttm.h"
#include "nouveau_chan.h"
#include <nvkm/core/pci.h>
#include <nvkm/subdev/fb.h>
#include <nvkm/subdev/mmu.h>
#include <nvkm/subdev/pci.h>
#include <nvif/class.h>
#include "bar.h"
#include "cbit.h"
#include "device.h"
#include "driver.h"
#include "nouveau.h"
#include "own.h"

struct chip {
	u8 family;
	u16 chipset;
	s32 vmm, mem;
	int (*mmu)(struct nvkm_device *device, enum nvkm_subdev_type type, int inst, struct nvkm_mmu **mmu);
};

/* By the number that the host knows them by (src/tree/modules/drivers.ts). */
static const struct chip chips[] = {
	{ NV_DEVICE_INFO_V0_TNT, 0x04, NVIF_CLASS_VMM_NV04, NVIF_CLASS_MEM_NV04, nv04_mmu_new },
	{ NV_DEVICE_INFO_V0_CURIE, 0x41, NVIF_CLASS_VMM_NV04, NVIF_CLASS_MEM_NV04, nv41_mmu_new },
	{ NV_DEVICE_INFO_V0_TESLA, 0x50, NVIF_CLASS_VMM_NV50, NVIF_CLASS_MEM_NV50, nv50_mmu_new },
	{ NV_DEVICE_INFO_V0_PASCAL, 0x130, NVIF_CLASS_VMM_GP100, NVIF_CLASS_MEM_GF100, gp100_mmu_new },
};

static const struct chip *chip;
static struct nouveau_drm nouveau;
static struct drm_device drm;
static struct nvkm_pci pci;
static struct nvkm_fb fb;
static struct nvif_mclass mem_class;
static struct nouveau_channel channel;
static struct pci_sysdata sysdata;
static u8 kinds[256];

static const struct drm_driver nouveau_drm_driver = {
	.driver_features = DRIVER_GEM | DRIVER_GEM_GPUVA | DRIVER_MODESET,
	.name = "nouveau",
	.gem_prime_import_sg_table = nouveau_gem_prime_import_sg_table,
};

/* nvkm/engine/device/base.c: of the chip's subdevices, those that the PCI layer asks. */
int nvkm_device_ctor(const struct nvkm_device_func *func, const struct nvkm_device_quirk *quirk, struct device *dev,
		     enum nvkm_device_type type, u64 handle, const char *name, const char *cfg, const char *dbg,
		     struct nvkm_device *device)
{
	device->func = func;
	device->dev = dev;
	device->type = type;
	device->pci = &pci;
	/* Without tiling. */
	device->fb = &fb;
	return chip->mmu(device, NVKM_SUBDEV_MMU, 0, &device->mmu);
}

/* What nvif_mmu_ctor() and nvif_vmm_ctor() read of the chip (nvkm/subdev/mmu/ummu.c, base.c nvkm_mmu_host). */
static void describe(struct nvif_mmu *mmu, struct nvif_vmm *vmm)
{
	static const u8 types[] = {
		NVIF_MEM_HOST | NVIF_MEM_MAPPABLE | NVIF_MEM_KIND,
		NVIF_MEM_HOST | NVIF_MEM_MAPPABLE | NVIF_MEM_KIND | NVIF_MEM_COHERENT,
		NVIF_MEM_VRAM | NVIF_MEM_MAPPABLE | NVIF_MEM_KIND | NVIF_MEM_COMP | NVIF_MEM_DISP,
	};
	u32 i;

	mmu->dmabits = nouveau.nvkm->mmu->dma_bits;
	mmu->type_nr = ARRAY_SIZE(types);
	mmu->type = kcalloc(ARRAY_SIZE(types), sizeof(*mmu->type), GFP_KERNEL);
	for (i = 0; i < ARRAY_SIZE(types); i++)
		mmu->type[i].type = types[i];
	mmu->mem = chip->mem;
	mmu->kind = kinds;
	mmu->kind_nr = ARRAY_SIZE(kinds);
	mmu->kind_inv = 0xff;
	if (!vmm)
		return;
	vmm->object.oclass = chip->vmm;
	vmm->limit = 1UL << 30;
	vmm->page_nr = 1;
	vmm->page = kcalloc(1, sizeof(*vmm->page), GFP_KERNEL);
	vmm->page[0].shift = PAGE_SHIFT;
	vmm->page[0].vram = vmm->page[0].host = true;
}

int cbit_probe(u32 number)
{
	struct pci_dev *pdev = to_pci_dev(cbit_device());
	int ret;

	cbit_steps_reset();
	chip = &chips[number];
	pdev->vendor = PCI_VENDOR_ID_NVIDIA;
	pdev->pcie_cap = 0x78;
	pdev->bus->sysdata = &sysdata;
	/* BAR 1: VRAM. */
	pdev->resource[1] = (struct resource){ .start = CBIT_BAR_START, .end = CBIT_BAR_START + CBIT_BAR_BYTES - 1, .flags = IORESOURCE_MEM };
	ret = nvkm_device_pci_new(pdev, NULL, NULL, &nouveau.nvkm);
	if (ret)
		return ret;

	/* nouveau_drm_device_new, nouveau_cli_init */
	cbit_drm_init(&drm, &nouveau_drm_driver);
	drm.dev_private = &nouveau;
	nouveau.dev = &drm;
	mutex_init(&nouveau.client_mutex);
	spin_lock_init(&nouveau.tile.lock);
	nouveau.client.drm = &nouveau;
	nouveau.client.device.info.platform = NV_DEVICE_INFO_V0_PCIE;
	nouveau.client.device.info.family = chip->family;
	nouveau.client.device.info.chipset = chip->chipset;
	nouveau.client.device.info.ram_size = nouveau.client.device.info.ram_user = CBIT_BAR_BYTES;
	describe(&nouveau.client.mmu, &nouveau.client.vmm.vmm);
	describe(&nouveau.mmu, NULL);
	mem_class.oclass = chip->mem;
	nouveau.client.mem = &mem_class;
	mutex_init(&nouveau.client.mutex);
	mutex_init(&nouveau.ttm.io_reserve_mutex);
	INIT_LIST_HEAD(&nouveau.ttm.io_reserve_lru);
	/* nouveau_bo_move_init */
	channel.cli = &nouveau.client;
	nouveau.ttm.chan = &channel;
	nouveau.ttm.move = cbit_engine_copy;
	return nouveau_ttm_init(&nouveau);
}

/* nouveau_gem_new(); write-combining where the chip cannot snoop only (nouveau_drm_use_coherent_gpu_mapping). */
int cbit_driver_create(u32 slot, u32 pages, enum ttm_caching caching, enum cbit_place place, struct ttm_buffer_object **bo)
{
	struct nouveau_bo *nvbo;
	int ret;

	if (caching != ttm_cached)
		return -EOPNOTSUPP;
	ret = nouveau_bo_new(&nouveau.client, (u64)pages << PAGE_SHIFT, PAGE_SIZE, place == CBIT_VRAM ? NOUVEAU_GEM_DOMAIN_VRAM : NOUVEAU_GEM_DOMAIN_CPU, 0, 0, NULL, NULL, &nvbo);
	if (ret)
		return ret;
	*bo = &nvbo->bo;
	if (place == CBIT_VRAM)
		cbit_vram_cleared(*bo);
	return 0;
}

int cbit_driver_place(struct ttm_buffer_object *bo, enum cbit_place at, struct ttm_placement *placement)
{
	static const u32 domains[] = { [CBIT_SYSTEM] = NOUVEAU_GEM_DOMAIN_CPU, [CBIT_TT] = NOUVEAU_GEM_DOMAIN_GART, [CBIT_VRAM] = NOUVEAU_GEM_DOMAIN_VRAM };
	struct nouveau_bo *nvbo = nouveau_bo(bo);

	nouveau_bo_placement_set(nvbo, domains[at], 0);
	*placement = nvbo->placement;
	return 0;
}

void cbit_driver_sync(struct ttm_buffer_object *bo, bool for_device)
{
	if (for_device)
		nouveau_bo_sync_for_device(nouveau_bo(bo));
	else
		nouveau_bo_sync_for_cpu(nouveau_bo(bo));
}

int cbit_driver_share(u32 slot, struct page **pages, u32 count, bool user, struct ttm_buffer_object **bo)
{
	return user ? -EOPNOTSUPP : cbit_import(slot, pages, count, &drm, bo);
}

/* nouveau_ttm_io_mem_reserve */
unsigned long cbit_driver_vram_pfn(struct ttm_buffer_object *bo, u32 page)
{
	return PHYS_PFN(CBIT_BAR_START) + bo->resource->start + page;
}

/* nouveau_bo_move_init: one method or none. */
void cbit_driver_copies_by_device(bool device)
{
	nouveau.ttm.move = device ? cbit_engine_copy : NULL;
}

struct ttm_device *cbit_driver_ttm(void)
{
	return &nouveau.ttm.bdev;
}
