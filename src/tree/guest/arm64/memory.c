// SPDX-License-Identifier: GPL-2.0-only
/* arch/arm64/lib, arch/arm64/mm/cache.S: assembly that touches contents and lines of pages. */
#include <linux/cache.h>
#include <asm/cacheflush.h>
#include "cbit.h"

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
