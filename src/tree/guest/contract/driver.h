/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of the driver share: driver.c (the device), buffer.c (operations), observe.c (questions). */
#ifndef CBIT_DRIVER_H
#define CBIT_DRIVER_H

#include <linux/scatterlist.h>
#include <linux/iosys-map.h>
#include <drm/drm_device.h>
#include <drm/ttm/ttm_bo.h>
#include <drm/ttm/ttm_device.h>
#include <drm/ttm/ttm_placement.h>
#include <drm/ttm/ttm_tt.h>
#include "user.h"

/* struct ttm_tt with the table of a driver that maps for itself (vmw_ttm_tt, xe_ttm_tt). */
struct cbit_tt {
	struct ttm_tt ttm;
	struct sg_table sgt;
	bool mapped;
};

struct cbit_bo {
	struct ttm_buffer_object bo;
	struct ttm_bo_kmap_obj kmap;
	struct iosys_map vmap;
	u32 kmap_first, kmap_count;
	bool exists, kmapped, vmapped, mmapped;
};

extern struct cbit_bo cbit_bos[CBIT_BOS];
extern struct ttm_device cbit_ttm;
extern struct drm_device cbit_drm;
extern const struct ttm_place cbit_system_place, cbit_tt_place;

void cbit_place(struct ttm_placement *placement, const struct ttm_place *at);

#endif
