// SPDX-License-Identifier: MIT
import { describe, expect, it } from "vitest";
import { needsCopy } from "./overlay.ts";
import { hunksOf, kindOf, mailsOf, mismatch, namedFiles } from "./patch-file.ts";

const DIFF = `--- linux.orig/kernel/dma/pool.c	2024-01-01
+++ linux/kernel/dma/pool.c	2024-01-02
@@ -10,3 +10,3 @@ static int f(void)
 a
-b
+c
 d
@@ -40 +40 @@
-x
+y
`;

const MAIL = `From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001
From: Jane Doe <jane@example.org>
Subject: [PATCH 1/2] dma: one

---
 a | 2 +-

diff --git a/include/linux/old.h b/include/linux/new.h
rename from include/linux/old.h
rename to include/linux/new.h
diff --git a/kernel/dma/new.c b/kernel/dma/new.c
new file mode 100644
--- /dev/null
+++ b/kernel/dma/new.c
@@ -0,0 +1 @@
+int x;
`;

describe("patches", () => {
  it("mails and diffs are told apart", () => {
    expect(kindOf(DIFF)).toBe("diff");
    expect(kindOf(`\n${MAIL}`)).toBe("mbox");
    expect(kindOf("Subject: x\n\n")).toBe("mbox");
    expect(kindOf("diff --git a/x b/x\n")).toBe("diff");
    expect(kindOf("Index: linux/x.c\n=====\n")).toBe("diff");
    expect(kindOf("commit 0123\nAuthor: Jane\n")).toBe("diff");
  });

  it("all files that they name are found, and none outside the tree", () => {
    expect(namedFiles(DIFF)).toEqual(["kernel/dma/pool.c"]);
    expect(namedFiles(MAIL)).toEqual(["include/linux/new.h", "include/linux/old.h", "kernel/dma/new.c"]);
    expect(namedFiles("--- a/../../etc/passwd\n+++ b//etc/passwd\n")).toEqual([]);
  });

  it("hunks have their number, place and lines", () => {
    expect(hunksOf(DIFF)).toEqual([
      { file: "kernel/dma/pool.c", number: 1, line: 10, before: ["a", "b", "d"] },
      { file: "kernel/dma/pool.c", number: 2, line: 40, before: ["x"] },
    ]);
    expect(mailsOf(MAIL + MAIL)).toHaveLength(2);
  });

  it("the line that keeps a hunk from applying is found where the hunk fits best", () => {
    const hunk = hunksOf(DIFF)[0]!;
    expect(mismatch(hunk, ["0", "a", "b", "d"])).toBe(null);
    expect(mismatch(hunk, ["0", "a", "B", "d"])).toEqual({ line: 3, there: "B", wanted: "b" });
    expect(mismatch(hunk, ["a", "b"])).toEqual({ line: 3, there: null, wanted: "d" });
    expect(mismatch(hunk, [])).toEqual({ line: 1, there: null, wanted: "a" });
  });

  it("only what kbuild itself must see needs a copy of the tree", () => {
    const module = { slice: ["kernel/dma/pool", "kernel/dma/fresh"], compiled: new Set(["kernel/dma/pool"]), reads: new Set(["/t/kernel/dma/pool.c", "/t/include/linux/old.h", "/t/lib/Kconfig"]) };
    const needs = (changes: Record<string, "modified" | "added" | "deleted">, more: object = {}): string | null => needsCopy("/t", changes, { ...module, ...more });
    expect(needs({ "kernel/dma/pool.c": "modified", "include/linux/new.h": "added", "MAINTAINERS": "modified", "mm/slub.c": "deleted", "mm/Makefile": "modified" })).toBe(null);
    for (const name of ["kernel/Makefile", "Makefile", "lib/Kconfig", "scripts/basic/fixdep.c", "include/asm-generic/Kbuild"]) expect(needs({ [name]: "modified" })).toBe(name);
    expect(needs({ "include/linux/old.h": "deleted" })).toBe("include/linux/old.h");
    expect(needs({ "kernel/dma/fresh.c": "added" })).toBe("kernel/dma/fresh.c");
    // A file that is compiled as its neighbours are, and a makefile that only names it.
    const added = { "kernel/dma/fresh.c": "added", "kernel/dma/Makefile": "modified" } as const;
    expect(needs(added, { neighbours: new Set(["kernel/dma/fresh"]) })).toBe("kernel/dma/Makefile");
    expect(needs(added, { neighbours: new Set(["kernel/dma/fresh"]), grown: new Set(["kernel/dma/Makefile"]) })).toBe(null);
  });
});
