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

/** Suffixes of LLVM's programs, best first. */
export const LLVM_SUFFIXES = ["-19", "-20", "-21", "-18", "-17", "-16", ""] as const;
/** IR of the versions before 15 has typed pointers. */
const OLDEST_LLVM = 16;
/** The version that is asked for where none is here. */
export const BEST_LLVM = 19;
/** Packages without their version, and the programs of them that are used. All must be of one family. */
export const LLVM_PACKAGES = {
  clang: ["clang"],
  lld: ["wasm-ld", "ld.lld"],
  llvm: ["llc", "llvm-nm", "llvm-ar", "llvm-objcopy", "llvm-strip", "llvm-readelf"],
} as const;
export const LLVM_PROGRAMS: readonly string[] = Object.values(LLVM_PACKAGES).flat();
/** What kbuild needs besides; packages have the same names. */
export const OTHER_PROGRAMS: readonly string[] = ["make", "flex", "bison", "bc", "perl"];

/** True where a compiler is new enough. @param version what `clang --version` prints */
export function usableClang(version: string): boolean {
  return Number(/version (\d+)/.exec(version)?.[1] ?? 0) >= OLDEST_LLVM;
}

async function missing(host: Host, names: readonly string[]): Promise<string[]> {
  const found = await Promise.all(names.map((name) => host.findProgram(name)));
  return names.filter((_, i) => found[i] === null);
}

/** The first line of `clang --version`; "" where there is none. */
async function clangVersion(host: Host, suffix: string): Promise<string> {
  if ((await host.findProgram(`clang${suffix}`)) === null) return "";
  const { stdout } = await host.run([`clang${suffix}`, "--version"], { cwd: "/" });
  return stdout.split("\n")[0]!.trim();
}

/** @throws CbitError (exit 6) with all that is missing */
export async function findToolchain(host: Host): Promise<Toolchain> {
  const others = await missing(host, OTHER_PROGRAMS);
  let tooOld = "";
  for (const suffix of LLVM_SUFFIXES) {
    const version = await clangVersion(host, suffix);
    if (version === "") continue;
    if (!usableClang(version)) tooOld = `${version} is too old; `;
    else if ((await missing(host, LLVM_PROGRAMS.map((tool) => tool + suffix))).length === 0) {
      if (others.length > 0) throw absent(others.join(", "), others);
      return { llvm: suffix === "" ? "1" : suffix, llc: `llc${suffix}`, wasmLd: `wasm-ld${suffix}`, version };
    }
  }
  const lost = [...others, ...(await missing(host, LLVM_PROGRAMS.map((tool) => `${tool}-${BEST_LLVM}`)))];
  const works = `${tooOld}clang, lld and llvm of one version work, ${OLDEST_LLVM} or later, ${BEST_LLVM} best`;
  throw absent(`${lost.join(", ")} (${works})`, [...Object.keys(LLVM_PACKAGES).map((name) => `${name}-${BEST_LLVM}`), ...others]);
}

function absent(programs: string, packages: readonly string[]): Error {
  return missingTools(`preparing a kernel tree needs programs that are not here: ${programs}`, `apt-get install ${packages.join(" ")}`);
}
