// SPDX-License-Identifier: GPL-2.0-only
/* mm/shmem.c: the file that drm_gem_object_init() makes for each buffer, which TTM does not use. */
#include <linux/fs.h>
#include <linux/shmem_fs.h>
#include "cbit.h"

static struct file file;

struct file *shmem_file_setup(const char *name, loff_t size, unsigned long flags)
{
	return &file;
}

void fput(struct file *of)
{
	if (of != &file)
		cbit_stop("a file is given back that nobody opened", "");
}
