// SPDX-License-Identifier: MIT
/** Turns the IR that kbuild's clang wrote for x86-64 or arm64 into IR that llc takes for wasm64. Text in, text out. */

import { CbitError, EXIT } from "../../base/index.ts";
import { isAsmLine, parseAsmCall } from "./asm-call.ts";
import { type AsmForm, Emitter } from "./emitter.ts";
import { CONTENTS_DECLARATION, lowerByteLoad, readsContents } from "./contents.ts";
import { ARM64_CPU_FORMS } from "./forms-arm64-cpu.ts";
import { ARM64_MEMORY_FORMS } from "./forms-arm64-memory.ts";
import { CARRY_FORMS } from "./forms-carry.ts";
import { CPU_FORMS } from "./forms-cpu.ts";
import { GUEST_FORMS } from "./forms-guest.ts";
import { IDLE_FORMS } from "./forms-idle.ts";
import { MEMORY_FORMS } from "./forms-memory.ts";
import { USER_FORMS } from "./forms-user.ts";
import { guardNull } from "./null.ts";
import { hookVariable, INJECT_DECLARATIONS, injectHook, isHooked } from "./inject.ts";
import { limitCalls, limitLoops, STEP_DECLARATIONS } from "./steps.ts";
import { hasSuites, lowerSuiteCopy } from "./suite-copies.ts";
import { keepParts, parameterAliases, renameBounds, tablePart } from "./tables.ts";
import { TRACE_DECLARATION, traceEntry } from "./traces.ts";
import { lowerVolatile, VOLATILE_DECLARATIONS } from "./volatile.ts";
import { lowerVaList, widenVariableArguments } from "./varargs.ts";

/** Every form of inline assembly that is understood. */
export const ASM_FORMS: readonly AsmForm[] = [
  ...CARRY_FORMS,
  ...CPU_FORMS,
  ...GUEST_FORMS,
  ...IDLE_FORMS,
  ...MEMORY_FORMS,
  ...USER_FORMS,
  ...ARM64_CPU_FORMS,
  ...ARM64_MEMORY_FORMS,
];

/** Names of the glue's files begin with it; their loops end by themselves. */
export const GUEST_FOLDER = "guest/";
/** Those that a file of the tree's driver is part of. */
const WITH_DRIVER = /^guest\/driver-(?!generic\/|own\/)/;

/** Files of the drivers that have modules of their own. */
const OF_DRIVER = /^drivers\/gpu\/drm\/(?:amd|nouveau|qxl|radeon|vmwgfx)\//;

