// SPDX-License-Identifier: MIT
/** Buffers of the DMA API and of the page allocator, and what memory management does with them. */

import { c, type Part } from "./part.ts";

export function dmaParts(): readonly Part[] {
  return [
    {
      name: "pages",
      needs: ["device"],
      headers: ["linux/gfp.h", "linux/mm.h"],
      buffer: ["struct page *page;", "unsigned int pages;"],
      code: c(`
static int page_alloc(struct buffer *b, unsigned int pages)
{
	memset(b, 0, sizeof(*b));
	b->page = alloc_pages(GFP_KERNEL | __GFP_ZERO, get_order(pages << PAGE_SHIFT));
	b->pages = pages;
	return b->page ? 0 : -ENOMEM;
}

static void page_free(struct buffer *b)
{
	if (b->page)
		__free_pages(b->page, get_order(b->pages << PAGE_SHIFT));
	b->page = NULL;
}`),
      end: "\tpage_free(b);",
    },
    {
      name: "set-memory",
      needs: ["pages"],
      headers: ["linux/set_memory.h"],
      buffer: ["unsigned int decrypted;"],
      code: c(`
/* Pages that cannot be made private again stay with the test. */
static int decrypt(struct buffer *b, unsigned int first, unsigned int count)
{
	void *at = page_address(b->page) + first * PAGE_SIZE;

	b->decrypted += count;
	return set_memory_decrypted((unsigned long)at, count);
}

static int encrypt(struct buffer *b, unsigned int first, unsigned int count)
{
	void *at = page_address(b->page) + first * PAGE_SIZE;
	int ret = set_memory_encrypted((unsigned long)at, count);

	if (!ret)
		b->decrypted -= min(b->decrypted, count);
	return ret;
}`),
      end: c(`
	if (b->page && b->decrypted && encrypt(b, 0, b->pages))
		b->page = NULL;`),
    },
    {
      name: "set-caching",
      needs: ["pages"],
      headers: ["linux/set_memory.h"],
      buffer: ["bool uncached;"],
      code: c(`
/* The type of cache that the pages have in the linear map, where it can be another one. */
static int set_caching(struct buffer *b, const char *type)
{
#ifdef CONFIG_X86
	struct page *pages[MAX_PAGES];
	unsigned int i;

	for (i = 0; i < b->pages; i++)
		pages[i] = b->page + i;
	b->uncached = true;
	if (!strcmp(type, "wc"))
		return set_pages_array_wc(pages, b->pages);
	if (!strcmp(type, "uc"))
		return set_pages_array_uc(pages, b->pages);
	b->uncached = false;
	return set_pages_array_wb(pages, b->pages);
#else
	return 0;
#endif
}`),
      end: c(`
	if (b->page && b->uncached)
		set_caching(b, "wb");`),
    },
    {
      name: "dma-map",
      needs: ["pages"],
      buffer: ["dma_addr_t dma;", "enum dma_data_direction dir;", "size_t offset, size;", "bool mapped;"],
      code: c(`
static int map(struct finding *f, struct buffer *b, size_t offset, size_t size,
	       enum dma_data_direction dir, unsigned long attrs)
{
	b->offset = offset;
	b->size = size;
	b->dir = dir;
	b->dma = dma_map_page_attrs(f->dev, b->page + (offset >> PAGE_SHIFT),
				    offset_in_page(offset), size, dir, attrs);
	b->mapped = !dma_mapping_error(f->dev, b->dma);
	return b->mapped ? 0 : -ENOMEM;
}

static void unmap(struct finding *f, struct buffer *b, unsigned long attrs)
{
	if (b->mapped)
		dma_unmap_page_attrs(f->dev, b->dma, b->size, b->dir, attrs);
	b->mapped = false;
}

static dma_addr_t mapped_dma(struct buffer *b, unsigned int page)
{
	return b->dma + page * PAGE_SIZE - b->offset;
}`),
      end: "\tunmap(f, b, 0);",
    },
    {
      name: "dma-alloc",
      needs: ["device"],
      headers: ["linux/gfp.h", "linux/mm.h", "linux/vmalloc.h"],
      buffer: ["void *cpu;", "dma_addr_t handle;", "size_t bytes;", "unsigned long attrs;"],
      code: c(`
static int dma_alloc(struct finding *f, struct buffer *b, unsigned int pages,
		     unsigned long attrs, gfp_t gfp)
{
	memset(b, 0, sizeof(*b));
	b->bytes = pages * PAGE_SIZE;
	b->attrs = attrs;
	b->cpu = dma_alloc_attrs(f->dev, b->bytes, &b->handle, gfp, attrs);
	return b->cpu ? 0 : -ENOMEM;
}

static void dma_free(struct finding *f, struct buffer *b)
{
	if (b->cpu)
		dma_free_attrs(f->dev, b->bytes, b->cpu, b->handle, b->attrs);
	b->cpu = NULL;
}

static struct page *coherent_page(struct buffer *b, unsigned int page)
{
	void *at = b->cpu + page * PAGE_SIZE;

	return is_vmalloc_addr(at) ? vmalloc_to_page(at) : virt_to_page(at);
}`),
      end: "\tdma_free(f, b);",
    },
    {
      name: "dma-alloc-pages",
      needs: ["device"],
      headers: ["linux/gfp.h", "linux/mm.h"],
      buffer: ["struct page *dma_page;", "dma_addr_t handle;", "size_t bytes;"],
      code: c(`
static int alloc_dma_pages(struct finding *f, struct buffer *b, unsigned int pages,
			   gfp_t gfp)
{
	memset(b, 0, sizeof(*b));
	b->bytes = pages * PAGE_SIZE;
	b->dma_page = dma_alloc_pages(f->dev, b->bytes, &b->handle, DMA_BIDIRECTIONAL, gfp);
	return b->dma_page ? 0 : -ENOMEM;
}

static void free_dma_pages(struct finding *f, struct buffer *b)
{
	if (b->dma_page)
		dma_free_pages(f->dev, b->bytes, b->dma_page, b->handle, DMA_BIDIRECTIONAL);
	b->dma_page = NULL;
}`),
      end: "\tfree_dma_pages(f, b);",
    },
    {
      name: "vmap",
      headers: ["linux/vmalloc.h"],
      buffer: ["void *vaddr;"],
      code: c(`
static int map_kernel(struct buffer *b, struct page *first, unsigned int count, pgprot_t prot)
{
	struct page *pages[MAX_PAGES];
	unsigned int i;

	for (i = 0; i < count; i++)
		pages[i] = first + i;
	b->vaddr = vmap(pages, count, VM_MAP, prot);
	return b->vaddr ? 0 : -ENOMEM;
}

static void unmap_kernel(struct buffer *b)
{
	vunmap(b->vaddr);
	b->vaddr = NULL;
}`),
      end: "\tunmap_kernel(b);",
    },
  ];
}
