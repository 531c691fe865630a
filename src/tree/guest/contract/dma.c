// SPDX-License-Identifier: GPL-2.0-only
/* The operations of the DMA API, as a driver calls them. */
#include <linux/dma-mapping.h>
#include <linux/mm.h>
#include <linux/vmalloc.h>
#include "buf.h"
#include "cbit.h"
#include "device.h"
#include "driver.h"

#define ATTR_NO_KERNEL_MAPPING 1
#define ATTR_FORCE_CONTIGUOUS 2
#define ATTR_SKIP_CPU_SYNC 1
#define ATTR_CC_SHARED 2

/* quiet.c */
void cbit_quiet_begins(void);

/* x86/iommu.c; elsewhere there is no IOMMU. */
u32 __weak cbit_iommu_root(void)
{
	return 0;
}

/* The end of boot: I/O page tables are made by the first mapping and stay, so that it leaves no trace when it is an operation. */
void cbit_dma_ready(void)
{
	struct page *page = alloc_page(GFP_KERNEL);
	dma_addr_t handle;

	cbit_steps_reset();
	if (cbit_iommu_root()) {
		handle = dma_map_page(cbit_device(), page, 0, PAGE_SIZE, DMA_BIDIRECTIONAL);
		if (!dma_mapping_error(cbit_device(), handle))
			dma_unmap_page(cbit_device(), handle, PAGE_SIZE, DMA_BIDIRECTIONAL);
	}
	__free_page(page);
	cbit_quiet_begins();
}

static unsigned long alloc_attrs(u32 attrs)
{
	if (attrs == ATTR_NO_KERNEL_MAPPING)
		return DMA_ATTR_NO_KERNEL_MAPPING;
	return attrs == ATTR_FORCE_CONTIGUOUS ? DMA_ATTR_FORCE_CONTIGUOUS : 0;
}

static unsigned long map_attrs(u32 attrs)
{
	if (attrs == ATTR_SKIP_CPU_SYNC)
		return DMA_ATTR_SKIP_CPU_SYNC;
#ifdef DMA_ATTR_CC_SHARED
	if (attrs == ATTR_CC_SHARED)
		return DMA_ATTR_CC_SHARED;
#endif
	return 0;
}

static size_t bytes_of(const struct cbit_buf *b)
{
	return (size_t)b->pages << PAGE_SHIFT;
}

static bool alloc_coherent(struct cbit_buf *b, gfp_t gfp)
{
	u32 i;

	b->cpu = dma_alloc_attrs(cbit_device(), bytes_of(b), &b->handle, gfp, b->attrs);
	if (!b->cpu)
		return false;
	for (i = 0; i < b->pages; i++) {
		void *addr = b->cpu + i * PAGE_SIZE;

		if (is_vmalloc_addr(addr))
			b->pfn[i] = vmalloc_to_pfn(addr);
		else if (cbit_is_cookie(b->cpu))
			b->pfn[i] = page_to_pfn((struct page *)b->cpu) + i;
		else
			b->pfn[i] = page_to_pfn(virt_to_page(addr));
	}
	return true;
}

static bool alloc_pages_api(struct cbit_buf *b, gfp_t gfp)
{
	struct page *page = dma_alloc_pages(cbit_device(), bytes_of(b), &b->handle, DMA_BIDIRECTIONAL, gfp);
	u32 i;

	if (!page)
		return false;
	b->cpu = page_address(page);
	for (i = 0; i < b->pages; i++)
		b->pfn[i] = page_to_pfn(page) + i;
	return true;
}

/* With the kernel mapping that a driver of such a buffer asks for next. */
static bool alloc_noncontiguous(struct cbit_buf *b, gfp_t gfp)
{
	struct sg_page_iter iter;
	u32 i = 0;

	b->sgt = dma_alloc_noncontiguous(cbit_device(), bytes_of(b), DMA_BIDIRECTIONAL, gfp, b->attrs);
	if (!b->sgt)
		return false;
	b->handle = sg_dma_address(b->sgt->sgl);
	for_each_sgtable_page(b->sgt, &iter, 0)
		if (i < b->pages)
			b->pfn[i++] = page_to_pfn(sg_page_iter_page(&iter));
	b->cpu = dma_vmap_noncontiguous(cbit_device(), bytes_of(b), b->sgt);
	if (!b->cpu)
		dma_free_noncontiguous(cbit_device(), bytes_of(b), b->sgt, DMA_BIDIRECTIONAL);
	return b->cpu;
}

int cbit_dma_alloc(u32 slot, u32 pages, u32 api, u32 atomic, u32 attrs)
{
	struct cbit_buf *b = cbit_buf_new(slot, pages);
	gfp_t gfp = atomic ? GFP_ATOMIC : GFP_KERNEL;
	bool done;

	if (!b)
		return -EINVAL;
	b->pages = pages;
	b->api = api;
	b->attrs = alloc_attrs(attrs);
	if (api == CBIT_API_PAGES)
		done = alloc_pages_api(b, gfp);
	else
		done = api == CBIT_API_NONCONTIGUOUS ? alloc_noncontiguous(b, gfp) : alloc_coherent(b, gfp);
	if (!done) {
		cbit_buf_forget(b);
		return -ENOMEM;
	}
	b->kind = CBIT_COHERENT;
	b->mapped = true;
	return 0;
}

