// SPDX-License-Identifier: GPL-2.0-only
/*
 * Kernel threads (kernel/kthread.c, kernel/sched/core.c): one CPU, no preemption. WebAssembly has one stack, so a thread
 * runs inside the one that waits for something: schedule() runs others to their end, lets time pass where none can run,
 * and finds a deadlock where no time helps. What this cannot follow is a thread that waits for one that it interrupted
 * to go on first; then the run ends with a message that says so.
 */
#include <linux/kthread.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/completion.h>
#include <linux/rcupdate_wait.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include "cbit.h"
#include "thread.h"

/* Longer than any timeout of a test: KUnit's own is 300 s (lib/kunit/try-catch.c). */
#define IDLE_JIFFIES (900 * HZ)

bool cbit_run_deferred(void);

enum stage { CREATED, RUNNING, ENDED };

struct thread {
	struct task_struct task;	/* first: a task_struct of kthread_create() is one of these */
	struct list_head list;
	struct task_struct *creator;
	int (*function)(void *data);
	void *data;
	int result;
	enum stage stage;
	bool should_stop;
	struct completion exited;
};

static LIST_HEAD(threads);

static struct thread *thread_of(struct task_struct *task)
{
	return container_of(task, struct thread, task);
}

/* Lets go of the threads that @creator made and that have ended. */
static void reap(struct task_struct *creator)
{
	struct thread *thread, *next;

	list_for_each_entry_safe(thread, next, &threads, list)
		if (thread->creator == creator && thread->stage == ENDED) {
			list_del(&thread->list);
			put_task_struct(&thread->task);
		}
}

struct task_struct *kthread_create_on_node(int (*function)(void *data), void *data, int node, const char name[], ...)
{
	struct thread *thread;
	va_list args;

	/* The boot task's: KUnit has looked at a test's thread before it makes the next one. */
	if (!(current->flags & PF_KTHREAD))
		reap(current);
	thread = kzalloc(sizeof(*thread), GFP_KERNEL);
	if (!thread)
		return ERR_PTR(-ENOMEM);
	thread->creator = current;
	thread->function = function;
	thread->data = data;
	init_completion(&thread->exited);
	thread->task.flags = PF_KTHREAD;
	thread->task.__state = TASK_UNINTERRUPTIBLE;
	thread->task.vfork_done = &thread->exited;
	refcount_set(&thread->task.usage, 1);
	va_start(args, name);
	vsnprintf(thread->task.comm, sizeof(thread->task.comm), name, args);
	va_end(args);
	list_add_tail(&thread->list, &threads);
	return &thread->task;
}

void __put_task_struct(struct task_struct *task)
{
	kfree(thread_of(task));
}

int wake_up_state(struct task_struct *task, unsigned int state)
{
	if (!(READ_ONCE(task->__state) & state))
		return 0;
	WRITE_ONCE(task->__state, TASK_RUNNING);
	return 1;
}

int try_to_wake_up(struct task_struct *task, unsigned int state, int flags)
{
	return wake_up_state(task, state);
}

int wake_up_process(struct task_struct *task)
{
	return wake_up_state(task, TASK_NORMAL);
}

int default_wake_function(struct wait_queue_entry *entry, unsigned int mode, int flags, void *key)
{
	return wake_up_state(entry->private, mode);
}

/* kernel/sched/core.c: the queue keeps a reference, which nobody needs where nothing runs in between. */
void wake_q_add(struct wake_q_head *head, struct task_struct *task)
{
	wake_up_process(task);
}

void wake_q_add_safe(struct wake_q_head *head, struct task_struct *task)
{
	wake_up_process(task);
	put_task_struct(task);
}

void wake_up_q(struct wake_q_head *head)
{
}

void cbit_thread_body(struct thread *thread)
{
	thread->result = thread->function(thread->data);
}

void __noreturn kthread_exit(long result)
{
	thread_of(current)->result = result;
	cbit_thread_exit();
}

void __noreturn kthread_complete_and_exit(struct completion *completion, long result)
{
	if (completion)
		complete(completion);
	kthread_exit(result);
}

