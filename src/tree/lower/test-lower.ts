// SPDX-License-Identifier: MIT
/** Lowers one line of IR, for the tests of forms. */

import { lowerModule } from "./module.ts";

/** A function whose body is one asm call, lowered; without the empty lines. */
export function lower(line: string, next = "  ret void", file = "a/b.c"): string[] {
  const out = lowerModule(`define void @f(ptr %p) {\nentry:\n  ${line}\n${next}\n}\n`, file);
  return out.split("\n").map((l) => l.trim()).filter((l) => l !== "");
}

/** What stands between the entry label and the return, as in the guest's own code: without checks for null pointers. */
export function body(line: string): string[] {
  const lines = lower(line, "  ret void", "guest/b.c");
  return lines.slice(lines.indexOf("entry:") + 1, lines.indexOf("ret void"));
}
