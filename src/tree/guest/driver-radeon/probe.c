// SPDX-License-Identifier: GPL-2.0-only
/*
 * radeon's own probe, radeon_driver_load_kms(), above a chip of ours: one without rings, that has as much of a memory
 * controller and GART as TTM's glue asks for. Its entries of the GART are RS400's.
 */
#include <linux/pci.h>
#include <drm/drm_drv.h>
#include "radeon.h"
#include "radeon_asic.h"
#include "radeon_prime.h"
#include "radeon_ttm.h"
#include "radeon_drv.h"
#include "bar.h"
#include "cbit.h"
#include "device.h"
#include "driver.h"
#include "own.h"

/* What radeon_ttm_init() takes of VRAM for the VGA console: buffers get what comes after it. */
#define STOLEN (256UL << 10)
/* BAR 0: VRAM; 2: registers. */
#define VRAM (CBIT_BAR_START - STOLEN)
#define VRAM_BYTES (STOLEN + CBIT_BAR_BYTES)
#define REGISTERS 0x4020000000UL
/* Less than any chip has, so that its table is small. */
#define GTT_BYTES (4UL << 20)

static struct radeon_device *radeon;
static u32 registers[1024];

static const struct drm_driver radeon_drm_driver = {
	.driver_features = DRIVER_GEM | DRIVER_MODESET,
	.name = "radeon",
	.gem_prime_import_sg_table = radeon_gem_prime_import_sg_table,
};

static void tlb_flush(struct radeon_device *rdev)
{
}

/* What r300_init() and its kin come to: memory controller, buffers, GART. The table itself is the device's. */
static int asic_init(struct radeon_device *rdev)
{
	int ret;

	/* Its fence of work that is over is there from now on. */
	dma_fence_put(dma_fence_get_stub());
	rdev->mc.aper_base = pci_resource_start(rdev->pdev, 0);
	rdev->mc.aper_size = rdev->mc.visible_vram_size = rdev->mc.real_vram_size = rdev->mc.mc_vram_size = VRAM_BYTES;
	rdev->mc.gtt_size = GTT_BYTES;
	radeon_vram_location(rdev, &rdev->mc, 0);
	radeon_gtt_location(rdev, &rdev->mc);
	ret = radeon_bo_init(rdev) ?: radeon_gart_init(rdev);
	rdev->gart.ready = rdev->ring[radeon_copy_ring_index(rdev)].ready = !ret;
	return ret;
}

/* The device's address of a page in GTT: rs400_gart_get_page_entry() */
static u64 gart_address(u64 at)
{
	u64 entry = radeon->gart.pages_entry[(at - radeon->mc.gtt_start) >> RADEON_GPU_PAGE_SHIFT];

	return (entry & 0xfffff000) | (entry & 0xff0) << 28;
}

/* r600_copy_cpdma() and its kin, without a ring: between VRAM and GTT, as the GART has it. */
static struct radeon_fence *copy(struct radeon_device *rdev, u64 from, u64 to, unsigned int pages, struct dma_resv *resv)
{
	bool to_vram = from >= rdev->mc.gtt_start;

	for (; pages; pages--, from += RADEON_GPU_PAGE_SIZE, to += RADEON_GPU_PAGE_SIZE)
		cbit_copy_page(gart_address(to_vram ? from : to), PHYS_PFN(VRAM + (to_vram ? to : from) - rdev->mc.vram_start), to_vram);
	return container_of(dma_fence_get_stub(), struct radeon_fence, base);
}

void cbit_driver_copies_by_device(bool device)
{
	radeon->ring[radeon_copy_ring_index(radeon)].ready = device;
}

static void asic_fini(struct radeon_device *rdev)
{
	radeon_gart_fini(rdev);
	radeon_bo_fini(rdev);
}

