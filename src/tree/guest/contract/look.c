// SPDX-License-Identifier: GPL-2.0-only
/* Where all pages of all buffers are, for the host to read at once (src/tree/places.ts). */
#include <linux/mm.h>
#include "cbit.h"
#include "driver.h"

#define NO_ADDRESS (~0ULL)
/* Where there are more, the kernel has crashed and the numbers mean nothing. */
#define MOST_PAGES 65536
#define MOST_ROWS 8192

u32 cbit_pages(u32 slot);
u32 cbit_page_pfn(u32 slot, u32 page);
u64 cbit_page_kmap(u32 slot, u32 page);
u64 cbit_page_vmap(u32 slot, u32 page);
u64 cbit_page_coherent(u32 slot, u32 page);
u64 cbit_page_ioremap(u32 slot, u32 page);
u64 cbit_page_dma(u32 slot, u32 page);
u32 cbit_page_first(u32 slot, u32 page);
u32 cbit_bo_is_local(u32 slot, u32 page);
u32 cbit_device_mapped(u32 slot);

/* A page that has memory, or that the device has a mapping of. */
struct row {
	u32 slot, page, pfn;
	/* ROW_ below. */
	u32 flags;
	/* 0 where there is no such mapping; @dma: ~0. */
	u64 kmap, vmap, user, coherent, ioremap, dma;
};

#define ROW_LOCAL 1
#define ROW_DEVICE 2
/* Bytes of the page before the first that the device has. */
#define ROW_FIRST_SHIFT 8

/* Writes rows at @out, which is outside the state; returns how many. */
u32 cbit_look(u32 out)
{
	struct row *row = (struct row *)(unsigned long)out;
	u32 slot, page, count = 0;

	for (slot = 0; slot < CBIT_BOS; slot++) {
		u32 pages = min_t(u32, cbit_pages(slot), MOST_PAGES), device = cbit_device_mapped(slot) ? ROW_DEVICE : 0;

		for (page = 0; page < pages && count < MOST_ROWS; page++) {
			u32 pfn = cbit_page_pfn(slot, page);
			u64 dma = cbit_page_dma(slot, page);

			if (!pfn && dma == NO_ADDRESS)
				continue;
			row->slot = slot;
			row->page = page;
			row->pfn = pfn;
			row->flags = device | (cbit_bo_is_local(slot, page) ? ROW_LOCAL : 0) | cbit_page_first(slot, page) << ROW_FIRST_SHIFT;
			row->kmap = cbit_page_kmap(slot, page);
			row->vmap = cbit_page_vmap(slot, page);
			row->user = cbit_user_address(slot, page);
			row->coherent = cbit_page_coherent(slot, page);
			row->ioremap = cbit_page_ioremap(slot, page);
			row->dma = dma;
			row++;
			count++;
		}
	}
	return count;
}
