/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CBIT_USER_H
#define CBIT_USER_H

#include <linux/mm_types.h>

/* Buffers that a run can have. */
#define CBIT_BOS 4

pte_t *cbit_pte(struct mm_struct *mm, unsigned long addr, bool make);
struct vm_area_struct *cbit_vma_create(u32 slot, unsigned long pages, unsigned long pgoff);
void cbit_mmap_lock(void);
void cbit_mmap_unlock(void);
void cbit_vma_destroy(u32 slot);
void cbit_untrack(struct vm_area_struct *vma);
u64 cbit_user_address(u32 slot, u32 page);
extern struct address_space cbit_mapping;

#endif
