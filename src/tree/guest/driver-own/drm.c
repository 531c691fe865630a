// SPDX-License-Identifier: GPL-2.0-only
/* drivers/gpu/drm/drm_drv.c drm_dev_init(), drm_gem.c drm_gem_init(): the fields that TTM and GEM read. */
#include <linux/fs.h>
#include <drm/drm_drv.h>
#include <drm/drm_vma_manager.h>
#include "device.h"
#include "own.h"
#include "user.h"

static struct drm_vma_offset_manager vma_manager;
static struct inode inode;
bool cbit_has_driver;

void cbit_drm_init(struct drm_device *drm, const struct drm_driver *driver)
{
	cbit_has_driver = true;
	inode.i_mapping = &cbit_mapping;
	drm->dev = cbit_device();
	drm->driver = driver;
	drm->driver_features = ~0U;
	drm->anon_inode = &inode;
	drm->vma_offset_manager = &vma_manager;
	drm_vma_offset_manager_init(&vma_manager, DRM_FILE_PAGE_OFFSET_START, DRM_FILE_PAGE_OFFSET_SIZE);
}