/* User space has unmapped it by then: a vma holds the buffer. */
int cbit_dma_free(u32 slot)
{
	struct cbit_buf *b = cbit_buf(slot, CBIT_COHERENT);

	if (!b || cbit_is_lent(slot))
		return -EINVAL;
	cbit_buf_zap(slot);
	switch (b->api) {
	case CBIT_API_PAGES:
		dma_free_pages(cbit_device(), bytes_of(b), virt_to_page(b->cpu), b->handle, DMA_BIDIRECTIONAL);
		break;
	case CBIT_API_NONCONTIGUOUS:
		dma_vunmap_noncontiguous(cbit_device(), b->cpu);
		dma_free_noncontiguous(cbit_device(), bytes_of(b), b->sgt, DMA_BIDIRECTIONAL);
		break;
	default:
		dma_free_attrs(cbit_device(), bytes_of(b), b->cpu, b->handle, b->attrs);
	}
	cbit_buf_forget(b);
	return 0;
}

int cbit_dma_mmap(u32 slot)
{
	struct cbit_buf *b = cbit_buf(slot, CBIT_COHERENT);
	struct vm_area_struct *vma;
	int ret;

	if (!b)
		return -EINVAL;
	cbit_buf_zap(slot);
	cbit_mmap_lock();
	vma = cbit_vma_create(slot, b->pages, 0);
	if (b->api == CBIT_API_NONCONTIGUOUS)
		ret = dma_mmap_noncontiguous(cbit_device(), vma, bytes_of(b), b->sgt);
	else if (b->api == CBIT_API_PAGES)
		ret = dma_mmap_pages(cbit_device(), vma, bytes_of(b), virt_to_page(b->cpu));
	else
		ret = dma_mmap_attrs(cbit_device(), vma, b->cpu, b->handle, bytes_of(b), b->attrs);
	cbit_mmap_unlock();
	b->user = true;
	if (ret)
		cbit_buf_zap(slot);
	return ret;
}

int cbit_dma_map(u32 slot, u32 direction, u32 offset, u32 size, u32 attrs)
{
	struct cbit_buf *b = cbit_buf(slot, CBIT_PAGES);
	dma_addr_t handle;

	if (!b || b->mapped)
		return -EINVAL;
	if (!size && offset < bytes_of(b))
		size = bytes_of(b) - offset;
	if (size < 1 || offset + size > bytes_of(b))
		return -EINVAL;
	handle = dma_map_page_attrs(cbit_device(), pfn_to_page(b->pfn[offset >> PAGE_SHIFT]), offset & ~PAGE_MASK, size, direction,
				    map_attrs(attrs));
	if (dma_mapping_error(cbit_device(), handle))
		return -ENOMEM;
	b->mapped = true;
	b->handle = handle;
	b->direction = direction;
	b->offset = offset;
	b->size = size;
	return 0;
}

static void forget_mapping(struct cbit_buf *b)
{
	b->mapped = false;
	b->handle = 0;
	b->direction = 0;
	b->offset = b->size = 0;
}

int cbit_dma_unmap(u32 slot, u32 attrs)
{
	struct cbit_buf *b = cbit_buf(slot, cbit_kind(slot) == CBIT_BAR ? CBIT_BAR : CBIT_PAGES);

	if (!b || !b->mapped)
		return -EINVAL;
	if (b->kind == CBIT_BAR)
		dma_unmap_resource(cbit_device(), b->handle, bytes_of(b), DMA_BIDIRECTIONAL, 0);
	else
		dma_unmap_page_attrs(cbit_device(), b->handle, b->size, b->direction, map_attrs(attrs));
	forget_mapping(b);
	return 0;
}

/* @offset: from the mapping's first byte; @size: 0 for the rest. */
int cbit_dma_sync(u32 slot, u32 to_device, u32 offset, u32 size)
{
	struct cbit_buf *b = cbit_buf(slot, CBIT_PAGES);

	if (!b || !b->mapped || offset >= b->size)
		return -EINVAL;
	if (!size)
		size = b->size - offset;
	if (to_device)
		dma_sync_single_for_device(cbit_device(), b->handle + offset, size, b->direction);
	else
		dma_sync_single_for_cpu(cbit_device(), b->handle + offset, size, b->direction);
	return 0;
}

int cbit_dma_map_resource(u32 slot)
{
	struct cbit_buf *b = cbit_buf(slot, CBIT_BAR);
	dma_addr_t handle;

	if (!b || b->mapped)
		return -EINVAL;
	handle = dma_map_resource(cbit_device(), PFN_PHYS(b->pfn[0]), bytes_of(b), DMA_BIDIRECTIONAL, 0);
	if (dma_mapping_error(cbit_device(), handle))
		return -ENOMEM;
	b->mapped = true;
	b->handle = handle;
	return 0;
}
