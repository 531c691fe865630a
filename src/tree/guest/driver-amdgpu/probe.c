// SPDX-License-Identifier: GPL-2.0-only
/*
 * amdgpu's memory controller block and all that its software init does (DMA mask, TTM, GART), above a chip of ours: one
 * without rings, that answers what this block asks the others.
 */
#include <linux/pci.h>
#include <drm/drm_drv.h>
#include "amdgpu.h"
#include "amdgpu_dma_buf.h"
#include "amdgpu_object.h"
#include "amdgpu_ttm.h"
#include "bar.h"
#include "cbit.h"
#include "chip.h"
#include "device.h"
#include "driver.h"
#include "own.h"

#define MEGABYTES 1
#define VRAM_BYTES ((u64)MEGABYTES << 20)
/* The GART's, with 8 bytes for each page. */
#define TABLE_BYTES ((GART_MEGABYTES << 20) / PAGE_SIZE * 8)
#define GART_MEGABYTES 8UL
/* BAR 0: VRAM, all of which the CPU reaches. Firmware has most of it, the GART's table the end; buffers get what is between. */
#define FIRMWARE_BYTES (VRAM_BYTES - TABLE_BYTES - CBIT_BAR_BYTES)
#define VRAM (CBIT_BAR_START - FIRMWARE_BYTES)

/* drivers/gpu/buddy.c, an initcall */
int gpu_buddy_module_init(void);

/* Where a process has memory that it lends: any address will do. */
#define CBIT_USER_ADDRESS 0x10000

static struct amdgpu_device amdgpu;
static u64 table[TABLE_BYTES / 8];

static const struct drm_driver amdgpu_drm_driver = {
	.driver_features = DRIVER_GEM | DRIVER_MODESET,
	.name = "amdgpu",
	.gem_prime_import = amdgpu_gem_prime_import,
};

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
	int ret;

	cbit_steps_reset();
	/* kernel/fork.c copy_process(): amdgpu holds the process whose memory it uses. */
	current->group_leader = current;
	refcount_set(&current->usage, 1);
	pdev->vendor = PCI_VENDOR_ID_ATI;
	pdev->resource[0] = (struct resource){ .start = VRAM, .end = VRAM + VRAM_BYTES - 1, .flags = IORESOURCE_MEM };
	gpu_buddy_module_init();
	cbit_registers_at(CBIT_BAR_START + CBIT_BAR_BYTES, TABLE_BYTES, table);
	/* The module parameter gartsize, in megabytes: less than usual, so that the table is small. */
	amdgpu_gart_size = GART_MEGABYTES;
	/* gttsize: what it would be by itself depends on ttm.pages_limit. */
	amdgpu_gtt_size = GART_MEGABYTES;

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
	amdgpu.mman.fw_vram_usage_size = FIRMWARE_BYTES;
	ret = chip->init(&amdgpu);
	if (!ret)
		cbit_engine_start(&amdgpu);
	return ret;
}

/* amdgpu_gem_object_create(), for a buffer that lies in one piece, as those for displays do: the CPU could not copy others. */
int cbit_driver_create(u32 slot, u32 pages, enum ttm_caching caching, enum cbit_place place, struct ttm_buffer_object **bo)
{
	struct amdgpu_bo_param param = {
		.size = (unsigned long)pages << PAGE_SHIFT,
		.byte_align = PAGE_SIZE,
		.domain = place == CBIT_VRAM ? AMDGPU_GEM_DOMAIN_VRAM : AMDGPU_GEM_DOMAIN_CPU,
		.bo_ptr_size = sizeof(struct amdgpu_bo),
		.type = ttm_bo_type_device,
		.flags = AMDGPU_GEM_CREATE_VRAM_CONTIGUOUS | (caching == ttm_write_combined ? AMDGPU_GEM_CREATE_CPU_GTT_USWC : 0),
	};
	struct amdgpu_bo *abo;
	int ret;

	if (caching == ttm_uncached)
		return -EOPNOTSUPP;
	ret = amdgpu_bo_create(&amdgpu, &param, &abo);
	if (ret)
		return ret;
	*bo = &abo->tbo;
	if (place == CBIT_VRAM)
		cbit_vram_cleared(*bo);
	return 0;
}

