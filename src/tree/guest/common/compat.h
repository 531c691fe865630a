/* SPDX-License-Identifier: GPL-2.0-only */
/* What has another name or another type before some release: the glue is written for the newest one. */
#ifndef CBIT_COMPAT_H
#define CBIT_COMPAT_H

#include <linux/version.h>

#define CBIT_SINCE(major, minor) (LINUX_VERSION_CODE >= KERNEL_VERSION(major, minor, 0))

#if !CBIT_SINCE(6, 2)
#define pat_bp_init pat_init
#endif

#if !CBIT_SINCE(6, 3)
#define vm_flags_init(vma, flags) ((vma)->vm_flags = (flags))
#define vm_flags_set(vma, flags) ((vma)->vm_flags |= (flags))
#endif

#if !CBIT_SINCE(6, 8)
#define MAX_PAGE_ORDER 10
#endif

/* The bus's type, as bus_for_each_dev() takes it. */
#if CBIT_SINCE(6, 4)
#define CBIT_BUS const struct bus_type
#else
#define CBIT_BUS struct bus_type
#endif

#if !CBIT_SINCE(6, 7)
#define mem_encrypt_setup_arch sev_setup_arch
#endif

#endif
