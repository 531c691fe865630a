// SPDX-License-Identifier: GPL-2.0-only
/* The rows of buffers that are not TTM's, and the answers to what the host asks of buffers of every kind. */
#include <linux/mm.h>
#include "buf.h"
#include "cbit.h"
#include "driver.h"
#include "frames.h"

#define NO_ADDRESS (~0ULL)

u32 cbit_bo_pages(u32 slot);
u32 cbit_bo_page_pfn(u32 slot, u32 page);
u64 cbit_bo_dma_address(u32 slot, u32 page);
u64 cbit_bo_kmap_address(u32 slot, u32 page);
u64 cbit_bo_vmap_address(u32 slot, u32 page);

struct cbit_buf cbit_bufs[CBIT_BOS];

u32 cbit_kind(u32 slot)
{
	if (slot >= CBIT_BOS)
		return CBIT_NONE;
	return cbit_bos[slot].bo ? CBIT_BO : cbit_bufs[slot].kind;
}

struct cbit_buf *cbit_buf(u32 slot, u32 kind)
{
	cbit_steps_reset();
	return cbit_kind(slot) == kind ? &cbit_bufs[slot] : NULL;
}

struct cbit_buf *cbit_buf_new(u32 slot, u32 pages)
{
	cbit_steps_reset();
	if (slot >= CBIT_BOS || cbit_kind(slot) != CBIT_NONE || pages < 1 || pages > CBIT_BUF_PAGES)
		return NULL;
	return &cbit_bufs[slot];
}

void cbit_buf_forget(struct cbit_buf *b)
{
	memset(b, 0, sizeof(*b));
}

void cbit_buf_zap(u32 slot)
{
	if (!cbit_bufs[slot].user)
		return;
	cbit_vma_destroy(slot);
	cbit_bufs[slot].user = false;
}

static bool is_bo(u32 slot)
{
	return cbit_kind(slot) == CBIT_BO;
}

/* The row of a buffer that is not TTM's and has this page; NULL for none. */
static struct cbit_buf *row(u32 slot, u32 page)
{
	return slot < CBIT_BOS && cbit_bufs[slot].kind != CBIT_NONE && page < cbit_bufs[slot].pages ? &cbit_bufs[slot] : NULL;
}

u32 cbit_pages(u32 slot)
{
	if (is_bo(slot))
		return cbit_bo_pages(slot);
	return slot < CBIT_BOS ? cbit_bufs[slot].pages : 0;
}

/* 0 where there is no memory. */
u32 cbit_page_pfn(u32 slot, u32 page)
{
	struct cbit_buf *b = row(slot, page);

	if (is_bo(slot))
		return cbit_bo_page_pfn(slot, page);
	return b ? b->pfn[page] : 0;
}

/* ~0 where the device has no mapping. */
u64 cbit_page_dma(u32 slot, u32 page)
{
	struct cbit_buf *b = row(slot, page);
	u32 first;

	if (is_bo(slot))
		return cbit_bo_dma_address(slot, page);
	if (!b || !b->mapped)
		return NO_ADDRESS;
	first = b->offset >> PAGE_SHIFT;
	if (b->size && (page < first || page > (b->offset + b->size - 1) >> PAGE_SHIFT))
		return NO_ADDRESS;
	return b->handle - (b->offset & ~PAGE_MASK) + ((u64)(page - first) << PAGE_SHIFT);
}

/* Bytes of a page before the first that is mapped for the device. */
u32 cbit_page_first(u32 slot, u32 page)
{
	struct cbit_buf *b = row(slot, page);

	return b && b->mapped && page == b->offset >> PAGE_SHIFT ? b->offset & ~PAGE_MASK : 0;
}

/* Whether the device has any mapping of a buffer. */
u32 cbit_device_mapped(u32 slot)
{
	return is_bo(slot) ? cbit_bo_dma_address(slot, 0) != NO_ADDRESS : slot < CBIT_BOS && cbit_bufs[slot].mapped;
}

static u64 at(const void *base, u32 page)
{
	return base ? (u64)base + ((u64)page << PAGE_SHIFT) : 0;
}

/* A struct page stands for the address where the kernel was told that nobody needs one. */
bool cbit_is_cookie(const void *cpu)
{
	return cbit_frame_of(cpu) >= 0;
}

/* Virtual address of a page through a mapping; 0 where there is none. */
u64 cbit_page_kmap(u32 slot, u32 page)
{
	return is_bo(slot) ? cbit_bo_kmap_address(slot, page) : 0;
}

u64 cbit_page_vmap(u32 slot, u32 page)
{
	struct cbit_buf *b = row(slot, page);

	if (is_bo(slot))
		return cbit_bo_vmap_address(slot, page);
	return b ? at(b->vmap, page) : 0;
}

u64 cbit_page_coherent(u32 slot, u32 page)
{
	struct cbit_buf *b = row(slot, page);

	return b && b->kind == CBIT_COHERENT && !cbit_is_cookie(b->cpu) ? at(b->cpu, page) : 0;
}

u64 cbit_page_ioremap(u32 slot, u32 page)
{
	struct cbit_buf *b = row(slot, page);

	return b && b->kind == CBIT_BAR ? at(b->io, page) : 0;
}
