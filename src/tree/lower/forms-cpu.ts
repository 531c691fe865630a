// SPDX-License-Identifier: MIT
/** Bit scans, flags, barriers, caches, model-specific registers, static_cpu_has: what is not an operation on memory. */

import type { AsmForm, Emitter } from "./emitter.ts";

/** The interrupt flag lives in a word of the guest (src/tree/guest/x86/cpu.c). */
const IRQ_FLAGS = "@cbit_irq_flags = external global i64";
const IF = 512;

const intrinsic = (out: Emitter, name: string, type: string, value: string): string => {
  out.declare(`declare ${type} @llvm.${name}.${type}(${type}${name === "ctpop" ? "" : ", i1"})`);
  return out.value(`call ${type} @llvm.${name}.${type}(${type} ${value}${name === "ctpop" ? "" : ", i1 false"})`);
};

const barrier: AsmForm = {
  name: "compiler barrier",
  template: /^$/,
  constraints: /^(?!=)/,
  from: "include/linux/compiler.h barrier, barrier_data",
  emit: () => undefined,
};

const hide: AsmForm = {
  name: "value hidden from the optimiser",
  template: /^$/,
  constraints: /^=/,
  from: "include/linux/compiler.h OPTIMIZER_HIDE_VAR, RELOC_HIDE",
  emit(out) {
    out.results([out.call.args[0]!.value]);
  },
};

const nothing: AsmForm = {
  name: "ordering and spinning",
  template: /^(?:mfence|lfence|sfence|rep; nop|pause|lock; addl \$\$0,.*)$/,
  from: "arch/x86/include/asm/barrier.h, vdso/processor.h",
  emit: () => undefined,
};

const saveFlags: AsmForm = {
  name: "save flags",
  template: /^# __raw_save_flags\\0A\\09pushf ; pop \$0$/,
  from: "arch/x86/include/asm/irqflags.h:20",
  emit(out) {
    out.declare(IRQ_FLAGS);
    const flags = out.value("load i64, ptr @cbit_irq_flags");
    if (out.call.name === null) out.run(`store i64 ${flags}, ptr ${out.call.args[0]!.value}, align 1`);
    else out.results([flags]);
  },
};

const setInterrupts: AsmForm = {
  name: "cli and sti",
  template: /^(cli|sti)$/,
  from: "arch/x86/include/asm/irqflags.h:35,40",
  emit(out, match) {
    out.declare(IRQ_FLAGS);
    out.run(`store i64 ${match[1] === "sti" ? IF : 0}, ptr @cbit_irq_flags`);
  },
};

const countTrailing: AsmForm = {
  name: "bsf",
  template: /^(?:rep; )?bsf[lq]? \$1, ?\$\{?0(?::q\})?$/,
  from: "arch/x86/include/asm/bitops.h __ffs, ffs",
  emit(out) {
    scan(out, "cttz");
  },
};

const bitScanReverse: AsmForm = {
  name: "bsr",
  template: /^bsr[lq]? \$1, ?\$\{?0(?::q\})?$/,
  from: "arch/x86/include/asm/bitops.h __fls, fls, fls64",
  emit(out) {
    scan(out, "ctlz");
  },
};

/** A scan whose result stays what the tied operand is where the input is zero. */
function scan(out: Emitter, name: "cttz" | "ctlz"): void {
  const arg = out.call.args[0]!;
  const bits = Number(arg.type.slice(1));
  const result = out.call.results[0]!;
  let index = intrinsic(out, name, arg.type, arg.value);
  if (name === "ctlz") index = out.value(`sub ${arg.type} ${bits - 1}, ${index}`);
  if (result !== arg.type) index = out.value(`${Number(result.slice(1)) < bits ? "trunc" : "zext"} ${arg.type} ${index} to ${result}`);
  const fallback = out.call.args[1];
  if (fallback !== undefined) {
    const zero = out.value(`icmp eq ${arg.type} ${arg.value}, 0`);
    index = out.value(`select i1 ${zero}, ${result} ${fallback.value}, ${result} ${index}`);
  }
  out.results([index]);
}

