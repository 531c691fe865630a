// SPDX-License-Identifier: GPL-2.0-only
/* arch/arm64/lib, arch/arm64/mm/cache.S: assembly that touches contents and lines of pages. */
#include <linux/cache.h>
#include <linux/mm.h>
#include <asm/cacheflush.h>
#include "cbit.h"
#include "inject.h"

#define LINE 64

void clear_page(void *page)
{
	cbit_clear_page(page);
}

/* A line that is dirty is written back and dropped: the machine has no clean without invalidation. */
static void by_line(unsigned long start, unsigned long end)
{
	for (start &= ~(LINE - 1UL); start < end; start += LINE)
		cbit_clflush((void *)start);
}

void dcache_clean_poc(unsigned long start, unsigned long end)
{
	by_line(start, end);
}

void dcache_inval_poc(unsigned long start, unsigned long end)
{
	by_line(start, end);
}

void dcache_clean_inval_poc(unsigned long start, unsigned long end)
{
	by_line(start, end);
}

pte_t *cbit_pte(struct mm_struct *mm, unsigned long addr, bool make);

/*
 * mm/memory.c: what arch/arm64/mm/pageattr.c changes attributes by, page after page. All tables are there, so only an injected failure
 * stands for one that found no memory.
 */
int apply_to_page_range(struct mm_struct *mm, unsigned long addr, unsigned long size, pte_fn_t fn, void *data)
{
	unsigned long end = addr + size;
	int ret = 0;

	for (; addr < end && !ret; addr += PAGE_SIZE)
		ret = cbit_inject(CBIT_CHANGE_PAGE_ATTR) ? -ENOMEM : fn(cbit_pte(mm, addr, true), addr, data);
	return ret;
}
