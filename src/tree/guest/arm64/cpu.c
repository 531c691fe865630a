// SPDX-License-Identifier: GPL-2.0-only
/* The one CPU: its registers as far as the slice reads them, the current task; addresses that assembly or the linker script define. */
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/cpumask.h>
#include <linux/static_key.h>
#include <asm/cpufeature.h>
#include <asm/memory.h>
#include <asm/pgtable.h>
#include <asm/smp.h>
#include <linux/amba/bus.h>
#include "cbit.h"

/* PSTATE.DAIF with interrupts on, and sp_el0 (src/tree/lower/forms-arm64-cpu.ts). */
u64 cbit_irq_flags;
u64 cbit_sp_el0;
struct mm_struct init_mm;
static struct task_struct cbit_task;

/* The CPU has none of the capabilities that code is patched for; cpu_hwcaps is the name before Linux 6.5. */
DECLARE_BITMAP(system_cpucaps, ARM64_NCAPS);
DECLARE_BITMAP(cpu_hwcaps, ARM64_NCAPS);
struct static_key_false gic_nonsecure_priorities;
DEFINE_PER_CPU_READ_MOSTLY(int, cpu_number);
unsigned long __per_cpu_offset[NR_CPUS];
unsigned int nr_cpu_ids = 1;
int __boot_cpu_id;
struct cpumask __cpu_online_mask, __cpu_possible_mask, __cpu_present_mask;
atomic_t __num_online_cpus = ATOMIC_INIT(1);

/* The kernel's image lies at its physical address. */
u64 kimage_voffset;
pgd_t swapper_pg_dir[PTRS_PER_PGD], reserved_pg_dir[PTRS_PER_PGD];
char _text[1], _etext[1], _end[1], _stext[1], __init_begin[1], __init_end[1], __start_rodata[1], __end_rodata[1];

/* Where static data begins: src/tree/build/link.ts. */
extern char __global_base[];

bool arm64_use_ng_mappings;	/* arch/arm64/kernel/cpufeature.c: kernel mappings are global, as without KPTI */
__typeof__(amba_bustype) amba_bustype = { .name = "amba" };
bool early_boot_irqs_disabled;
int oops_in_progress;
unsigned long volatile jiffies;
__weak u64 jiffies_64;	/* kernel/time/timer.c has it where it is in the slice */
bool static_key_initialized = true;

/*
 * Where RAM begins in the linear map. PAGE_OFFSET and VMEMMAP_START are constants: with this the low 32 bits of a linear
 * address are those of the physical one, and those of struct page n are 64 * n (src/tree/architectures.ts).
 */
#define CBIT_LINEAR_START ((s64)((u32)-VMEMMAP_START / sizeof(struct page)) << PAGE_SHIFT)

void cbit_cpu_init(void)
{
	BUILD_BUG_ON(sizeof(struct page) != 64);
	BUILD_BUG_ON((u32)(VMEMMAP_START + (CBIT_LINEAR_START >> PAGE_SHIFT) * sizeof(struct page)) != 0);
	BUILD_BUG_ON((u32)(PAGE_OFFSET + CBIT_LINEAR_START) != 0);
	/* arm64_memblock_init(). A kernel for 52 bits on a CPU of 48 has a negative one too. */
	memstart_addr = -CBIT_LINEAR_START;
	if ((u32)(unsigned long)pfn_to_page(cbit_ram_end >> PAGE_SHIFT) > (u32)(unsigned long)__global_base)
		cbit_stop("more RAM than there are struct pages for", "");
	cbit_sp_el0 = (u64)&cbit_task;
	cpumask_set_cpu(0, &__cpu_online_mask);
	cpumask_set_cpu(0, &__cpu_possible_mask);
	cpumask_set_cpu(0, &__cpu_present_mask);
}

void cbit_set_current(struct task_struct *task)
{
	cbit_sp_el0 = (u64)task;
}

/* The linear address of physical address 0. */
u64 cbit_linear_base(void)
{
	return PAGE_OFFSET + CBIT_LINEAR_START;
}

int cache_line_size(void)
{
	return cache_line_size_of_cpu();
}
