// SPDX-License-Identifier: GPL-2.0-only
/* The one IOMMU, whichever it is: what its drivers answer alike. */
#include "iommu-unit.h"

static struct iommu_device unit;

bool cbit_unit_capable(struct device *dev, enum iommu_cap cap)
{
	return cap == IOMMU_CAP_CACHE_COHERENCY;
}

struct iommu_device *cbit_unit_probe(struct device *dev)
{
	return &unit;
}

int cbit_unit_register(const struct iommu_ops *ops)
{
	return iommu_device_register(&unit, ops, NULL);
}

int iommu_device_link(struct iommu_device *iommu, struct device *link)
{
	return 0;
}

void iommu_device_unlink(struct iommu_device *iommu, struct device *link)
{
}
