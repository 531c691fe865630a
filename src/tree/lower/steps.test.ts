// SPDX-License-Identifier: MIT
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { limitCalls, limitLoops, STEP_LIMIT } from "./steps.ts";

const lines = (text: string): string[] => text.trim().split("\n");

describe("the limit of loops", () => {
  it("leaves a function without a loop alone", () => {
    const fn = lines("define void @f(i1 %c) {\nentry:\n  br i1 %c, label %a, label %b\na:\n  br label %b\nb:\n  ret void\n}");
    expect(limitLoops(fn)).toBe(fn);
  });

  it("counts a jump back, and tells its successors' phi nodes the new block", () => {
    const fn = lines(`define i32 @f(i32 %n) {
entry:
  br label %loop
loop:                                             ; preds = %loop, %entry
  %i = phi i32 [ 0, %entry ], [ %j, %loop ]
  %j = add i32 %i, 1
  %more = icmp ult i32 %j, %n
  br i1 %more, label %loop, label %done, !llvm.loop !5
done:
  %last = phi i32 [ %j, %loop ]
  ret i32 %last
}`);
    const out = limitLoops(fn);
    expect(out).toContain("  %i = phi i32 [ 0, %entry ], [ %j, %cbit.loop0.on ]");
    expect(out).toContain("  %last = phi i32 [ %j, %cbit.loop0.on ]");
    expect(out[out.indexOf("cbit.loop0.on:") + 1]).toBe("  br i1 %more, label %loop, label %done, !llvm.loop !5");
    expect(out).toContain("  call void @cbit_endless()");
  });

  it("sees the jump back among the lines of a switch", () => {
    const fn = lines("define void @f(i32 %x) {\nentry:\n  br label %top\ntop:\n  switch i32 %x, label %out [\n    i32 1, label %out\n    i32 2, label %top\n  ]\nout:\n  ret void\n}");
    expect(limitLoops(fn).filter((line) => line === "cbit.loop0.on:")).toHaveLength(1);
  });
});

describe("the limit of recursion", () => {
  it("has functions count that call others", () => {
    const fn = lines("define i32 @f(i32 %n) {\nentry:\n  %m = alloca i32\n  %r = tail call i32 @f(i32 %n)\n  ret i32 %r\n}");
    expect(limitCalls(fn).slice(0, 4)).toEqual(["define i32 @f(i32 %n) {", "entry:", "  call void @cbit_entered()", "  %m = alloca i32"]);
    const through = lines("define void @f(ptr %g) {\n  call void %g()\n  ret void\n}");
    expect(limitCalls(through)[1]).toBe("  call void @cbit_entered()");
  });

  it("leaves those alone that call intrinsics and functions of ours only", () => {
    const fn = lines("define void @f(ptr %p) {\nentry:\n  call void @llvm.lifetime.start.p0(i64 4, ptr %p)\n  call void @cbit_wbinvd()\n  ret void\n}");
    expect(limitCalls(fn)).toBe(fn);
  });

  it("is the guest's, too", () => {
    expect(readFileSync(new URL("../guest/common/cbit.h", import.meta.url), "utf8")).toContain(`#define CBIT_STEP_LIMIT ${STEP_LIMIT}`);
  });
});
