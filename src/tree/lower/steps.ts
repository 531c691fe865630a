// SPDX-License-Identifier: MIT
/**
 * A limit for loops: every jump back in the text of a function counts one step, and at the limit the operation ends
 * (cbit_endless in src/tree/guest/common/limits.c), or begins to count anew where more is allowed. Each cycle of blocks has
 * such a jump, whatever its shape. Recursion is a cycle without one: functions that call others count when they are entered.
 * The counter is a global of the module, not memory, so that it is no part of the state.
 */

/** Steps of one operation. Booting takes the most, some thousands; this many take some ten milliseconds. */
export const STEP_LIMIT = 10_000_000;

export const STEP_DECLARATIONS = ["@cbit_steps = external addrspace(1) global i32", "declare void @cbit_endless()", "declare void @cbit_entered()"] as const;

const LABEL = /^("[^"]*"|[-\w$.]+):/;
const TERMINATOR = /^\s+(?:br|switch|indirectbr) /;
const TARGET = /label %("[^"]*"|[-\w$.]+)/g;

/** @param prefix a name that no other value of the function has, without "%" */
function count(prefix: string): string[] {
  const p = `%${prefix}`;
  return [
    `  ${p}.steps = load i32, ptr addrspace(1) @cbit_steps`,
    `  ${p}.next = add i32 ${p}.steps, 1`,
    `  store i32 ${p}.next, ptr addrspace(1) @cbit_steps`,
    `  ${p}.over = icmp ugt i32 ${p}.next, ${STEP_LIMIT}`,
    `  br i1 ${p}.over, label ${p}.end, label ${p}.on`,
    `${prefix}.end:`,
    "  call void @cbit_endless()",
    `  br label ${p}.on`,
    `${prefix}.on:`,
  ];
}

/** Adds the counting to a function, given from `define` to "}"; the same lines where it has no loop. */
export function limitLoops(lines: readonly string[]): readonly string[] {
  const out: string[] = [];
  const seen = new Set<string>();
  /** Blocks that were cut: to the name of the part that has the jump, for the phi nodes of its successors. */
  const cut = new Map<string, string>();
  let block = "";
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i]!;
    const label = LABEL.exec(line);
    if (label !== null) {
      block = label[1]!;
      seen.add(block);
    } else if (TERMINATOR.test(line)) {
      if ([...terminator(lines, i).matchAll(TARGET)].some((target) => seen.has(target[1]!))) {
        const prefix = `cbit.loop${cut.size}`;
        out.push(...count(prefix));
        cut.set(block, `${prefix}.on`);
      }
    }
    out.push(line);
  }
  return cut.size === 0 ? lines : out.map((line) => (line.includes(" = phi ") ? renameSources(line, cut) : line));
}

/** The whole of a terminator: a switch has a line for each case. */
function terminator(lines: readonly string[], at: number): string {
  let text = lines[at]!;
  if (text.includes("[")) for (let i = at + 1; !text.includes("]") && i < lines.length; i++) text += lines[i]!;
  return text;
}

function renameSources(phi: string, cut: ReadonlyMap<string, string>): string {
  return phi.replace(/, %("[^"]*"|[-\w$.]+) \]/g, (all, block: string) => (cut.has(block) ? `, %${cut.get(block)} ]` : all));
}

/** A call of something that can call on: neither an intrinsic nor a function of ours. */
const CALL = /^\s+(?:%[^ ]+ = )?(?:tail |notail )?(?:call|invoke) (?!.*@(?:llvm\.|cbit_))/;

/** Has a function count that it was entered, given from `define` to "}"; the same lines where it calls nothing. */
export function limitCalls(lines: readonly string[]): readonly string[] {
  if (!lines.some((line) => CALL.test(line))) return lines;
  const first = LABEL.test(lines[1] ?? "") ? 2 : 1;
  return [...lines.slice(0, first), "  call void @cbit_entered()", ...lines.slice(first)];
}
