// SPDX-License-Identifier: MIT
/**
 * Finds the function that writes through a null pointer. WebAssembly lets the write through, so it is only seen
 * afterwards that one was made; then the test runs once more with every store watched.
 * Ref: binaryen's pass "instrument-memory".
 */

import type { Configuration, TestStop } from "../../kernel/index.ts";
import type { Manifest } from "../build/prepare.ts";
import type { HostFunctions } from "../runtime/guest-port.ts";
import { KernelStop } from "../runtime/stop.ts";
import { compileModule } from "../runtime/wasm.ts";
import { type CaseRun, KunitSession, NULL_WRITE } from "./session.ts";

/** Addresses below belong to nobody. */
const FIRST_ADDRESS = 4096;

const same = <T>(_id: number, value: T): T => value;

const WATCHES: HostFunctions = {
  load_ptr: (_id: number, _bytes: number, _offset: number, address: number) => address,
  store_ptr: (_id: number, _bytes: number, offset: number, address: number) => {
    if ((address + offset) >>> 0 < FIRST_ADDRESS) throw new KernelStop(NULL_WRITE, "");
    return address;
  },
  load_val_i32: same,
  load_val_i64: same,
  load_val_f32: same,
  load_val_f64: same,
  store_val_i32: same,
  store_val_i64: same,
  store_val_f32: same,
  store_val_f64: same,
  memory_grow_pre: same,
  memory_grow_post: same,
};

/** Runs one test, after others, on a machine that watches stores; what stopped it. */
export type Watch = (suite: string, test: string, before: readonly string[]) => TestStop | null;

/** @param wasm the module's bytes */
export async function createWatch(wasm: Uint8Array, manifest: Manifest, machine: Configuration): Promise<Watch> {
  const binaryen = (await import("binaryen")).default;
  binaryen.setDebugInfo(true);
  const module = binaryen.readBinary(wasm);
  let bytes: Uint8Array;
  try {
    module.runPasses(["instrument-memory"]);
    bytes = module.emitBinary();
  } finally {
    module.dispose();
  }
  const session = new KunitSession(compileModule(bytes), manifest, machine, WATCHES);
  return (suite, test, before): CaseRun["stop"] => session.run(suite, test, before).stop;
}
