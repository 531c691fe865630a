/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CBIT_OWN_H
#define CBIT_OWN_H

#include <linux/types.h>

struct drm_device;
struct drm_driver;
struct page;
struct ttm_buffer_object;
struct ttm_device;

/* Whether the driver's probe has begun. */
extern bool cbit_has_driver;
void cbit_drm_init(struct drm_device *drm, const struct drm_driver *driver);
/* Memory that stands for the device's registers at a bus address. */
void cbit_registers_at(resource_size_t start, size_t size, void *memory);
/* What stands for these bytes; NULL where nothing does. */
void *cbit_registers(resource_size_t at, size_t size);
/* vram.c: clears a new buffer in VRAM, as the device would for its driver. */
void cbit_vram_cleared(struct ttm_buffer_object *bo);
/* import.c: has the driver import a dma-buf over pages of somebody else, attached as a device does. */
int cbit_import(u32 slot, struct page **pages, u32 count, struct drm_device *drm, struct ttm_buffer_object **bo);
/* Has the driver ask for a new buffer over such pages where its device reaches it; gives the buffer back where that fails. */
int cbit_use_share(struct ttm_buffer_object *bo);
/* What only a driver knows that it can forget between operations. */
void cbit_driver_forget(void);

#endif
