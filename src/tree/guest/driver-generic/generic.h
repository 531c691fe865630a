/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CBIT_GENERIC_H
#define CBIT_GENERIC_H

#include "driver.h"
#include <drm/ttm/ttm_resource.h>

/* The 64-bit BAR of common/data.c: all of the device's memory is behind it. */
#define GENERIC_BAR 0x4000000000UL

struct generic_bo {
	struct ttm_buffer_object bo;
	enum ttm_caching caching;
	/* Where it is while it is in VRAM. */
	struct ttm_resource vram;
	/* Pages of somebody else. */
	struct page **borrowed;
	bool user;
};

/* vram.c. @caching: ttm_resource.bus.caching */
int generic_vram_init(struct ttm_device *dev, enum ttm_caching caching);
bool generic_has_vram(void);
unsigned long generic_vram_pfn(struct ttm_resource *res, u32 page);
int generic_io_mem_reserve(struct ttm_device *dev, struct ttm_resource *mem);

/* x86/iommu.c: the domain that the device is attached to, 0 without one. */
u32 cbit_iommu_root(void);
u32 cbit_iommu_mode(void);
/* The device copies a page between an address of its DMA and its own memory: 0, or -EIO where it is stopped. */
int cbit_device_copy(u64 dma_address, u64 vram_pfn, u32 to_vram, u32 iommu_root, u32 iommu_mode);
/* The device clears a page of its memory. */
void cbit_vram_clear(u64 pfn);

#endif
