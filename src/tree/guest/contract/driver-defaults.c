// SPDX-License-Identifier: GPL-2.0-only
/* What holds for a driver that does not say otherwise (driver.h). */
#include "cbit.h"
#include "driver.h"

/* Drivers hand their device what TTM wrote down. */
__weak u64 cbit_driver_dma_address(struct ttm_buffer_object *bo, u32 page)
{
	return bo->ttm->dma_address ? bo->ttm->dma_address[page] : ~0ULL;
}

/* Drivers that leave all syncs to the DMA layer. */
__weak void cbit_driver_sync(struct ttm_buffer_object *bo, bool for_device)
{
}

/* Drivers without a choice, or without copies to and from VRAM: their device's memory is registers and tables (guest/driver-own/io.c). */
__weak void cbit_driver_copies_by_device(bool device)
{
}

/* Drivers whose VRAM the contract does not place buffers in. */
__weak unsigned long cbit_driver_vram_pfn(struct ttm_buffer_object *bo, u32 page)
{
	cbit_stop("a buffer of a driver of the tree is in VRAM", "");
}
