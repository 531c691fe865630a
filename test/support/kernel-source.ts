// SPDX-License-Identifier: MIT
/**
 * Finds the kernel sources that the tests of trees use, before they run: `CBIT_TEST_TREE_612` and `CBIT_TEST_TREE_61`, else
 * Debian's linux-source-6.12 and linux-source-6.1, unpacked once into the cache. In CI the absence of one is an error;
 * elsewhere its tests are skipped. Tests get the folders through `inject("linux612")` and `inject("linux61")`, null where
 * there is none.
 */

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** Folder of the kernel source; null: skip, the reason is printed. */
    linux612: string | null;
    linux61: string | null;
    /** Cache folder in which the tests that only read a prepared tree share it; kept from run to run, found again by contents. */
    treeCache: string;
  }
}

function testCache(): string {
  return join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "cbit-test");
}

/** Unpacks /usr/src/NAME.tar.xz unless it is. */
function unpacked(name: string, tarball: string): string {
  const cache = testCache();
  const folder = join(cache, name);
  if (existsSync(folder)) return folder;
  mkdirSync(cache, { recursive: true });
  process.stdout.write(`unpacking ${tarball} to ${folder} (once)\n`);
  const half = mkdtempSync(join(cache, "half-"));
  const { status, stderr } = spawnSync("tar", ["-xf", tarball, "-C", half], { encoding: "utf8" });
  if (status !== 0) {
    rmSync(half, { recursive: true, force: true });
    throw new Error(`tar could not unpack ${tarball}: ${stderr}`);
  }
  renameSync(join(half, name), folder);
  rmSync(half, { recursive: true, force: true });
  return folder;
}

/** The folder of a release's source, "6.12"; null where there is none, which is said. */
function find(release: string): string | null {
  const variable = `CBIT_TEST_TREE_${release.replace(".", "")}`;
  const named = process.env[variable];
  if (named !== undefined && named !== "") {
    if (!existsSync(join(named, "Kconfig"))) throw new Error(`${variable}=${named} is not a kernel source: it has no Kconfig`);
    return named;
  }
  const name = `linux-source-${release}`;
  const tarball = `/usr/src/${name}.tar.xz`;
  if (existsSync(tarball)) return unpacked(name, tarball);
  const reason = `no kernel source: ${variable} is not set and ${tarball} does not exist (apt-get install ${name})`;
  if (process.env["CI"] !== undefined) throw new Error(reason);
  process.stdout.write(`tests of Linux ${release} are skipped: ${reason}\n`);
  return null;
}

export default function setup(project: TestProject): void {
  project.provide("treeCache", process.env["CBIT_TEST_CACHE"] ?? join(testCache(), "prepared"));
  project.provide("linux612", find("6.12"));
  project.provide("linux61", find("6.1"));
}
