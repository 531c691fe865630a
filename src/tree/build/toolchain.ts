// SPDX-License-Identifier: MIT
/** Finds clang, llc and lld of one family, and what kbuild needs besides. */

import type { Host } from "../host.ts";
import { missingTools } from "./errors.ts";

export interface Toolchain {
  /** kbuild's LLVM= argument. */
  readonly llvm: string;
  readonly llc: string;
  readonly wasmLd: string;
  /** "Debian clang version 19.1.7 (3~deb12u1)". */
  readonly version: string;
}

/** Families, best first. IR of the versions before 15 has typed pointers. */
const SUFFIXES = ["-19", "-20", "-21", "-18", "-17", "-16", ""];
const OLDEST = 16;
const LLVM_TOOLS = ["clang", "llc", "wasm-ld", "ld.lld", "llvm-nm", "llvm-ar", "llvm-objcopy", "llvm-strip", "llvm-readelf"];
const OTHERS: Readonly<Record<string, string>> = { make: "make", flex: "flex", bison: "bison", bc: "bc", perl: "perl" };

async function missing(host: Host, names: readonly string[]): Promise<string[]> {
  const found = await Promise.all(names.map((name) => host.findProgram(name)));
  return names.filter((_, i) => found[i] === null);
}

/** @throws CbitError (exit 6) with all that is missing */
export async function findToolchain(host: Host): Promise<Toolchain> {
  const others = await missing(host, Object.keys(OTHERS));
  for (const suffix of SUFFIXES) {
    if ((await missing(host, LLVM_TOOLS.map((tool) => tool + suffix))).length > 0) continue;
    const { stdout } = await host.run([`clang${suffix}`, "--version"], { cwd: "/" });
    const version = stdout.split("\n")[0]!.trim();
    if (Number(/version (\d+)/.exec(version)?.[1] ?? 0) < OLDEST) continue;
    if (others.length > 0) throw absent(others, []);
    return { llvm: suffix === "" ? "1" : suffix, llc: `llc${suffix}`, wasmLd: `wasm-ld${suffix}`, version };
  }
  throw absent([...others, ...(await missing(host, LLVM_TOOLS.map((tool) => `${tool}-19`)))], ["clang-19", "lld-19", "llvm-19"]);
}

function absent(programs: readonly string[], packages: readonly string[]): Error {
  const all = [...packages, ...programs.flatMap((name) => OTHERS[name] ?? [])];
  return missingTools(`preparing a kernel tree needs programs that are not here: ${programs.join(", ")}`, `apt-get install ${all.join(" ")}`);
}
