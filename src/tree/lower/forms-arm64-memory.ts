// SPDX-License-Identifier: MIT
/**
 * Loads, stores and atomic operations of arm64. The module runs on one CPU without interrupts, so an exclusive store
 * never fails: a loop of load-exclusive and store-exclusive is a plain load, operation and store.
 */

import type { AsmOperand } from "./asm-call.ts";
import type { AsmForm, Emitter } from "./emitter.ts";

const VERB: Readonly<Record<string, string>> = { add: "add", sub: "sub", orr: "or", eor: "xor", bic: "bic" };
/** `prfm` and the load, up to the register that is loaded. */
const LOAD = String.raw`\\09prfm\\09pstl1strm, \$\d\\0A1:\\09lda?xr([bh]?)\\09`;
const REGISTER = String.raw`\$\{?\d(:w)?\}?`;
/** The store, the jump back, and a barrier. */
const STORE = String.raw`\\09stl?xr[bh]?\\09\$\{\d:w\}, ${REGISTER}, \$\d\\0A\\09cbnz\\09\$\{\d:w\}, 1b(?:\\0A)?(?:\\09)?(?:dmb ish)?(?:\\0A)?`;

/** The operand that is in memory. */
function memory(out: Emitter): AsmOperand {
  return out.call.operands.find((o) => o.constraint.includes("*"))!;
}

/** Inputs in registers. */
function inputs(out: Emitter): AsmOperand[] {
  return out.call.operands.filter((o) => o.arg !== null && !o.constraint.includes("*"));
}

/** The type that an access has: by its mnemonic's suffix, else by its register, which is wide without ":w". */
function accessType(suffix: string, narrow: boolean): string {
  if (suffix !== "") return suffix === "b" ? "i8" : "i16";
  return narrow ? "i32" : "i64";
}

function load(out: Emitter, type: string): string {
  return out.value(`load ${type}, ptr ${memory(out).arg!.value}, align 1`);
}

function store(out: Emitter, type: string, value: string): void {
  out.run(`store ${type} ${value}, ptr ${memory(out).arg!.value}, align 1`);
}

/** Binds the results: `values` by their place, scratch registers as 0. */
function bind(out: Emitter, type: string, values: Readonly<Record<number, string>>): void {
  out.loaded(
    out.call.results.map((result, i) => {
      const value = values[i];
      if (value === undefined) return "0";
      return result === type || (result === "ptr" && type === "i64") ? value : out.value(`zext ${type} ${value} to ${result === "ptr" ? "i64" : result}`);
    }),
  );
}

const compareAndExchange: AsmForm = {
  name: "arm64 cmpxchg",
  template: new RegExp(String.raw`^${LOAD}${REGISTER}, \$\d\\0A\\09eor\\09${REGISTER}, ${REGISTER}, ${REGISTER}\\0A\\09cbnz\\09${REGISTER}, 2f\\0A${STORE}(?:\\0A)?(?:\\09)?2:$`),
  from: "arch/arm64/include/asm/atomic_ll_sc.h __CMPXCHG_CASE",
  emit(out, match) {
    const type = accessType(match[1]!, match[2] !== undefined);
    const [expected, value] = inputs(out).map((o) => out.as(o, type));
    const old = load(out, type);
    const equal = out.value(`icmp eq ${type} ${old}, ${expected}`);
    store(out, type, out.value(`select i1 ${equal}, ${type} ${value}, ${type} ${old}`));
    bind(out, type, { 1: old });
  },
};

const exchange: AsmForm = {
  name: "arm64 xchg",
  template: new RegExp(String.raw`^${LOAD}${REGISTER}, \$\d\\0A${STORE}$`),
  from: "arch/arm64/include/asm/cmpxchg.h __XCHG_CASE",
  emit(out, match) {
    const type = accessType(match[1]!, match[2] !== undefined);
    const value = out.as(inputs(out)[0]!, type);
    const old = load(out, type);
    store(out, type, value);
    bind(out, type, { 0: old });
  },
};

