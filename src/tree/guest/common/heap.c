// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmalloc and its kin on an arena of wasm memory that is not simulated RAM. The lowest free place is always taken and
 * freed objects are zeroed, so that equal kernel states have equal bytes whatever came before.
 * The kernel's slab headers are not included: names and arguments changed between releases (mm/slub.c, mm/util.c),
 * and here every release's names stand side by side.
 */
#include "cbit.h"

#define PAGES 1024
#define SMALLEST 16
#define GFP_ZERO_FLAG cbit_gfp_zero
#define LARGE 255
#define BODY 254

extern const u32 cbit_gfp_zero;

static u8 class_of[PAGES];	/* 0: free; 1 to 12: slab of that class; LARGE, BODY */
static u16 large_pages[PAGES];
static u64 in_use[PAGES][4096 / SMALLEST / 64];

static const u16 sizes[] = { 0, 16, 32, 48, 64, 96, 128, 192, 256, 384, 512, 1024, 2048 };

/* One more than the last page that was ever taken. A wasm global: no part of the state; 64 bits, of which llc narrows no access. */
u64 __attribute__((address_space(1))) cbit_heap_top;

u64 cbit_heap_mark(void)
{
	return cbit_heap_top;
}

void cbit_heap_mark_set(u32 pages)
{
	cbit_heap_top = pages;
}

static void taken(unsigned long end)
{
	if (end > cbit_heap_top)
		cbit_heap_top = end;
}

static unsigned long page_count(void)
{
	unsigned long pages = (cbit_heap_end - cbit_heap_start) >> 12;

	return pages < PAGES ? pages : PAGES;
}

static u8 class_for(size_t size)
{
	u8 c;

	for (c = 1; c < sizeof(sizes) / sizeof(sizes[0]); c++)
		if (size <= sizes[c])
			return c;
	return 0;
}

void *cbit_heap_alloc_pages(unsigned long pages)
{
	unsigned long at, run = 0;

	for (at = 0; at < page_count(); at++) {
		run = class_of[at] == 0 ? run + 1 : 0;
		if (run < pages)
			continue;
		at -= pages - 1;
		class_of[at] = LARGE;
		large_pages[at] = pages;
		for (run = 1; run < pages; run++)
			class_of[at + run] = BODY;
		taken(at + pages);
		return (void *)(cbit_heap_start + (at << 12));
	}
	cbit_stop("the heap of the simulated kernel is full", "");
}

static void *alloc_from(unsigned long page, u8 c)
{
	unsigned int slots = 4096 / sizes[c], i;

	for (i = 0; i < slots; i++) {
		if (in_use[page][i / 64] >> (i % 64) & 1)
			continue;
		in_use[page][i / 64] |= 1ULL << (i % 64);
		return (void *)(cbit_heap_start + (page << 12) + i * sizes[c]);
	}
	return 0;
}

void *cbit_heap_alloc(size_t size, bool zero)
{
	unsigned long page, empty = PAGES;
	u8 c = class_for(size);

	/* More than there can be: the kernel's allocators say so, too. */
	if (size > cbit_heap_end - cbit_heap_start)
		return 0;
	/* Objects are zeroed when they are freed: zero is what they hold. */
	if (c == 0)
		return cbit_heap_alloc_pages((size + 4095) >> 12);
	for (page = 0; page < page_count(); page++) {
		void *object = class_of[page] == c ? alloc_from(page, c) : 0;

		if (object)
			return object;
		if (class_of[page] == 0 && empty == PAGES)
			empty = page;
	}
	if (empty == PAGES)
		cbit_stop("the heap of the simulated kernel is full", "");
	class_of[empty] = c;
	taken(empty + 1);
	return alloc_from(empty, c);
}

size_t cbit_heap_size(const void *object)
{
	unsigned long page = ((unsigned long)object - cbit_heap_start) >> 12;

	if (page >= page_count())
		return 0;
	return class_of[page] == LARGE ? (size_t)large_pages[page] << 12 : sizes[class_of[page]];
}