/** Sections that hold tables for the linker or the module loader, which nothing here reads. */
const DROPPED_SECTION = /section "(?:\.discard\.[^"]*|llvm\.metadata|\.modinfo|\.init\.setup|__param|\.export_symbol|\.initcall[^"]*|__kcrctab[^"]*|__ksymtab[^"]*)"/;

/** Static variables that the guest sets or reads: runtime_data, the per-CPU GHCB of arch/x86/kernel/sev.c; what TTM has allocated. */
const SHARED_STATIC = /^(@(?:runtime_data|ttm_pages_allocated) = )internal /;

/** _THIS_IP_ where the architecture has no instruction for it. Ref: include/linux/instruction_pointer.h. */
const THIS_IP = /blockaddress\(@[-\w$.]+, %[-\w$.]+\)/g;

/** Fills and copies: the ranges are looked at first, and each round counts. */
const UNLIMITED = /^guest\/common\/memory\.c$/;

/** Functions and variables that a tree must not name: those of the guest, which lift its limits, and instructions of wasm itself. */
const OWN_NAME = /@"?(?:\\01)?((?:cbit_|llvm\.wasm\.)[-\w$.]*)/;

/** Finds the form that a call has; null where it is not known. */
export function findForm(template: string, constraints: string): { form: AsmForm; match: RegExpExecArray } | null {
  for (const form of ASM_FORMS) {
    const match = form.template.exec(template);
    if (match !== null && (form.constraints === undefined || form.constraints.test(constraints))) return { form, match };
  }
  return null;
}

/**
 * @param text the module
 * @param file the source's path within the tree, or the glue's, for errors
 * @throws CbitError (exit 5) at inline assembly of an unknown form
 */
export function lowerModule(text: string, file: string): string {
  const out: string[] = [];
  const declares = new Set<string>();
  const lines = renameBounds(text).split("\n");
  const driver = WITH_DRIVER.test(file);
  const ours = file.startsWith(GUEST_FOLDER);
  const contents = readsContents(file);
  const suites = hasSuites(text);
  const limited = !UNLIMITED.test(file);
  const initcalls = initcallNames(lines);
  const abi = text.includes('\ntarget triple = "aarch64') ? "aapcs64" : "system-v";
  const parts: string[] = [];
  let fn = "(none)";
  let serial = 0;
  let start = 0;
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i]!.replace(THIS_IP, "null");
    if (!ours && OWN_NAME.test(line)) throw ownName(line, file);
    if (line.startsWith("define ")) {
      fn = /@([-\w$.]+)\(/.exec(line)?.[1] ?? fn;
      start = out.length;
      out.push(stripSection(initcalls.has(fn) ? line.replace("define internal ", "define ") : line));
      const told = traceEntry(line, fn);
      if (told.length === 0) continue;
      declares.add(TRACE_DECLARATION);
      if (/^[-\w$."]+:/.test(lines[i + 1] ?? "")) out.push(lines[++i]!);
      out.push(...told);
      continue;
    }
    if (!line.startsWith(" ")) {
      const part = tablePart(line);
      if (part !== null) parts.push(part.name);
      const kept = part?.line ?? topLevel(line);
      if (kept !== null) out.push(kept);
      if (line === "}" && limited) {
        const plain = ours ? out.splice(start) : guardNull(out.splice(start));
        const hooked = isHooked(fn, text);
        const whole = hooked ? injectHook(plain, fn) : plain;
        if (hooked) for (const declaration of [...INJECT_DECLARATIONS, hookVariable(fn)]) declares.add(declaration);
        const counted = limitLoops(ours ? whole : limitCalls(whole));
        if (counted !== whole) for (const declaration of STEP_DECLARATIONS) declares.add(declaration);
        out.push(...counted);
      }
      continue;
    }
    const prefix = `cbit${serial++}`;
    if (isAsmLine(line)) {
      const call = parseAsmCall(line, lines[i + 1] ?? "");
      const found = call === null ? null : findForm(call.template, call.constraints);
      if (call === null || found === null) throw unknownAsm(line, file, fn);
      const emitter = new Emitter(call, prefix, declares, driver || OF_DRIVER.test(file));
      found.form.emit(emitter, found.match);
      out.push(...emitter.lines);
      if (call.labels.length > 0) i++;
      continue;
    }
    const access = driver ? lowerVolatile(line, prefix) : null;
    if (access !== null) for (const declaration of VOLATILE_DECLARATIONS) declares.add(declaration);
    const byte = contents ? lowerByteLoad(line, prefix) : null;
    if (byte !== null) declares.add(CONTENTS_DECLARATION);
    const copy = suites ? lowerSuiteCopy(line) : null;
    if (copy !== null) declares.add(copy.declaration);
    out.push(...(access ?? byte ?? (copy === null ? null : [copy.line]) ?? lowerVaList(line, prefix, abi) ?? lowerIntrinsic(line) ?? widenVariableArguments(line, prefix) ?? [line]));
  }
  out.push(...keepParts(parts), ...parameterAliases(lines));
  const present = new Set(lines.filter((l) => l.startsWith("declare ")).map((l) => /@([-\w$.]+)\(/.exec(l)?.[1]));
  for (const declaration of declares) {
    const name = /@([-\w$.]+)/.exec(declaration)![1];
    if (!present.has(name) && !definesSymbol(lines, name!)) out.push(declaration);
  }
  return `${out.join("\n")}\n`;
}

/** Names of the static functions that the tables of initcalls and boot parameters name: the guest's boot calls some. */
function initcallNames(lines: readonly string[]): ReadonlySet<string> {
  const names = new Set<string>();
  lines.forEach((line, i) => {
    const parameter = line.startsWith("@__setup_") ? /ptr @([-\w$.]+), i32 [01] \}/.exec(line) : line.startsWith("@__of_table_") ? /ptr @([-\w$.]+) \}/.exec(line) : null;
    if (parameter !== null) names.add(parameter[1]!);
    if (!line.startsWith("module asm ") || !line.includes("__initcall__")) return;
    const entry = /\.long\\09([-\w$.]+) - \./.exec(lines[i + 1] ?? "");
    if (entry !== null) names.add(entry[1]!);
  });
  return names;
}

function definesSymbol(lines: readonly string[], name: string): boolean {
  return lines.some((l) => l.startsWith(`@${name} = `) || (l.startsWith("define ") && l.includes(`@${name}(`)));
}

/** A line outside functions; null where it is dropped. */
function topLevel(line: string): string | null {
  if (line.startsWith("module asm") || line.startsWith("target ") || line.startsWith("!llvm.module.flags")) return null;
  if (line.startsWith("@llvm.compiler.used") || line.startsWith("@llvm.used")) return null;
  if (line.startsWith("attributes #")) return line.replace(/ "[^"]*"(?:="[^"]*")?/g, "");
  if (line.startsWith("declare ")) return /@llvm\.(?:read_register|write_register|returnaddress)/.test(line) ? null : stripSection(line);
  if (line.startsWith("@")) return DROPPED_SECTION.test(line) ? null : stripSection(line.replace(SHARED_STATIC, "$1"));
  return line;
}

