// SPDX-License-Identifier: GPL-2.0-only
/*
 * Address space for kernel mappings. On arm64 the devices of suites are not coherent, so their DMA memory is mapped: TTM's
 * pool suite has two blocks of the largest order at once, 1024 pages each, beside the kernel's own pool.
 */
#include "vmap.h"

#define AREA_PAGES 4096

const u32 cbit_vmap_pages = AREA_PAGES;
struct cbit_area cbit_areas[AREA_PAGES];
u8 cbit_area_used[AREA_PAGES];
