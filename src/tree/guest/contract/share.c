// SPDX-License-Identifier: GPL-2.0-only
/* Buffers over pages of another one: attached dma-bufs, and pinned memory of the process. The lender stays where it is meanwhile. */
#include <linux/mm.h>
#include "buf.h"
#include "cbit.h"
#include "driver.h"

struct share {
	u32 from;	/* 1 + slot of the lender; 0 for a buffer with pages of its own */
	u32 count;
	bool user;
	struct page *pages[CBIT_BUF_PAGES];
};

static struct share shares[CBIT_BOS];

u32 cbit_page_pfn(u32 slot, u32 page);

__weak int cbit_driver_share(u32 slot, struct page **pages, u32 count, bool user, struct ttm_buffer_object **bo)
{
	return -EOPNOTSUPP;
}

bool cbit_is_lent(u32 slot)
{
	u32 other;

	for (other = 0; other < CBIT_BOS; other++)
		if (shares[other].from == slot + 1)
			return true;
	return false;
}

unsigned long cbit_shared_pfn(u32 slot, u32 page)
{
	return page < shares[slot].count ? page_to_pfn(shares[slot].pages[page]) : 0;
}

bool cbit_is_userptr(u32 slot)
{
	return shares[slot].user;
}

/* Whether a buffer's pages are there and its own. */
static bool can_lend(u32 slot, bool user)
{
	u32 kind = cbit_kind(slot);

	if (kind == CBIT_BO)
		return !user && !shares[slot].from && cbit_bo_place(cbit_bos[slot].bo) != CBIT_VRAM && cbit_page_pfn(slot, 0);
	return kind == CBIT_PAGES || (kind == CBIT_COHERENT && !user);
}

static void pin(u32 slot, bool on)
{
	struct ttm_buffer_object *bo = cbit_bos[slot].bo;

	if (!bo || ttm_bo_reserve(bo, false, false, NULL))
		return;
	if (on)
		ttm_bo_pin(bo);
	else
		ttm_bo_unpin(bo);
	ttm_bo_unreserve(bo);
}

/* The process keeps its own mapping of memory that it lends, with its own protection. */
static void map_for_user(u32 slot)
{
	struct vm_area_struct *vma = cbit_vma_create(slot, shares[slot].count, 0);
	u32 page;

	for (page = 0; page < shares[slot].count; page++) {
		get_page(shares[slot].pages[page]);
		set_pte(cbit_pte(vma->vm_mm, vma->vm_start + page * PAGE_SIZE, true), pfn_pte(cbit_shared_pfn(slot, page), vma->vm_page_prot));
	}
}

void cbit_share_ends(u32 slot)
{
	if (!shares[slot].from)
		return;
	if (shares[slot].user)
		cbit_vma_destroy(slot);
	pin(shares[slot].from - 1, false);
	memset(&shares[slot], 0, sizeof(shares[slot]));
}

int cbit_bo_share(u32 slot, u32 from, u32 user)
{
	struct share *share = &shares[slot];
	u32 page;
	int ret;

	cbit_steps_reset();
	if (slot >= CBIT_BOS || cbit_kind(slot) != CBIT_NONE || from >= CBIT_BOS || !can_lend(from, user))
		return -EINVAL;
	for (page = 0; page < CBIT_BUF_PAGES && cbit_page_pfn(from, page); page++)
		share->pages[page] = pfn_to_page(cbit_page_pfn(from, page));
	share->count = page;
	share->user = user;
	share->from = from + 1;
	pin(from, true);
	if (user)
		map_for_user(slot);
	ret = cbit_driver_share(slot, share->pages, share->count, user, &cbit_bos[slot].bo);
	if (ret)
		cbit_share_ends(slot);
	/* Others may have been swapped out for it. */
	cbit_bo_unmapped();
	return ret;
}
