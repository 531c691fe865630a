// SPDX-License-Identifier: MIT
/** Looks for programs, headers and folders. Reads the disk and runs `--version` of compilers, changes nothing. */

import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { DoctorCheck, DoctorReport } from "../report/index.ts";
import { BEST_LLVM, LLVM_PACKAGES, LLVM_PROGRAMS, llvmSuffixes, OTHER_PROGRAMS, usableClang } from "../tree/index.ts";
import { cacheDirectory, obstacle } from "./cache.ts";

type Environment = NodeJS.ProcessEnv;

const MIN_NODE = [20, 19] as const;

function onPath(env: Environment, program: string): string | null {
  for (const folder of (env["PATH"] ?? "").split(delimiter)) {
    const path = join(folder, program);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not here: look in the next folder.
    }
  }
  return null;
}

function node(): DoctorCheck {
  const [major, minor] = process.versions.node.split(".").map(Number) as [number, number];
  const ok = major > MIN_NODE[0] || (major === MIN_NODE[0] && minor >= MIN_NODE[1]);
  return { name: "node", ok, neededBy: "model", found: `${process.version}${ok ? "" : `, needs ${MIN_NODE.join(".")} or later`}`, package: ok ? null : "nodejs" };
}

/** The suffix of the first family that is here as a whole and is not another one than `wanted`; null where none is. */
function llvmFamily(env: Environment, wanted: string): string | null {
  for (const suffix of llvmSuffixes(wanted)) {
    if (LLVM_PROGRAMS.some((tool) => onPath(env, tool + suffix) === null)) continue;
    const text = spawnSync(onPath(env, `clang${suffix}`)!, ["--version"], { encoding: "utf8" }).stdout ?? "";
    if (usableClang(text, wanted)) return suffix;
  }
  return null;
}

/** One row per package. All programs must be of one family. */
function llvm(env: Environment): DoctorCheck[] {
  const wanted = env["CBIT_LLVM"] ?? "";
  const family = llvmFamily(env, wanted);
  const version = wanted === "" ? BEST_LLVM : wanted;
  return Object.entries(LLVM_PACKAGES).map(([name, tools]): DoctorCheck => {
    if (family !== null) return { name, ok: true, neededBy: "tree", found: tools.map((t) => t + family).join(", "), package: null };
    const missing = tools.map((t) => `${t}-${version}`).filter((t) => onPath(env, t) === null);
    if (missing.length === 0) return { name, ok: true, neededBy: "tree", found: tools.map((t) => `${t}-${version}`).join(", "), package: null };
    return { name, ok: false, neededBy: "tree", found: `not in PATH: ${missing.join(", ")}`, package: `${name}-${version}` };
  });
}

function program(env: Environment, name: string): DoctorCheck {
  const path = onPath(env, name);
  return { name, ok: path !== null, neededBy: "tree", found: path ?? "not in PATH", package: path === null ? name : null };
}

function header(name: string, file: string, debian: string): DoctorCheck {
  const path = ["/usr/include", "/usr/local/include"].map((f) => join(f, file)).find((p) => existsSync(p));
  return { name, ok: path !== undefined, neededBy: "tree", found: path ?? `no ${file} in /usr/include`, package: path === undefined ? debian : null };
}

function cache(env: Environment): DoctorCheck {
  const folder = cacheDirectory(env);
  const reason = obstacle(folder);
  const found = reason === null ? `${folder}${existsSync(folder) ? "" : " (can be made)"}` : `${reason}; set CBIT_CACHE`;
  return { name: "cache", ok: reason === null, neededBy: "tree", found, package: null };
}

/** Looks for everything. */
export function examinePrerequisites(env: Environment): DoctorReport {
  const checks = [
    node(),
    ...llvm(env),
    ...OTHER_PROGRAMS.map((name) => program(env, name)),
    header("libelf", "libelf.h", "libelf-dev"),
    header("openssl", "openssl/opensslv.h", "libssl-dev"),
    cache(env),
  ];
  const packages = [...new Set(checks.flatMap((c) => c.package ?? []))];
  return { checks, install: packages.length === 0 ? null : `apt-get install ${packages.join(" ")}` };
}