void *memset(void *to, int byte, size_t n);
void *memcpy(void *to, const void *from, size_t n);

void cbit_heap_free(const void *object)
{
	unsigned long page = ((unsigned long)object - cbit_heap_start) >> 12, i;
	u64 used = 0;

	if ((unsigned long)object <= 16)
		return;
	if (page >= page_count() || class_of[page] == 0 || class_of[page] == BODY)
		cbit_stop("kfree of an address that kmalloc did not return", "");
	memset((void *)object, 0, cbit_heap_size(object));
	if (class_of[page] == LARGE) {
		unsigned long pages = large_pages[page];

		large_pages[page] = 0;
		for (i = 0; i < pages; i++)
			class_of[page + i] = 0;
		return;
	}
	i = ((unsigned long)object & 4095) / sizes[class_of[page]];
	if (!(in_use[page][i / 64] >> (i % 64) & 1))
		cbit_stop("kfree of an object that is free", "");
	in_use[page][i / 64] &= ~(1ULL << (i % 64));
	for (i = 0; i < 4096 / SMALLEST / 64; i++)
		used |= in_use[page][i];
	if (!used)
		class_of[page] = 0;
}

/* include/linux/slab.h KMALLOC_MAX_SIZE: a block of the page allocator's largest order. vmalloc() would take more. */
#define MOST (4UL << 20)

static void *alloc(size_t size, u32 gfp)
{
	if (size > MOST)
		return 0;
	return cbit_heap_alloc(size, gfp & GFP_ZERO_FLAG);
}

/* mm/slub.c, 6.10 and later */
void *__kmalloc_noprof(size_t size, u32 gfp) { return alloc(size, gfp); }
void *__kmalloc_node_noprof(size_t size, u32 gfp, int node) { return alloc(size, gfp); }
void *__kmalloc_cache_noprof(void *cache, u32 gfp, size_t size) { return alloc(size, gfp); }
void *__kmalloc_cache_node_noprof(void *cache, u32 gfp, int node, size_t size) { return alloc(size, gfp); }
void *__kmalloc_node_track_caller_noprof(size_t size, u32 gfp, int node, unsigned long caller) { return alloc(size, gfp); }
void *__kmalloc_large_noprof(size_t size, u32 gfp) { return alloc(size, gfp); }
void *__kvmalloc_node_noprof(size_t size, u32 gfp, int node) { return alloc(size, gfp); }
void *__vmalloc_noprof(unsigned long size, u32 gfp) { return alloc(size, gfp); }
void *vmalloc_noprof(unsigned long size) { return alloc(size, 0); }
void *vzalloc_noprof(unsigned long size) { return alloc(size, GFP_ZERO_FLAG); }
void *vzalloc_node_noprof(unsigned long size, int node) { return alloc(size, GFP_ZERO_FLAG); }

/* mm/slab_common.c, mm/util.c, before 6.10 */
void *__kmalloc(size_t size, u32 gfp) { return alloc(size, gfp); }
void *__kmalloc_node(size_t size, u32 gfp, int node) { return alloc(size, gfp); }
void *kmalloc_trace(void *cache, u32 gfp, size_t size) { return alloc(size, gfp); }
void *kmalloc_node_trace(void *cache, u32 gfp, int node, size_t size) { return alloc(size, gfp); }
void *__kmalloc_node_track_caller(size_t size, u32 gfp, int node, unsigned long caller) { return alloc(size, gfp); }
void *kmalloc_large(size_t size, u32 gfp) { return alloc(size, gfp); }
void *kvmalloc_node(size_t size, u32 gfp, int node) { return alloc(size, gfp); }
void *vmalloc(unsigned long size) { return alloc(size, 0); }
void *__vmalloc(unsigned long size, u32 gfp) { return alloc(size, gfp); }
void *vzalloc(unsigned long size) { return alloc(size, GFP_ZERO_FLAG); }
void *vzalloc_node(unsigned long size, int node) { return alloc(size, GFP_ZERO_FLAG); }

