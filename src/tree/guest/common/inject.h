/* SPDX-License-Identifier: GPL-2.0-only */
/* Functions whose failure can be injected, as the contract lists them (src/kernel/operation-specs.ts INJECTABLE). */
#ifndef CBIT_INJECT_H
#define CBIT_INJECT_H

#include <linux/types.h>

enum cbit_injectable {
	CBIT_ALLOC_PAGES,
	CBIT_CHANGE_PAGE_ATTR,
	CBIT_ENC_PREPARE,
	CBIT_ENC_FINISH,
	CBIT_SET_MEMORY_DECRYPTED,
	CBIT_SET_MEMORY_ENCRYPTED,
	CBIT_FIND_SLOTS,
	CBIT_VMAP,
	CBIT_IOMMU_MAP,
	CBIT_SHMEM_FILE_SETUP,
};

/* True where this call is the one that was chosen to fail. Modules without contract/inject.c inject nothing. */
u32 cbit_inject(u32 fn);

#endif
