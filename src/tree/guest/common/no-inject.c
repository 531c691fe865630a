// SPDX-License-Identifier: GPL-2.0-only
/* What asks for injected failures in a module that has none to inject. */
#include "cbit.h"
#include "inject.h"

u32 __weak cbit_inject(u32 fn)
{
	return 0;
}

void __weak cbit_cpa_begin(void *cpa, u32 primary)
{
}

u32 __weak cbit_cpa_end(void *cpa, u32 primary, u32 result)
{
	return result;
}
