// SPDX-License-Identifier: MIT
import { describe, expect, it } from "vitest";
import { limitLoops } from "./steps.ts";

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
