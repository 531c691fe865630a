// SPDX-License-Identifier: MIT
/**
 * Kernel functions whose failure can be injected, where they are the tree's own: each asks when it is entered
 * (src/tree/guest/contract/inject.c). A function that this tree's compiler has inlined everywhere has no such place; which ones have is
 * told by variables called cbit_hook_NAME.
 */

/** Numbers of the contract's list (INJECTABLE), and what the function returns when it fails. */
const FAILS: Readonly<Record<string, { readonly id: number; readonly result: number }>> = {
  set_memory_decrypted: { id: 4, result: -12 },
  set_memory_encrypted: { id: 5, result: -12 },
  swiotlb_find_slots: { id: 6, result: -1 },
  iommu_map: { id: 8, result: -12 },
  iommu_map_sg: { id: 8, result: -12 },
  // What the DMA layer calls before Linux 6.3.
  iommu_map_atomic: { id: 8, result: -12 },
  iommu_map_sg_atomic: { id: 8, result: -12 },
};

/** Where a compiler has inlined a function into its only caller: what stands for it there, and returns when it fails. The guest sees to it that the call would come as far. */
const CALLERS: Readonly<Record<string, { readonly of: string; readonly result: number }>> = { swiotlb_tbl_map_single: { of: "swiotlb_find_slots", result: -1 } };

/** __change_page_attr() is inlined into its loop: the loop is told to end before the page that fails. */
const PAGE_LOOP = "__change_page_attr_set_clr";

const LABEL = /^("[^"]*"|[-\w$.]+):/;

/** What a hooked function calls. */
export const INJECT_DECLARATIONS = ["declare i32 @cbit_inject(i32)", "declare void @cbit_cpa_begin(ptr, i32)", "declare i32 @cbit_cpa_end(ptr, i32, i32)"] as const;

/** The variable that says that a function has its hook. */
export function hookVariable(fn: string): string {
  return `@cbit_hook_${CALLERS[fn]?.of ?? fn} = constant i8 1`;
}

/** @param text the module that the function is in */
export function isHooked(fn: string, text: string): boolean {
  const inlined = Object.hasOwn(CALLERS, fn) ? CALLERS[fn]!.of : null;
  return fn === PAGE_LOOP || Object.hasOwn(FAILS, fn) || (inlined !== null && !new RegExp(`^define .*@${inlined}\\(`, "m").test(text));
}

/** Adds the hook to a function, given from `define` to "}". */
export function injectHook(lines: readonly string[], fn: string): readonly string[] {
  return fn === PAGE_LOOP ? pageLoop(lines) : entryHook(lines, fn);
}

function entryHook(lines: readonly string[], fn: string): readonly string[] {
  const { id, result } = FAILS[fn] ?? { ...FAILS[CALLERS[fn]!.of]!, result: CALLERS[fn]!.result };
  const type = /\b(i32|i64) @/.exec(lines[0]!)![1]!;
  const label = LABEL.exec(lines[1] ?? "");
  const head = label === null ? lines.slice(0, 1) : lines.slice(0, 2);
  const entry = label === null ? null : label[1]!;
  const hook = [
    `  %cbit.inject = call i32 @cbit_inject(i32 ${id})`,
    "  %cbit.fails = icmp ne i32 %cbit.inject, 0",
    "  br i1 %cbit.fails, label %cbit.failed, label %cbit.entered",
    "cbit.failed:",
    `  ret ${type} ${result}`,
    "cbit.entered:",
  ];
  const rest = lines.slice(head.length);
  return [...head, ...hook, ...(entry === null ? rest : rest.map((line) => (line.includes(" = phi ") ? line.replaceAll(`, %${entry} ]`, ", %cbit.entered ]") : line)))];
}

function pageLoop(lines: readonly string[]): readonly string[] {
  const [cpa, primary] = [...lines[0]!.slice(lines[0]!.indexOf(`@${PAGE_LOOP}(`)).matchAll(/(?:ptr|i32)[^,)]*? (%[-\w$.]+)(?=[,)])/g)].map((m) => m[1]!);
  const begin = `  call void @cbit_cpa_begin(ptr ${cpa}, i32 ${primary})`;
  let ends = 0;
  const out = lines.flatMap((line) => {
    const end = /^ {2}ret i32 (\S+)$/.exec(line);
    if (end === null) return [line];
    const name = `%cbit.end${ends++}`;
    return [`  ${name} = call i32 @cbit_cpa_end(ptr ${cpa}, i32 ${primary}, i32 ${end[1]})`, `  ret i32 ${name}`];
  });
  out.splice(LABEL.test(out[1] ?? "") ? 2 : 1, 0, begin);
  return out;
}
