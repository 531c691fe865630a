// SPDX-License-Identifier: GPL-2.0-only
/*
 * One task on one CPU: work items and RCU callbacks run when the operation that queued them is over (kernel/workqueue.c,
 * kernel/rcu/tree.c); waiting for something that nobody can do any more is a deadlock (kernel/sched/core.c). What is weak
 * here is the scheduler of guest/kunit in modules that have threads.
 */
#include <linux/workqueue.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include "cbit.h"

static LIST_HEAD(works);
/* An RCU callback runs, where nothing may sleep. */
bool cbit_in_callback;
static struct rcu_head *callbacks;

static void add_work(struct work_struct *work)
{
	if (work->entry.next && !list_empty(&work->entry))
		return;
	list_add_tail(&work->entry, &works);
}

bool queue_work_on(int cpu, struct workqueue_struct *wq, struct work_struct *work)
{
	add_work(work);
	return true;
}

bool queue_work_node(int node, struct workqueue_struct *wq, struct work_struct *work)
{
	add_work(work);
	return true;
}

void call_rcu(struct rcu_head *head, rcu_callback_t func)
{
	head->func = func;
	head->next = callbacks;
	callbacks = head;
}

void synchronize_rcu(void)
{
}

/* Runs one RCU callback or work item; false where nothing is left. */
bool cbit_run_deferred(void)
{
	if (callbacks) {
		struct rcu_head *head = callbacks;

		callbacks = head->next;
		head->next = NULL;
		if (__is_kvfree_rcu_offset((unsigned long)head->func))
			kfree((void *)head - (unsigned long)head->func);
		else {
			cbit_in_callback = true;
			head->func(head);
			cbit_in_callback = false;
		}
		return true;
	}
	if (!list_empty(&works)) {
		struct work_struct *work = list_first_entry(&works, struct work_struct, entry);

		list_del_init(&work->entry);
		work->func(work);
		return true;
	}
	return false;
}

/* Drivers that count have their own. */
void __weak cbit_forget(void)
{
}

/* Runs what operations left behind. */
void cbit_settle(void)
{
	u32 rounds;

	cbit_steps_reset();
	for (rounds = 0; rounds < 1000 && cbit_run_deferred(); rounds++)
		;
	cbit_arch_settle();
	cbit_forget();
	cbit_quiet();
	cbit_check_contents();
}

void __weak cbit_quiet(void)
{
}

void __weak cbit_arch_settle(void)
{
}

struct workqueue_struct *alloc_workqueue(const char *fmt, unsigned int flags, int max_active, ...)
{
	return kzalloc(64, GFP_KERNEL);
}

void destroy_workqueue(struct workqueue_struct *wq)
{
	kfree(wq);
}

__weak void schedule(void)
{
	cbit_stop("deadlock: the only task waits", "");
}

__weak void schedule_preempt_disabled(void)
{
	cbit_stop("deadlock: the only task waits for a lock", "");
}

__weak signed long schedule_timeout(signed long timeout)
{
	cbit_stop("deadlock: the only task waits", "");
}

__weak int wake_up_state(struct task_struct *task, unsigned int state)
{
	return 0;
}

__weak int wake_up_process(struct task_struct *task)
{
	return 0;
}

