// SPDX-License-Identifier: MIT
/**
 * From wasm64 to plain wasm: pointers stay 64 bits wide for the kernel's arithmetic, memory accesses use the low 32.
 * Loads in every engine. Ref: binaryen's pass "memory64-lowering".
 */

import type { ImportType } from "../runtime/guest-port.ts";

export interface Lowered {
  readonly wasm: Uint8Array;
  readonly imports: readonly ImportType[];
}

/** Begins to load it: that takes longer than most lowerings. */
export function loadBinaryen(): void {
  // Whoever uses it gets the error.
  void import("binaryen").catch(() => undefined);
}

/** Lowers a linked module and reads the types of what it imports. */
export async function lowerMemory64(wasm: Uint8Array): Promise<Lowered> {
  const binaryen = (await import("binaryen")).default;
  // Keeps the functions' names, which stacks of events and traps are read by.
  binaryen.setDebugInfo(true);
  const module = binaryen.readBinary(wasm);
  try {
    module.setFeatures(module.getFeatures() | binaryen.Features.Memory64 | binaryen.Features.MutableGlobals);
    module.runPasses(["memory64-lowering"]);
    module.setFeatures(module.getFeatures() & ~binaryen.Features.Memory64);
    const names = new Map<number, string>([[binaryen.i32, "i32"], [binaryen.i64, "i64"], [binaryen.f32, "f32"], [binaryen.f64, "f64"]]);
    const imports: ImportType[] = [];
    for (let i = 0; i < module.getNumFunctions(); i++) {
      const info = binaryen.getFunctionInfo(module.getFunctionByIndex(i));
      const base: string | null = info.base;
      if (base === null || base === "") continue;
      const params = binaryen.expandType(info.params).map((t) => names.get(t) ?? "?");
      imports.push({ name: base, params, result: names.get(info.results) ?? null });
    }
    imports.sort((a, b) => (a.name < b.name ? -1 : 1));
    return { wasm: module.emitBinary(), imports };
  } finally {
    module.dispose();
  }
}
