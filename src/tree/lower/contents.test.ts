// SPDX-License-Identifier: MIT
import { describe, expect, it } from "vitest";
import { lowerModule } from "./module.ts";

const evict = (file: string, load: string): string => lowerModule(`define void @evict(ptr %p) {\nentry:\n  ${load}\n  ret void\n}\n`, file);

describe("loads of page contents", () => {
  it.each(["%v = load i8, ptr %p, align 1", "%v = load i8, ptr %p, align 4096", "%v = load volatile i8, ptr %p, align 1, !tbaa !5"])("%s asks the guest", (load) => {
    for (const file of ["arch/x86/coco/sev/core.c", "arch/x86/kernel/sev.c"]) {
      const out = evict(file, load);
      expect(out).toMatch(/%(\S+\.byte) = call i32 @cbit_load_byte\(ptr %p\)\n {2}%v = trunc i32 %\1 to i8/);
      expect(out).toContain("declare i32 @cbit_load_byte(ptr)");
    }
  });

  it("stay as they are elsewhere, and of variables", () => {
    expect(evict("kernel/dma/direct.c", "%v = load i8, ptr %p, align 1")).not.toContain("cbit_load_byte");
    expect(evict("arch/x86/kernel/sev.c", "%v = load i8, ptr @snp_vmpl, align 1")).toContain("load i8, ptr @snp_vmpl");
    expect(evict("arch/x86/kernel/sev.c", "%v = load i32, ptr %p, align 4")).not.toContain("cbit_load_byte");
  });
});
