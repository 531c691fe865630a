// SPDX-License-Identifier: GPL-2.0-only
/*
 * The page allocator (mm/page_alloc.c) as far as its callers can tell: aligned runs of frames, lowest first. Where there is RAM
 * above 4 GiB (ZONE_NORMAL) it goes first, but for who asks for GFP_DMA32 or GFP_DMA. A frame starts and ends with its struct
 * page as the kernel leaves it.
 */
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/memblock.h>
#include <linux/dma-mapping.h>
#include <linux/swap.h>
#include <linux/range.h>
#include "cbit.h"
#include "compat.h"
#include "frames.h"
#include "inject.h"

#define FRAMES 6144

const u32 cbit_gfp_zero = (u32)__GFP_ZERO;

static u8 frame_used[FRAMES];

/* One more than the last frame that was ever taken. A wasm global: no part of the state; 64 bits, of which llc narrows no access. */
u64 __attribute__((address_space(1))) cbit_ram_top;

u64 cbit_ram_mark(void)
{
	return cbit_ram_top;
}

void cbit_ram_mark_set(u32 frames)
{
	cbit_ram_top = frames;
}

static unsigned long low_frames(void)
{
	return (cbit_ram_end - cbit_ram_start) >> PAGE_SHIFT;
}

unsigned long cbit_frames(void)
{
	return low_frames() + cbit_high_frames;
}

/* One byte for each frame: not 0 where it is allocated. */
u32 cbit_frames_used(void)
{
	return (u32)(unsigned long)frame_used;
}

struct page *cbit_frame_page(unsigned long frame)
{
	if (frame >= low_frames())
		return pfn_to_page(cbit_high_pfn + frame - low_frames());
	return pfn_to_page((cbit_ram_start >> PAGE_SHIFT) + frame);
}

static long frame_at(unsigned long pfn)
{
	if (pfn - (cbit_ram_start >> PAGE_SHIFT) < low_frames())
		return pfn - (cbit_ram_start >> PAGE_SHIFT);
	return pfn - cbit_high_pfn < cbit_high_frames ? pfn - cbit_high_pfn + low_frames() : -1;
}

long cbit_frame_of(const struct page *page)
{
	return frame_at(page_to_pfn(page));
}

/* For the host: where the struct page of a frame lies. */
u32 cbit_struct_page(u32 pfn)
{
	return (u32)(unsigned long)pfn_to_page(pfn);
}

static bool from_top, for_objects;

void cbit_frames_for_objects(bool on)
{
	for_objects = on;
}

/*
 * While the machine boots, frames come from the top: what is left for buffers begins at an aligned frame, whatever the
 * kernel keeps for itself, so that chunks of pages lie side by side the same way on every machine.
 */
void cbit_pages_from_top(u32 on)
{
	from_top = on;
}

/* From @frames frames that begin with @first. */
static long take(unsigned long first, unsigned long frames, unsigned long count, unsigned long align, bool top)
{
	unsigned long step, i;

	for (step = 0; step + count <= frames; step += align) {
		unsigned long at = first + (top ? (frames - count - step) / align * align : step);

		for (i = 0; i < count && !frame_used[at + i]; i++)
			;
		if (i < count)
			continue;
		for (i = 0; i < count; i++) {
			struct page *page = cbit_frame_page(at + i);

			frame_used[at + i] = 1;
			set_page_count(page, i == 0);
			set_page_private(page, 0);
			/* As taking it off the buddy lists leaves it. */
			page->lru.next = LIST_POISON1;
			page->lru.prev = LIST_POISON2;
		}
		if (at + count > cbit_ram_top)
			cbit_ram_top = at + count;
		return at;
	}
	return -1;
}

static void give(struct page *page, unsigned long count)
{
	unsigned long at = cbit_frame_of(page), i;

	for (i = 0; i < count; i++) {
		if (at + i >= cbit_frames() || !frame_used[at + i])
			cbit_stop("a page is freed that was not allocated", "");
		frame_used[at + i] = 0;
		/* Frames above 4 GiB have no bytes of their own. */
		if (at + i < low_frames())
			cbit_clear_plain(page_to_virt(cbit_frame_page(at + i)));
		memset(cbit_frame_page(at + i), 0, sizeof(struct page));
	}
}

