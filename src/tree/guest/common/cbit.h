/* SPDX-License-Identifier: GPL-2.0-only */
/* What the host (src/tree/services) provides to the guest, and what the guest's files share. */
#ifndef CBIT_H
#define CBIT_H

#include <linux/types.h>

/* Ends the running operation: the kernel cannot go on (panic, deadlock, a call that nothing provides). */
void __attribute__((noreturn)) cbit_stop(const char *why, const char *what);
/* One line of the kernel's log; the level is the kernel's (0 to 7). */
void cbit_log(u32 level, const char *text, u32 length);
/* A bug-table entry was reached: WARN where flags has BUGFLAG_WARNING, else BUG. */
void cbit_bug(const char *file, u32 line, u32 flags);
/* Page contents: every access of kernel code to them goes through the machine. */
void cbit_data_set(unsigned long to, u32 byte, unsigned long n);
void cbit_data_copy(unsigned long to, unsigned long from, unsigned long n);
/* Cache and TLB maintenance. */
void cbit_clflush(void *line);
void cbit_wbinvd(void);
void cbit_flush_tlb(unsigned long start, unsigned long end);
/* One flush, of however many pages, for the costs. */
void cbit_flushed(void);

/* Addresses from here on are outside wasm memory, whatever their upper 32 bits. */
#define CBIT_FAR 0x80000000UL

extern unsigned long cbit_heap_start, cbit_heap_end, cbit_ram_start, cbit_ram_end;
/* RAM above 4 GiB: it ends at a multiple of 4 GiB less what lies beyond CBIT_FAR. No frames where there is none. */
extern unsigned long cbit_high_pfn, cbit_high_frames;

/* Addresses of the linear map have the physical address in their low 32 bits, on every architecture. */
static inline bool cbit_in_ram(unsigned long addr)
{
	return (u32)addr >= cbit_ram_start && (u32)addr < cbit_ram_end;
}

/* True where bytes live in the machine's DRAM cells. */
static inline bool cbit_is_data(unsigned long addr)
{
	return cbit_in_ram(addr) || (u32)addr >= CBIT_FAR;
}

void *cbit_heap_alloc(size_t size, bool zero);
void *cbit_heap_alloc_pages(unsigned long pages);
void cbit_heap_free(const void *object);
size_t cbit_heap_size(const void *object);
void cbit_clear_page(void *page);
void cbit_clear_plain(void *page);
void cbit_pages_from_top(u32 on);
/* atomic-pool.c */
void cbit_atomic_pools_init(void);
void cbit_copy(void *to, const void *from, size_t n);


/* sched.c, unless the architecture has its own: after an operation. */
void cbit_arch_settle(void);

/* cpu.c of the architecture */
struct task_struct;
void cbit_set_current(struct task_struct *task);

/* limits.c */
#define CBIT_STEP_LIMIT 10000000	/* STEP_LIMIT of src/tree/lower/steps.ts */
void cbit_steps_reset(void);
void cbit_steps_allow(u32 times);
void cbit_check_contents(void);
/* sched.c: an RCU callback runs, where nothing may sleep. */
extern bool cbit_in_callback;
/* Has statistics that nobody reads show nothing of what ran before. */
void cbit_forget(void);

/* Takes traces of what is over out of the state, once nothing is left to do; nothing where a module does not define it. */
void cbit_quiet(void);

#endif
