// SPDX-License-Identifier: GPL-2.0-only
/*
 * amdgpu's memory controller block and all that its software init does (DMA mask, TTM, GART), above a chip of ours: one
 * without rings, that answers what this block asks the others.
 */
#include <linux/pci.h>
#include <drm/drm_drv.h>
#include "amdgpu.h"
#include "amdgpu_object.h"
#include "amdgpu_ttm.h"
#include "cbit.h"
#include "chip.h"
#include "device.h"
#include "driver.h"
#include "own.h"

/* BAR 0: VRAM, all of which the CPU reaches; it holds the table of the GART. */
#define VRAM 0x4000000000UL
#define VISIBLE (1UL << 20)

/* drivers/gpu/buddy.c, an initcall */
int gpu_buddy_module_init(void);

static struct amdgpu_device amdgpu;
static u8 vram[VISIBLE] __aligned(PAGE_SIZE);

static const struct drm_driver amdgpu_drm_driver = { .driver_features = DRIVER_GEM | DRIVER_MODESET, .name = "amdgpu" };

static void hub_init(struct amdgpu_device *adev)
{
}

static u64 at_zero(struct amdgpu_device *adev)
{
	return 0;
}

/* Where the CPU finds an APU's VRAM, which is no BAR then. */
static u64 fb_offset(struct amdgpu_device *adev)
{
	return VRAM;
}

#define MEGABYTES 1

static u32 memory_size(struct amdgpu_device *adev)
{
	return MEGABYTES;
}

u32 cbit_size_register = ~0U;

/* amdgpu_device.c */
u32 amdgpu_device_rreg(struct amdgpu_device *adev, u32 reg, u32 acc_flags)
{
	return reg == cbit_size_register ? MEGABYTES : 0;
}

static const struct amdgpu_gfxhub_funcs gfxhub = { .init = hub_init, .get_mc_fb_offset = fb_offset, .get_fb_location = at_zero };
static const struct amdgpu_mmhub_funcs mmhub = { .init = hub_init, .get_mc_fb_offset = fb_offset, .get_fb_location = at_zero };
static const struct amdgpu_nbio_funcs nbio = { .get_memsize = memory_size };

struct chip {
	u32 gc;
	enum amd_asic_type type;
	u32 flags;
	int (*init)(struct amdgpu_device *adev);
};

/* By the number that the host knows them by (src/tree/modules/drivers.ts). */
static const struct chip chips[] = {
	[0] = { IP_VERSION(9, 0, 1), CHIP_VEGA10, 0, cbit_gmc9_init },
	[1] = { IP_VERSION(9, 4, 2), CHIP_ALDEBARAN, 0, cbit_gmc9_init },
	[2] = { IP_VERSION(9, 1, 0), CHIP_RAVEN, AMD_IS_APU, cbit_gmc9_init },
	[3] = { 0, CHIP_TAHITI, 0, cbit_gmc6_init },
	[4] = { 0, CHIP_HAWAII, 0, cbit_gmc7_init },
	[5] = { 0, CHIP_TONGA, 0, cbit_gmc8_init },
	[6] = { IP_VERSION(10, 1, 10), CHIP_NAVI10, 0, cbit_gmc10_init },
	[7] = { IP_VERSION(11, 0, 0), CHIP_IP_DISCOVERY, 0, cbit_gmc11_init },
	[8] = { IP_VERSION(12, 0, 0), CHIP_IP_DISCOVERY, 0, cbit_gmc12_init },
};

int cbit_probe(u32 number)
{
	struct pci_dev *pdev = to_pci_dev(cbit_device());
	const struct chip *chip = &chips[number];

	cbit_steps_reset();
	pdev->vendor = PCI_VENDOR_ID_ATI;
	pdev->resource[0] = (struct resource){ .start = VRAM, .end = VRAM + VISIBLE - 1, .flags = IORESOURCE_MEM };
	gpu_buddy_module_init();
	cbit_registers_at(VRAM, VISIBLE, vram);
	/* The module parameter gartsize, in megabytes: less than usual, so that the table is small. */
	amdgpu_gart_size = 8;

	/* amdgpu_pci_probe, amdgpu_device_init */
	cbit_drm_init(adev_to_drm(&amdgpu), &amdgpu_drm_driver);
	amdgpu.dev = &pdev->dev;
	amdgpu.pdev = pdev;
	amdgpu.flags = chip->flags;
	amdgpu.asic_type = chip->type;
	amdgpu.ip_versions[GC_HWIP][0] = chip->gc;
	amdgpu.gfxhub.funcs = &gfxhub;
	amdgpu.mmhub.funcs = &mmhub;
	amdgpu.nbio.funcs = &nbio;
	return chip->init(&amdgpu);
}

/* amdgpu_gem_object_create(), for a buffer that is not in VRAM. */
int cbit_driver_create(u32 slot, u32 pages, enum ttm_caching caching, enum cbit_place place, struct ttm_buffer_object **bo)
{
	struct amdgpu_bo_param param = {
		.size = (unsigned long)pages << PAGE_SHIFT,
		.byte_align = PAGE_SIZE,
		.domain = AMDGPU_GEM_DOMAIN_CPU,
		.bo_ptr_size = sizeof(struct amdgpu_bo),
		.type = ttm_bo_type_device,
		.flags = caching == ttm_write_combined ? AMDGPU_GEM_CREATE_CPU_GTT_USWC : 0,
	};
	struct amdgpu_bo *abo;
	int ret;

	if (caching == ttm_uncached || place == CBIT_VRAM)
		return -EOPNOTSUPP;
	ret = amdgpu_bo_create(&amdgpu, &param, &abo);
	if (!ret)
		*bo = &abo->tbo;
	return ret;
}

int cbit_driver_place(struct ttm_buffer_object *bo, enum cbit_place at, struct ttm_placement *placement)
{
	static const u32 domains[] = { [CBIT_SYSTEM] = AMDGPU_GEM_DOMAIN_CPU, [CBIT_TT] = AMDGPU_GEM_DOMAIN_GTT };
	struct amdgpu_bo *abo = ttm_to_amdgpu_bo(bo);

	if (at == CBIT_VRAM)
		return -EOPNOTSUPP;
	amdgpu_bo_placement_from_domain(abo, domains[at]);
	*placement = abo->placement;
	return 0;
}

struct ttm_device *cbit_driver_ttm(void)
{
	return &amdgpu.mman.bdev;
}

/* Statistics of moves, which grow without an end and that only ioctls and debugfs read. */
void cbit_forget(void)
{
	atomic64_set(&amdgpu.num_bytes_moved, 0);
	atomic64_set(&amdgpu.num_evictions, 0);
}
