// SPDX-License-Identifier: GPL-2.0-only
/*
 * Kernel mappings: vmap, ioremap, memremap (mm/vmalloc.c, arch/x86/mm/ioremap.c), and the page tables of kernel and
 * user. Entries have the protection that the caller chose; the machine walks the same tables.
 */
#include <linux/mm.h>
#include <linux/vmalloc.h>
#include <linux/io.h>
#include <linux/bug.h>
#include <linux/mm_types.h>
#include <asm/pgtable.h>
#include <asm/tlbflush.h>
#include "cbit.h"
#include "inject.h"
#include "options.h"
#include "vmap.h"

#define AREA_PAGES 1024
/* Outside wasm memory on every architecture: arm64 before 6.6 has VMALLOC_START at 128 MiB of its half. */
#define AREA_START (VMALLOC_START | CBIT_FAR)

/* Weak: a module may have more space (kunit/vmap.c). */
__weak const u32 cbit_vmap_pages = AREA_PAGES;
__weak struct cbit_area cbit_areas[AREA_PAGES];
__weak u8 cbit_area_used[AREA_PAGES];
/* The area that was freed last, while translations of it may be in the TLB: its first page and how many, 0 for none. */
static u32 lazy_at, lazy_pages;
pgd_t cbit_pgd[PTRS_PER_PGD] __aligned(PAGE_SIZE);

/* An entry, on any level, for a new table. */
static u64 new_table(struct mm_struct *mm)
{
	u64 table = __pa(cbit_heap_alloc_pages(1));

#ifdef CONFIG_ARM64
	return table | PMD_TYPE_TABLE;
#else
	return table | (mm == &init_mm ? _KERNPG_TABLE : _PAGE_TABLE);
#endif
}

pte_t *cbit_pte(struct mm_struct *mm, unsigned long addr, bool make)
{
	pgd_t *pgd = pgd_offset(mm, addr);
	p4d_t *p4d = p4d_offset(pgd, addr);
	pud_t *pud;
	pmd_t *pmd;

	if (p4d_none(*p4d)) {
		if (!make)
			return NULL;
		set_p4d(p4d, __p4d(new_table(mm)));
	}
	pud = pud_offset(p4d, addr);
	if (pud_none(*pud)) {
		if (!make)
			return NULL;
		set_pud(pud, __pud(new_table(mm)));
	}
	pmd = pmd_offset(pud, addr);
	if (pmd_none(*pmd)) {
		if (!make)
			return NULL;
		set_pmd(pmd, __pmd(new_table(mm)));
	}
	return pte_offset_kernel(pmd, addr);
}

/* arch/x86/mm/init_64.c phys_pte_init, arch/arm64/mm/mmu.c map_mem: the linear map, in 4 KiB pages, with PAGE_KERNEL. */
void cbit_linear_map(void)
{
	unsigned long addr;

	init_mm.pgd = cbit_pgd;
	/* All tables of vmalloc space, so that which mapping came first leaves no trace. */
	for (addr = 0; addr < cbit_vmap_pages; addr += PTRS_PER_PTE)
		cbit_pte(&init_mm, AREA_START + addr * PAGE_SIZE, true);
	for (addr = 0; addr < cbit_ram_end; addr += PAGE_SIZE)
		set_pte(cbit_pte(&init_mm, (unsigned long)__va(addr), true), pfn_pte(addr >> PAGE_SHIFT, PAGE_KERNEL));
	for (addr = cbit_high_pfn; addr < cbit_high_pfn + cbit_high_frames; addr++)
		set_pte(cbit_pte(&init_mm, (unsigned long)pfn_to_kaddr(addr), true), pfn_pte(addr, PAGE_KERNEL));
}

/* Where the linear map's entry of a frame is. */
u32 cbit_linear_entry(u32 pfn)
{
	return (u32)(unsigned long)cbit_pte(&init_mm, (unsigned long)pfn_to_kaddr((unsigned long)pfn), false);
}

