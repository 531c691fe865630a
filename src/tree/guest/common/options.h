/* SPDX-License-Identifier: GPL-2.0-only */
/* What the host says of the machine before it boots (src/tree/boot.ts). */
#ifndef CBIT_OPTIONS_H
#define CBIT_OPTIONS_H

#include <linux/types.h>

#define CBIT_OPTIONS(option)								\
	option(untrusted)	/* 1: the device is behind an external-facing port */	\
	option(swiotlb)		/* 0 default, 1 force, 2 noforce, 3 restricted, 4 dynamic */	\
	option(swiotlb_pages)	/* of the pool; 0 for what the kernel makes of it */	\
	option(min_align_mask)	/* dma_set_min_align_mask() */				\
	option(bus_limit_bits)	/* dev->bus_dma_limit; 0 for none */			\
	option(range_offset)	/* pages from a CPU address to the bus address */	\
	option(tlb)		/* 1: changed entries stay in the TLB until it is flushed */	\
	option(iommu)		/* 0 off, 1 identity, 2 translated */			\
	option(non_coherent)	/* the device, on arm64 */

#define CBIT_DECLARE(name) extern u32 cbit_opt_##name;
CBIT_OPTIONS(CBIT_DECLARE)

#endif
