// SPDX-License-Identifier: GPL-2.0-only
/* The one CPU: its per-CPU hot words, features, the current task; addresses that assembly or the linker script define. */
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/cpumask.h>
#include <linux/static_key.h>
#include <linux/efi.h>
#include <asm/current.h>
#include <asm/cpu_entry_area.h>
#include <asm/msr-index.h>
#include <asm/mtrr.h>
#include <asm/processor.h>
#include <asm/sections.h>
#include <asm/tlbflush.h>
#include <asm/fpu/api.h>
#include "cbit.h"
#include "compat.h"
#include "platform.h"

#if CBIT_SINCE(6, 2)
struct pcpu_hot pcpu_hot;
#else
struct task_struct *current_task;
int __preempt_count;
#endif
u64 cbit_irq_flags = X86_EFLAGS_IF;
struct cpuinfo_x86 boot_cpu_data;
#ifndef cpu_info
DEFINE_PER_CPU_READ_MOSTLY(struct cpuinfo_x86, cpu_info);
#endif
unsigned int memory_caching_control;	/* arch/x86/kernel/cpu/cacheinfo.c */
struct mm_struct init_mm;
static struct task_struct cbit_task;

/* PAGE_OFFSET is 0: a physical address is the address in wasm memory, and struct pages cover all of it. */
unsigned long page_offset_base;
unsigned long vmemmap_base;
/* vmalloc space: its low 32 bits lie outside wasm memory, so that a stray access traps. */
unsigned long vmalloc_base = 0xffffc90080000000UL;
unsigned long phys_base;
unsigned long _brk_end;
pteval_t __supported_pte_mask = ~0;
pteval_t __default_kernel_pte_mask = ~0;
struct cpumask __cpu_online_mask;
bool early_boot_irqs_disabled;
int oops_in_progress;
int kernel_set_to_readonly;
unsigned long volatile jiffies;
__weak u64 jiffies_64;	/* kernel/time/timer.c has it where it is in the slice */
pmdval_t early_pmd_flags;
bool static_key_initialized = true;
char _text[1], _etext[1], _end[1], __end_rodata[1], __start_rodata[1], __end_rodata_hpage_align[1];
char __start_bss_decrypted_unused[1], __end_bss_decrypted[1];

unsigned long initial_vc_handler;	/* arch/x86/kernel/head_64.S */
struct cea_exception_stacks *cea_exception_stacks;	/* arch/x86/mm/cpu_entry_area.c */
struct efi efi;	/* drivers/firmware/efi/efi.c: no firmware tables */

/* arch/x86/kernel/cpu/common.c, arch/x86/kernel/alternative.c: what setup_force_cpu_cap() writes and asks. */
__u32 cpu_caps_set[NCAPINTS + NBUGINTS] __aligned(sizeof(unsigned long));
int alternatives_patched;

static void cpu_feature(u32 feature)
{
	boot_cpu_data.x86_capability[feature / 32] |= 1U << (feature % 32);
}

void cbit_set_current(struct task_struct *task)
{
#if CBIT_SINCE(6, 2)
	pcpu_hot.current_task = task;
#else
	current_task = task;
#endif
}

/* The linear address of physical address 0. */
u64 cbit_linear_base(void)
{
	return PAGE_OFFSET;
}

void cbit_cpu_init(void)
{
	cbit_set_current(&cbit_task);
	boot_cpu_data.x86_clflush_size = 64;
	boot_cpu_data.x86_phys_bits = 48;
	boot_cpu_data.x86_virt_bits = 48;
	boot_cpu_data.x86_vendor = X86_VENDOR_AMD;
	boot_cpu_data.x86 = 0x17;	/* Zen: pgprot_noncached() asks for more than a 386 */
	cpu_feature(X86_FEATURE_CLFLUSH);
	cpu_feature(X86_FEATURE_CLFLUSHOPT);
	cpu_feature(X86_FEATURE_PAT);
	cpu_feature(X86_FEATURE_NX);
	cpu_feature(X86_FEATURE_PSE);
	cpu_feature(X86_FEATURE_PGE);
	/* arch/x86/kernel/cpu/common.c get_cpu_cap */
	boot_cpu_data.x86_capability[CPUID_1_ECX] = cbit_cpuid(1, 0, 2);
	if (cbit_cpuid(0x80000000, 0, 0) >= 0x8000001f)
		boot_cpu_data.x86_capability[CPUID_8000_001F_EAX] = cbit_cpuid(0x8000001f, 0, 0);
	boot_cpu_data.extended_cpuid_level = cbit_cpuid(0x80000000, 0, 0);
#ifndef cpu_info
	cpu_info = boot_cpu_data;
#endif
	cpumask_set_cpu(0, &__cpu_online_mask);
}

/* Pages that are shared with the hypervisor hold nothing between operations. */
void cbit_arch_settle(void)
{
	cbit_ghcb_settle();
	cbit_hyperv_settle();
}

void kernel_fpu_begin_mask(unsigned int mask)
{
}

void kernel_fpu_end(void)
{
}

/*
 * The machine's TLB. For the costs, what all CPUs are asked for at once is one flush.
 */
static bool on_each_cpu_runs, flushed_on_each;

static void flush(unsigned long start, unsigned long end)
{
	cbit_flush_tlb(start, end);
	if (on_each_cpu_runs)
		flushed_on_each = true;
	else
		cbit_flushed();
}

void flush_tlb_all(void)
{
	flush(0, ~0UL);
}

void __flush_tlb_all(void)
{
	flush(0, ~0UL);
}

void flush_tlb_local(void)
{
	flush(0, ~0UL);
}

void flush_tlb_kernel_range(unsigned long start, unsigned long end)
{
	flush(start, end);
}

void flush_tlb_one_kernel(unsigned long addr)
{
	flush(addr, addr + PAGE_SIZE);
}

void flush_tlb_mm_range(struct mm_struct *mm, unsigned long start, unsigned long end, unsigned int stride, bool freed_tables)
{
	cbit_flush_tlb(start, end);
}

unsigned long tlb_single_page_flush_ceiling __read_mostly = 33;

/* kernel/up.c, kernel/smp.c */
void on_each_cpu_cond_mask(smp_cond_func_t cond, smp_call_func_t fn, void *info, bool wait, const struct cpumask *mask)
{
	if (cond && !cond(0, info))
		return;
	on_each_cpu_runs = true;
	fn(info);
	on_each_cpu_runs = false;
	if (flushed_on_each)
		cbit_flushed();
	flushed_on_each = false;
}

/*
 * arch/x86/kernel/cpu/mtrr: RAM is write-back; BARs are uncacheable, as firmware and kvm_init_platform() set it up below 4 GiB. A guest may set
 * a default of its own, which then holds for them too. Its ranges do not count: memory is looked at before.
 */
static u8 mtrr_default = MTRR_TYPE_UNCACHABLE;

u8 mtrr_type_lookup(u64 start, u64 end, u8 *uniform)
{
	*uniform = 1;
	return page_is_ram(PHYS_PFN(start)) ? MTRR_TYPE_WRBACK : mtrr_default;
}

void guest_force_mtrr_state(struct mtrr_var_range *var, unsigned int num_var, u8 def_type)
{
	mtrr_default = def_type;
}

/* Its name before. */
void mtrr_overwrite_state(struct mtrr_var_range *var, unsigned int num_var, u8 def_type)
{
	mtrr_default = def_type;
}
