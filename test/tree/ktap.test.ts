// SPDX-License-Identifier: MIT
/** The kernel's own kunit.py reads what `--format ktap` prints, and counts as cbit does. */

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, inject, it } from "vitest";
import { cbit } from "../support/cbit.ts";

const source = inject("linux612");

/** What kunit.py makes of it: exit code and last line. */
function kunitParse(ktap: string): readonly [number | null, string] {
  const { status, stdout } = spawnSync("python3", ["tools/testing/kunit/kunit.py", "parse"], { cwd: source!, input: ktap, encoding: "utf8", maxBuffer: 1 << 28 });
  return [status, stdout.trim().split("\n").at(-1)!.replace(/^\[[^\]]*\] /, "")];
}

describe.skipIf(source === null)("kunit.py parse", () => {
  it.each([
    ["the default matrix", "check", 1, "Testing complete. Ran 540 tests: passed: 283, failed: 242, skipped: 15"],
    ["a case that holds", "check --machine sev --device vmwgfx", 0, "Testing complete. Ran 1 tests: passed: 1"],
    ["two releases", "compare model:6.1 model:6.12", 0, "Testing complete. Ran 540 tests: passed: 425, skipped: 115"],
    ["litmus files", "run litmus/rules", 0, "Testing complete. Ran "],
  ])("reads %s", (_name, args, exit, last) => {
    const ran = cbit(`${args} --format ktap`);
    const [status, line] = kunitParse(ran.out);
    expect([ran.exit, status]).toEqual([exit, exit]);
    expect(line.startsWith(last)).toBe(true);
  });

  it("finds no fault in names with marks of KTAP's own", () => {
    const folder = mkdtempSync(join(tmpdir(), "cbit-ktap-"));
    try {
      const device = join(folder, "a # SKIP b.json");
      writeFileSync(device, '{"schema": "cbit.device/1", "name": "mine", "like": "amdgpu-gfx9"}');
      const ran = cbit(["check", "--device", device, "--machine", "sme-zen2,iommu=off", "--format", "ktap"]);
      expect(kunitParse(ran.out)).toEqual([1, "Testing complete. Ran 1 tests: failed: 1"]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
