// SPDX-License-Identifier: GPL-2.0-only
/* What a driver of an SMMU tells the IOMMU core of a device that it lets through: identity domains, which have no page table. */
#include <linux/iommu.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include "cbit.h"
#include "device.h"

static struct iommu_device unit;

/* drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3.c arm_smmu_attach_dev_identity: the stream table entry says bypass. */
static int attach_dev(struct iommu_domain *domain, struct device *dev)
{
	return 0;
}

static void domain_free(struct iommu_domain *domain)
{
	kfree(domain);
}

static struct iommu_domain *domain_alloc(unsigned int type)
{
	return type == IOMMU_DOMAIN_IDENTITY ? kzalloc(sizeof(struct iommu_domain), GFP_KERNEL) : NULL;
}

static const struct iommu_domain_ops domain_ops = {
	.attach_dev = attach_dev,
	.free = domain_free,
};

static bool unit_capable(struct device *dev, enum iommu_cap cap)
{
	return cap == IOMMU_CAP_CACHE_COHERENCY;
}

static struct iommu_device *probe_device(struct device *dev)
{
	return &unit;
}

static int def_domain_type(struct device *dev)
{
	return IOMMU_DOMAIN_IDENTITY;
}

static const struct iommu_ops ops = {
	.capable = unit_capable,
	.domain_alloc = domain_alloc,
	.probe_device = probe_device,
	.device_group = generic_device_group,
	.def_domain_type = def_domain_type,
	.pgsize_bitmap = PAGE_SIZE,
	.default_domain_ops = &domain_ops,
};

int cbit_iommu_init(void)
{
	return iommu_device_register(&unit, &ops, NULL);
}

int iommu_device_link(struct iommu_device *iommu, struct device *link)
{
	return 0;
}

void iommu_device_unlink(struct iommu_device *iommu, struct device *link)
{
}