/** What is in memory becomes `old verb operand`. */
function change(out: Emitter, type: string, mnemonic: string): { readonly old: string; readonly value: string } {
  const operand = out.as(inputs(out)[0]!, type);
  const old = load(out, type);
  const verb = VERB[mnemonic]!;
  const value = out.value(verb === "bic" ? `and ${type} ${old}, ${out.value(`xor ${type} ${operand}, -1`)}` : `${verb} ${type} ${old}, ${operand}`);
  store(out, type, value);
  return { old, value };
}

const atomic: AsmForm = {
  name: "arm64 atomic operation",
  template: new RegExp(String.raw`^// atomic(?:64)?_(fetch_)?\w+\\0A${LOAD.replace("([bh]?)", "")}${REGISTER}, \$\d\\0A\\09(add|sub|orr|eor|bic)\\09${REGISTER}, ${REGISTER}, ${REGISTER}\\0A${STORE}$`),
  from: "arch/arm64/include/asm/atomic_ll_sc.h ATOMIC_OP, ATOMIC_OP_RETURN, ATOMIC_FETCH_OP",
  emit(out, match) {
    const type = accessType("", match[2] !== undefined);
    const { old, value } = change(out, type, match[3]!);
    bind(out, type, { 0: match[1] === undefined ? value : old });
  },
};

const perCpu: AsmForm = {
  name: "arm64 operation on a per-CPU variable",
  template: new RegExp(String.raw`^1:\\09ldxr([bh]?)\\09${REGISTER}, \$\d\\0A(add|orr|bic)\\09${REGISTER}, ${REGISTER}, ${REGISTER}\\0A\\09stxr[bh]?\\09\$\{\d:w\}, ${REGISTER}, \$\d\\0A\\09cbnz\\09\$\{\d:w\}, 1b$`),
  from: "arch/arm64/include/asm/percpu.h __PERCPU_OP_CASE, __PERCPU_RET_OP_CASE",
  emit(out, match) {
    const type = accessType(match[1]!, match[2] !== undefined);
    bind(out, type, { 1: change(out, type, match[3]!).value });
  },
};

const loadAcquire: AsmForm = {
  name: "arm64 load",
  template: /^(?:ldar([bh]?)|\.if 1 == 1\\0A661:\\0A\\09ldr([bh]?)|1:\\09ldr) ?(?:\\09)?\$(\{?)0(?::w\})?, \[?\$[12]\]?(?:\\0A(?:66)?2:.*)?$/,
  from: "arch/arm64/include/asm/barrier.h __smp_load_acquire, io.h __raw_readl, word-at-a-time.h load_unaligned_zeropad",
  emit(out, match) {
    const type = accessType(match[1] ?? match[2] ?? "", match[3] !== "");
    const place = (out.call.operands.find((o) => o.constraint.includes("*")) ?? inputs(out)[0]!).arg!;
    bind(out, type, { 0: out.value(`load ${type}, ptr ${place.value}, align 1`) });
  },
};

const storeRelease: AsmForm = {
  name: "arm64 store",
  template: /^(?:stlr([bh]?)|str([bh]?)) \$\{?1(?::([wx])\})?, \[?\$0\]?$/,
  from: "arch/arm64/include/asm/barrier.h __smp_store_release, io.h __raw_writel",
  emit(out, match) {
    const type = accessType(match[1] ?? match[2] ?? "", match[3] === "w");
    store(out, type, out.as(inputs(out)[0]!, type));
  },
};

const waitForChange: AsmForm = {
  name: "arm64 wait for a change",
  template: /^\\09sevl\\0A\\09wfe\\0A\\09ldxr/,
  from: "arch/arm64/include/asm/cmpxchg.h __CMPWAIT_CASE",
  emit(out) {
    // Nobody else changes it: the caller looks again, and its loop has a limit (steps.ts).
    bind(out, "i64", {});
  },
};

export const ARM64_MEMORY_FORMS: readonly AsmForm[] = [compareAndExchange, exchange, atomic, perCpu, loadAcquire, storeRelease, waitForChange];
