/* SPDX-License-Identifier: GPL-2.0-only */
/* The one IOMMU, whichever it is: what its drivers answer alike. */
#ifndef CBIT_IOMMU_UNIT_H
#define CBIT_IOMMU_UNIT_H

#include <linux/iommu.h>

bool cbit_unit_capable(struct device *dev, enum iommu_cap cap);
struct iommu_device *cbit_unit_probe(struct device *dev);
/* Registers the unit with the IOMMU core. 0 or a negative errno. */
int cbit_unit_register(const struct iommu_ops *ops);

#endif
