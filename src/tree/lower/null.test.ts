// SPDX-License-Identifier: MIT
import { describe, expect, it } from "vitest";
import { lowerModule } from "./module.ts";

const lowered = (lines: readonly string[], file = "mm/a.c"): string => lowerModule(`define i32 @f(ptr %p, i1 %c) {\nentry:\n${lines.map((l) => (l.endsWith(":") ? l : `  ${l}`)).join("\n")}\n}\n`, file);
const checks = (text: string): number => text.match(/icmp ult ptr/g)?.length ?? 0;

describe("loads through null pointers", () => {
  it("go where nothing lies", () => {
    const out = lowered(["%v = load i32, ptr %p, align 4", "ret i32 %v"]);
    expect(out).toContain("%cbit.null0.is = icmp ult ptr %p, inttoptr (i64 4096 to ptr)");
    expect(out).toContain("%cbit.null0.to = select i1 %cbit.null0.is, ptr inttoptr (i64 4294901760 to ptr), ptr %p");
    expect(out).toContain("%v = load i32, ptr %cbit.null0.to, align 4");
  });

  it("are looked for once for a pointer and its fields", () => {
    const fields = ["%a = getelementptr inbounds i8, ptr %p, i64 8", "%b = getelementptr inbounds %struct.s, ptr %p, i32 0, i32 2", "%v = load i32, ptr %a, align 4", "%w = load i32, ptr %b, align 4"];
    expect(checks(lowered([...fields, "ret i32 %w"]))).toBe(1);
    expect(checks(lowered([...fields, "br label %next", "next:", "%x = load i32, ptr %p, align 4", "ret i32 %x"]))).toBe(1);
  });

  it("are looked for again in other blocks, and at variable offsets", () => {
    const load = (name: string): string => `%${name} = load i32, ptr %p, align 4`;
    expect(checks(lowered(["br i1 %c, label %a, label %b", "a:", load("v"), "ret i32 %v", "b:", load("w"), "ret i32 %w"]))).toBe(2);
    expect(checks(lowered(["%i = load i64, ptr %p, align 8", "%a = getelementptr i32, ptr %p, i64 %i", "%v = load i32, ptr %a, align 4", "ret i32 %v"]))).toBe(2);
  });

  it("cannot be of variables and of the stack, and are not looked for in the guest's own code", () => {
    expect(checks(lowered(["%s = alloca i32, align 4", "%v = load i32, ptr %s, align 4", "%w = load i32, ptr @x, align 4", "ret i32 %v"]))).toBe(0);
    expect(checks(lowered(["%v = load i32, ptr %p, align 4", "ret i32 %v"], "guest/common/a.c"))).toBe(0);
  });
});
