// SPDX-License-Identifier: MIT
/** The tree's own suites: on every machine, in every format, and tests that misbehave. */

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { type Ran, cbit, parsed } from "../support/cbit.ts";
import { withTables } from "../support/reference.ts";

const source = inject("linux612");
const env = { CBIT_CACHE: inject("treeCache") };

interface Report {
  readonly machines: readonly {
    readonly machine: string;
    readonly unsupported?: string;
    readonly totals: { readonly tests: number; readonly passed: number };
    readonly suites: readonly { readonly name: string; readonly tests: readonly { readonly name: string; readonly status: string; readonly alone?: string; readonly parameters: readonly object[]; readonly warnings: readonly { readonly at: string }[]; readonly stop?: { readonly reason: string; readonly at: string; readonly frames: readonly string[] }; readonly log?: readonly string[] }[] }[];
  }[];
  readonly differences: readonly object[];
}

const PAGE = "docs/reference/kunit.md";

/** A row for each test, a column for each machine. */
function table({ machines }: Report): string {
  const rows = machines[0]!.suites.flatMap((suite, s) =>
    suite.tests.map((test, t) => {
      const parameters = test.parameters.length === 0 ? "" : ` (${test.parameters.length})`;
      return [`${suite.name}.${test.name}${parameters}`, ...machines.map((m) => (m.unsupported === undefined ? m.suites[s]!.tests[t]!.status : "-"))];
    }),
  );
  const head = ["test", ...machines.map((m) => m.machine.replace(",iommu=off", ""))];
  return [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
}

describe.skipIf(source === null)("TTM's suites", () => {
  let report: Report;
  beforeAll(() => {
    const { exit, out, err } = cbit(["kunit", source!, "ttm*", "--machine", "all", "--json"], env);
    if (exit !== 0) throw new Error(`cbit kunit: exit ${exit}: ${err}`);
    report = parsed<Report>(out);
  });

  it("pass on every machine, x86-64 and arm64, 102 tests each", () => {
    const { machines } = report;
    expect(machines.map((m) => m.unsupported)).toEqual(machines.map(() => undefined));
    expect(machines.map((m) => m.totals)).toEqual(machines.map(() => ({ tests: 102, passed: 102, failed: 0, skipped: 0, unsupported: 0 })));
    expect(machines.map((m) => m.machine)).toEqual(expect.arrayContaining(["none", "tdx", "cca"]));
    expect(report.differences).toEqual([]);
  });

  it("show that ttm_pool needs ttm_device before it, and where WARNs are provoked", () => {
    const [none] = report.machines;
    const alone = none!.suites.flatMap((s) => s.tests.filter((t) => t.alone !== undefined).map(() => s.name));
    expect(new Set(alone)).toEqual(new Set(["ttm_pool"]));
    expect(none!.suites.flatMap((s) => s.tests.flatMap((t) => t.warnings.map((w) => `${t.name} ${w.at}`)))).toEqual([
      expect.stringMatching(/^ttm_device_init_no_vma_man drivers\/gpu\/drm\/ttm\/ttm_device\.c:\d+$/),
      expect.stringMatching(/^ttm_bo_reserve_no_wait_ticket include\/drm\/ttm\/ttm_bo\.h:\d+$/),
    ]);
  });

  it("stand in the table of the docs: run `npm run kunit-table` where it is not up to date", () => {
    const page = withTables(readFileSync(PAGE, "utf8"), { ttm: () => table(report) });
    if (process.env["CBIT_WRITE_KUNIT"] === "1") writeFileSync(PAGE, page);
    expect(readFileSync(PAGE, "utf8")).toBe(page);
  });

  it("are KTAP that the tree's kunit.py reads", () => {
    const { out } = cbit(["kunit", source!, "ttm_tt", "--format", "ktap"], env);
    const { status, stdout } = spawnSync("python3", ["tools/testing/kunit/kunit.py", "parse"], { cwd: source!, input: out, encoding: "utf8" });
    expect([status, stdout.includes("Ran 16 tests: passed: 16")]).toEqual([0, true]);
  });

  it("are named where a glob means none of them, exit 2", () => {
    const { exit, err } = cbit(["kunit", source!, "ttm_b"], env);
    expect(exit).toBe(2);
    expect(err).toContain("ttm_bo");
  });
});

describe.skipIf(source === null)("DRM's and the library's suites", () => {
  /** 1 MiB is mapped for a device, which guests bounce: a segment of it is more than a slot search gives, all of it more than the machine's pool has. */
  const BOUNCED = ["drm_gem_shmem_test_obj_create_private", "drm_gem_shmem_test_get_pages_sgt", "drm_gem_shmem_test_purge"];
  // No guest to arm64's 6.12, which knows nothing of realms, and bounces nothing.
  const GUESTS = ["sev", "sev-es", "sev-snp", "sev-snp-vtom", "tdx", "tdx-gpaw52"];

  it("come to the same on every machine, x86-64 and arm64, but for three tests of drm_gem_shmem in guests", () => {
    const { exit, out } = cbit(["kunit", source!, "--machine", "all", "--json"], env);
    const { machines, differences } = parsed<Report>(out);
    expect([exit, machines.length]).toEqual([1, 12]);
    expect(machines.filter((m) => m.totals.tests < 850)).toEqual([]);
    expect(differences).toEqual(
      BOUNCED.map((test) => ({
        suite: "drm_gem_shmem",
        test,
        parameter: null,
        outcomes: [
          { outcome: "ok", machines: machines.map((m) => m.machine).filter((m) => !GUESTS.includes(m)) },
          { outcome: "not ok", machines: GUESTS },
        ],
      })),
    );
  });
});

/** A suite beside those of lib/list-test.c. */
const SUITE = `static noinline void make_bug(struct kunit *test) { BUG_ON(test); }
static noinline void null_store(int *at) { *at = 3; }
static noinline int wild_load(int *at) { return *at; }
static volatile int never;
static int kept;
static DECLARE_COMPLETION(nobody);
static void bad_bug(struct kunit *test) { kept++; make_bug(test); }
static void bad_warn(struct kunit *test) { WARN_ON(test); }
static void bad_loop(struct kunit *test) { while (!never) ; }
static void bad_null(struct kunit *test) { null_store((int *)16 + never); }
static void bad_wild(struct kunit *test) { KUNIT_EXPECT_EQ(test, 1, wild_load((int *)0xdead0000beef0000 + never)); }
static void bad_dead(struct kunit *test) { wait_for_completion(&nobody); }
static void bad_assert(struct kunit *test) { KUNIT_ASSERT_EQ(test, 1, 1 + (test != 0)); }
static int deeper(int n, volatile char *p) { volatile char x[64]; x[0] = *p; return n ? deeper(n + 1, x) + x[0] : 0; }
static void bad_deep(struct kunit *test) { volatile char c = 1; KUNIT_EXPECT_EQ(test, 1, deeper(1, &c)); }
static void good_last(struct kunit *test) { KUNIT_EXPECT_EQ(test, 0, kept); }
static struct kunit_case bad_cases[] = { KUNIT_CASE(bad_bug), KUNIT_CASE(bad_warn), KUNIT_CASE(bad_loop), KUNIT_CASE(bad_null), KUNIT_CASE(bad_wild),
	KUNIT_CASE(bad_dead), KUNIT_CASE(bad_assert), KUNIT_CASE(bad_deep), KUNIT_CASE(good_last), {} };
static struct kunit_suite bad_suite = { .name = "bad", .test_cases = bad_cases };
kunit_test_suite(bad_suite);
`;

/** Where the suite goes in: before the first test. */
function patch(text: string): string {
  const lines = text.split("\n");
  const at = lines.findIndex((l) => l.startsWith("static void list_test_list_init"));
  const added = SUITE.trimEnd().split("\n").map((l) => `+${l}`);
  const around = lines.slice(at - 3, at + 3).map((l) => ` ${l}`);
  return `--- a/lib/list-test.c\n+++ b/lib/list-test.c\n@@ -${at - 2},6 +${at - 2},${6 + added.length} @@\n${[...around.slice(0, 3), ...added, ...around.slice(3)].join("\n")}\n`;
}

describe.skipIf(source === null)("tests that misbehave", () => {
  let folder = "";
  let ran: Ran;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "cbit-kunit-"));
    writeFileSync(join(folder, "bad.diff"), patch(readFileSync(join(source!, "lib/list-test.c"), "utf8")));
    ran = cbit(["kunit", source!, "bad", "--patch", join(folder, "bad.diff"), "--json"], env);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("end alone, each with what ended it and the functions that led there", () => {
    expect(ran.exit).toBe(1);
    const [none] = parsed<Report>(ran.out).machines;
    const tests = Object.fromEntries(none!.suites[0]!.tests.map((t) => [t.name, t]));
    const stops = Object.fromEntries(Object.values(tests).map((t) => [t.name, t.stop?.reason ?? t.status]));
    expect(stops).toEqual({
      bad_bug: "kernel BUG",
      bad_warn: "ok",
      bad_loop: "the operation does not end: too many rounds of its loops",
      bad_null: "the kernel wrote through a null pointer",
      bad_wild: "trap: memory access out of bounds",
      bad_dead: "deadlock: every thread waits, and no timer is left",
      bad_assert: "not ok",
      bad_deep: "the kernel's stack ran over",
      good_last: "ok",
    });
    expect(tests["bad_bug"]!.stop).toMatchObject({ at: expect.stringMatching(/^lib\/list-test\.c:\d+$/), frames: ["make_bug", "bad_bug"] });
    expect(tests["bad_warn"]!.warnings).toEqual([{ at: expect.stringMatching(/^lib\/list-test\.c:\d+$/), frames: ["bad_warn"] }]);
    expect(tests["bad_loop"]!.stop!.frames).toEqual(["bad_loop"]);
    expect(tests["bad_null"]!.stop!.frames).toEqual(["null_store", "bad_null"]);
    expect(tests["bad_wild"]!.stop!.frames).toEqual(["wild_load", "bad_wild"]);
    expect(tests["bad_dead"]!.stop!.frames.slice(-2)).toEqual(["wait_for_completion", "bad_dead"]);
    expect(tests["bad_deep"]!.stop!.frames.join(" ")).toMatch(/deeper \(\d+ times\)/);
    expect(tests["bad_assert"]!.log!.join("\n")).toMatch(/ASSERTION FAILED at lib\/list-test\.c:\d+/);
  });
});
