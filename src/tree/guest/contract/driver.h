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
	/* The process's mapping, once it had a fault there. */
	struct vm_area_struct *vma;
	bool kmapped, vmapped;
	/*
	 * Made for a place that the device reaches, and still in TTM_PL_SYSTEM: validated when it is used. TTM would populate
	 * it at once; in the contract that is an operation of its own.
	 */
	bool lazy;
};

extern struct cbit_bo cbit_bos[CBIT_BOS];

/* Where a buffer can be, in the words of the contract. */
enum cbit_place { CBIT_SYSTEM, CBIT_TT, CBIT_VRAM };

/* Begins an operation on the buffer in a slot; NULL where there is none. */
struct cbit_bo *cbit_bo_begin(u32 slot);
/* Ends one that had it reserved. */
void cbit_bo_done(struct cbit_bo *b);
/* limit.c: before the first mapping of a buffer that is reserved: 0, or why it cannot have pages; after an operation; after the probe. */
int cbit_bo_first_use(struct cbit_bo *b);
void cbit_bo_order(void);
void cbit_limit_ready(void);
/* Forgets processes' mappings that an operation has emptied. */
void cbit_bo_unmapped(void);
/* share.c: whether others live on a buffer's pages; a page that a buffer has borrowed, 0 for none; whether of the process. */
bool cbit_is_lent(u32 slot);
unsigned long cbit_shared_pfn(u32 slot, u32 page);
bool cbit_is_userptr(u32 slot);
void cbit_share_ends(u32 slot);
/* Where a buffer is, or is to be once it has pages. */
enum cbit_place cbit_bo_place(struct ttm_buffer_object *bo);

/*
 * What a driver provides; driver-defaults.c has what most of them do. Each operation comes with the buffer reserved, but for create.
 *
 * A buffer for user space, without pages yet, as the driver makes it: in TTM_PL_SYSTEM, for CBIT_VRAM in VRAM and
 * cleared. 0 or a negative errno; -EOPNOTSUPP for buffers that the driver never makes.
 */
int cbit_driver_create(u32 slot, u32 pages, enum ttm_caching caching, enum cbit_place place, struct ttm_buffer_object **bo);
/* The same over pages of somebody else, mapped for the device: of a dma-buf, or of the process. */
int cbit_driver_share(u32 slot, struct page **pages, u32 count, bool user, struct ttm_buffer_object **bo);
/* The placement that the driver would ask for; valid until the next call. -EOPNOTSUPP where it has no such place. */
int cbit_driver_place(struct ttm_buffer_object *bo, enum cbit_place at, struct ttm_placement *placement);
/* The DMA address of a page of a populated buffer, as the driver tells it its device; ~0 where it has none. */
u64 cbit_driver_dma_address(struct ttm_buffer_object *bo, u32 page);
/* The driver's own sync of a populated buffer before the CPU or the device turns to it; nothing where it has none. */
void cbit_driver_sync(struct ttm_buffer_object *bo, bool for_device);
/* Who copies in the moves that follow, where the driver has a choice: the device from boot on. */
void cbit_driver_copies_by_device(bool device);
/* The frame of the BAR that shows a page of a buffer in VRAM. */
unsigned long cbit_driver_vram_pfn(struct ttm_buffer_object *bo, u32 page);
/* What ttm_device_init() was told. */
struct ttm_device *cbit_driver_ttm(void);

#endif
