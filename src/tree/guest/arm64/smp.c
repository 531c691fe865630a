// SPDX-License-Identifier: GPL-2.0-only
/* What a kernel for several CPUs has as functions of their own, on one (kernel/smp.c, kernel/rcu/tree.c). */
#include <linux/rcu_node_tree.h>
#include <linux/rcupdate.h>
#include <linux/smp.h>
#include "compat.h"

/* kernel/rcu/tree.c, for sleepable RCU: how CPUs are grouped, and that tasks can wait. */
int rcu_num_lvls = RCU_NUM_LVLS;
int num_rcu_lvl[] = NUM_RCU_LVL_INIT;
int rcu_num_nodes = NUM_RCU_NODES;
int rcu_scheduler_active = 2;	/* kernel/rcu/rcu.h RCU_SCHEDULER_RUNNING */
struct workqueue_struct *rcu_gp_wq;

void on_each_cpu_cond_mask(smp_cond_func_t cond, smp_call_func_t fn, void *info, bool wait, const struct cpumask *mask)
{
	if (!cond || cond(0, info))
		fn(info);
}

/* The function stands for the offset of @head in what is freed: sched.c. */
#if CBIT_SINCE(6, 2)
void kvfree_call_rcu(struct rcu_head *head, void *object)
{
	call_rcu(head, (rcu_callback_t)((void *)head - object));
}
#else
void kvfree_call_rcu(struct rcu_head *head, rcu_callback_t offset)
{
	call_rcu(head, offset);
}
#endif
