// SPDX-License-Identifier: GPL-2.0-only
/*
 * The device's BAR as a driver maps it for itself: arch/x86/mm/ioremap.c. Elsewhere it is not in the slice (contract/mm.c
 * answers). And the device's copies between it and memory.
 */
#include <linux/io.h>
#include <linux/mm.h>
#include "bar.h"
#include "buf.h"
#include "cbit.h"
#include "device.h"

/* x86/iommu.c: the domain that the device is attached to, 0 without one. */
u32 cbit_iommu_root(void);
u32 cbit_iommu_mode(void);
void cbit_device_copy(u64 dma_address, u64 vram_pfn, u32 to_vram, u32 iommu_root, u32 iommu_mode);

void cbit_copy_page(u64 dma_address, u64 vram_pfn, bool to_vram)
{
	u32 root = 0, mode = 0;

#ifdef CONFIG_X86
	root = cbit_iommu_root();
	mode = cbit_iommu_mode();
#endif
	cbit_device_copy(dma_address, vram_pfn, to_vram, root, mode);
}

#ifdef CONFIG_X86
#include <asm/memtype.h>

/* The type of cache that a mapping got: an earlier one of the same pages decides. */
static u32 caching_of(const void *addr)
{
	enum page_cache_mode mode = pgprot2cachemode(pte_pgprot(*cbit_pte(&init_mm, (unsigned long)addr, false)));

	if (mode == _PAGE_CACHE_MODE_WC)
		return CBIT_WC;
	return mode == _PAGE_CACHE_MODE_WB ? CBIT_CACHED : CBIT_UC;
}

int cbit_ioremap(u32 slot, u32 pages, u32 caching)
{
	struct cbit_buf *b = cbit_buf_new(slot, pages);
	unsigned long size = (unsigned long)pages << PAGE_SHIFT;
	void __iomem *io;
	u32 i;

	if (!b)
		return -EINVAL;
	if (caching == CBIT_CACHED)
		io = ioremap_cache(CBIT_BAR_START, size);
	else
		io = caching == CBIT_WC ? ioremap_wc(CBIT_BAR_START, size) : ioremap(CBIT_BAR_START, size);
	/* Whatever the reason was: what drivers make of it. */
	if (!io)
		return -ENOMEM;
	b->kind = CBIT_BAR;
	b->pages = pages;
	b->io = (void *)io;
	b->caching = caching_of(b->io);
	for (i = 0; i < pages; i++)
		b->pfn[i] = (CBIT_BAR_START >> PAGE_SHIFT) + i;
	return 0;
}

int cbit_iounmap(u32 slot)
{
	struct cbit_buf *b = cbit_buf(slot, CBIT_BAR);

	if (!b || b->user || b->mapped)
		return -EINVAL;
	iounmap((void __iomem *)b->io);
	cbit_buf_forget(b);
	return 0;
}
#endif
