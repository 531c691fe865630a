/* SPDX-License-Identifier: GPL-2.0-only */
/* Kernel threads (thread.c) and time (time.c). */
#ifndef CBIT_THREAD_H
#define CBIT_THREAD_H

#include <linux/types.h>

/* Calls cbit_thread_body(thread), which ends by returning or through cbit_thread_exit(). The host (services/kunit.ts). */
void cbit_thread_run(void *thread);
void __attribute__((noreturn)) cbit_thread_exit(void);

void cbit_time_init(void);
/* One jiffy passes: timers that are due run. */
void cbit_tick(void);

#endif
