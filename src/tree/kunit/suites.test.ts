// SPDX-License-Identifier: MIT
import { describe, expect, it } from "vitest";
import { PLATFORMS } from "../../machine/index.ts";
import { groupsOf, machinesByModule, SUITE_GROUPS, TestFilter } from "./suites.ts";

describe("globs", () => {
  it.each([
    ["*", "anything", "at_all", true],
    ["ttm*", "ttm_bo", "x", true],
    ["ttm*", "drm_mm", "x", false],
    ["ttm_bo", "ttm_bo_validate", "x", false],
    ["drm_[a-m]*.*", "drm_mm", "x", true],
    ["drm_[!a-m]*", "drm_mm", "x", false],
    ["list-kunit-test.list_test_?", "list-kunit-test", "list_test_a", true],
    ["list-kunit-test.list_test_?", "list-kunit-test", "list_test_ab", false],
    ["a.b.c", "a", "b.c", true],
    ["a+(b)", "a+(b)", "x", true],
  ])("%s, of %s.%s: %s", (glob, suite, test, wanted) => {
    expect(new TestFilter(glob).wants(suite, test)).toBe(wanted);
  });

  it("mean a suite without tests where they say nothing of tests", () => {
    expect(new TestFilter("kunit_fault").wants("kunit_fault", null)).toBe(true);
    expect(new TestFilter("kunit_fault.*").wants("kunit_fault", null)).toBe(false);
  });

  it("choose the modules to prepare: all where no known suite is meant", () => {
    const names = (glob: string): string[] => groupsOf(new TestFilter(glob)).flatMap((g) => Object.values(g.modules).map((m) => m.name));
    expect(names("ttm*")).toEqual(["kunit-ttm", "kunit-ttm-arm64"]);
    expect(names("drm_mm.*")).toEqual(["kunit-drm", "kunit-drm-arm64"]);
    expect(names("example")).toEqual(["kunit-lib", "kunit-lib-arm64"]);
    expect(names("of_this_tree_only")).toEqual(SUITE_GROUPS.flatMap((g) => Object.values(g.modules).map((m) => m.name)));
  });

  it("run in the module for each machine's architecture", () => {
    const [none, cca] = ["none", "cca"].map((name) => ({ platform: PLATFORMS.find((p) => p.name === name)! }));
    const [ttm, drm] = SUITE_GROUPS;
    expect(machinesByModule(ttm!, [none!, cca!]).map((run) => [run.module.name, run.machines])).toEqual([["kunit-ttm", [none]], ["kunit-ttm-arm64", [cca]]]);
    expect(machinesByModule(drm!, [none!]).map((run) => run.module.name)).toEqual(["kunit-drm"]);
  });
});
