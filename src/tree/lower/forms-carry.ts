// SPDX-License-Identifier: MIT
/** Sums with the carry flag: IP checksums. */

import type { AsmForm, Emitter } from "./emitter.ts";

const STEP = /^(add|adc)([lq]) (?:\$\$(0x[0-9a-f]+|\d+)|(?:(\d+)(\*8)?)?\(\$(\d)\)|\$(\d)), ?\$0$/;

/** The value of a step's source, of `type`. */
function source(out: Emitter, step: RegExpExecArray, type: string): string {
  const [, , , immediate, offset = "0", times, base, plain] = step;
  if (immediate !== undefined) return String(Number(immediate));
  if (base !== undefined) {
    const at = out.value(`getelementptr i8, ptr ${out.call.operands[Number(base)]!.arg!.value}, i64 ${Number(offset) * (times === undefined ? 1 : 8)}`);
    return out.value(`load ${type}, ptr ${at}, align 1`);
  }
  const operand = out.call.operands[Number(plain)]!;
  return operand.constraint.includes("*") ? out.value(`load ${type}, ptr ${operand.arg!.value}, align 1`) : out.as(operand, type);
}

const stepsOf = (template: string): string[] => template.split("\\0A").map((line) => line.replaceAll("\\09", "").trim()).filter((line) => line !== "");

const carryChain: AsmForm = {
  name: "add, adc to one register",
  template: /^(?:\\09|\s)*add[lq] [^\\]*,\s?\$0(?:\s?\\0A(?:\\09|\s)*adc[lq] [^\\]*,\s?\$0)+(?:\s?\\0A)?$/,
  from: "arch/x86/include/asm/checksum_64.h, arch/x86/lib/csum-partial_64.c",
  emit(out) {
    const steps = stepsOf(out.call.template).map((line) => STEP.exec(line)!);
    const type = steps[0]![2] === "q" ? "i64" : "i32";
    let sum = out.as(out.call.operands.find((o) => o.constraint === "0")!, type);
    let carry = "false";
    for (const step of steps) {
      const value = source(out, step, type);
      const once = out.value(`add ${type} ${sum}, ${value}`);
      const over = out.value(`icmp ult ${type} ${once}, ${sum}`);
      if (step[1] === "add") [sum, carry] = [once, over];
      else {
        const twice = out.value(`add ${type} ${once}, ${out.value(`zext i1 ${carry} to ${type}`)}`);
        const again = out.value(`icmp ult ${type} ${twice}, ${once}`);
        [sum, carry] = [twice, out.value(`or i1 ${over}, ${again}`)];
      }
    }
    out.results([sum]);
  },
};

const ipChecksum: AsmForm = {
  name: "ip_fast_csum",
  template: /^ {2}movl \(\$1\), \$0\\0A {2}subl \$\$4, \$2\\0A {2}jbe 2f/,
  from: "arch/x86/include/asm/checksum_64.h:45",
  emit(out) {
    const [header, words] = out.call.args;
    out.results([out.callValue("i32", "cbit_ip_checksum", [`ptr ${header!.value}`, `i32 ${words!.value}`]), header!.value, "0"]);
  },
};

const fill: AsmForm = {
  name: "rep stos",
  template: /^rep stos([wlq])$/,
  from: "arch/x86/include/asm/string_64.h memset16, memset32, memset64",
  emit(out, match) {
    const [value, to, count] = out.call.args;
    const bytes = { w: 2, l: 4, q: 8 }[match[1]!]!;
    const wide = value!.type === "i64" ? value!.value : out.value(`zext ${value!.type} ${value!.value} to i64`);
    out.callVoid("cbit_fill", [`ptr ${to!.value}`, `i64 ${wide}`, `i64 ${count!.value}`, `i32 ${bytes}`]);
    out.results([out.value(`getelementptr i8, ptr ${to!.value}, i64 ${out.value(`mul i64 ${count!.value}, ${bytes}`)}`), "0"]);
  },
};

export const CARRY_FORMS: readonly AsmForm[] = [carryChain, ipChecksum, fill];
