// SPDX-License-Identifier: GPL-2.0-only
/* Copies and fills of suites (src/tree/lower/suite-copies.ts), which may be of page contents. */
#include "cbit.h"

void *memmove(void *to, const void *from, size_t n);
void *memset(void *to, int byte, size_t n);

void cbit_suite_copy(void *to, const void *from, size_t n)
{
	memmove(to, from, n);
}

void cbit_suite_set(void *to, int byte, size_t n)
{
	memset(to, byte, n);
}
