// SPDX-License-Identifier: GPL-2.0-only
/* mm/shrinker.c: the shrinkers that the slice registers, TTM's alone. Memory pressure is an operation (contract/pool.c). */
#include <linux/mm.h>
#include <linux/shrinker.h>
#include <linux/slab.h>
#include "cbit.h"
#include "compat.h"
#include "shrinker.h"

struct shrinker *cbit_shrinker;

#if CBIT_SINCE(6, 7)
struct shrinker *shrinker_alloc(unsigned int flags, const char *fmt, ...)
{
	struct shrinker *shrinker = kzalloc(sizeof(*shrinker), GFP_KERNEL);

	shrinker->flags = flags;
	shrinker->seeks = DEFAULT_SEEKS;
	return shrinker;
}

void shrinker_register(struct shrinker *shrinker)
{
	cbit_shrinker = shrinker;
}

void shrinker_free(struct shrinker *shrinker)
{
	cbit_shrinker = NULL;
	kfree(shrinker);
}
#else
int register_shrinker(struct shrinker *shrinker, const char *fmt, ...)
{
	cbit_shrinker = shrinker;
	return 0;
}

void unregister_shrinker(struct shrinker *shrinker)
{
	cbit_shrinker = NULL;
}
#endif
