// SPDX-License-Identifier: MIT
/** Barriers, system registers, TLB maintenance, the bug table: what arm64 has beside operations on memory. */

import type { AsmForm, Emitter } from "./emitter.ts";

/** What stands around an instruction that is patched where the CPU has a capability, which ours has not (system_cpucaps). */
const BEFORE = String.raw`^(?:\.if 1 == 1\\0A661:\\0A\\09)?`;
const AFTER = String.raw`(?:\\09\\09// \w+)?(?:\\0A|\\0A662:.*)?$`;

/** PSTATE's interrupt masks live in a word of the guest, sp_el0 in another (src/tree/guest/arm64/cpu.c). */
const DAIF = "cbit_irq_flags";
const CURRENT = "cbit_sp_el0";
const DAIF_SHIFT = 6;
/** A CPU without caches that need care: CTR_EL0 of 64-byte lines. Ref: Arm ARM DDI0487, D24.2.34 (CTR_EL0). */
const CTR_EL0 = 0x84448004;

function readWord(out: Emitter, name: string): string {
  out.declare(`@${name} = external global i64`);
  return out.value(`load i64, ptr @${name}`);
}

function writeWord(out: Emitter, name: string, value: string): void {
  out.declare(`@${name} = external global i64`);
  out.run(`store i64 ${value}, ptr @${name}`);
}

const ordering: AsmForm = {
  name: "arm64 ordering, prefetch and spinning",
  template: /^(?:dmb|dsb) \w+$|^isb$|^yield$|^prfm |^eor\\09\$0, \$1, \$1\\0Acbnz\\09\$0, \.$/,
  from: "arch/arm64/include/asm/barrier.h, vdso/processor.h, io.h __io_ar",
  emit(out) {
    out.results(out.call.results.map(() => "0"));
  },
};

const instructionCache: AsmForm = {
  name: "arm64 instruction cache maintenance",
  template: /^ic(?: |\\09)ialluis$/,
  from: "arch/arm64/include/asm/cacheflush.h icache_inval_all_pou",
  emit: () => undefined,
};

const readInterrupts: AsmForm = {
  name: "arm64 read DAIF",
  template: new RegExp(String.raw`${BEFORE}mrs(?: |\\09)\$0, daif${AFTER}`),
  from: "arch/arm64/include/asm/irqflags.h __daif_local_save_flags",
  emit(out) {
    out.loaded([readWord(out, DAIF)]);
  },
};

const writeInterrupts: AsmForm = {
  name: "arm64 write DAIF",
  template: new RegExp(String.raw`${BEFORE}msr(?: |\\09)daif, \$\{?0(?::x\})?${AFTER}`),
  from: "arch/arm64/include/asm/irqflags.h __daif_local_irq_restore",
  emit(out) {
    writeWord(out, DAIF, out.as(out.call.operands[0]!, "i64"));
  },
};

const setInterrupts: AsmForm = {
  name: "arm64 set and clear bits of DAIF",
  template: new RegExp(String.raw`${BEFORE}msr(?: |\\09)daif(set|clr), #(0x[0-9a-f]+|\d+)${AFTER}`),
  from: "arch/arm64/include/asm/irqflags.h __daif_local_irq_disable, daifflags.h local_daif_mask",
  emit(out, match) {
    const bits = Number(match[2]!) << DAIF_SHIFT;
    const old = readWord(out, DAIF);
    writeWord(out, DAIF, out.value(match[1] === "set" ? `or i64 ${old}, ${bits}` : `and i64 ${old}, ${~bits}`));
  },
};

const testInterrupts: AsmForm = {
  name: "arm64 test of DAIF",
  template: new RegExp(String.raw`${BEFORE}and\\09\$\{0:w\}, \$\{1:w\}, #(0x[0-9a-f]+)${AFTER}`),
  from: "arch/arm64/include/asm/irqflags.h arch_irqs_disabled_flags, before Linux 6.5",
  emit(out, match) {
    out.results([out.value(`and i32 ${out.as(out.call.operands[1]!, "i32")}, ${Number(match[1]!)}`)]);
  },
};

const current: AsmForm = {
  name: "arm64 current",
  template: /^mrs \$0, sp_el0$/,
  from: "arch/arm64/include/asm/current.h get_current",
  emit(out) {
    out.loaded([readWord(out, CURRENT)]);
  },
};

const perCpuOffset: AsmForm = {
  name: "arm64 offset of per-CPU variables",
  template: /^\.if 1 == 1\\0A661:\\0A\\09mrs \$0, tpidr_el1\\0A662:/,
  from: "arch/arm64/include/asm/percpu.h __kern_my_cpu_offset",
  emit(out) {
    // The one CPU's variables are where the linker put them.
    out.results(["0"]);
  },
};