const populationCount: AsmForm = {
  name: "popcnt",
  template: /call __sw_hweight(32|64)\\0A.*popcnt/,
  from: "arch/x86/include/asm/arch_hweight.h",
  emit(out) {
    const { type, value } = out.call.args[0]!;
    let count = intrinsic(out, "ctpop", type, value);
    const result = out.call.results[0]!;
    if (result !== type) count = out.value(`${Number(result.slice(1)) < Number(type.slice(1)) ? "trunc" : "zext"} ${type} ${count} to ${result}`);
    out.results([count]);
  },
};

const staticCpuHas: AsmForm = {
  name: "static_cpu_has",
  template: /jmp 6f.*6:\\0A testb \$1, ?\$\{2:[aP]\}(?: \(% rip\))?\\0A jnz \$\{3:l\}\\0A jmp \$\{4:l\}/,
  from: "arch/x86/include/asm/cpufeature.h:116",
  emit(out) {
    const mask = out.as(out.call.operands[1]!, "i8");
    const byte = out.value(`load i8, ptr ${out.call.args[2]!.value}`);
    const hit = out.value(`icmp ne i8 ${out.value(`and i8 ${byte}, ${mask}`)}, 0`);
    const way = out.value(`select i1 ${hit}, i32 1, i32 2`);
    const [through, yes, no] = out.call.labels;
    // All three edges stay: phi nodes of the successors count them.
    out.run(`switch i32 ${way}, label ${through} [ i32 1, label ${yes} i32 2, label ${no} ]`);
  },
};

const instructionPointer: AsmForm = {
  name: "_THIS_IP_",
  template: /^lea 0\(%rip\), \$0$/,
  from: "arch/x86/include/asm/linkage.h _THIS_IP_",
  emit(out) {
    out.results(["0"]);
  },
};

const clflush: AsmForm = {
  name: "clflush, clflushopt, clwb",
  template: /clflush(?:opt)? \$(?:0|\{0:P\})|^clwb \$0/,
  from: "arch/x86/include/asm/special_insns.h:178-190",
  emit(out) {
    out.callVoid("cbit_clflush", [`ptr ${out.call.args[0]!.value}`]);
  },
};

const wbinvd: AsmForm = {
  name: "wbinvd",
  template: /^wbinvd$/,
  from: "arch/x86/include/asm/special_insns.h:115",
  emit(out) {
    out.callVoid("cbit_wbinvd", []);
  },
};

const invlpg: AsmForm = {
  name: "invlpg",
  template: /^invlpg \(\$0\)$/,
  from: "arch/x86/mm/tlb.c:1169",
  emit(out) {
    out.callVoid("cbit_invlpg", [`i64 ${out.as(out.call.operands[0]!, "i64")}`]);
  },
};

const writeCr3: AsmForm = {
  name: "mov to CR3",
  template: /^mov \$0, ?%cr3$/,
  from: "arch/x86/include/asm/special_insns.h:54",
  emit(out) {
    out.callVoid("cbit_write_cr3", [`i64 ${out.as(out.call.operands[0]!, "i64")}`]);
  },
};

const portIn: AsmForm = {
  name: "in from a port",
  template: /^in([bwl]) \$\{1:w\}, \$\{?0(?::\w\})?$/,
  from: "arch/x86/include/asm/shared/io.h:7",
  emit(out) {
    const value = out.callValue("i32", "cbit_port_in", [`i32 ${out.as(out.call.operands[1]!, "i32")}`]);
    const type = out.call.results[0]!;
    out.results([type === "i32" ? value : out.value(`trunc i32 ${value} to ${type}`)]);
  },
};

const portOut: AsmForm = {
  name: "out to a port",
  template: /^out([bwl]) \$\{?0(?::\w\})?, \$\{1:w\}$/,
  from: "arch/x86/include/asm/shared/io.h:14",
  emit(out) {
    out.callVoid("cbit_port_out", [`i32 ${out.as(out.call.operands[1]!, "i32")}`, `i32 ${out.as(out.call.operands[0]!, "i32")}`]);
  },
};

const ripRelative: AsmForm = {
  name: "RIP_REL_REF",
  template: /^leaq? (?:\$\{1:c\}|\w+)\(%rip\), \$0$/,
  from: "arch/x86/include/asm/asm.h:119",
  emit(out) {
    out.results([out.call.args[0]!.value]);
  },
};