/* mm/vmalloc.c __purge_vmap_area_lazy() */
static void purge(void)
{
	unsigned long addr = AREA_START + ((unsigned long)lazy_at << PAGE_SHIFT);
	u32 i;

	if (!lazy_pages)
		return;
	flush_tlb_kernel_range(addr, addr + ((unsigned long)lazy_pages << PAGE_SHIFT));
	for (i = 0; i < lazy_pages; i++)
		cbit_area_used[lazy_at + i] = 0;
	lazy_at = lazy_pages = 0;
}

static unsigned long find_room(unsigned int count)
{
	unsigned int at, i, run = 0;

	for (at = 0; at < cbit_vmap_pages; at++) {
		run = cbit_area_used[at] ? 0 : run + 1;
		if (run < count)
			continue;
		at -= count - 1;
		for (i = 0; i < count; i++)
			cbit_area_used[at + i] = 1;
		cbit_areas[at].pages = count;
		return AREA_START + ((unsigned long)at << PAGE_SHIFT);
	}
	return 0;
}

/* mm/vmalloc.c alloc_vmap_area(): after a purge where that is what it takes. */
static unsigned long reserve(unsigned int count)
{
	unsigned long addr = find_room(count);

	if (addr || !lazy_pages)
		return addr;
	purge();
	return find_room(count);
}

static struct cbit_area *area_at(unsigned long addr)
{
	unsigned long at = (addr - AREA_START) >> PAGE_SHIFT;

	return addr >= AREA_START && at < cbit_vmap_pages && cbit_areas[at].pages ? &cbit_areas[at] : NULL;
}

static void release(unsigned long addr)
{
	struct cbit_area *area = area_at(addr);
	unsigned int i;

	if (!area)
		cbit_stop("vunmap of an address that is not mapped", "");
	/*
	 * Entries go now, translations when the space is purged. One lazily freed area at a time, where lazy_max_pages() allows
	 * megabytes: states stay few. Without a TLB addresses are free at once.
	 */
	purge();
	for (i = 0; i < area->pages; i++) {
		set_pte(cbit_pte(&init_mm, addr + i * PAGE_SIZE, false), __pte(0));
		cbit_area_used[area - cbit_areas + i] = cbit_opt_tlb;
	}
	lazy_at = cbit_opt_tlb ? area - cbit_areas : 0;
	lazy_pages = cbit_opt_tlb ? area->pages : 0;
	cbit_heap_free(area->list);
	area->pages = 0;
	area->list = NULL;
}

/* mm/vmalloc.c vmap_pages_pte_range() */
static bool are_pages(struct page **pages, unsigned int count)
{
	unsigned int i;

	if ((unsigned long)pages < PAGE_SIZE)
		cbit_stop("a null pointer is read", "");
	for (i = 0; i < count; i++)
		if (WARN_ON(!pages[i]))
			return false;
	return true;
}

void *vmap(struct page **pages, unsigned int count, unsigned long flags, pgprot_t prot)
{
	/* mm/vmalloc.c vmap(): kernel mappings are never executable. */
	unsigned long addr = !count || cbit_inject(CBIT_VMAP) || !are_pages(pages, count) ? 0 : reserve(count), i;

	if (!addr)
		return NULL;
	for (i = 0; i < count; i++)
		set_pte(cbit_pte(&init_mm, addr + i * PAGE_SIZE, true), mk_pte(pages[i], pgprot_nx(prot)));
	return (void *)addr;
}

void vunmap(const void *addr)
{
	if (addr)
		release((unsigned long)addr);
}

/* Areas for device memory: the list is the vm_struct. */
struct vm_struct *get_vm_area_caller(unsigned long size, unsigned long flags, const void *caller)
{
	unsigned long addr = reserve(PFN_UP(size));
	struct vm_struct *vm;

