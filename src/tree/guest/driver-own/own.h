/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CBIT_OWN_H
#define CBIT_OWN_H

struct drm_device;
struct drm_driver;
void cbit_drm_init(struct drm_device *drm, const struct drm_driver *driver);

#endif
