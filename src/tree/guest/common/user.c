// SPDX-License-Identifier: GPL-2.0-only
/* User mappings of buffers: one process, one VMA for each buffer (mm/memory.c, mm/mmap.c). */
#include <linux/mm.h>
#include <linux/fs.h>
#include <linux/pfn_t.h>
#include <asm/pgtable.h>
#include "cbit.h"
#include "compat.h"
#include "user.h"

/* Outside wasm memory: the low 32 bits are from 0x80000000 up. */
#define USER_BASE 0x00007f0080000000UL
#define USER_STRIDE 0x00100000UL

pgd_t cbit_user_pgd[PTRS_PER_PGD] __aligned(PAGE_SIZE);
struct address_space cbit_mapping;
static struct mm_struct user_mm;
static struct vm_area_struct vmas[CBIT_BOS];

/* The tables of all buffers' mappings, so that which came first leaves no trace. */
void cbit_user_init(void)
{
	u32 slot;

	user_mm.pgd = cbit_user_pgd;
	init_rwsem(&user_mm.mmap_lock);
	for (slot = 0; slot < CBIT_BOS; slot++)
		cbit_pte(&user_mm, USER_BASE + slot * USER_STRIDE, true);
}

/*
 * mmap() holds the lock of the address space. The count of its releases, by which faults know VMAs that changed
 * (vma_end_write_all), stays as it is: nobody else faults.
 */
void cbit_mmap_lock(void)
{
	down_write(&user_mm.mmap_lock);
}

void cbit_mmap_unlock(void)
{
	up_write(&user_mm.mmap_lock);
}

struct vm_area_struct *cbit_vma_create(u32 slot, unsigned long pages, unsigned long pgoff)
{
	struct vm_area_struct *vma = &vmas[slot];

	memset(vma, 0, sizeof(*vma));
	vma->vm_mm = &user_mm;
	vma->vm_start = USER_BASE + slot * USER_STRIDE;
	vma->vm_end = vma->vm_start + pages * PAGE_SIZE;
	vma->vm_pgoff = pgoff;
	vm_flags_init(vma, VM_READ | VM_WRITE | VM_SHARED | VM_MAYREAD | VM_MAYWRITE | VM_MAYSHARE);
	vma->vm_page_prot = vm_get_page_prot(vma->vm_flags);
	return vma;
}

static void zap(struct vm_area_struct *vma, unsigned long start, unsigned long end)
{
	for (; start < end; start += PAGE_SIZE) {
		pte_t *pte = cbit_pte(vma->vm_mm, start, false);

		if (pte && !pte_none(*pte)) {
			/* vm_insert_page() took a reference. */
			if (!pte_special(*pte))
				put_page(pte_page(*pte));
			set_pte(pte, __pte(0));
			cbit_flush_tlb(start, start + PAGE_SIZE);
		}
	}
}

void cbit_vma_destroy(u32 slot)
{
	struct vm_area_struct *vma = &vmas[slot];

	if (!vma->vm_mm)
		return;
	cbit_untrack(vma);
	zap(vma, vma->vm_start, vma->vm_end);
	if (vma->vm_ops && vma->vm_ops->close)
		vma->vm_ops->close(vma);
	memset(vma, 0, sizeof(*vma));
}

void unmap_mapping_range(struct address_space *mapping, loff_t const start, loff_t const length, int even_cows)
{
	pgoff_t first = start >> PAGE_SHIFT, last = (start + length + PAGE_SIZE - 1) >> PAGE_SHIFT;
	u32 i;

	for (i = 0; i < CBIT_BOS; i++) {
		struct vm_area_struct *vma = &vmas[i];
		pgoff_t from, to;

		if (!vma->vm_mm)
			continue;
		from = max(first, vma->vm_pgoff);
		to = min(last, vma->vm_pgoff + vma_pages(vma));
		if (from < to)
			zap(vma, vma->vm_start + ((from - vma->vm_pgoff) << PAGE_SHIFT), vma->vm_start + ((to - vma->vm_pgoff) << PAGE_SHIFT));
	}
}

/* mm/memory.c vmf_insert_pfn_prot, insert_pfn: an entry that is there stays. */
vm_fault_t vmf_insert_pfn_prot(struct vm_area_struct *vma, unsigned long addr, unsigned long pfn, pgprot_t prot)
{
	pte_t *pte;

	BUG_ON(!(vma->vm_flags & (VM_PFNMAP | VM_MIXEDMAP)));
	if (addr < vma->vm_start || addr >= vma->vm_end)
		return VM_FAULT_SIGBUS;
	track_pfn_insert(vma, &prot, __pfn_to_pfn_t(pfn, PFN_DEV));
	pte = cbit_pte(vma->vm_mm, addr, true);
	if (pte_none(*pte))
		set_pte(pte, pte_mkspecial(pfn_t_pte(__pfn_to_pfn_t(pfn, PFN_DEV), prot)));
	return VM_FAULT_NOPAGE;
}

/* Address of a buffer's page in the process; 0 where nothing is mapped there. */
u64 cbit_user_address(u32 slot, u32 page)
{
	struct vm_area_struct *vma = &vmas[slot];
	unsigned long addr = vma->vm_start + ((unsigned long)page << PAGE_SHIFT);
	pte_t *pte = vma->vm_mm ? cbit_pte(vma->vm_mm, addr, false) : NULL;

	return pte && pte_present(*pte) ? addr : 0;
}
