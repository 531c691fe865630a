// SPDX-License-Identifier: MIT
/**
 * Arithmetic and bit operations on memory. The module runs on one CPU without interrupts, so a locked instruction is a
 * plain load, operation and store.
 */

import type { AsmOperand } from "./asm-call.ts";
import type { AsmForm, Emitter } from "./emitter.ts";

const WIDTH: Readonly<Record<string, string>> = { b: "i8", w: "i16", l: "i32", q: "i64" };
const LOCK = String.raw`(?:# [^\\]*\\0A\\09)?(?:.pushsection .smp_locks.*?\\0A671:\\0A\\09)?(?:lock;? ?)?`;

/** The operand that is an indirect output or input: where the memory is. */
function memory(out: Emitter): AsmOperand {
  return out.call.operands.find((o) => /^=?&?\+?\*/.test(o.constraint))!;
}

/** Inputs by value: neither memory nor tied to an output. */
function inputs(out: Emitter): AsmOperand[] {
  return out.call.operands.filter((o) => o.arg !== null && !o.constraint.includes("*") && !/^\d/.test(o.constraint));
}

/** Inputs that start in the register of an output. */
function tied(out: Emitter): AsmOperand {
  return out.call.operands.find((o) => /^\d/.test(o.constraint))!;
}

/** An i1 for the condition code that an "={@ccX}" result asks for, after an operation left `value`. */
function condition(out: Emitter, code: string, type: string, value: string): string {
  if (code === "e" || code === "z") return out.value(`icmp eq ${type} ${value}, 0`);
  if (code === "s") return out.value(`icmp slt ${type} ${value}, 0`);
  return out.value(`icmp ne ${type} ${value}, 0`);
}

/** The condition code asked for: "e" of "={@cce}". */
function conditionCode(out: Emitter): string {
  return /\{@cc(n?[a-z])\}/.exec(out.call.constraints)?.[1] ?? "";
}

const arithmetic: AsmForm = {
  name: "add/sub/and/or/xor/inc/dec on memory",
  template: new RegExp(String.raw`^\s*${LOCK}(add|sub|and|or|xor|inc|dec)([bwlq]) (?:\$\{?1(?::b\})?, ?)?\$0(?:\\0A\\09/\* output condition code (?:e|s|ne|z)\*/\\0A)?$`),
  from: "arch/x86/include/asm/atomic.h, atomic64_64.h, bitops.h",
  emit(out, match) {
    const type = WIDTH[match[2]!]!;
    const place = memory(out).arg!.value;
    const verb = match[1]!;
    const operand = verb === "inc" || verb === "dec" ? "1" : out.as(inputs(out)[0]!, type);
    const old = out.value(`load ${type}, ptr ${place}, align 1`);
    const value = out.value(`${verb === "inc" ? "add" : verb === "dec" ? "sub" : verb} ${type} ${old}, ${operand}`);
    out.run(`store ${type} ${value}, ptr ${place}, align 1`);
    const code = conditionCode(out);
    if (code !== "") out.results([out.flag(condition(out, code, type, value), 0)]);
  },
};

const xadd: AsmForm = {
  name: "xadd",
  template: new RegExp(String.raw`^\s*${LOCK}xadd([bwlq]) \$\{?0(?::\w\})?, \$1\\0A$`),
  from: "arch/x86/include/asm/cmpxchg.h __xchg_op",
  emit(out, match) {
    const type = WIDTH[match[1]!]!;
    const place = memory(out).arg!.value;
    const addend = out.as(tied(out), type);
    const old = out.value(`load ${type}, ptr ${place}, align 1`);
    const sum = out.value(`add ${type} ${old}, ${addend}`);
    out.run(`store ${type} ${sum}, ptr ${place}, align 1`);
    out.loaded([old]);
  },
};

const xchg: AsmForm = {
  name: "xchg",
  template: /^\s*xchg([bwlq]) \$\{?0(?::\w\})?, \$1\\0A$/,
  from: "arch/x86/include/asm/cmpxchg.h arch_xchg",
  emit(out, match) {
    const type = WIDTH[match[1]!]!;
    const place = memory(out).arg!.value;
    const value = out.as(tied(out), type);
    const old = out.value(`load ${type}, ptr ${place}, align 1`);
    out.run(`store ${type} ${value}, ptr ${place}, align 1`);
    out.loaded([old]);
  },
};

const cmpxchg: AsmForm = {
  name: "cmpxchg",
  template: new RegExp(String.raw`^\s*${LOCK}cmpxchg([bwlq]) \$2, ?\$1(?:\\0A)?$`),
  from: "arch/x86/include/asm/cmpxchg.h __raw_cmpxchg",
  emit(out, match) {
    const type = WIDTH[match[1]!]!;
    const place = memory(out).arg!.value;
    const [old] = compareAndSwap(out, type, place, out.as(tied(out), type), out.as(inputs(out)[0]!, type));
    out.loaded([old]);
  },
};

