// SPDX-License-Identifier: MIT
/**
 * Where addresses of functions begin: above the offsets that kfree_rcu() passes in a function's place
 * (__is_kvfree_rcu_offset: below 4096). Ref: include/linux/rcupdate.h.
 */

import { InternalError } from "../../base/index.ts";
import type { Host } from "../host.ts";
import type { Toolchain } from "./toolchain.ts";

const FIRST = 4096;
const PADDING = "cbit_table_padding";

/** As many functions as fill the table below. */
function padding(): string {
  const names = Array.from({ length: FIRST - 1 }, (_, i) => `@p${i}`);
  const table = `@${PADDING} = constant [${names.length} x ptr] [${names.map((name) => `ptr ${name}`).join(", ")}]`;
  return ['target triple = "wasm64-unknown-unknown"', table, ...names.map((name) => `define internal void ${name}() { ret void }`), ""].join("\n");
}

/**
 * The linker's options that place functions there. Linkers before LLVM 18 have none: an object of `padding` comes first.
 * @param object where that one is written; the caller removes it
 */
export async function placeFunctions(host: Host, tools: Toolchain, object: string): Promise<readonly string[]> {
  const help = await host.run([tools.wasmLd, "--help"], { cwd: "/" });
  if (help.stdout.includes("--table-base")) return [`--table-base=${FIRST}`];
  await host.write(`${object}.ll`, padding());
  const result = await host.run([...tools.llc, "-march=wasm64", "-filetype=obj", `${object}.ll`, "-o", object], { cwd: "/", timeoutMs: 120_000 });
  await host.remove(`${object}.ll`);
  if (result.status !== 0) throw new InternalError(`${tools.llc[0]}: ${result.stderr.split("\n")[0]}`);
  return [`--export=${PADDING}`, `"${object}"`];
}
