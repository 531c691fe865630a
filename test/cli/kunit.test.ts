// SPDX-License-Identifier: MIT
import { describe, expect, it } from "vitest";
import type { TestResult } from "../../src/kernel/index.ts";
import { kunitJson, kunitJunit, kunitKtap, type KunitReport, kunitText } from "../../src/report/index.ts";
import { createStyle } from "../../src/report/style.ts";
import { parseKtap } from "../../src/tree/index.ts";
import { cbit, parsed } from "../support/cbit.ts";

const test = (name: string, more: Partial<TestResult>): TestResult => ({ name, status: "ok", comment: "", parameters: [], log: [], warnings: [], stop: null, alone: null, ...more });

const REPORT: KunitReport = {
  path: "/src/linux",
  release: "6.12.1",
  patches: [],
  glob: "*",
  machines: [
    {
      machine: "none",
      unsupported: null,
      suites: [
        {
          name: "a",
          head: ["    # module: a_test"],
          tests: [
            test("fine", { warnings: [{ at: "lib/a.c:3", frames: ["f", "g"] }], alone: "kernel BUG at lib/a.c:9" }),
            test("ends", { status: "not ok", stop: { reason: "trap: <unreachable>", at: "lib/a.c:7", frames: ["h"] }, parameters: [{ name: "x", status: "ok", comment: "" }], log: ["        ok 1 x"] }),
            test("left", { status: "unsupported", comment: "reads a page" }),
          ],
        },
        { name: "empty", head: [], tests: [] },
      ],
    },
    { machine: "cca", unsupported: "another architecture", suites: [] },
  ],
  differences: [],
};

describe("the reports of cbit kunit", () => {
  it("are KTAP: as KUnit prints it on one machine, one level more on several", () => {
    const one = kunitKtap({ ...REPORT, machines: REPORT.machines.slice(0, 1) });
    expect(one).toBe(`KTAP version 1
1..2
    KTAP version 1
    # Subtest: a
    # module: a_test
    1..3
    # fine: WARN at lib/a.c:3 (f <- g)
    # fine: passes only after the suites before it; alone: kernel BUG at lib/a.c:9
    ok 1 fine
        ok 1 x
    # ends: stopped: trap: <unreachable> at lib/a.c:7 (h)
    not ok 2 ends
    ok 3 left # SKIP cbit: reads a page
not ok 1 a
    KTAP version 1
    # Subtest: empty
    1..0
ok 2 empty # SKIP
`);
    const shape = parseKtap(kunitKtap(REPORT).split("\n"));
    expect(shape.map((m) => [m.name, m.status])).toEqual([["none", "not ok"], ["cca", "skip"]]);
    expect(shape[0]!.children).toEqual(parseKtap(one.split("\n")));
  });

  it("are JUnit XML", () => {
    const xml = kunitJunit(REPORT);
    expect(xml).toContain('<testsuite name="none.a" tests="3" failures="1" skipped="1" errors="0">');
    expect(xml).toContain('<failure message="trap: &#60;unreachable&#62;">');
    expect(xml).toContain('<skipped message="reads a page"/>');
  });

  it("are cbit.kunit/1", () => {
    const value = parsed<{ machines: { totals: object; unsupported?: string }[] }>(kunitJson(REPORT));
    expect(value.machines.map((m) => m.totals)).toEqual([{ tests: 4, passed: 2, failed: 1, skipped: 0, unsupported: 1 }, { tests: 0, passed: 0, failed: 0, skipped: 0, unsupported: 0 }]);
    expect(value.machines[1]!.unsupported).toBe("another architecture");
  });

  it("are text", () => {
    expect(kunitText(REPORT, createStyle(false))).toBe(`Linux 6.12.1 at /src/linux: *

none: 2 suites, 4 tests: 2 passed, 1 FAILED, 1 not run by cbit
  FAILED  a: 4 tests: 2 passed, 1 FAILED, 1 not run by cbit
  skip    empty: 0 tests: 0 passed
  not ok a.ends
      trap: <unreachable> at lib/a.c:7
      in h
      | ok 1 x
  note: a.fine: WARN at lib/a.c:3
      in f <- g
  note: a.fine passes only after the suites before it; on a machine that has
    just booted: kernel BUG at lib/a.c:9
  note: a.left was not run: it reads a page

cca: unsupported: another architecture
`);
  });
});

describe("cbit kunit", () => {
  it.each([
    ["kunit", "\"kunit\" needs <path>"],
    ["kunit /nowhere --format tap", 'unknown format "tap"; nearest: ktap'],
    ["kunit /nowhere --json --format junit", "--json contradicts --format junit"],
    ["kunit /nowhere --machine sevv", 'unknown machine "sevv"'],
  ])("refuses %s", (line, message) => {
    const { exit, err } = cbit(line);
    expect(exit).toBe(2);
    expect(err).toContain(message);
  });

  it("names a folder that is no kernel source, exit 3", () => {
    expect(cbit("kunit /nowhere")).toMatchObject({ exit: 3 });
  });
});
