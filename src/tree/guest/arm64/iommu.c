// SPDX-License-Identifier: GPL-2.0-only
/* What a driver of an SMMU tells the IOMMU core of a device that it lets through: identity domains, which have no page table. */
#include <linux/iommu.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include "cbit.h"
#include "device.h"
#include "iommu-unit.h"

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

static int def_domain_type(struct device *dev)
{
	return IOMMU_DOMAIN_IDENTITY;
}

static const struct iommu_ops ops = {
	.capable = cbit_unit_capable,
	.domain_alloc = domain_alloc,
	.probe_device = cbit_unit_probe,
	.device_group = generic_device_group,
	.def_domain_type = def_domain_type,
	.pgsize_bitmap = PAGE_SIZE,
	.default_domain_ops = &domain_ops,
};

int cbit_iommu_init(void)
{
	return cbit_unit_register(&ops);
}
