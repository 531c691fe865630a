// SPDX-License-Identifier: MIT
/** Instructions by which a guest learns what it runs on and asks the hypervisor or the firmware for something. */

import type { AsmForm, Emitter } from "./emitter.ts";

/** EAX, EBX, ECX and EDX, as the host's function numbers them. */
const REGISTERS = [0, 1, 2, 3];

/** An argument as a wider integer; constants too. */
function wide(out: Emitter, { type, value }: { readonly type: string; readonly value: string }, to: "i32" | "i64"): string {
  if (type === to) return value;
  if (value === "true" || value === "false") return value === "true" ? "1" : "0";
  return /^-?\d+$/.test(value) ? value : out.value(`zext ${type} ${value} to ${to}`);
}

const cpuid: AsmForm = {
  name: "cpuid",
  template: /^cpuid$/,
  constraints: /^=\{ax\},=\{bx\},=\{cx\},=\{dx\},0,2/,
  from: "arch/x86/include/asm/processor.h native_cpuid",
  emit(out) {
    const [leaf, subleaf] = out.call.args;
    out.results(REGISTERS.map((r) => out.callValue("i32", "cbit_cpuid", [`i32 ${leaf!.value}`, `i32 ${subleaf!.value}`, `i32 ${r}`])));
  },
};

const vmgexit: AsmForm = {
  name: "vmgexit",
  template: /^rep; ?vmmcall(?:\\0A\\0D)?$/,
  constraints: /^~/,
  from: "arch/x86/include/asm/svm.h VMGEXIT",
  emit(out) {
    out.callVoid("cbit_vmgexit", []);
  },
};

const svsmCall: AsmForm = {
  name: "call of the SVSM",
  template: /^rep; ?vmmcall\\0A\\09$/,
  constraints: /^=\{rax\},=\{rcx\},=\{rdx\},=\{r8\},=\{r9\}/,
  from: "arch/x86/coco/sev/shared.c svsm_issue_call",
  emit(out) {
    out.callVoid("cbit_svsm_call", out.call.args.map((a) => `i64 ${a.value}`));
    out.results(out.call.args.map((a) => a.value));
  },
};

const pvalidate: AsmForm = {
  name: "pvalidate",
  template: /^\.byte 0xF2, 0x0F, 0x01, 0xFF\\0A/,
  constraints: /^=\{@ccc\},=\{ax\},\{ax\},\{cx\},\{dx\}/,
  from: "arch/x86/include/asm/sev.h pvalidate",
  emit(out) {
    const [page, size, validate] = out.call.args;
    const both = out.callValue("i64", "cbit_pvalidate", [`i64 ${page!.value}`, `i32 ${wide(out, size!, "i32")}`, `i32 ${wide(out, validate!, "i32")}`]);
    const carry = out.value(`trunc i64 ${out.value(`lshr i64 ${both}, 32`)} to i8`);
    out.results([carry, out.value(`trunc i64 ${both} to i32`)]);
  },
};

const rmpadjust: AsmForm = {
  name: "rmpadjust",
  template: /^\.byte 0xF3,0x0F,0x01,0xFE\\0A/,
  from: "arch/x86/include/asm/sev.h rmpadjust",
  emit(out) {
    const [page, size, attributes] = out.call.args;
    out.results([out.callValue("i32", "cbit_rmpadjust", [`i64 ${page!.value}`, `i32 ${wide(out, size!, "i32")}`, `i64 ${attributes!.value}`])]);
  },
};

/** Control in RCX, input in RDX, output in R8; with Hyper-V's page of code, or the instruction itself. */
const hypercall: AsmForm = {
  name: "hypercall of Hyper-V",
  template: /^mov \$4, ?%r8\\0A(?:call \*\$5\\0A|vmmcall)$/,
  from: "arch/x86/include/asm/mshyperv.h hv_do_hypercall",
  emit(out) {
    const { args } = out.call;
    const [control, input] = args.slice(-2);
    const stack = args.at(-3)!;
    const status = out.callValue("i64", "cbit_hypercall", [`i64 ${control!.value}`, `i64 ${input!.value}`, `i64 ${out.as(out.call.operands[4]!, "i64")}`]);
    out.results([status, stack.value, control!.value, input!.value]);
  },
};