void kfree(const void *object) { cbit_heap_free(object); }
void kvfree(const void *object) { cbit_heap_free(object); }
void vfree(const void *object) { cbit_heap_free(object); }
size_t ksize(const void *object) { return cbit_heap_size(object); }

size_t kmalloc_size_roundup(size_t size)
{
	u8 c = class_for(size);

	return c == 0 ? (size + 4095) & ~4095UL : sizes[c];
}

void *krealloc_noprof(const void *old, size_t size, u32 gfp)
{
	size_t had = (unsigned long)old <= 16 ? 0 : cbit_heap_size(old);
	void *now;

	if (had >= size && size != 0)
		return (void *)old;
	now = alloc(size, gfp);
	if (had)
		memcpy(now, old, had);
	cbit_heap_free(old);
	return now;
}

void *kvrealloc_noprof(const void *old, size_t size, u32 gfp) { return krealloc_noprof(old, size, gfp); }
void *krealloc(const void *old, size_t size, u32 gfp) { return krealloc_noprof(old, size, gfp); }

/* A kmem_cache is its object size and constructor. */
struct cbit_cache {
	u64 size;
	void (*construct)(void *object);
};

static void *cache_alloc(struct cbit_cache *cache, u32 gfp)
{
	void *object;

	if (!cache)
		cbit_stop("kmem_cache_alloc from a cache that was not made", "");
	object = alloc(cache->size, gfp);
	if (cache->construct)
		cache->construct(object);
	return object;
}

struct cbit_cache_args {
	u32 align, useroffset, usersize, freeptr_offset;
	bool use_freeptr_offset;
	void (*construct)(void *object);
};

void *__kmem_cache_create_args(const char *name, u32 size, struct cbit_cache_args *args, u32 flags)
{
	struct cbit_cache *cache = alloc(sizeof(*cache), GFP_ZERO_FLAG);

	cache->size = size;
	cache->construct = args->construct;
	return cache;
}

void *kmem_cache_create(const char *name, u32 size, u32 align, u32 flags, void (*construct)(void *object))
{
	struct cbit_cache *cache = alloc(sizeof(*cache), GFP_ZERO_FLAG);

	cache->size = size;
	cache->construct = construct;
	return cache;
}

void *kmem_cache_alloc_noprof(struct cbit_cache *cache, u32 gfp) { return cache_alloc(cache, gfp); }
void *kmem_cache_alloc_lru_noprof(struct cbit_cache *cache, void *lru, u32 gfp) { return cache_alloc(cache, gfp); }
void *kmem_cache_alloc(struct cbit_cache *cache, u32 gfp) { return cache_alloc(cache, gfp); }
void *kmem_cache_alloc_lru(struct cbit_cache *cache, void *lru, u32 gfp) { return cache_alloc(cache, gfp); }
void kmem_cache_free(struct cbit_cache *cache, void *object) { cbit_heap_free(object); }
void kmem_cache_destroy(struct cbit_cache *cache) { cbit_heap_free(cache); }

/* One CPU: a per-CPU object is an object (mm/percpu.c). */
void *pcpu_alloc_noprof(size_t size, size_t align, bool reserved, u32 gfp) { return alloc(size, GFP_ZERO_FLAG); }
void *__alloc_percpu(size_t size, size_t align) { return alloc(size, GFP_ZERO_FLAG); }
void free_percpu(void *object) { cbit_heap_free(object); }

/* mm/util.c */
char *kstrdup(const char *text, u32 gfp)
{
	size_t length = 0;
	char *copy;

	if (!text)
		return 0;
	while (text[length])
		length++;
	copy = alloc(length + 1, gfp);
	memcpy(copy, text, length + 1);
	return copy;
}

const char *kstrdup_const(const char *text, u32 gfp) { return kstrdup(text, gfp); }
void kfree_const(const void *object) { cbit_heap_free(object); }
