// SPDX-License-Identifier: MIT
/**
 * Null pointers. WebAssembly has memory at address 0, so a load from there would pass: where the pointer may be one, an address of the
 * first page becomes one that nothing lies at, and the load traps. A pointer is looked at once in a block, and not again where the
 * function's first block has looked at it; what lies at constant offsets from one that was looked at is taken for good. Stores show
 * afterwards (`Guest.damaged`).
 * SIMPLIFIED (may miss bugs): a wild pointer that is neither in the first page nor outside of memory reads what lies there.
 */

const LABEL = /^("[^"]*"|[-\w$.]+):/;
const ALLOCA = /^ {2}(%[-\w$.]+) = alloca /;
const FIELD = /^ {2}(%[-\w$.]+) = getelementptr .*?, ptr (%[-\w$.]+)(?:, i(?:32|64) -?\d+)*(?:, !.*)?$/;
const LOAD = /^ {2}%[-\w$.]+ = load (?!.*addrspace)[^@]*?, ptr (%[-\w$.]+)(?=,|$)/;
/** What the first page is mapped to: outside of memory, and so far below the end of addresses that no offset comes to memory again. */
const NOWHERE = 0xffff_0000;

/** Adds the checks to a function, given from `define` to "}". */
export function guardNull(lines: readonly string[]): readonly string[] {
  const roots = new Map<string, string>();
  const root = (name: string): string => roots.get(name) ?? name;
  const always = new Set<string>();
  let known = new Set<string>();
  let entry = true;
  let serial = 0;
  const out: string[] = [];
  for (const [i, line] of lines.entries()) {
    if (LABEL.test(line)) {
      if (i > 1) entry = false;
      known = new Set();
    }
    const alloca = ALLOCA.exec(line);
    if (alloca !== null) always.add(alloca[1]!);
    const field = FIELD.exec(line);
    if (field !== null) roots.set(field[1]!, root(field[2]!));
    const load = LOAD.exec(line);
    const pointer = load?.[1];
    if (pointer === undefined || always.has(root(pointer)) || known.has(root(pointer))) {
      out.push(line);
      continue;
    }
    (entry ? always : known).add(root(pointer));
    const p = `%cbit.null${serial++}`;
    out.push(
      `  ${p}.is = icmp ult ptr ${pointer}, inttoptr (i64 4096 to ptr)`,
      `  ${p}.to = select i1 ${p}.is, ptr inttoptr (i64 ${NOWHERE} to ptr), ptr ${pointer}`,
      line.replace(`, ptr ${pointer}`, `, ptr ${p}.to`),
    );
  }
  return out;
}