const halt: AsmForm = {
  name: "hlt",
  template: /^hlt(?:\\0A)?$/,
  from: "arch/x86/include/asm/irqflags.h native_halt",
  emit(out) {
    out.callVoid("cbit_halt", []);
  },
};

const readControl: AsmForm = {
  name: "mov from CR0, CR3 or CR4",
  template: /^mov %cr([034]), ?\$0/,
  from: "arch/x86/include/asm/special_insns.h native_read_cr4",
  emit(out, match) {
    out.results([out.callValue("i64", "cbit_read_cr", [`i32 ${match[1]}`])]);
  },
};

const writeCr2: AsmForm = {
  name: "mov to CR2",
  template: /^mov \$0, ?%cr2$/,
  from: "arch/x86/include/asm/special_insns.h native_write_cr2",
  emit(out) {
    out.callVoid("cbit_write_cr2", [`i64 ${out.as(out.call.operands[0]!, "i64")}`]);
  },
};

const readExtended: AsmForm = {
  name: "xgetbv",
  template: /^xgetbv$/,
  from: "arch/x86/include/asm/fpu/xcr.h",
  emit(out) {
    const value = out.callValue("i64", "cbit_xgetbv", [`i32 ${out.call.args[0]!.value}`]);
    out.results([out.value(`trunc i64 ${value} to i32`), out.value(`trunc i64 ${out.value(`lshr i64 ${value}, 32`)} to i32`)]);
  },
};

const segment: AsmForm = {
  name: "a segment's selector",
  template: /^(?:movl %([cdefgs]s), ?%eax;?|mov %([cdefgs]s), ?\$0)$/,
  from: "arch/x86/hyperv/ivm.c hv_snp_boot_ap, arch/x86/include/asm/segment.h savesegment",
  emit(out, match) {
    const number = ["es", "cs", "ss", "ds", "fs", "gs"].indexOf(match[1] ?? match[2]!);
    out.results([out.value(`trunc i32 ${out.callValue("i32", "cbit_segment", [`i32 ${number}`])} to ${out.call.results[0]}`)]);
  },
};

const storeGdt: AsmForm = {
  name: "sgdt",
  template: /^sgdt \$0$/,
  from: "arch/x86/include/asm/desc.h native_store_gdt",
  emit(out) {
    out.callVoid("cbit_store_gdt", [`ptr ${out.call.args[0]!.value}`]);
  },
};

const getUser: AsmForm = {
  name: "get_user",
  template: /^call __get_user_(?:nocheck_)?\$\{4:[cP]\}$/,
  from: "arch/x86/include/asm/uaccess.h do_get_user_call",
  emit(out) {
    const [address, size, stack] = out.call.args;
    const value = out.callValue("i64", "cbit_get_user", [`ptr ${address!.value}`, `i64 ${size!.value}`]);
    const type = out.call.results[1]!;
    out.results(["null", type === "i64" ? value : out.value(`trunc i64 ${value} to ${type}`), stack!.value]);
  },
};

const putUser: AsmForm = {
  name: "put_user",
  template: /^call __put_user_(?:nocheck_)?\$\{4:[cP]\}$/,
  from: "arch/x86/include/asm/uaccess.h do_put_user_call",
  emit(out) {
    const [address, value, size, stack] = out.call.args;
    out.callVoid("cbit_put_user", [`ptr ${address!.value}`, `i64 ${wide(out, value!, "i64")}`, `i64 ${size!.value}`]);
    out.results(["null", stack!.value]);
  },
};

export const GUEST_FORMS: readonly AsmForm[] = [
  cpuid, vmgexit, svsmCall, pvalidate, rmpadjust, hypercall, halt, readControl, writeCr2, readExtended, segment, storeGdt, getUser, putUser,
];
