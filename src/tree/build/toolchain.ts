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
const BEST = 19;
const LLVM_TOOLS = ["clang", "llc", "wasm-ld", "ld.lld", "llvm-nm", "llvm-ar", "llvm-objcopy", "llvm-strip", "llvm-readelf"];
const OTHERS: Readonly<Record<string, string>> = { make: "make", flex: "flex", bison: "bison", bc: "bc", perl: "perl" };

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
  const others = await missing(host, Object.keys(OTHERS));
  let tooOld = "";
  for (const suffix of SUFFIXES) {
    const version = await clangVersion(host, suffix);
    if (version === "") continue;
    if (Number(/version (\d+)/.exec(version)?.[1] ?? 0) < OLDEST) tooOld = `${version} is too old; `;
    else if ((await missing(host, LLVM_TOOLS.map((tool) => tool + suffix))).length === 0) {
      if (others.length > 0) throw absent(others.join(", "), packagesOf(others));
      return { llvm: suffix === "" ? "1" : suffix, llc: `llc${suffix}`, wasmLd: `wasm-ld${suffix}`, version };
    }
  }
  const lost = [...others, ...(await missing(host, LLVM_TOOLS.map((tool) => `${tool}-${BEST}`)))];
  const works = `${tooOld}clang, lld and llvm of one version work, ${OLDEST} or later, ${BEST} best`;
  throw absent(`${lost.join(", ")} (${works})`, [`clang-${BEST}`, `lld-${BEST}`, `llvm-${BEST}`, ...packagesOf(others)]);
}

const packagesOf = (programs: readonly string[]): string[] => programs.flatMap((name) => OTHERS[name] ?? []);

function absent(programs: string, packages: readonly string[]): Error {
  return missingTools(`preparing a kernel tree needs programs that are not here: ${programs}`, `apt-get install ${packages.join(" ")}`);
}
