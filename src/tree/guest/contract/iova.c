// SPDX-License-Identifier: GPL-2.0-only
/*
 * I/O virtual addresses between operations. Where the next one is looked for, which freed ones a CPU keeps and how the tree of
 * those in use is balanced all follow from mappings that are gone: the search begins at the top again, in a tree built in order.
 */
#include <linux/cpuhotplug.h>
#include <linux/iova.h>
#include <linux/percpu.h>
#include <linux/rbtree.h>
#include <linux/workqueue.h>
#include "cbit.h"
#include "compat.h"
#include "iova.h"

/* What empties a CPU's magazines when it goes offline (CPUHP_IOMMU_IOVA_DEAD), and for which domain. */
static int (*iova_dead)(unsigned int cpu, struct hlist_node *node);
static struct hlist_node *iova_node;

/* kernel/cpu.c. One CPU, always online: what it would do going offline is kept for the end of operations. */
int __cpuhp_setup_state(enum cpuhp_state state, const char *name, bool invoke, int (*startup)(unsigned int cpu),
			int (*teardown)(unsigned int cpu), bool multi_instance)
{
	if (state == CPUHP_IOMMU_IOVA_DEAD)
		iova_dead = (void *)teardown;
	return 0;
}

int __cpuhp_state_add_instance(enum cpuhp_state state, struct hlist_node *node, bool invoke)
{
	if (state == CPUHP_IOMMU_IOVA_DEAD)
		iova_node = node;
	return 0;
}

#ifdef CONFIG_IOMMU_IOVA
/* drivers/iommu/iova.c: a CPU's freed addresses, for each power of two of pages (IOVA_RANGE_CACHE_MAX_SIZE). */
#define RCACHES 6

struct iova_magazine {
	unsigned long size;
	unsigned long pfns[127];
};

struct iova_cpu_rcache {
	spinlock_t lock;
	struct iova_magazine *loaded, *prev;
};

struct iova_rcache {
	spinlock_t lock;
#if CBIT_SINCE(6, 7)
	unsigned int depot_size;
	struct iova_magazine *depot;
	struct iova_cpu_rcache __percpu *cpu_rcaches;
	struct iova_domain *iovad;
	struct delayed_work work;
#else
	unsigned long depot_size;
	struct iova_magazine *depot[32];
	struct iova_cpu_rcache __percpu *cpu_rcaches;
#endif
};

/* What an empty magazine held: it fills from its first place on. */
static void wipe(struct iova_magazine *magazine)
{
	if (magazine->pfns[0])
		memset(magazine, 0, sizeof(*magazine));
}

/* Every node again, lowest first: the tree's shape then says nothing of the order in which they came. */
static void rebuild(struct rb_root *root)
{
	struct rb_root sorted = RB_ROOT;
	struct rb_node *node, *last = NULL;

	while ((node = rb_first(root))) {
		rb_erase(node, root);
		rb_link_node(node, last, last ? &last->rb_right : &sorted.rb_node);
		rb_insert_color(node, &sorted);
		last = node;
	}
	*root = sorted;
}

void cbit_iova_quiet(void)
{
	struct iova_domain *iovad;
	int i;

	if (!iova_node)
		return;
	iova_dead(0, iova_node);
	iovad = container_of(iova_node, struct iova_domain, cpuhp_dead);
	for (i = 0; i < RCACHES; i++) {
		struct iova_cpu_rcache *cpu = this_cpu_ptr(iovad->rcaches[i].cpu_rcaches);

		wipe(cpu->loaded);
		wipe(cpu->prev);
	}
	rebuild(&iovad->rbroot);
	iovad->cached_node = iovad->cached32_node = &iovad->anchor.node;
	iovad->max32_alloc_size = iovad->dma_32bit_pfn;
}
#else
void cbit_iova_quiet(void)
{
}
#endif
