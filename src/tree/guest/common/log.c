// SPDX-License-Identifier: GPL-2.0-only
/* kernel/printk, kernel/panic, drivers/base/core (dev_err and its kin): text is formatted by the tree's own vsnprintf. */
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/device.h>
#include <linux/panic.h>
#include <linux/sched/debug.h>
#include "cbit.h"

/* kernel/printk/internal.h PRINTK_MESSAGE_MAX is 2048; the stack here is small. */
#define LINE 1024

static void say(u32 level, const char *prefix, const char *fmt, va_list args)
{
	char line[LINE];
	int length = scnprintf(line, sizeof(line), "%s", prefix);

	length += vscnprintf(line + length, sizeof(line) - length, fmt, args);
	/* printk("%s...", KERN_ERR, ...): the level is part of the text. */
	if (length > 1 && line[0] == KERN_SOH_ASCII) {
		cbit_log(line[1] >= '0' && line[1] <= '7' ? line[1] - '0' : level, line + 2, length - 2);
		return;
	}
	cbit_log(level, line, length);
}

asmlinkage int _printk(const char *fmt, ...)
{
	u32 level = 6;
	va_list args;

	if (fmt[0] == KERN_SOH_ASCII && fmt[1]) {
		level = fmt[1] >= '0' && fmt[1] <= '7' ? fmt[1] - '0' : 6;
		fmt += 2;
	}
	va_start(args, fmt);
	say(level, "", fmt, args);
	va_end(args);
	return 0;
}

int vprintk_emit(int facility, int level, const struct dev_printk_info *device, const char *fmt, va_list args)
{
	say(level < 0 ? 4 : level, "", fmt, args);
	return 0;
}

int _printk_deferred(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say(4, "", fmt, args);
	va_end(args);
	return 0;
}

void __warn_printk(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say(4, "", fmt, args);
	va_end(args);
}

void warn_slowpath_fmt(const char *file, int at, unsigned int taint, const char *fmt, ...)
{
	va_list args;

	if (fmt) {
		va_start(args, fmt);
		say(4, "", fmt, args);
		va_end(args);
	}
	cbit_bug(file, at, BUGFLAG_WARNING);
}

void panic(const char *fmt, ...)
{
	va_list args;

	char line[LINE];

	va_start(args, fmt);
	vscnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	cbit_stop("kernel panic", line);
}

void dump_stack(void)
{
}

/* drivers/base/core.c has these where it is in the slice. */
#define DEV_PRINTK(name, level)						\
	__weak void name(const struct device *dev, const char *fmt, ...)	\
	{								\
		va_list args;						\
									\
		va_start(args, fmt);					\
		say(level, "cbit 0000:01:00.0: ", fmt, args);		\
		va_end(args);						\
	}

DEV_PRINTK(_dev_err, 3)
DEV_PRINTK(_dev_warn, 4)
DEV_PRINTK(_dev_notice, 5)
DEV_PRINTK(_dev_info, 6)

__weak const char *dev_driver_string(const struct device *dev)
{
	return "cbit";
}
