// SPDX-License-Identifier: MIT
/**
 * Finds the kernel source that the tests of trees use, before they run: `CBIT_TEST_TREE_612`, else Debian's
 * linux-source-6.12, unpacked once into the cache. In CI its absence is an error; elsewhere those tests are skipped.
 * Tests get the folder through `inject("linux612")`, null where there is none.
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
    /** Cache folder in which the tests that only read a prepared tree share it; kept from run to run, found again by contents. */
    treeCache: string;
  }
}

const TARBALL = "/usr/src/linux-source-6.12.tar.xz";
const FOLDER = "linux-source-6.12";

function testCache(): string {
  return join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "cbit-test");
}

function unpacked(): string {
  const cache = testCache();
  const folder = join(cache, FOLDER);
  if (existsSync(folder)) return folder;
  mkdirSync(cache, { recursive: true });
  process.stdout.write(`unpacking ${TARBALL} to ${folder} (once)\n`);
  const half = mkdtempSync(join(cache, "half-"));
  const { status, stderr } = spawnSync("tar", ["-xf", TARBALL, "-C", half], { encoding: "utf8" });
  if (status !== 0) {
    rmSync(half, { recursive: true, force: true });
    throw new Error(`tar could not unpack ${TARBALL}: ${stderr}`);
  }
  renameSync(join(half, FOLDER), folder);
  rmSync(half, { recursive: true, force: true });
  return folder;
}

export default function setup(project: TestProject): void {
  project.provide("treeCache", process.env["CBIT_TEST_CACHE"] ?? join(testCache(), "prepared"));
  const named = process.env["CBIT_TEST_TREE_612"];
  if (named !== undefined && named !== "") {
    if (!existsSync(join(named, "Kconfig"))) throw new Error(`CBIT_TEST_TREE_612=${named} is not a kernel source: it has no Kconfig`);
    project.provide("linux612", named);
    return;
  }
  if (existsSync(TARBALL)) {
    project.provide("linux612", unpacked());
    return;
  }
  const reason = `no kernel source: CBIT_TEST_TREE_612 is not set and ${TARBALL} does not exist (apt-get install linux-source-6.12)`;
  if (process.env["CI"] !== undefined) throw new Error(reason);
  process.stdout.write(`tests of trees are skipped: ${reason}\n`);
  project.provide("linux612", null);
}
