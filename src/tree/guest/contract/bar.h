/* SPDX-License-Identifier: GPL-2.0-only */
/* The device's memory, all of it behind the 64-bit BAR of common/data.c, and what the device does with it by itself. */
#ifndef CBIT_BAR_H
#define CBIT_BAR_H

#include <linux/types.h>

#define CBIT_BAR_START 0x4000000000UL
#define CBIT_BAR_PAGES 4
#define CBIT_BAR_BYTES (CBIT_BAR_PAGES * 4096UL)

/* The device copies a page between an address of its DMA and a frame of the BAR. Where it is stopped nobody tells its driver. */
void cbit_copy_page(u64 dma_address, u64 vram_pfn, bool to_vram);
/* The device clears a page of its memory. */
void cbit_vram_clear(u64 pfn);

#endif
