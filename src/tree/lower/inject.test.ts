// SPDX-License-Identifier: MIT
import { describe, expect, it } from "vitest";
import { lowerModule } from "./module.ts";

const define = (name: string, type = "i32"): string => `define internal fastcc ${type} @${name}(ptr %dev, ${type} %n) {\nentry:\n  br label %end\nend:\n  %i = phi ${type} [ %n, %entry ]\n  ret ${type} %i\n}\n`;

/** The body of a function in a lowered module. */
function body(text: string, name: string): string {
  const out = lowerModule(text, "kernel/dma/swiotlb.c");
  const from = out.indexOf(`@${name}(`);
  return out.slice(from, out.indexOf("\n}", from));
}

describe("hooks of functions that can fail", () => {
  it("ask on the way in, and leave the rest as it was", () => {
    const hooked = body(define("swiotlb_find_slots"), "swiotlb_find_slots");
    expect(hooked).toContain("%cbit.inject = call i32 @cbit_inject(i32 6)");
    expect(hooked).toContain("cbit.failed:\n  ret i32 -1\ncbit.entered:");
    expect(hooked).toContain("phi i32 [ %n, %cbit.entered ]");
  });

  it("are in the only caller of a function that is inlined, and there alone", () => {
    const caller = define("swiotlb_tbl_map_single", "i64");
    expect(body(caller, "swiotlb_tbl_map_single")).toContain("cbit.failed:\n  ret i64 -1\ncbit.entered:");
    expect(lowerModule(caller, "kernel/dma/swiotlb.c")).toContain("@cbit_hook_swiotlb_find_slots = constant i8 1");
    expect(body(caller + define("swiotlb_find_slots"), "swiotlb_tbl_map_single")).not.toContain("cbit_inject");
  });

  it("are in whatever the DMA layer maps with", () => {
    for (const name of ["iommu_map", "iommu_map_sg", "iommu_map_atomic", "iommu_map_sg_atomic"]) expect(body(define(name), name)).toContain("@cbit_inject(i32 8)");
  });
});
