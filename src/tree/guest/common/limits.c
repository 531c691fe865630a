// SPDX-License-Identifier: GPL-2.0-only
/*
 * What ends an operation that cannot be followed: a loop without an end, and a plain store to page contents.
 *
 * Contents of page frames are the machine's (memory.c). The frame's own bytes of wasm memory are zero while it holds
 * contents, so a store that went past the machine shows there after the operation. A plain load does not show: it reads
 * zeros. TTM and the DMA layer touch contents by memset, memcpy, clear_page and copy_page alone; a guest of SEV-SNP that evicts a page
 * from caches is seen to (src/tree/lower/contents.ts).
 */
#include <linux/kernel.h>
#include "cbit.h"

/* Jumps back and calls since the operation began (src/tree/lower/steps.ts); the host begins anew at each entry. A wasm global: no part of the state. */
u32 __attribute__((address_space(1))) cbit_steps;

unsigned long cbit_bo_plainly_written(void);

/* How often the limit may be reached; 0 but for runs of tests (guest/kunit). */
static u32 more_rounds;

void cbit_steps_reset(void)
{
	cbit_steps = 0;
}

void cbit_steps_allow(u32 times)
{
	more_rounds = times;
}

void cbit_endless(void)
{
	cbit_steps = 0;
	if (more_rounds) {
		more_rounds--;
		return;
	}
	cbit_stop("the operation does not end: too many rounds of its loops", "");
}

/* A function of the tree that calls others: recursion can be endless without a loop, too. */
void cbit_entered(void)
{
	if (++cbit_steps > CBIT_STEP_LIMIT)
		cbit_endless();
}

void cbit_check_contents(void)
{
	unsigned long pfn = cbit_bo_plainly_written();
	char text[32];

	if (pfn == ~0UL)
		return;
	scnprintf(text, sizeof(text), "pfn 0x%lx", pfn);
	cbit_stop("page contents were stored to by plain instructions, which cbit cannot follow", text);
}