const cacheType: AsmForm = {
  name: "arm64 read CTR_EL0",
  template: /mrs_s \$0, \(\(\(3\) << 19\) \| \(\(3\) << 16\) \| \(\(0\) << 12\) \| \(\(0\) << 8\) \| \(\(1\) << 5\)\)/,
  from: "arch/arm64/include/asm/cache.h read_cpuid_cachetype",
  emit(out) {
    out.results([String(CTR_EL0)]);
  },
};

const invalidatePage: AsmForm = {
  name: "arm64 tlbi by address",
  template: /tlbi va[al]*e1(?:is)?, \$\{0:x\}\\0A$/,
  from: "arch/arm64/include/asm/tlbflush.h flush_tlb_kernel_range, __flush_tlb_kernel_pgtable",
  emit(out) {
    // Bits 0 to 43 of the operand are bits 12 to 55 of the address. Ref: Arm ARM DDI0487, C5.5 (TLBI VAAE1IS).
    const page = out.value(`shl i64 ${out.as(out.call.operands[0]!, "i64")}, 20`);
    const start = out.value(`ashr i64 ${page}, 8`);
    out.callVoid("cbit_flush_tlb", [`i64 ${start}`, `i64 ${out.value(`add i64 ${start}, 4096`)}`]);
  },
};

const invalidateAll: AsmForm = {
  name: "arm64 tlbi of everything",
  template: /tlbi (?:vmalle1(?:is)?|aside1is, \$\{0:x\})\\0A$/,
  from: "arch/arm64/include/asm/tlbflush.h flush_tlb_all, flush_tlb_mm",
  emit(out) {
    out.callVoid("cbit_flush_tlb", ["i64 0", "i64 -1"]);
  },
};

const clearBits: AsmForm = {
  name: "arm64 bic",
  template: /^\\09bic\\09\$0, \$1, \$2\\0A$/,
  from: "arch/arm64/include/asm/uaccess.h __uaccess_mask_ptr",
  emit(out) {
    const [value, mask] = out.call.operands.slice(1).map((o) => out.as(o, "i64"));
    out.loaded([out.value(`and i64 ${value}, ${out.value(`xor i64 ${mask}, -1`)}`)]);
  },
};

const hasCapability: AsmForm = {
  name: "arm64 alternative_has_cap",
  template: /^\.if 1 == 1\\0A661:\\0A\\09(nop\\0A662:.*\.hword \$0\\0A.*\\09b\\09\$\{1:l\}\\0A|b\\09\$\{1:l\}\\0A662:.*alt_cb_patch_nops)/,
  from: "arch/arm64/include/asm/alternative-macros.h alternative_has_cap_unlikely, alternative_has_cap_likely",
  emit(out, match) {
    // Code is patched where system_cpucaps has the bit: arch/arm64/kernel/alternative.c __apply_alternatives.
    out.declare("@system_cpucaps = external global i64");
    const capability = out.as(out.call.operands[0]!, "i64");
    const word = out.value(`load i64, ptr ${out.value(`getelementptr i64, ptr @system_cpucaps, i64 ${out.value(`lshr i64 ${capability}, 6`)}`)}`);
    const bit = out.value(`lshr i64 ${word}, ${out.value(`and i64 ${capability}, 63`)}`);
    // The likely one jumps until it is patched away.
    const [through, target] = out.call.labels;
    const [yes, no] = match[1]!.startsWith("nop") ? [target, through] : [through, target];
    out.run(`br i1 ${out.value(`trunc i64 ${bit} to i1`)}, label ${yes}, label ${no}`);
  },
};

const bug: AsmForm = {
  name: "arm64 bug table entry",
  template: /^\.pushsection __bug_table,.*\.string \\22([^\\]*)\\22;.*\.short (\d+); \.short ([^;]*);.*brk 0x800$/,
  from: "arch/arm64/include/asm/asm-bug.h",
  emit(out, match) {
    const file = match[1]!;
    const name = `cbit_bug_file.${file.replace(/[^\w]/g, "_")}`;
    out.declare(`@${name} = private constant [${file.length + 1} x i8] c"${file}\\00"`);
    const flags = [...match[3]!.matchAll(/\(?(\d+)\)? << (\d+)/g)].reduce((sum, [, bits, by]) => sum | (Number(bits) << Number(by)), 0);
    out.callVoid("cbit_bug", [`ptr @${name}`, `i32 ${match[2]}`, `i32 ${flags}`]);
  },
};

export const ARM64_CPU_FORMS: readonly AsmForm[] = [
  ordering, instructionCache, readInterrupts, writeInterrupts, setInterrupts, testInterrupts, current, perCpuOffset, cacheType, invalidatePage, invalidateAll, clearBits, hasCapability, bug,
];
