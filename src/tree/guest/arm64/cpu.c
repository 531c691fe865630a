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

DECLARE_BITMAP(system_cpucaps, ARM64_NCAPS);
DEFINE_PER_CPU_READ_MOSTLY(int, cpu_number);
unsigned long __per_cpu_offset[NR_CPUS];
unsigned int nr_cpu_ids = 1;
struct cpumask __cpu_online_mask, __cpu_possible_mask, __cpu_present_mask;
atomic_t __num_online_cpus = ATOMIC_INIT(1);

/* The kernel's image lies at its physical address. */
u64 kimage_voffset;
pgd_t swapper_pg_dir[1], reserved_pg_dir[1];
char _text[1], _etext[1], _end[1], _stext[1], __init_begin[1], __init_end[1];

bool arm64_use_ng_mappings;	/* arch/arm64/kernel/cpufeature.c: kernel mappings are global, as without KPTI */
const struct bus_type amba_bustype = { .name = "amba" };
bool early_boot_irqs_disabled;
int oops_in_progress;
unsigned long volatile jiffies;
u64 jiffies_64;
bool static_key_initialized = true;

/*
 * arm64_memblock_init(), where the constants of the address space decide: with this the low 32 bits of a linear address
 * are those of the physical one, and struct page n is at 64 * n (src/tree/architectures.ts). With a 52-bit kernel on a
 * 48-bit CPU the kernel's own value is negative too.
 */
#define CBIT_LINEAR_START (1L << 36)

void cbit_cpu_init(void)
{
	BUILD_BUG_ON(sizeof(struct page) != 64);
	BUILD_BUG_ON((u32)(VMEMMAP_START + (CBIT_LINEAR_START >> PAGE_SHIFT) * sizeof(struct page)) != 0);
	BUILD_BUG_ON((u32)(PAGE_OFFSET + CBIT_LINEAR_START) != 0);
	memstart_addr = -CBIT_LINEAR_START;
	cbit_sp_el0 = (u64)&cbit_task;
	cpumask_set_cpu(0, &__cpu_online_mask);
	cpumask_set_cpu(0, &__cpu_possible_mask);
	cpumask_set_cpu(0, &__cpu_present_mask);
}

int cache_line_size(void)
{
	return cache_line_size_of_cpu();
}