const tryCmpxchg: AsmForm = {
  name: "try_cmpxchg",
  template: new RegExp(String.raw`^\s*${LOCK}cmpxchg([bwlq]) \$3, ?\$[12]\\0A\\09/\* output condition code z\*/\\0A$`),
  from: "arch/x86/include/asm/cmpxchg.h __raw_try_cmpxchg",
  emit(out, match) {
    const type = WIDTH[match[1]!]!;
    const place = memory(out).arg!.value;
    const [old, equal] = compareAndSwap(out, type, place, out.as(tied(out), type), out.as(inputs(out)[0]!, type));
    out.loaded([out.flag(equal, 0), old]);
  },
};

function compareAndSwap(out: Emitter, type: string, place: string, expected: string, value: string): [string, string] {
  const old = out.value(`load ${type}, ptr ${place}, align 1`);
  const equal = out.value(`icmp eq ${type} ${old}, ${expected}`);
  const next = out.value(`select i1 ${equal}, ${type} ${value}, ${type} ${old}`);
  out.run(`store ${type} ${next}, ptr ${place}, align 1`);
  return [old, equal];
}

const bitOperation: AsmForm = {
  name: "bt/bts/btr/btc on memory",
  template: new RegExp(String.raw`^\s*${LOCK}bt([srcx]?)q\s+\$\d, ?\$\d(?:\\0A\\09/\* output condition code c\*/\\0A)?$`),
  from: "arch/x86/include/asm/bitops.h",
  emit(out, match) {
    // With a memory operand the index may reach past the first word: APM vol. 3, BT.
    const index = out.as(inputs(out)[0]!, "i64");
    const word = out.value(`ashr i64 ${index}, 6`);
    const place = out.value(`getelementptr i64, ptr ${memory(out).arg!.value}, i64 ${word}`);
    const old = out.value(`load i64, ptr ${place}, align 1`);
    const bit = out.value(`and i64 ${index}, 63`);
    const mask = out.value(`shl i64 1, ${bit}`);
    if (match[1] !== "") {
      let value: string;
      if (match[1] === "s") value = out.value(`or i64 ${old}, ${mask}`);
      else if (match[1] === "r") value = out.value(`and i64 ${old}, ${out.value(`xor i64 ${mask}, -1`)}`);
      else value = out.value(`xor i64 ${old}, ${mask}`);
      out.run(`store i64 ${value}, ptr ${place}, align 1`);
    }
    if (out.call.name === null) return;
    const hit = out.value(`and i64 ${old}, ${mask}`);
    out.results([out.flag(out.value(`icmp ne i64 ${hit}, 0`), 0)]);
  },
};

const move: AsmForm = {
  name: "mov from memory (per-CPU variables, MMIO)",
  template: /^mov([bwlq]) (?:%gs:)?\$\{?1(?::[aP]\})?, ?\$0$/,
  from: "arch/x86/include/asm/percpu.h percpu_from_op, percpu_stable_op; io.h build_mmio_read",
  emit(out, match) {
    const type = WIDTH[match[1]!]!;
    const from = out.call.args[0]!.value;
    if (!out.throughMappings || match[0].includes("%gs:")) {
      out.loaded([out.value(`load ${type}, ptr ${from}, align 1`)]);
      return;
    }
    const value = out.callValue("i64", "cbit_volatile_load", [`ptr ${from}`, `i32 ${Number(type.slice(1)) / 8}`]);
    out.loaded([type === "i64" ? value : out.value(`trunc i64 ${value} to ${type}`)]);
  },
};

const moveTo: AsmForm = {
  name: "mov to memory (per-CPU variables)",
  template: /^mov([bwlq]) \$\{?1(?::\w\})?, ?\$0$/,
  constraints: /^=\*m/,
  from: "arch/x86/include/asm/percpu.h percpu_to_op, io.h build_mmio_write",
  emit(out, match) {
    const type = WIDTH[match[1]!]!;
    out.run(`store ${type} ${out.as(inputs(out)[0]!, type)}, ptr ${memory(out).arg!.value}, align 1`);
  },
};

const moveToDevice: AsmForm = {
  name: "mov to memory (MMIO)",
  template: /^mov([bwlq]) \$0, ?\$1$/,
  constraints: /^[a-z]+,\*m/,
  from: "arch/x86/include/asm/io.h build_mmio_write",
  emit(out, match) {
    const [value, place] = out.call.operands;
    const type = WIDTH[match[1]!]!;
    if (out.throughMappings) {
      out.callVoid("cbit_volatile_store", [`ptr ${place!.arg!.value}`, `i64 ${out.as(value!, "i64")}`, `i32 ${Number(type.slice(1)) / 8}`]);
      return;
    }
    out.run(`store ${type} ${out.as(value!, type)}, ptr ${place!.arg!.value}, align 1`);
  },
};

const unalignedLoad: AsmForm = {
  name: "load_unaligned_zeropad",
  template: /^1:\\09mov \$1, \$0\\0A2:\\0A .pushsection \\22__ex_table/,
  from: "arch/x86/include/asm/word-at-a-time.h:62",
  emit(out) {
    out.results([out.value(`load ${out.call.results[0]}, ptr ${memory(out).arg!.value}, align 1`)]);
  },
};

export const MEMORY_FORMS: readonly AsmForm[] = [arithmetic, xadd, xchg, tryCmpxchg, cmpxchg, bitOperation, moveTo, moveToDevice, move, unalignedLoad];