	if (!addr)
		return NULL;
	vm = cbit_heap_alloc(sizeof(*vm), true);
	vm->addr = (void *)addr;
	vm->size = PAGE_ALIGN(size) + PAGE_SIZE;
	vm->flags = flags;
	area_at(addr)->list = (void *)vm;
	return vm;
}

struct vm_struct *find_vm_area(const void *addr)
{
	struct cbit_area *area = area_at((unsigned long)addr);

	return area ? (void *)area->list : NULL;
}

struct vm_struct *remove_vm_area(const void *addr)
{
	struct vm_struct *vm = find_vm_area(addr);

	if (vm) {
		area_at((unsigned long)addr)->list = NULL;
		release((unsigned long)addr);
	}
	return vm;
}

void free_vm_area(struct vm_struct *vm)
{
	cbit_heap_free(remove_vm_area(vm->addr));
}

int ioremap_page_range(unsigned long addr, unsigned long end, phys_addr_t phys, pgprot_t prot)
{
	for (; addr < end; addr += PAGE_SIZE, phys += PAGE_SIZE)
		set_pte(cbit_pte(&init_mm, addr, true), pfn_pte(phys >> PAGE_SHIFT, pgprot_nx(prot)));
	return 0;
}

bool is_vmalloc_addr(const void *addr)
{
	return (unsigned long)addr >= VMALLOC_START && (unsigned long)addr < VMALLOC_END;
}

int is_vmalloc_or_module_addr(const void *addr)
{
	return is_vmalloc_addr(addr);
}

struct page *vmalloc_to_page(const void *addr)
{
	pte_t *pte = cbit_pte(&init_mm, (unsigned long)addr, false);

	return pte && pte_present(*pte) ? pte_page(*pte) : NULL;
}

unsigned long vmalloc_to_pfn(const void *addr)
{
	return page_to_pfn(vmalloc_to_page(addr));
}

void vm_unmap_aliases(void)
{
	/* mm/vmalloc.c _vm_unmap_aliases(): might_sleep() */
	if (cbit_in_callback)
		cbit_bug("BUG: sleeping function called from invalid context, mm/vmalloc.c", 0, BUGFLAG_WARNING);
	purge();
}

/* kernel/dma/remap.c */
struct page **dma_common_find_pages(void *cpu_addr)
{
	struct cbit_area *area = area_at((unsigned long)cpu_addr);

	return area ? area->list : NULL;
}

void *dma_common_pages_remap(struct page **pages, size_t size, pgprot_t prot, const void *caller)
{
	void *addr = vmap(pages, PAGE_ALIGN(size) >> PAGE_SHIFT, VM_DMA_COHERENT, prot);

	if (addr)
		area_at((unsigned long)addr)->list = pages;
	return addr;
}

#ifdef CONFIG_DMA_DIRECT_REMAP
void *dma_common_contiguous_remap(struct page *page, size_t size, pgprot_t prot, const void *caller)
{
	unsigned int count = PAGE_ALIGN(size) >> PAGE_SHIFT, i;
	struct page **pages = kvmalloc_array(count, sizeof(*pages), GFP_KERNEL);
	void *addr;

	if (!pages)
		return NULL;
	for (i = 0; i < count; i++)
		pages[i] = page + i;
	addr = vmap(pages, count, VM_DMA_COHERENT, prot);
	kvfree(pages);
	return addr;
}
#endif

void dma_common_free_remap(void *cpu_addr, size_t size)
{
	struct cbit_area *area = area_at((unsigned long)cpu_addr);

	/* kernel/dma/remap.c:59 */
	if (WARN(!area, "trying to free invalid coherent area: %p\n", cpu_addr))
		return;
	area->list = NULL;
	release((unsigned long)cpu_addr);
}

/* Roots of the kernel's and of the process's page tables. */
extern pgd_t cbit_user_pgd[];

u32 cbit_kernel_root(void)
{
	return (u32)__pa(cbit_pgd);
}

u32 cbit_user_root(void)
{
	return (u32)__pa(cbit_user_pgd);
}
