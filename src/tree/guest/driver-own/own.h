/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CBIT_OWN_H
#define CBIT_OWN_H

#include <linux/types.h>

struct drm_device;
struct drm_driver;
void cbit_drm_init(struct drm_device *drm, const struct drm_driver *driver);
/* Memory that stands for the device's registers at a bus address. */
void cbit_registers_at(resource_size_t start, size_t size, void *memory);

#endif
