// SPDX-License-Identifier: GPL-2.0-only
/* Operations of memory management: pages, mappings of them, and their attributes in the linear map. */
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/set_memory.h>
#include <linux/vmalloc.h>
#include "buf.h"
#include "cbit.h"
#include "driver.h"

/* Pages or coherent memory: what may be mapped and converted. */
static struct cbit_buf *ram_buf(u32 slot)
{
	struct cbit_buf *b = cbit_buf(slot, CBIT_PAGES);

	return b ? b : cbit_buf(slot, CBIT_COHERENT);
}

/* Whoever frees what is still mapped has a bug of its own, which is not looked for. */
static bool in_use(const struct cbit_buf *b)
{
	return b->vmap || b->user || b->mapped;
}

/* mm/page_alloc.c alloc_pages_exact(): the power of two above, and what is too much goes back. */
int cbit_page_alloc(u32 slot, u32 pages)
{
	struct cbit_buf *b = cbit_buf_new(slot, pages);
	unsigned int order = get_order((unsigned long)pages << PAGE_SHIFT);
	struct page *page;
	u32 i;

	if (!b)
		return -EINVAL;
	page = alloc_pages(GFP_KERNEL | __GFP_ZERO, order);
	if (!page)
		return -ENOMEM;
	split_page(page, order);
	for (i = pages; i < 1U << order; i++)
		__free_page(page + i);
	b->kind = CBIT_PAGES;
	b->pages = pages;
	for (i = 0; i < pages; i++)
		b->pfn[i] = page_to_pfn(page + i);
	return 0;
}

/* As they are: whoever shared them must have taken that back. */
int cbit_page_free(u32 slot)
{
	struct cbit_buf *b = cbit_buf(slot, CBIT_PAGES);
	u32 i;

	if (!b || in_use(b) || cbit_is_lent(slot))
		return -EINVAL;
	for (i = 0; i < b->pages; i++)
		__free_page(pfn_to_page(b->pfn[i]));
	cbit_buf_forget(b);
	return 0;
}

static void pages_of(const struct cbit_buf *b, struct page **pages)
{
	u32 i;

	for (i = 0; i < b->pages; i++)
		pages[i] = pfn_to_page(b->pfn[i]);
}

int cbit_vmap(u32 slot, u32 decrypted)
{
	struct cbit_buf *b = ram_buf(slot);
	struct page *pages[CBIT_BUF_PAGES];

	if (!b || b->vmap)
		return -EINVAL;
	pages_of(b, pages);
	b->vmap = vmap(pages, b->pages, VM_MAP, decrypted ? pgprot_decrypted(PAGE_KERNEL) : PAGE_KERNEL);
	return b->vmap ? 0 : -ENOMEM;
}

int cbit_vunmap(u32 slot)
{
	struct cbit_buf *b = ram_buf(slot);

	if (!b || !b->vmap)
		return -EINVAL;
	vunmap(b->vmap);
	b->vmap = NULL;
	return 0;
}

/* bar.c; elsewhere ioremap() is not in the slice. */
__weak int cbit_ioremap(u32 slot, u32 pages, u32 caching)
{
	return -EOPNOTSUPP;
}

__weak int cbit_iounmap(u32 slot)
{
	return -EOPNOTSUPP;
}

/* pgprot_noncached() and pgprot_writecombine() for a mapping of the BAR. @caching: enum ttm_caching's order: cached, wc, uc */
static pgprot_t cbit_io_prot(pgprot_t prot, u32 caching)
{
	if (caching == CBIT_WC)
		return pgprot_writecombine(prot);
	return caching == CBIT_UC ? pgprot_noncached(prot) : prot;
}

/* Pages of the buffer from @page on that lie side by side, at most @count. */
static u32 run_length(const struct cbit_buf *b, u32 page, u32 count)
{
	u32 n = 1;

	while (n < count && b->pfn[page + n] == b->pfn[page] + n)
		n++;
	return n;
}

int cbit_user_map(u32 slot, u32 decrypted)
{
	struct cbit_buf *b = cbit_buf(slot, CBIT_BAR);
	struct vm_area_struct *vma;
	pgprot_t prot;
	u32 page, n;
	int ret = 0;

	if (!b)
		b = ram_buf(slot);
	if (!b || b->user)
		return -EINVAL;
	cbit_mmap_lock();
	vma = cbit_vma_create(slot, b->pages, 0);
	prot = vma->vm_page_prot;
	if (b->kind == CBIT_BAR)
		prot = cbit_io_prot(prot, b->caching);
	b->user = true;
	for (page = 0; page < b->pages && !ret; page += n) {
		unsigned long addr = vma->vm_start + page * PAGE_SIZE;

		n = run_length(b, page, b->pages - page);
		if (decrypted && b->kind == CBIT_BAR)
			ret = io_remap_pfn_range(vma, addr, b->pfn[page], n << PAGE_SHIFT, prot);
		else
			ret = remap_pfn_range(vma, addr, b->pfn[page], n << PAGE_SHIFT, decrypted ? pgprot_decrypted(prot) : prot);
	}
	cbit_mmap_unlock();
	if (ret)
		cbit_buf_zap(slot);
	return ret;
}

int cbit_user_unmap(u32 slot)
{
	struct cbit_buf *b = cbit_buf(slot, cbit_kind(slot));

	if (!b || b->kind == CBIT_NONE || !b->user)
		return -EINVAL;
	cbit_buf_zap(slot);
	return 0;
}

/* Run after run of neighbouring frames; stops at the first that fails. @count: 0 for all that follow */
static int convert(u32 slot, u32 page, u32 count, int (*set)(unsigned long addr, int numpages))
{
	struct cbit_buf *b = ram_buf(slot);
	u32 n;
	int ret = 0;

	if (!b || page >= b->pages)
		return -EINVAL;
	if (!count)
		count = b->pages - page;
	if (count > b->pages - page)
		return -EINVAL;
	for (; count && !ret; page += n, count -= n) {
		n = run_length(b, page, count);
		ret = set((unsigned long)pfn_to_kaddr(b->pfn[page]), n);
	}
	return ret;
}

int cbit_set_memory_decrypted(u32 slot, u32 page, u32 count)
{
	return convert(slot, page, count, set_memory_decrypted);
}

int cbit_set_memory_encrypted(u32 slot, u32 page, u32 count)
{
	return convert(slot, page, count, set_memory_encrypted);
}

static int set_caching(u32 slot, int (*set)(struct page **pages, int count))
{
	struct cbit_buf *b = cbit_buf(slot, CBIT_PAGES);
	struct page *pages[CBIT_BUF_PAGES];

	if (!b)
		return -EINVAL;
	pages_of(b, pages);
	return set(pages, b->pages);
}

#ifndef CONFIG_X86
/* Elsewhere the linear map has one type of cache (include/asm-generic/set_memory.h has none of these). */
static int set_pages_array_nop(struct page **pages, int count)
{
	return 0;
}

#define set_pages_array_wc set_pages_array_nop
#define set_pages_array_uc set_pages_array_nop
#define set_pages_array_wb set_pages_array_nop
#endif

int cbit_set_memory_wc(u32 slot)
{
	return set_caching(slot, set_pages_array_wc);
}

int cbit_set_memory_uc(u32 slot)
{
	return set_caching(slot, set_pages_array_uc);
}

int cbit_set_memory_wb(u32 slot)
{
	return set_caching(slot, set_pages_array_wb);
}
