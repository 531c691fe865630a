// SPDX-License-Identifier: MIT
import { describe, expect, it } from "vitest";
import { lowerModule } from "./module.ts";

const TABLE = '@suites = internal global [1 x ptr] [ptr @suite], section ".kunit_test_suites", align 8\n@suite = global i32 0\n';
const copying = (call: string, table = TABLE): string => lowerModule(`${table}define void @case(ptr %to, ptr %from, i8 %byte) {\nentry:\n  ${call}\n  ret void\n}\n`, "lib/x_test.c");

describe("copies and fills in a file with suites", () => {
  it("are calls that know page contents", () => {
    const copy = copying("call void @llvm.memcpy.p0.p0.i64(ptr noundef nonnull align 1 dereferenceable(16) %to, ptr align 16 %from, i64 16, i1 false), !tbaa !5");
    expect(copy).toContain("call void @cbit_suite_copy(ptr noundef nonnull align 1 dereferenceable(16) %to, ptr align 16 %from, i64 16)\n");
    expect(copy).toContain("declare void @cbit_suite_copy(ptr, ptr, i64)");
    const set = copying("tail call void @llvm.memset.p0.i64(ptr align 1 %to, i8 %byte, i64 16, i1 false)");
    expect(set).toContain("call void @cbit_suite_set(ptr align 1 %to, i8 %byte, i64 16)\n");
  });

  it("stay as they are in other files", () => {
    expect(copying("call void @llvm.memcpy.p0.p0.i64(ptr %to, ptr %from, i64 16, i1 false)", "")).toContain("@llvm.memcpy.p0.p0.i64");
  });
});
