// SPDX-License-Identifier: GPL-2.0-only
/*
 * The nth call from now of a kernel function fails. The tree's own functions ask where src/tree/lower/inject.ts has put a hook; the
 * page allocator and vmap() ask themselves, and the hypervisor (src/tree/runtime/host) for what it refuses.
 */
#include <linux/cc_platform.h>
#include <linux/errno.h>
#include <linux/mm_types.h>
#include <linux/device.h>
#include <linux/swiotlb.h>
#include "cbit.h"
#include "device.h"
#include "inject.h"

/* The host: an injected failure was met. */
void cbit_injected(void);

/* One more than the function's number, 0 for none; and the calls that are left. */
static u32 armed, left;
/* struct cpa_data's numpages while the loop ends before the page that fails. */
static unsigned long cut_pages;
static bool cut;

/* Defined where the lowering found the function. */
extern const char cbit_hook_set_memory_decrypted __weak, cbit_hook_set_memory_encrypted __weak, cbit_hook___change_page_attr_set_clr __weak,
	cbit_hook_swiotlb_find_slots __weak, cbit_hook_iommu_map __weak;

static bool has_hook(u32 fn)
{
	switch (fn) {
	/* Without ARCH_HAS_MEM_ENCRYPT (arm64 before 6.12) they do nothing, and nothing of it can fail. */
	case CBIT_SET_MEMORY_DECRYPTED:
		return !IS_ENABLED(CONFIG_ARCH_HAS_MEM_ENCRYPT) || &cbit_hook_set_memory_decrypted;
	case CBIT_SET_MEMORY_ENCRYPTED:
		return !IS_ENABLED(CONFIG_ARCH_HAS_MEM_ENCRYPT) || &cbit_hook_set_memory_encrypted;
	case CBIT_CHANGE_PAGE_ATTR:
		/* Elsewhere each page is asked for: arm64/memory.c. */
		return !IS_ENABLED(CONFIG_X86) || &cbit_hook___change_page_attr_set_clr;
	case CBIT_FIND_SLOTS:
		return &cbit_hook_swiotlb_find_slots;
	case CBIT_IOMMU_MAP:
		return &cbit_hook_iommu_map;
	default:
		return true;
	}
}

/* -EOPNOTSUPP where this tree has no place for it. */
int cbit_fail(u32 fn, u32 nth)
{
	cbit_steps_reset();
	if (!has_hook(fn))
		return -EOPNOTSUPP;
	armed = fn + 1;
	left = nth;
	return 0;
}

static u32 hit(void)
{
	armed = left = 0;
	cbit_injected();
	return 1;
}

u32 cbit_inject(u32 fn)
{
	struct io_tlb_mem *mem = cbit_device()->dma_io_tlb_mem;

	if (armed != fn + 1)
		return 0;
	/* __set_memory_enc_dec() has nothing to do without encryption, so nothing that could fail. */
	if ((fn == CBIT_SET_MEMORY_DECRYPTED || fn == CBIT_SET_MEMORY_ENCRYPTED) && !cc_platform_has(CC_ATTR_MEM_ENCRYPT))
		return 0;
	/* swiotlb_tbl_map_single() goes no further where there is no pool. */
	if (fn == CBIT_FIND_SLOTS && (!mem || !mem->nslabs))
		return 0;
	return --left ? 0 : hit();
}

/* arch/x86/mm/pat/set_memory.c struct cpa_data, as far as numpages */
struct cpa_head {
	unsigned long *vaddr;
	pgd_t *pgd;
	pgprot_t mask_set, mask_clr;
	unsigned long numpages;
};

/* Before __change_page_attr_set_clr() goes from page to page. @primary: not for aliases of pages that have been counted */
void cbit_cpa_begin(struct cpa_head *cpa, u32 primary)
{
	if (!primary || armed != CBIT_CHANGE_PAGE_ATTR + 1)
		return;
	if (left > cpa->numpages) {
		left -= cpa->numpages;
		return;
	}
	cut = true;
	cut_pages = cpa->numpages;
	cpa->numpages = left - 1;
	hit();
}

u32 cbit_cpa_end(struct cpa_head *cpa, u32 primary, u32 result)
{
	if (!primary || !cut)
		return result;
	cpa->numpages = cut_pages;
	cut = false;
	cut_pages = 0;
	return result ? result : -ENOMEM;
}