int cbit_driver_place(struct ttm_buffer_object *bo, enum cbit_place at, struct ttm_placement *placement)
{
	static const u32 domains[] = { [CBIT_SYSTEM] = AMDGPU_GEM_DOMAIN_CPU, [CBIT_TT] = AMDGPU_GEM_DOMAIN_GTT, [CBIT_VRAM] = AMDGPU_GEM_DOMAIN_VRAM };
	struct amdgpu_bo *abo = ttm_to_amdgpu_bo(bo);

	amdgpu_bo_placement_from_domain(abo, domains[at]);
	*placement = abo->placement;
	return 0;
}

/* amdgpu_gem_userptr_ioctl(), whose pages amdgpu_cs_parser_bos() finds */
static int user_bo(struct page **pages, u32 count, struct ttm_buffer_object **bo)
{
	int ret = cbit_driver_create(0, count, ttm_cached, CBIT_SYSTEM, bo);

	if (ret)
		return ret;
	ret = amdgpu_ttm_tt_set_userptr(*bo, CBIT_USER_ADDRESS, 0);
	if (ret) {
		ttm_bo_put(*bo);
		return ret;
	}
	amdgpu_ttm_tt_set_user_pages((*bo)->ttm, pages);
	return 0;
}

int cbit_driver_share(u32 slot, struct page **pages, u32 count, bool user, struct ttm_buffer_object **bo)
{
	struct ttm_buffer_object *shared;
	int ret = user ? user_bo(pages, count, &shared) : cbit_import(slot, pages, count, adev_to_drm(&amdgpu), &shared);

	if (!ret)
		ret = cbit_use_share(shared);
	if (!ret)
		*bo = shared;
	return ret;
}

unsigned long cbit_driver_vram_pfn(struct ttm_buffer_object *bo, u32 page)
{
	return bo->bdev->funcs->io_mem_pfn(bo, page);
}

u64 *cbit_gart_table(u64 offset)
{
	u64 *entry = cbit_registers(VRAM + offset, sizeof(*entry));

	if (!entry)
		cbit_stop("amdgpu: the GART's table is not where it should be", "");
	return entry;
}

/* amdgpu_ttm_set_buffer_funcs_status() */
void cbit_driver_copies_by_device(bool device)
{
	amdgpu.mman.buffer_funcs_enabled = device;
}

struct ttm_device *cbit_driver_ttm(void)
{
	return &amdgpu.mman.bdev;
}

/* Statistics of moves, which grow without an end and that only ioctls and debugfs read. */
void cbit_driver_forget(void)
{
	u32 slot;

	/* Where it was last asked to be, which amdgpu looks up again each time. */
	for (slot = 0; slot < CBIT_BOS; slot++)
		if (cbit_bos[slot].bo) {
			struct amdgpu_bo *abo = ttm_to_amdgpu_bo(cbit_bos[slot].bo);

			memset(abo->placements, 0, sizeof(abo->placements));
			memset(&abo->placement, 0, sizeof(abo->placement));
		}
	atomic64_set(&amdgpu.num_bytes_moved, 0);
	atomic64_set(&amdgpu.num_evictions, 0);
	/* Windows of the GART are written anew for each copy. */
	if (amdgpu.mman.buffer_funcs_ring)
		memset(cbit_gart_table(amdgpu_bo_gpu_offset(amdgpu.gart.bo) - amdgpu.gmc.vram_start), 0,
		       AMDGPU_GTT_NUM_TRANSFER_WINDOWS * AMDGPU_GTT_MAX_TRANSFER_SIZE * sizeof(u64));
}
