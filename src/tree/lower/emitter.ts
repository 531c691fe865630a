// SPDX-License-Identifier: MIT
/** Writes the IR that stands for one inline-assembly call. */

import type { AsmCall, AsmOperand } from "./asm-call.ts";

/** Collects instructions, names temporaries, remembers what the module has to declare. */
export class Emitter {
  readonly lines: string[] = [];
  readonly call: AsmCall;
  /** True in files of drivers: what they read and write with MMIO's instructions may be contents of pages (volatile.ts). */
  readonly throughMappings: boolean;
  private readonly prefix: string;
  private readonly declares: Set<string>;
  private temporaries = 0;

  /** @param prefix a name that no other value of the function has, without "%" */
  constructor(call: AsmCall, prefix: string, declares: Set<string>, throughMappings = false) {
    this.throughMappings = throughMappings;
    this.call = call;
    this.prefix = prefix;
    this.declares = declares;
  }

  /** Adds an instruction without a result. */
  run(text: string): void {
    this.lines.push(`  ${text}`);
  }

  /** Adds an instruction and returns the name of its result. */
  value(text: string): string {
    const name = `%${this.prefix}.${this.temporaries++}`;
    this.lines.push(`  ${name} = ${text}`);
    return name;
  }

  /** Has the module declare a function or a global. */
  declare(text: string): void {
    this.declares.add(text);
  }

  /** Calls an external function of ours; `args` are "type value". */
  callVoid(name: string, args: readonly string[]): void {
    this.declare(`declare void @${name}(${args.map((a) => a.slice(0, a.indexOf(" "))).join(", ")})`);
    this.run(`call void @${name}(${args.join(", ")})`);
  }

  /** Calls an external function of ours that returns `type`. */
  callValue(type: string, name: string, args: readonly string[]): string {
    this.declare(`declare ${type} @${name}(${args.map((a) => a.slice(0, a.indexOf(" "))).join(", ")})`);
    return this.value(`call ${type} @${name}(${args.join(", ")})`);
  }

  /** The operand's value as `type`, cut to size where the asm used a sub-register. */
  as(operand: AsmOperand, type: string): string {
    const arg = operand.arg!;
    if (arg.type === type) return arg.value;
    if (arg.type === "ptr") return this.value(`ptrtoint ptr ${arg.value} to ${type}`);
    const wider = Number(arg.type.slice(1)) > Number(type.slice(1));
    return this.value(`${wider ? "trunc" : "zext"} ${arg.type} ${arg.value} to ${type}`);
  }

  /** Binds the call's results to integers that were loaded from memory: a pointer among them is converted. */
  loaded(values: readonly string[]): void {
    const { name, results } = this.call;
    if (name === null) return;
    this.results(values.map((v, i) => (results[i] === "ptr" ? this.value(`inttoptr i64 ${v} to ptr`) : v)));
  }

  /** Binds the call's results, in order. Every numbered value has to be defined, used or not. */
  results(values: readonly string[]): void {
    const { name, type, results } = this.call;
    if (name === null) return;
    if (!type.startsWith("{")) {
      if (type === "ptr") this.lines.push(`  ${name} = getelementptr i8, ptr ${values[0]}, i64 0`);
      else this.lines.push(`  ${name} = add ${type} ${values[0]}, 0`);
      return;
    }
    let struct = "poison";
    results.forEach((element, i) => {
      const text = `insertvalue ${type} ${struct}, ${element} ${values[i]}, ${i}`;
      if (i === results.length - 1) this.lines.push(`  ${name} = ${text}`);
      else struct = this.value(text);
    });
  }

  /** Widens an i1 to the type of result `index`. */
  flag(bit: string, index: number): string {
    return this.value(`zext i1 ${bit} to ${this.call.results[index]}`);
  }
}

/** One recognised form. */
export interface AsmForm {
  /** Name for tests and for the list of forms. */
  readonly name: string;
  /** Matched against the template. */
  readonly template: RegExp;
  /** Matched against the constraint string, where the template alone does not decide. */
  readonly constraints?: RegExp;
  /** Where the kernel has it. */
  readonly from: string;
  /** Writes the replacement. */
  emit(out: Emitter, match: RegExpExecArray): void;
}
