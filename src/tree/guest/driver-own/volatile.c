// SPDX-License-Identifier: GPL-2.0-only
/* Volatile accesses of drivers (src/tree/lower/volatile.ts): to kernel objects, or to contents of pages by some mapping. */
#include <linux/string.h>
#include "cbit.h"

u64 cbit_volatile_load(const void *from, u32 bytes)
{
	u64 value = 0;

	memcpy(&value, from, bytes);
	return value;
}

void cbit_volatile_store(void *to, u64 value, u32 bytes)
{
	memcpy(to, &value, bytes);
}
