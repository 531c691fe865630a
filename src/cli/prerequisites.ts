// SPDX-License-Identifier: MIT
/** Looks for programs, headers and folders. Reads the disk and runs `--version` of compilers, changes nothing. */

import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, statfsSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { DoctorCheck, DoctorReport } from "../report/index.ts";
import { BEST_LLVM, LLVM_PACKAGES, LLVM_PROGRAMS, llvmSuffixes, OTHER_PROGRAMS, usableClang } from "../tree/index.ts";
import { cacheDirectory, obstacle } from "./cache.ts";
import { version } from "./version.ts";

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

/** Of each part of the package something that a broken copy would lack. */
const SHIPPED = ["dist/cli/threads/thread.js", "dist/tree/index.js", "src/tree/guest/common/cbit.h", "src/cli/complete/scripts/cbit.bash", "docs/schemas/cbit.check-1.json", "litmus", "package.json"];

/** Whether cbit itself is whole. */
function installation(): DoctorCheck {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const missing = SHIPPED.filter((part) => !existsSync(join(root, part)));
  const found = missing.length === 0 ? `${version()} in ${root}` : `${root} lacks ${missing.join(", ")}: npm ci`;
  return { name: "cbit", ok: missing.length === 0, neededBy: "model", found, package: null };
}

/** What `PROGRAM --version` prints. */
function versionText(path: string): string {
  return spawnSync(path, ["--version"], { encoding: "utf8", timeout: 10_000 }).stdout ?? "";
}

/** The number in it, "4.3"; null where there is none. */
const numberIn = (text: string): string | null => /\d+(?:\.\d+)+/.exec(text)?.[0] ?? null;

/** The families that are here as a whole and are no other ones than `wanted`, best first. */
function llvmFamilies(env: Environment, wanted: string): { readonly suffix: string; readonly version: string }[] {
  return llvmSuffixes(wanted).flatMap((suffix) => {
    if (LLVM_PROGRAMS.some((tool) => onPath(env, tool + suffix) === null)) return [];
    const text = versionText(onPath(env, `clang${suffix}`)!);
    return usableClang(text, wanted) ? [{ suffix, version: numberIn(text) ?? "" }] : [];
  });
}

/** One row per package. All programs must be of one family. */
function llvm(env: Environment): DoctorCheck[] {
  const wanted = env["CBIT_LLVM"] ?? "";
  const [family, ...others] = llvmFamilies(env, wanted);
  const more = [...new Set(others.map((o) => o.version))].filter((v) => v !== family?.version);
  const best = wanted === "" ? BEST_LLVM : wanted;
  return Object.entries(LLVM_PACKAGES).map(([name, tools]): DoctorCheck => {
    if (family !== undefined) {
      const also = name !== "clang" || more.length === 0 ? "" : `; also here: ${more.join(", ")} (CBIT_LLVM=NUMBER)`;
      return { name, ok: true, neededBy: "tree", found: `${family.version}: ${tools.map((t) => t + family.suffix).join(", ")}${also}`, package: null };
    }
    const missing = tools.map((t) => `${t}-${best}`).filter((t) => onPath(env, t) === null);
    if (missing.length === 0) return { name, ok: true, neededBy: "tree", found: tools.map((t) => `${t}-${best}`).join(", "), package: null };
    return { name, ok: false, neededBy: "tree", found: `not in PATH: ${missing.join(", ")}`, package: `${name}-${best}` };
  });
}

function program(env: Environment, name: string): DoctorCheck {
  const path = onPath(env, name);
  if (path === null) return { name, ok: false, neededBy: "tree", found: "not in PATH", package: name };
  const told = numberIn(versionText(path));
  return { name, ok: true, neededBy: "tree", found: told === null ? path : `${told} (${path})`, package: null };
}

/** Folders of headers that compilers look into. */
const INCLUDES = ["/usr/include", "/usr/local/include"];

function header(includes: readonly string[], name: string, file: string, debian: string): DoctorCheck {
  const path = includes.map((f) => join(f, file)).find((p) => existsSync(p));
  return { name, ok: path !== undefined, neededBy: "tree", found: path ?? `no ${file} in ${includes[0]}`, package: path === undefined ? debian : null };
}

function cache(env: Environment): DoctorCheck {
  const folder = cacheDirectory(env);
  const reason = obstacle(folder);
  const found = reason === null ? `${folder}${existsSync(folder) ? "" : " (can be made)"}` : `${reason}; set CBIT_CACHE`;
  return { name: "cache", ok: reason === null, neededBy: "tree", found, package: null };
}

/** MiB for a tree: the contract's module of Linux 6.12 took 28, those with drivers and suites a few times as much. */
const TREE_MIB = 200;

function space(env: Environment): DoctorCheck {
  let at = cacheDirectory(env);
  while (!existsSync(at) && dirname(at) !== at) at = dirname(at);
  const { bavail, bsize } = statfsSync(at);
  const mib = Math.floor((bavail * bsize) / 2 ** 20);
  return { name: "space", ok: mib >= TREE_MIB, neededBy: "tree", found: `${mib >= 10_240 ? `${Math.floor(mib / 1024)} GiB` : `${mib} MiB`} free for the cache${mib >= TREE_MIB ? "" : `; a tree takes up to ${TREE_MIB}: set CBIT_CACHE`}`, package: null };
}

/** Looks for everything. @param includes folders of headers */
export function examinePrerequisites(env: Environment, includes: readonly string[] = INCLUDES): DoctorReport {
  const checks = [
    node(),
    installation(),
    ...llvm(env),
    ...OTHER_PROGRAMS.map((name) => program(env, name)),
    header(includes, "libc", "stdio.h", "libc6-dev"),
    header(includes, "libelf", "libelf.h", "libelf-dev"),
    header(includes, "openssl", "openssl/opensslv.h", "libssl-dev"),
    cache(env),
    space(env),
  ];
  const packages = [...new Set(checks.flatMap((c) => c.package ?? []))];
  return { checks, install: packages.length === 0 ? null : `apt-get install ${packages.join(" ")}` };
}
