/* SPDX-License-Identifier: GPL-2.0-only */
/* Buffers that are not TTM's: allocations of the DMA API, pages of the page allocator, windows of the BAR. */
#ifndef CBIT_BUF_H
#define CBIT_BUF_H

#include <linux/dma-direction.h>
#include <linux/mm_types.h>
#include <linux/scatterlist.h>
#include "user.h"

#define CBIT_BUF_PAGES 4

enum cbit_kind { CBIT_NONE, CBIT_BO, CBIT_COHERENT, CBIT_PAGES, CBIT_BAR };
enum cbit_caching { CBIT_CACHED, CBIT_WC, CBIT_UC };
enum cbit_api { CBIT_API_COHERENT, CBIT_API_PAGES, CBIT_API_NONCONTIGUOUS };

/* Rows of buffers that are gone are zero. */
struct cbit_buf {
	u32 kind;
	u32 pages;
	/* What the allocation was asked for. */
	u32 api;
	unsigned long attrs;
	/* What the caller got: the address for the CPU or the struct page that stands for it, and the one for the device. */
	void *cpu;
	dma_addr_t handle;
	struct sg_table *sgt;
	unsigned long pfn[CBIT_BUF_PAGES];
	/* A streaming mapping of bytes [offset, offset + size), with its address in handle. */
	bool mapped;
	enum dma_data_direction direction;
	u32 offset, size;
	void *vmap;
	bool user;
	/* ioremap()'s address, and the type of cache that it has. */
	void *io;
	u32 caching;
};

extern struct cbit_buf cbit_bufs[CBIT_BOS];

/* Kind of the buffer in a slot, whoever's it is. */
u32 cbit_kind(u32 slot);
/* Begins an operation on a buffer of this kind; NULL where the slot has none. */
struct cbit_buf *cbit_buf(u32 slot, u32 kind);
/* Begins one that makes a buffer; NULL where the slot has one. */
struct cbit_buf *cbit_buf_new(u32 slot, u32 pages);
/* Whether what dma_alloc_attrs() returned is the first struct page: DMA_ATTR_NO_KERNEL_MAPPING. */
bool cbit_is_cookie(const void *cpu);
void cbit_buf_forget(struct cbit_buf *b);
/* Ends the user mapping of a buffer, if there is one. */
void cbit_buf_zap(u32 slot);

#endif