/** Flags of WARN_ONCE(), printk_once(), dev_printk_once() and their kin stay together: guest/contract/quiet.c clears them. */
const ONCE = /section "\.data\.\.?once"/;
const PRINT_ONCE = /^(@[-\w$.]+\.__print_once(?:\.\d+)? = .*)section "[^"]*"/;

function stripSection(line: string): string {
  if (ONCE.test(line)) return line.replace(ONCE, 'section "cbit_once"');
  if (PRINT_ONCE.test(line)) return line.replace(PRINT_ONCE, '$1section "cbit_once"');
  return line.replace(/,? section "[^"]*"/, "").replace(/ prefix i32 \d+/, "");
}

/** Intrinsics that read machine registers; null where the line is not one. */
function lowerIntrinsic(line: string): string[] | null {
  const call = /^\s*(?:(%[-\w$.]+) = )?(?:tail )?call .*@llvm\.(read_register|write_register|returnaddress|frameaddress)\b/.exec(line);
  if (call === null) return null;
  if (call[2] === "write_register") return [];
  return [call[2] === "read_register" ? `  ${call[1]} = add i64 0, 0` : `  ${call[1]} = getelementptr i8, ptr null, i64 0`];
}

/** Inline assembly of a form that is not known (exit 5). */
export class UnknownAssembly extends CbitError {
  readonly function: string;
  private readonly text: string;

  /** @param place the file, with the line where it is known */
  constructor(place: string, fn: string, text: string) {
    super({
      code: "CBIT-250",
      exit: EXIT.unsupported,
      message: `${place}: ${fn}() has inline assembly of a form that is not known: ${text}"`,
      hint: "cbit has to learn what this instruction does: please report the line above.",
    });
    this.function = fn;
    this.text = text;
  }

  /** The same with another place. */
  at(place: string): UnknownAssembly {
    return new UnknownAssembly(place, this.function, this.text);
  }
}

function unknownAsm(line: string, file: string, fn: string): CbitError {
  return new UnknownAssembly(file, fn, / asm (.*?)"\(/.exec(line)?.[1] ?? line.trim());
}

function ownName(line: string, file: string): CbitError {
  return new CbitError({ code: "CBIT-251", exit: EXIT.unsupported, message: `${file}: it uses the name ${OWN_NAME.exec(line)![1]}, which is one of cbit's own`, hint: "Give it another name." });
}
