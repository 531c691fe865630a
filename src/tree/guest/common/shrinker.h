/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CBIT_SHRINKER_H
#define CBIT_SHRINKER_H

struct shrinker;
/* The registered one; NULL before and after. */
extern struct shrinker *cbit_shrinker;

#endif
