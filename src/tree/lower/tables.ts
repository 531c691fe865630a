// SPDX-License-Identifier: MIT
/**
 * Tables that the kernel's linker script gathers from sections, and that the kernel reads: the linker of WebAssembly
 * does the same for sections whose names are C identifiers, under names of its own.
 * Ref: include/asm-generic/vmlinux.lds.h; lld/wasm/Writer.cpp addStartStopSymbols().
 */

interface Table {
  readonly section: string;
  /** What the sections of the objects are called here. */
  readonly as: string;
  /** The linker script's names for the table's bounds. */
  readonly start: string;
  readonly end: string;
}

const TABLES: readonly Table[] = [
  { section: ".kunit_test_suites", as: "kunit_test_suites", start: "__kunit_suites_start", end: "__kunit_suites_end" },
  { section: ".kunit_init_test_suites", as: "kunit_init_test_suites", start: "__kunit_init_suites_start", end: "__kunit_init_suites_end" },
];

const BOUNDS: ReadonlyMap<string, string> = new Map(TABLES.flatMap((t) => [[t.start, `__start_${t.as}`], [t.end, `__stop_${t.as}`]] as const));
const BOUND = new RegExp(`@(${[...BOUNDS.keys()].join("|")})\\b`, "g");

/** The names of the tables' bounds as the linker has them; a table that no object has a part of begins and ends at 0. */
export function renameBounds(text: string): string {
  if (!text.includes("@__kunit_")) return text;
  return text.replace(BOUND, (_, name: string) => `@${BOUNDS.get(name)}`).replace(/^(@__(?:start|stop)_\w+ = )external /gm, "$1extern_weak ");
}

/** A part of a table, kept in its section; null where the global is none. */
export function tablePart(line: string): { name: string; line: string } | null {
  const section = / section "([^"]*)"/.exec(line);
  const table = section === null ? undefined : TABLES.find((t) => t.section === section[1]);
  if (table === undefined) return null;
  return { name: /^@([-\w$.]+) =/.exec(line)![1]!, line: line.replace(section![0], ` section "${table.as}"`) };
}

/** Says to the linker that nothing but their section refers to these. */
export function keepParts(names: readonly string[]): string[] {
  if (names.length === 0) return [];
  return [`@llvm.used = appending global [${names.length} x ptr] [${names.map((n) => `ptr @${n}`).join(", ")}], section "llvm.metadata"`];
}

/**
 * Module parameters, under names that do not depend on the file: "ttm.pages_limit" is @cbit_param_ttm_pages_limit, so
 * that boot can set what a kernel command line would. Ref: include/linux/moduleparam.h __module_param_call.
 * @returns aliases of the variables that the table of parameters names
 */
export function parameterAliases(lines: readonly string[]): string[] {
  const aliases: string[] = [];
  for (const line of lines) {
    // LLVM 14 names the first character of the string.
    const parameter = /^@__param_[-\w$.]+ = .*%struct\.kernel_param \{ ptr (?:getelementptr inbounds \(\[\d+ x i8\], ptr )?@(__param_str_[-\w$.]+).*?, ptr null, .*\{ ptr @([-\w$.]+) \} ?\}/.exec(line);
    if (parameter === null) continue;
    const name = lines.find((l) => l.startsWith(`@${parameter[1]} = `));
    const text = /c"([\w-]+\.[\w-]+)\\00"/.exec(name ?? "")?.[1];
    const type = /^@[-\w$.]+ = (?:[a-z_()]+ )*?global (i\d+|ptr|\[\d+ x i\d+\])/.exec(lines.find((l) => l.startsWith(`@${parameter[2]} = `)) ?? "")?.[1];
    if (text !== undefined && type !== undefined) aliases.push(`@cbit_param_${text.replace(/\W/g, "_")} = alias ${type}, ptr @${parameter[2]}`);
  }
  return aliases;
}
