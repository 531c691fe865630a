// SPDX-License-Identifier: GPL-2.0-only
/*
 * The passing of time (kernel/time/tick-common.c, timekeeping.c, kernel/softirq.c): it passes while every thread waits.
 * The timers themselves are the tree's.
 */
#include <linux/interrupt.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/timekeeping.h>
#include <linux/timer.h>
#include "cbit.h"
#include "compat.h"
#include "thread.h"

#if CBIT_SINCE(6, 12)
typedef void softirq_fn(void);
#define RUN(action) (action)()
#else
typedef void softirq_fn(struct softirq_action *action);
#define RUN(action) (action)(NULL)
#endif
static softirq_fn *run_timers;

void open_softirq(int number, softirq_fn *action)
{
	if (number == TIMER_SOFTIRQ)
		run_timers = action;
}

void cbit_time_init(void)
{
	jiffies = INITIAL_JIFFIES;
	jiffies_64 = INITIAL_JIFFIES;
	init_timers();
}

void cbit_tick(void)
{
	jiffies++;
	jiffies_64++;
	RUN(run_timers);
}

ktime_t ktime_get(void)
{
	return (jiffies - INITIAL_JIFFIES) * (NSEC_PER_SEC / HZ);
}

u64 ktime_get_mono_fast_ns(void)
{
	return ktime_get();
}

void ktime_get_ts64(struct timespec64 *now)
{
	*now = ktime_to_timespec64(ktime_get());
}