/*
 * A thread that has ended stays until who made it ends: it may still be stopped, as where it would be waiting for that if
 * it did not run to its end at once.
 */
static void run(struct thread *thread)
{
	struct task_struct *before = current;
	int count = preempt_count();

	thread->stage = RUNNING;
	cbit_set_current(&thread->task);
	/* kernel/kthread.c kthread(): a thread that is stopped before it began never does. */
	if (thread->should_stop)
		thread->result = -EINTR;
	else
		cbit_thread_run(thread);
	cbit_set_current(before);
	preempt_count_set(count);
	thread->stage = ENDED;
	reap(&thread->task);
	thread->task.vfork_done = NULL;
	complete_all(&thread->exited);
}

static struct thread *first_ready(void)
{
	struct thread *thread;

	list_for_each_entry(thread, &threads, list)
		if (thread->stage == CREATED && thread->task.__state == TASK_RUNNING)
			return thread;
	return NULL;
}

/* True where a thread could go on, but for those that run inside it. */
static bool other_could_go_on(void)
{
	struct thread *thread;

	list_for_each_entry(thread, &threads, list)
		if (&thread->task != current && thread->stage == RUNNING && thread->task.__state == TASK_RUNNING)
			return true;
	return false;
}

static bool run_something(void)
{
	struct thread *thread = first_ready();

	if (thread) {
		run(thread);
		return true;
	}
	return cbit_run_deferred();
}

void schedule(void)
{
	struct task_struct *me = current;
	unsigned long idle = 0;

	/* kernel/sched/core.c __schedule(): a task with a signal does not sleep. */
	if (signal_pending_state(READ_ONCE(me->__state), me))
		WRITE_ONCE(me->__state, TASK_RUNNING);
	if (READ_ONCE(me->__state) == TASK_RUNNING) {
		run_something();
		return;
	}
	while (READ_ONCE(me->__state) != TASK_RUNNING) {
		if (run_something()) {
			idle = 0;
			continue;
		}
		if (idle++ > IDLE_JIFFIES)
			cbit_stop(other_could_go_on() ? "a thread waits for the one that it interrupted: cbit runs threads one inside the other" :
							"deadlock: every thread waits, and no timer is left", "");
		cbit_tick();
	}
}

void schedule_preempt_disabled(void)
{
	schedule();
}

/* kernel/workqueue.c: work runs while others wait (common/sched.c). */
bool flush_work(struct work_struct *work)
{
	bool any = false;

	while (work->entry.next && !list_empty(&work->entry) && cbit_run_deferred())
		any = true;
	return any;
}

void drain_workqueue(struct workqueue_struct *queue)
{
	while (cbit_run_deferred())
		;
}

/* kernel/rcu/update.c */
void wakeme_after_rcu(struct rcu_head *head)
{
	complete(&container_of(head, struct rcu_synchronize, head)->completion);
}

void yield(void)
{
	run_something();
}

int __cond_resched(void)
{
	return 0;
}

long io_schedule_timeout(long timeout)
{
	return schedule_timeout(timeout);
}

bool kthread_should_stop(void)
{
	return thread_of(current)->should_stop;
}

int kthread_stop(struct task_struct *task)
{
	struct thread *thread = thread_of(task);
	int result;

	get_task_struct(task);
	thread->should_stop = true;
	set_tsk_thread_flag(task, TIF_NOTIFY_SIGNAL);
	wake_up_process(task);
	wait_for_completion(&thread->exited);
	result = thread->result;
	put_task_struct(task);
	return result;
}

/*
 * kernel/signal.c: a thread's wait ends. Which signals a thread ignores is not kept: in the kernel, kthread_stop()
 * would end the wait of a thread that ignores this one.
 */
int do_send_sig_info(int sig, struct kernel_siginfo *info, struct task_struct *task, enum pid_type type)
{
	set_tsk_thread_flag(task, TIF_SIGPENDING);
	wake_up_state(task, TASK_INTERRUPTIBLE);
	return 0;
}
