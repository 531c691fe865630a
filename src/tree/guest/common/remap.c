// SPDX-License-Identifier: GPL-2.0-only
/* mm/memory.c: whole ranges of a process's addresses at once. Cache types are the tree's memtype.c's. */
#include <linux/mm.h>
#include <asm/pgtable.h>
#include "cbit.h"
#include "compat.h"
#include "user.h"

/* mm/memory.c remap_pfn_range, remap_pte_range */
int remap_pfn_range(struct vm_area_struct *vma, unsigned long addr, unsigned long pfn, unsigned long size, pgprot_t prot)
{
	unsigned long end = addr + PAGE_ALIGN(size);

	if (track_pfn_remap(vma, &prot, pfn, addr, PAGE_ALIGN(size)))
		return -EINVAL;
	vm_flags_set(vma, VM_IO | VM_PFNMAP | VM_DONTEXPAND | VM_DONTDUMP);
	for (; addr < end; addr += PAGE_SIZE, pfn++) {
		pte_t *pte = cbit_pte(vma->vm_mm, addr, true);

		BUG_ON(!pte_none(*pte));
		set_pte(pte, pte_mkspecial(pfn_pte(pfn, prot)));
	}
	return 0;
}

/* mm/memory.c unmap_single_vma: gives back what track_pfn_remap() reserved. */
void cbit_untrack(struct vm_area_struct *vma)
{
	pte_t *pte = vma->vm_flags & VM_PFNMAP ? cbit_pte(vma->vm_mm, vma->vm_start, false) : NULL;

	if (!pte || !pte_present(*pte))
		return;
#if CBIT_SINCE(6, 3)
	untrack_pfn(vma, pte_pfn(*pte), vma->vm_end - vma->vm_start, true);
#else
	untrack_pfn(vma, pte_pfn(*pte), vma->vm_end - vma->vm_start);
#endif
}

/* mm/memory.c vm_map_pages, vm_insert_page: each page is held by its entry. */
int vm_map_pages(struct vm_area_struct *vma, struct page **pages, unsigned long num)
{
	unsigned long i;

	if (vma->vm_pgoff >= num || vma_pages(vma) > num - vma->vm_pgoff)
		return -ENXIO;
	vm_flags_set(vma, VM_MIXEDMAP);
	for (i = 0; i < vma_pages(vma); i++) {
		struct page *page = pages[vma->vm_pgoff + i];
		pte_t *pte = cbit_pte(vma->vm_mm, vma->vm_start + i * PAGE_SIZE, true);

		if (!pte_none(*pte))
			return -EBUSY;
		get_page(page);
		set_pte(pte, mk_pte(page, vma->vm_page_prot));
	}
	return 0;
}
