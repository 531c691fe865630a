// SPDX-License-Identifier: MIT
/** Looks for programs, headers and folders. Reads the disk and runs `--version` of compilers, changes nothing. */

import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import type { DoctorCheck, DoctorReport } from "../report/index.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Versions of LLVM that trees can be built with, best first. */
const LLVM_VERSIONS = [19, 18, 17, 16, 15, 14] as const;
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

function llvmTool(env: Environment, tool: string, packageOf: (version: number) => string): DoctorCheck {
  for (const version of LLVM_VERSIONS) {
    const path = onPath(env, `${tool}-${version}`);
    if (path !== null) return { name: tool, ok: true, neededBy: "tree", found: path, package: null };
  }
  const plain = onPath(env, tool);
  if (plain !== null) {
    const text = spawnSync(plain, ["--version"], { encoding: "utf8" }).stdout ?? "";
    const version = Number(/(?:version|LLD) (\d+)/.exec(text)?.[1] ?? 0);
    if (version >= LLVM_VERSIONS[LLVM_VERSIONS.length - 1]!) return { name: tool, ok: true, neededBy: "tree", found: `${plain} (LLVM ${version})`, package: null };
    return { name: tool, ok: false, neededBy: "tree", found: `${plain} is LLVM ${version}, needs 14 or later`, package: packageOf(19) };
  }
  return { name: tool, ok: false, neededBy: "tree", found: `no ${tool}-19 to ${tool}-14 and no ${tool} in PATH`, package: packageOf(19) };
}

function program(env: Environment, name: string): DoctorCheck {
  const path = onPath(env, name);
  return { name, ok: path !== null, neededBy: "tree", found: path ?? "not in PATH", package: path === null ? name : null };
}

function header(name: string, file: string, debian: string): DoctorCheck {
  const path = ["/usr/include", "/usr/local/include"].map((f) => join(f, file)).find((p) => existsSync(p));
  return { name, ok: path !== undefined, neededBy: "tree", found: path ?? `no ${file} in /usr/include`, package: path === undefined ? debian : null };
}

/** Where prepared trees are kept: `$CBIT_CACHE`, else `$XDG_CACHE_HOME/cbit`, else `~/.cache/cbit`. */
export function cacheFolder(env: Environment): string {
  return env["CBIT_CACHE"] ?? join(env["XDG_CACHE_HOME"] ?? join(env["HOME"] ?? homedir(), ".cache"), "cbit");
}

function cache(env: Environment): DoctorCheck {
  const folder = cacheFolder(env);
  let at = folder;
  while (!existsSync(at) && dirname(at) !== at) at = dirname(at);
  try {
    accessSync(at, constants.W_OK);
    return { name: "cache", ok: true, neededBy: "tree", found: at === folder ? folder : `${folder} (can be made)`, package: null };
  } catch {
    return { name: "cache", ok: false, neededBy: "tree", found: `${at} cannot be written; set XDG_CACHE_HOME`, package: null };
  }
}

/** Looks for everything. */
export function examinePrerequisites(env: Environment): DoctorReport {
  const checks = [
    node(),
    llvmTool(env, "clang", (v) => `clang-${v}`),
    llvmTool(env, "llc", (v) => `llvm-${v}`),
    llvmTool(env, "wasm-ld", (v) => `lld-${v}`),
    ...["make", "flex", "bison", "bc"].map((name) => program(env, name)),
    header("libelf", "libelf.h", "libelf-dev"),
    header("openssl", "openssl/opensslv.h", "libssl-dev"),
    cache(env),
  ];
  const packages = [...new Set(checks.flatMap((c) => c.package ?? []))];
  return { checks, install: packages.length === 0 ? null : `apt-get install ${packages.join(" ")}` };
}
