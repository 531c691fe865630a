// SPDX-License-Identifier: GPL-2.0-only
/* arch/x86/kernel/paravirt.c: the table of functions that a hypervisor's code may replace, and calls through it. */
#include <asm/paravirt.h>
#include "cbit.h"

struct paravirt_patch_template pv_ops;

/* @slot: the entry that is called. One that nobody has filled does nothing (paravirt_nop). */
void cbit_paravirt_call(void **slot, u64 a, u64 b, u64 c, u64 d)
{
	if (!*slot)
		return;
	if (slot == (void **)&pv_ops.mmu.notify_page_enc_status_changed)
		pv_ops.mmu.notify_page_enc_status_changed(a, b, c);
	else
		cbit_stop("a paravirt function is called that cbit does not know", "");
}
