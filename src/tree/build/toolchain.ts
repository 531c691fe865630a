// SPDX-License-Identifier: MIT
/** Finds clang, llc and lld of one family, and what kbuild needs besides. */

import type { Host } from "../host.ts";
import { missingTools } from "./errors.ts";
import { oncePerHost } from "./stats-once.ts";

export interface Toolchain {
  /** kbuild's LLVM= argument. */
  readonly llvm: string;
  /** The program and the options that it always needs. */
  readonly llc: readonly string[];
  readonly wasmLd: string;
  /** The command that turns typed pointers of IR into opaque ones, which is all that the lowering knows; null where there are none. */
  readonly opaque: readonly string[] | null;
  /** "Debian clang version 19.1.7 (3~deb12u1)". */
  readonly version: string;
}

/** Suffixes of LLVM's programs, best first. */
const LLVM_SUFFIXES = ["-19", "-20", "-21", "-18", "-17", "-16", "-15", "-14", ""] as const;
const OLDEST_LLVM = 14;
/** From this version on, IR has opaque pointers. */
const OPAQUE_LLVM = 15;
/** The version that is asked for where none is here. */
export const BEST_LLVM = 19;
/** Packages without their version, and the programs of them that are used. All must be of one family. */
export const LLVM_PACKAGES = {
  clang: ["clang"],
  lld: ["wasm-ld", "ld.lld"],
  llvm: ["llc", "opt", "llvm-nm", "llvm-ar", "llvm-objcopy", "llvm-strip", "llvm-readelf"],
} as const;
export const LLVM_PROGRAMS: readonly string[] = Object.values(LLVM_PACKAGES).flat();
/** What kbuild needs besides; packages have the same names. */
export const OTHER_PROGRAMS: readonly string[] = ["make", "flex", "bison", "bc", "perl"];

/** The major version in what `clang --version` prints; 0 where there is none. */
function majorOf(version: string): number {
  return Number(/version (\d+)/.exec(version)?.[1] ?? 0);
}

/**
 * Suffixes to look for, best first.
 * @param wanted the user's choice of a version, "" for none
 * @throws CbitError (exit 6) where it is no version
 */
export function llvmSuffixes(wanted: string): readonly string[] {
  if (wanted === "") return LLVM_SUFFIXES;
  if (!/^[1-9]\d$/.test(wanted)) throw missingTools(`CBIT_LLVM=${wanted} is not a version of LLVM`, `CBIT_LLVM=${BEST_LLVM}, or without CBIT_LLVM the best that is here.`);
  return [`-${wanted}`, ""];
}

/** True where a compiler can be used. @param version what `clang --version` prints @param wanted the user's choice, "" for none */
export function usableClang(version: string, wanted: string): boolean {
  const major = majorOf(version);
  return major >= OLDEST_LLVM && (wanted === "" || major === Number(wanted));
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
export const findToolchain: (host: Host) => Promise<Toolchain> = oncePerHost(async (host) => {
  const others = await missing(host, OTHER_PROGRAMS);
  const unusable: string[] = [];
  for (const suffix of llvmSuffixes(host.llvm)) {
    const version = await clangVersion(host, suffix);
    if (version === "") continue;
    if (majorOf(version) < OLDEST_LLVM) unusable.push(`${version} is too old`);
    else if (!usableClang(version, host.llvm)) unusable.push(`${version} is not what CBIT_LLVM asks for`);
    else if ((await missing(host, LLVM_PROGRAMS.map((tool) => tool + suffix))).length === 0) {
      if (others.length > 0) throw absent(others.join(", "), others);
      const opaque = majorOf(version) >= OPAQUE_LLVM;
      return {
        llvm: suffix === "" ? "1" : suffix,
        llc: [`llc${suffix}`, ...(opaque ? [] : ["-opaque-pointers", "-mattr=+mutable-globals,+sign-ext"])],
        wasmLd: `wasm-ld${suffix}`,
        opaque: opaque ? null : [`opt${suffix}`, "-opaque-pointers", "-S"],
        version,
      };
    }
  }
  const wanted = host.llvm === "" ? BEST_LLVM : Number(host.llvm);
  const lost = [...others, ...(await missing(host, LLVM_PROGRAMS.map((tool) => `${tool}-${wanted}`)))];
  const works = [...unusable, `clang, lld and llvm of one version work, ${OLDEST_LLVM} or later, ${BEST_LLVM} best`].join("; ");
  throw absent(`${lost.join(", ")} (${works})`, [...Object.keys(LLVM_PACKAGES).map((name) => `${name}-${wanted}`), ...others]);
});

function absent(programs: string, packages: readonly string[]): Error {
  return missingTools(`preparing a kernel tree needs programs that are not here: ${programs}`, `apt-get install ${packages.join(" ")}`);
}
