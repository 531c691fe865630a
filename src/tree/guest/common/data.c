// SPDX-License-Identifier: GPL-2.0-only
/* Variables that the slice reads and that other parts of the kernel define. */
#include <linux/ioport.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/kobject.h>
#include <linux/workqueue.h>
#include "cbit.h"

/* mm/slab_common.c: allocation by size does not look at the caches (heap.c). */
__typeof__(kmalloc_caches) kmalloc_caches;

/* kernel/resource.c: what drm_need_swiotlb() walks: RAM, and a 64-bit BAR of the GPU, 256 MiB at 256 GiB. */
static struct resource bar = { .name = "0000:01:00.0", .start = 0x4000000000, .end = 0x400fffffff, .flags = IORESOURCE_MEM };
static struct resource high_ram = { .name = "System RAM", .flags = IORESOURCE_SYSTEM_RAM, .sibling = &bar };
static struct resource ram = { .name = "System RAM", .flags = IORESOURCE_SYSTEM_RAM, .sibling = &bar };
__weak struct resource iomem_resource = { .name = "PCI mem", .end = -1, .flags = IORESOURCE_MEM, .child = &ram };

struct static_key_false init_on_free, init_on_alloc;
/* init/main.c: operations come after boot. */
enum system_states system_state = SYSTEM_RUNNING;
struct kobject *kernel_kobj;
struct workqueue_struct *system_wq, *system_percpu_wq, *system_unbound_wq;

void cbit_data_init(void)
{
	ram.start = cbit_ram_start;
	ram.end = cbit_ram_end - 1;
	if (!cbit_high_frames)
		return;
	high_ram.start = PFN_PHYS(cbit_high_pfn);
	high_ram.end = PFN_PHYS(cbit_high_pfn + cbit_high_frames) - 1;
	ram.sibling = &high_ram;
}
