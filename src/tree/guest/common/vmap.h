/* SPDX-License-Identifier: GPL-2.0-only */
/* Address space for kernel mappings (vmap.c). */
#ifndef CBIT_VMAP_H
#define CBIT_VMAP_H

#include <linux/types.h>

struct page;

/* What begins at a page of it. */
struct cbit_area {
	u32 pages;	/* 0: free or inside an area */
	struct page **list;
};

/* How many pages it has, and what each is. */
extern const u32 cbit_vmap_pages;
extern struct cbit_area cbit_areas[];
extern u8 cbit_area_used[];

#endif
