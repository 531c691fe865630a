// SPDX-License-Identifier: GPL-2.0-only
/*
 * What drivers/iommu/amd/iommu.c tells the IOMMU core, without the hardware behind it: domains with the tree's own v1
 * page tables (drivers/iommu/amd/io_pgtable.c). The core and the DMA layer above are the tree's.
 */
#include <linux/iommu.h>
#include <linux/io-pgtable.h>
#include <linux/mm.h>
#include <linux/dma-map-ops.h>
#include "amd_iommu.h"
#include "cbit.h"
#include "compat.h"
#include "device.h"
#include "frames.h"
#include "iommu-unit.h"

static struct protection_domain *attached;
static u32 next_id = 1;
unsigned long amd_iommu_pgsize_bitmap = AMD_IOMMU_PGSIZES;

/* struct amd_io_pgtable: the configuration, and the operations that alloc_io_pgtable_ops() filled in. */
#if CBIT_SINCE(6, 11)
#define PGTBL_CFG(domain) (&(domain)->iop.pgtbl.cfg)
#define PGTBL_OPS(domain) (&(domain)->iop.pgtbl.ops)
#else
#define PGTBL_CFG(domain) (&(domain)->iop.pgtbl_cfg)
#define PGTBL_OPS(domain) (&(domain)->iop.iop.ops)
#endif

static struct protection_domain *to_domain(struct iommu_domain *domain)
{
	return container_of(domain, struct protection_domain, domain);
}

/* What amd/iommu.c sets before alloc_io_pgtable_ops(); protection_domain_init_v1() in older releases. */
static void prepare(struct protection_domain *domain)
{
#if CBIT_SINCE(6, 11)
	domain->pd_mode = PD_MODE_V1;
	PGTBL_CFG(domain)->amd.nid = NUMA_NO_NODE;
#else
	amd_iommu_domain_set_pgtable(domain, (u64 *)get_zeroed_page(GFP_KERNEL), PAGE_MODE_3_LEVEL);
#endif
}

/* amd/iommu.c protection_domain_alloc, do_iommu_domain_alloc */
static struct iommu_domain *domain_alloc(unsigned int type)
{
	struct protection_domain *domain = kzalloc(sizeof(*domain), GFP_KERNEL);

	domain->id = next_id++;
	spin_lock_init(&domain->lock);
	INIT_LIST_HEAD(&domain->dev_list);
	if (type != IOMMU_DOMAIN_IDENTITY) {
		bool made;

		cbit_frames_for_objects(true);
		prepare(domain);
		made = alloc_io_pgtable_ops(AMD_IOMMU_V1, PGTBL_CFG(domain), domain);
		cbit_frames_for_objects(false);
		if (!made) {
			kfree(domain);
			return NULL;
		}
	}
	domain->domain.geometry.aperture_start = 0;
	domain->domain.geometry.aperture_end = ~0ULL;
	domain->domain.geometry.force_aperture = true;
	domain->domain.pgsize_bitmap = PGTBL_CFG(domain)->pgsize_bitmap ?: AMD_IOMMU_PGSIZES;
	return &domain->domain;
}

static void domain_free(struct iommu_domain *domain)
{
	struct protection_domain *pdom = to_domain(domain);

	if (domain->type != IOMMU_DOMAIN_IDENTITY)
		free_io_pgtable_ops(PGTBL_OPS(pdom));
	kfree(pdom);
}

static int attach_dev(struct iommu_domain *domain, struct device *dev)
{
	attached = to_domain(domain);
	return 0;
}

/* amd/iommu.c amd_iommu_map_pages */
static int map_pages(struct iommu_domain *dom, unsigned long iova, phys_addr_t paddr, size_t pgsize, size_t pgcount,
		     int iommu_prot, gfp_t gfp, size_t *mapped)
{
	struct io_pgtable_ops *ops = PGTBL_OPS(to_domain(dom));
	int prot = 0, ret = -EINVAL;

	if (iommu_prot & IOMMU_READ)
		prot |= IOMMU_PROT_IR;
	if (iommu_prot & IOMMU_WRITE)
		prot |= IOMMU_PROT_IW;
	cbit_frames_for_objects(true);
	if (ops->map_pages)
		ret = ops->map_pages(ops, iova, paddr, pgsize, pgcount, prot, gfp, mapped);
	cbit_frames_for_objects(false);
	return ret;
}

/* amd/iommu.c amd_iommu_unmap_pages */
static size_t unmap_pages(struct iommu_domain *dom, unsigned long iova, size_t pgsize, size_t pgcount,
			  struct iommu_iotlb_gather *gather)
{
	struct io_pgtable_ops *ops = PGTBL_OPS(to_domain(dom));

	return ops->unmap_pages ? ops->unmap_pages(ops, iova, pgsize, pgcount, NULL) : 0;
}

static phys_addr_t iova_to_phys(struct iommu_domain *dom, dma_addr_t iova)
{
	struct io_pgtable_ops *ops = PGTBL_OPS(to_domain(dom));

	return ops->iova_to_phys(ops, iova);
}

static const struct iommu_domain_ops domain_ops = {
	.attach_dev = attach_dev,
	.map_pages = map_pages,
	.unmap_pages = unmap_pages,
	.iova_to_phys = iova_to_phys,
	.free = domain_free,
};

/* amd/iommu.c amd_iommu_def_domain_type: without PASIDs the device insists on nothing. */
static int def_domain_type(struct device *dev)
{
	return 0;
}

#if !CBIT_SINCE(6, 8)
/* amd/iommu.c amd_iommu_probe_finalize: later releases do it in the core. */
static void probe_finalize(struct device *dev)
{
	set_dma_ops(dev, NULL);
	iommu_setup_dma_ops(dev, 0, U64_MAX);
}
#endif

static const struct iommu_ops ops = {
#if !CBIT_SINCE(6, 8)
	.probe_finalize = probe_finalize,
#endif
	.capable = cbit_unit_capable,
	.domain_alloc = domain_alloc,
	.probe_device = cbit_unit_probe,
	.device_group = generic_device_group,
	.def_domain_type = def_domain_type,
	.pgsize_bitmap = AMD_IOMMU_PGSIZES,
	.default_domain_ops = &domain_ops,
};

int cbit_iommu_init(void)
{
	return cbit_unit_register(&ops);
}

/* Root of the attached domain's page table, and its levels, for the machine's walk; 0 where it is identity. */
u32 cbit_iommu_root(void)
{
	return attached ? (u32)__pa(attached->iop.root) : 0;
}

u32 cbit_iommu_mode(void)
{
	return attached ? attached->iop.mode : 0;
}

/* Invalidation of the IOMMU's TLB: an entry counts from the moment it is written. */
void amd_iommu_domain_flush_pages(struct protection_domain *domain, u64 address, size_t size)
{
}

void amd_iommu_update_and_flush_device_table(struct protection_domain *domain)
{
}

#if !CBIT_SINCE(6, 11)
void amd_iommu_domain_flush_complete(struct protection_domain *domain)
{
}

void amd_iommu_domain_flush_tlb_pde(struct protection_domain *domain)
{
}

void amd_iommu_domain_update(struct protection_domain *domain)
{
}
#endif

struct io_pgtable_init_fns io_pgtable_amd_iommu_v2_init_fns;