static struct page *alloc_run(gfp_t gfp, unsigned int order)
{
	unsigned long count = 1UL << order, i;
	long at = -1;

	if (order > MAX_PAGE_ORDER || cbit_inject(CBIT_ALLOC_PAGES))
		return NULL;
	if (!(gfp & (GFP_DMA | GFP_DMA32)) && !for_objects)
		at = take(low_frames(), cbit_high_frames, count, count, from_top);
	if (at < 0)
		at = take(0, low_frames(), count, count, from_top);
	if (at < 0)
		return NULL;
	if (order && gfp & __GFP_COMP)
		cbit_stop("compound pages are not modelled", "");
	if (gfp & __GFP_ZERO)
		for (i = 0; i < count; i++)
			clear_page(page_to_virt(cbit_frame_page(at + i)));
	return cbit_frame_page(at);
}

#undef __alloc_pages
#undef get_zeroed_page
#undef __get_free_pages
struct page *__alloc_pages(gfp_t gfp, unsigned int order, int nid, nodemask_t *nodes);
unsigned long get_zeroed_page(gfp_t gfp);
unsigned long __get_free_pages(gfp_t gfp, unsigned int order);

struct page *__alloc_pages(gfp_t gfp, unsigned int order, int nid, nodemask_t *nodes)
{
	return alloc_run(gfp, order);
}

struct page *__alloc_pages_noprof(gfp_t gfp, unsigned int order, int nid, nodemask_t *nodes)
{
	return alloc_run(gfp, order);
}

unsigned long get_free_pages_noprof(gfp_t gfp, unsigned int order)
{
	struct page *page = alloc_run(gfp, order);

	return page ? (unsigned long)page_address(page) : 0;
}

unsigned long get_zeroed_page_noprof(gfp_t gfp)
{
	return get_free_pages_noprof(gfp | __GFP_ZERO, 0);
}

unsigned long get_zeroed_page(gfp_t gfp)
{
	return get_zeroed_page_noprof(gfp);
}

unsigned long __get_free_pages(gfp_t gfp, unsigned int order)
{
	return get_free_pages_noprof(gfp, order);
}

void __free_pages(struct page *page, unsigned int order)
{
	if (put_page_testzero(page))
		give(page, 1UL << order);
}

void free_pages(unsigned long addr, unsigned int order)
{
	if (addr)
		__free_pages(virt_to_page((void *)addr), order);
}

/* mm/swap.c */
void put_pages_list(struct list_head *pages)
{
	struct page *page, *next;

	list_for_each_entry_safe(page, next, pages, lru)
		if (put_page_testzero(page))
			give(page, 1);
	INIT_LIST_HEAD(pages);
}

void __folio_put(struct folio *folio)
{
	give(&folio->page, 1);
}

void split_page(struct page *page, unsigned int order)
{
	unsigned long i;

	for (i = 1; i < 1UL << order; i++)
		set_page_count(page + i, 1);
}

/* memblock: swiotlb asks for its pool below ARCH_LOW_ADDRESS_LIMIT; everything else is a kernel object. */
void *memblock_alloc_try_nid(phys_addr_t size, phys_addr_t align, phys_addr_t min, phys_addr_t max, int nid)
{
	unsigned long count = PAGE_ALIGN(size) >> PAGE_SHIFT, i;
	long at;

	if (max != ARCH_LOW_ADDRESS_LIMIT)
		return cbit_heap_alloc(size, true);
	at = take(0, low_frames(), count, 1, from_top);
	if (at < 0)
		return NULL;
	for (i = 0; i < count; i++)
		clear_page(page_to_virt(cbit_frame_page(at + i)));
	return page_to_virt(cbit_frame_page(at));
}

