// SPDX-License-Identifier: MIT
/** What the tree's own kunit.py makes of its suites under UML: built and run once for a release and a configuration, then kept. */

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The suites of the three modules that UML can have. */
const OPTIONS = `KUNIT KUNIT_TEST KUNIT_EXAMPLE_TEST DRM DRM_TTM_KUNIT_TEST DRM_KUNIT_TEST LIST_KUNIT_TEST HASHTABLE_KUNIT_TEST BITS_TEST
  CMDLINE_KUNIT_TEST LINEAR_RANGES_TEST STRING_KUNIT_TEST STRING_HELPERS_KUNIT_TEST OVERFLOW_KUNIT_TEST CHECKSUM_KUNIT IS_SIGNED_TYPE_KUNIT_TEST
  MEMCPY_KUNIT_TEST SIPHASH_KUNIT_TEST RESOURCE_KUNIT_TEST HASH_KUNIT_TEST TEST_SORT`;

const FRAGMENT = `${OPTIONS.split(/\s+/).map((name) => `CONFIG_${name}=y`).join("\n")}\n`;

/**
 * The KTAP that kunit.py prints: minutes the first time.
 * @param folder where builds and results are kept
 */
export function umlKtap(source: string, folder: string): string {
  const release = spawnSync("make", ["-s", "kernelversion"], { cwd: source, encoding: "utf8" }).stdout.trim();
  const key = `${release}-${createHash("sha256").update(FRAGMENT).digest("hex").slice(0, 12)}`;
  const kept = join(folder, `${key}.ktap`);
  if (existsSync(kept)) return readFileSync(kept, "utf8");
  const build = join(folder, key);
  mkdirSync(build, { recursive: true });
  writeFileSync(join(folder, `${key}.config`), FRAGMENT);
  const args = ["tools/testing/kunit/kunit.py", "run", "--arch=um", `--build_dir=${build}`, `--kunitconfig=${join(folder, `${key}.config`)}`, "--raw_output=all", "--jobs=2"];
  const { status, stdout, stderr } = spawnSync("python3", args, { cwd: source, encoding: "utf8", maxBuffer: 1 << 26, timeout: 30 * 60_000 });
  if (!/^ok 1 /m.test(stdout)) throw new Error(`kunit.py (exit ${status}) ran nothing: ${stderr.split("\n").slice(-15).join("\n")}`);
  writeFileSync(`${kept}.new`, stdout);
  renameSync(`${kept}.new`, kept);
  return stdout;
}
