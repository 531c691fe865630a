/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CBIT_GENERIC_H
#define CBIT_GENERIC_H

#include "bar.h"
#include "driver.h"
#include <drm/ttm/ttm_resource.h>

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

#endif
