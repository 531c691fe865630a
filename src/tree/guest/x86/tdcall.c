// SPDX-License-Identifier: GPL-2.0-only
/* arch/x86/coco/tdx/tdcall.S as it was before 6.7: the same TDCALLs, with other structures for their registers. */
#include <asm/tdx.h>
#include "compat.h"

#if !CBIT_SINCE(6, 7)

/* struct tdx_module_args of later releases, which the host reads and writes. */
struct registers {
	u64 rcx, rdx, r8, r9, r10, r11, r12, r13, r14, r15, rbx, rdi, rsi;
};

#define TDG_VP_VMCALL 0

u64 __tdcall_ret(u64 fn, struct registers *args);
u64 __tdcall_saved_ret(u64 fn, struct registers *args);

u64 __tdx_module_call(u64 fn, u64 rcx, u64 rdx, u64 r8, u64 r9, struct tdx_module_output *out)
{
	struct registers args = { .rcx = rcx, .rdx = rdx, .r8 = r8, .r9 = r9 };
	u64 status = __tdcall_ret(fn, &args);

	if (out)
		*out = (struct tdx_module_output) { args.rcx, args.rdx, args.r8, args.r9, args.r10, args.r11 };
	return status;
}

u64 __tdx_hypercall(struct tdx_hypercall_args *regs, unsigned long flags)
{
	struct registers args = {
		.r10 = regs->r10, .r11 = regs->r11, .r12 = regs->r12, .r13 = regs->r13, .r14 = regs->r14, .r15 = regs->r15,
	};

	if (__tdcall_saved_ret(TDG_VP_VMCALL, &args))
		__tdx_hypercall_failed();
	if (flags & TDX_HCALL_HAS_OUTPUT)
		*regs = (struct tdx_hypercall_args) { args.r10, args.r11, args.r12, args.r13, args.r14, args.r15 };
	return args.r10;
}

#endif