static struct radeon_asic asic = {
	.init = asic_init,
	.fini = asic_fini,
	.gart = { .tlb_flush = tlb_flush, .get_page_entry = rs400_gart_get_page_entry, .set_page = rs400_gart_set_page },
	.copy = { .copy = copy, .copy_ring_index = RADEON_RING_TYPE_GFX_INDEX },
};

/* radeon_asic.c */
int radeon_asic_init(struct radeon_device *rdev)
{
	rdev->asic = &asic;
	return 0;
}

/* @pci: on plain PCI, an older chip */
int cbit_probe(u32 pci)
{
	struct pci_dev *pdev = to_pci_dev(cbit_device());

	cbit_steps_reset();
	pdev->vendor = PCI_VENDOR_ID_ATI;
	pdev->pcie_cap = pci ? 0 : 0x58;
	pdev->resource[0] = (struct resource){ .start = VRAM, .end = VRAM + VRAM_BYTES - 1, .flags = IORESOURCE_MEM };
	pdev->resource[2] = (struct resource){ .start = REGISTERS, .end = REGISTERS + sizeof(registers) - 1, .flags = IORESOURCE_MEM };
	cbit_registers_at(REGISTERS, sizeof(registers), registers);

	/* radeon_pci_probe */
	radeon = kzalloc(sizeof(*radeon), GFP_KERNEL);
	cbit_drm_init(rdev_to_drm(radeon), &radeon_drm_driver);
	radeon->dev = &pdev->dev;
	radeon->pdev = pdev;
	rdev_to_drm(radeon)->dev_private = radeon;
	return radeon_driver_load_kms(rdev_to_drm(radeon), pci ? CHIP_RV280 : CHIP_RV770);
}

/* radeon_gem_object_create() */
int cbit_driver_create(u32 slot, u32 pages, enum ttm_caching caching, enum cbit_place place, struct ttm_buffer_object **bo)
{
	struct radeon_bo *rbo;
	static const u32 flags[] = { [ttm_uncached] = RADEON_GEM_GTT_UC, [ttm_write_combined] = RADEON_GEM_GTT_WC, [ttm_cached] = 0 };
	u32 domain = place == CBIT_VRAM ? RADEON_GEM_DOMAIN_VRAM : RADEON_GEM_DOMAIN_CPU;
	int ret = radeon_bo_create(radeon, (unsigned long)pages << PAGE_SHIFT, PAGE_SIZE, false, domain, flags[caching], NULL, NULL, &rbo);

	if (ret)
		return ret;
	*bo = &rbo->tbo;
	if (place == CBIT_VRAM)
		cbit_vram_cleared(*bo);
	return 0;
}

int cbit_driver_place(struct ttm_buffer_object *bo, enum cbit_place at, struct ttm_placement *placement)
{
	static const u32 domains[] = { [CBIT_SYSTEM] = RADEON_GEM_DOMAIN_CPU, [CBIT_TT] = RADEON_GEM_DOMAIN_GTT, [CBIT_VRAM] = RADEON_GEM_DOMAIN_VRAM };
	struct radeon_bo *rbo = container_of(bo, struct radeon_bo, tbo);

	radeon_ttm_placement_from_domain(rbo, domains[at]);
	*placement = rbo->placement;
	return 0;
}

int cbit_driver_share(u32 slot, struct page **pages, u32 count, bool user, struct ttm_buffer_object **bo)
{
	return user ? -EOPNOTSUPP : cbit_import(slot, pages, count, rdev_to_drm(radeon), bo);
}

/* radeon_ttm_io_mem_reserve */
unsigned long cbit_driver_vram_pfn(struct ttm_buffer_object *bo, u32 page)
{
	return PHYS_PFN(radeon->mc.aper_base) + bo->resource->start + page;
}

struct ttm_device *cbit_driver_ttm(void)
{
	return &radeon->mman.bdev;
}

/* Statistics of moves, which grow without an end and that only an ioctl reads. */
void cbit_driver_forget(void)
{
	atomic64_set(&radeon->num_bytes_moved, 0);
}
