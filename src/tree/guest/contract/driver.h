/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What buffer.c (operations) and observe.c (questions) ask of a driver: driver-generic, or a folder driver-NAME that runs
 * the tree's own driver above a device of ours.
 */
#ifndef CBIT_DRIVER_H
#define CBIT_DRIVER_H

#include <linux/iosys-map.h>
#include <drm/drm_device.h>
#include "compat.h"
#if CBIT_SINCE(6, 2)
#include <drm/ttm/ttm_bo.h>
#else
#include <drm/ttm/ttm_bo_api.h>
#include <drm/ttm/ttm_bo_driver.h>
#endif
#include <drm/ttm/ttm_device.h>
#include <drm/ttm/ttm_placement.h>
#include <drm/ttm/ttm_tt.h>
#include "user.h"

/* A slot for a buffer; the buffer itself is the driver's. NULL where the slot is free. */
struct cbit_bo {
	struct ttm_buffer_object *bo;
	struct ttm_bo_kmap_obj kmap;
	struct iosys_map vmap;
	u32 kmap_first, kmap_count;
	bool kmapped, vmapped, mmapped;
};

extern struct cbit_bo cbit_bos[CBIT_BOS];

/* Where a buffer can be, in the words of the contract. */
enum cbit_place { CBIT_SYSTEM, CBIT_TT, CBIT_VRAM };

/* A buffer for user space in system memory, without pages yet, as the driver makes it. 0 or a negative errno. */
int cbit_driver_create(u32 slot, u32 pages, struct ttm_buffer_object **bo);
/* The placement that the driver would ask for; valid until the next call. -EINVAL where it has no such place. */
int cbit_driver_place(struct ttm_buffer_object *bo, enum cbit_place at, struct ttm_placement *placement);
/* The DMA address of a page of a populated buffer, as the driver tells it its device; ~0 where it has none. */
u64 cbit_driver_dma_address(struct ttm_buffer_object *bo, u32 page);
/* What ttm_device_init() was told. */
struct ttm_device *cbit_driver_ttm(void);

#endif
