// SPDX-License-Identifier: MIT
/**
 * Copies and fills in files with KUnit suites. What a test looks at may be page contents, which are the machine's: a copy of a few bytes,
 * which the compiler would make of plain loads and stores, becomes a call of the guest's (src/tree/guest/kunit/contents.c).
 */

/** Ref: include/kunit/test.h, __kunit_test_suites. */
const SUITES = /section "\.kunit_(?:init_)?test_suites"/;
const INTRINSIC = /^ {2}(?:(?:tail|musttail|notail) )?call void @llvm\.(memcpy|memmove|memset)(?:\.inline)?\.p0(?:\.p0)?\.i64\((.*), i1 (?:false|true)\)/;

export const SUITE_COPY_DECLARATIONS: Readonly<Record<"copy" | "set", string>> = { copy: "declare void @cbit_suite_copy(ptr, ptr, i64)", set: "declare void @cbit_suite_set(ptr, i8, i64)" };

/** True for the IR of a file that registers suites. */
export function hasSuites(ir: string): boolean {
  return SUITES.test(ir);
}

/** The call that stands for a copy or a fill, and what it needs declared; null where the line is none. */
export function lowerSuiteCopy(line: string): { readonly line: string; readonly declaration: string } | null {
  const [, what, operands] = INTRINSIC.exec(line) ?? [];
  if (what === undefined) return null;
  const fn = what === "memset" ? "set" : "copy";
  return { line: `  call void @cbit_suite_${fn}(${operands!})`, declaration: SUITE_COPY_DECLARATIONS[fn] };
}