void memblock_free(void *ptr, size_t size)
{
	if (cbit_in_ram((unsigned long)ptr))
		give(virt_to_page(ptr), PAGE_ALIGN(size) >> PAGE_SHIFT);
	else
		cbit_heap_free(ptr);
}

void memblock_free_late(phys_addr_t base, phys_addr_t size)
{
	memblock_free(phys_to_virt(base), size);
}

/* Where RAM ends. */
static phys_addr_t end_of_ram(void)
{
	return cbit_high_frames ? PFN_PHYS(cbit_high_pfn + cbit_high_frames) : cbit_ram_end;
}

/* What the machine has: 4 GiB at least, of which only a small part is kept. */
phys_addr_t memblock_phys_mem_size(void)
{
	return max(4UL << 30, (unsigned long)end_of_ram());
}

phys_addr_t memblock_start_of_DRAM(void)
{
	return cbit_ram_start;
}

phys_addr_t memblock_end_of_DRAM(void)
{
	return end_of_ram();
}

void si_meminfo(struct sysinfo *info)
{
	info->totalram = cbit_frames();
	info->totalhigh = 0;
	info->mem_unit = PAGE_SIZE;
}

static int walk_part(unsigned long start, unsigned long count, unsigned long first, unsigned long frames, void *arg, int (*fn)(unsigned long, unsigned long, void *))
{
	unsigned long from = max(start, first), to = min(start + count, first + frames);

	return from < to ? fn(from, to - from, arg) : -EINVAL;
}

__weak int walk_system_ram_range(unsigned long start, unsigned long count, void *arg, int (*fn)(unsigned long, unsigned long, void *))
{
	int low = walk_part(start, count, cbit_ram_start >> PAGE_SHIFT, low_frames(), arg, fn), high;

	if (low && low != -EINVAL)
		return low;
	high = walk_part(start, count, cbit_high_pfn, cbit_high_frames, arg, fn);
	return high == -EINVAL ? low : high;
}

__weak int page_is_ram(unsigned long pfn)
{
	return frame_at(pfn) >= 0;
}

bool __virt_addr_valid(unsigned long addr)
{
	return addr < cbit_ram_end || frame_at(PHYS_PFN(__pa(addr))) >= 0;
}

atomic_long_t _totalram_pages;
unsigned long max_pfn, max_pfn_mapped, max_low_pfn, min_low_pfn;
unsigned long long max_possible_pfn;
void *high_memory;
struct pglist_data contig_page_data;
struct list_head pgd_list;
atomic_long_t vm_node_stat[NR_VM_NODE_STAT_ITEMS];

#ifdef CONFIG_X86
/* arch/x86/mm/init.c */
extern struct range pfn_mapped[];
extern int nr_pfn_mapped;
#endif

void cbit_pages_init(void)
{
	atomic_long_set(&_totalram_pages, cbit_frames());
	max_low_pfn = cbit_ram_end >> PAGE_SHIFT;
	max_pfn = max_pfn_mapped = max_possible_pfn = PHYS_PFN(end_of_ram());
	high_memory = __va(end_of_ram() - 1) + 1;
#ifdef CONFIG_X86
	pfn_mapped[0].end = max_low_pfn;
	pfn_mapped[1].start = cbit_high_pfn;
	pfn_mapped[1].end = cbit_high_pfn + cbit_high_frames;
	nr_pfn_mapped = cbit_high_frames ? 2 : 1;
	/* Struct pages of RAM above 4 GiB lie beyond the state, in memory that the host has made ready. */
	vmemmap_base = (unsigned long)cbit_heap_alloc_pages(PAGE_ALIGN(max_low_pfn * sizeof(struct page)) >> PAGE_SHIFT);
#endif
	if (cbit_high_frames) {
		cbit_apart_start = cbit_struct_page(cbit_high_pfn);
		cbit_apart_end = cbit_struct_page(cbit_high_pfn + cbit_high_frames);
	}
	INIT_LIST_HEAD(&pgd_list);
}