const readMsr: AsmForm = {
  name: "rdmsr",
  template: /^(?:1: )?rdmsr(?:\\0A|$)/,
  from: "arch/x86/include/asm/msr.h:85",
  emit(out) {
    const value = out.callValue("i64", "cbit_rdmsr", [`i32 ${out.call.args[0]!.value}`]);
    const low = out.value(`and i64 ${value}, 4294967295`);
    out.results([low, out.value(`lshr i64 ${value}, 32`)]);
  },
};

const writeMsr: AsmForm = {
  name: "wrmsr",
  template: /^1: wrmsr\\0A/,
  from: "arch/x86/include/asm/msr.h:102",
  emit(out) {
    out.callVoid("cbit_wrmsr", out.call.args.map((a) => `i32 ${a.value}`));
  },
};

/** The guest knows the functions' types, which the asm has lost (src/tree/guest/x86/paravirt.c). */
const paravirtCall: AsmForm = {
  name: "paravirt call",
  template: /^(?:# ALT: oldinstr.*call \*\$\d+;.*call BUG_func|771:.*call \*\$\d+;.*\.parainstructions)/s,
  constraints: /\*m/,
  from: "arch/x86/include/asm/paravirt_types.h PVOP_VCALL",
  emit(out) {
    const { args, operands, results } = out.call;
    const slot = operands.find((o) => o.constraint === "*m")!.arg!;
    const values = operands.filter((o) => /^\{(?:di|si|dx|cx)\}/.test(o.constraint)).map((o) => `i64 ${out.as(o, "i64")}`);
    out.callVoid("cbit_paravirt_call", [`ptr ${slot.value}`, ...[0, 1, 2, 3].map((i) => values[i] ?? "i64 0")]);
    out.results(results.map((_, i) => (i === results.length - 1 ? args.at(-1)!.value : "0")));
  },
};

const random: AsmForm = {
  name: "rdrand",
  template: /^rdrand[lq]? \$1\\0A\\09\/\* output condition code c\*\/\\0A$/,
  from: "arch/x86/include/asm/archrandom.h:23",
  emit(out) {
    // A fixed number: runs repeat bit for bit.
    out.results(["1", "4919131752989213764"]);
  },
};

const bug: AsmForm = {
  name: "bug table entry",
  template: /^(?:1:\\09)?\.byte 0x0f, 0x0b\\0A\.pushsection __bug_table/,
  from: "arch/x86/include/asm/bug.h:38-60",
  emit(out) {
    const verbose = out.call.args.length === 4;
    const file = verbose ? out.call.args[0]!.value : "null";
    const line = verbose ? out.as(out.call.operands[1]!, "i32") : "0";
    out.callVoid("cbit_bug", [`ptr ${file}`, `i32 ${line}`, `i32 ${out.as(out.call.operands[verbose ? 2 : 0]!, "i32")}`]);
  },
};

const clearPage: AsmForm = {
  name: "clear_page",
  template: /call \$\{2:[cP]\}.*call \$\{3:[cP]\}.*call \$\{4:[cP]\}/s,
  constraints: /^=\{(?:rsp|di)\},=\{(?:di|rsp)\}/,
  from: "arch/x86/include/asm/page_64.h:45-57",
  emit(out) {
    const page = out.call.args[3]!.value;
    out.callVoid("cbit_clear_page", [`ptr ${page}`]);
    const after = out.value(`getelementptr i8, ptr ${page}, i64 4096`);
    const stack = out.call.args[4]!.value;
    out.results(out.call.results[0] === "ptr" ? [after, stack] : [stack, after]);
  },
};

const streamingCopy: AsmForm = {
  name: "movntdqa copy",
  template: /^movntdqa(?:\\09| )\(\$0\), %xmm0\\0A(movntdqa 16)?/,
  from: "drivers/gpu/drm/drm_cache.c:214-245",
  emit(out, match) {
    const [from, to] = out.call.args;
    out.callVoid("cbit_copy", [`ptr ${to!.value}`, `ptr ${from!.value}`, `i64 ${match[1] === undefined ? 16 : 64}`]);
  },
};

export const CPU_FORMS: readonly AsmForm[] = [
  barrier, hide, nothing, saveFlags, setInterrupts, countTrailing, bitScanReverse, populationCount, staticCpuHas,
  instructionPointer, clflush, wbinvd, invlpg, writeCr3, portIn, portOut, ripRelative, readMsr, writeMsr, paravirtCall, random, bug, clearPage, streamingCopy,
];
