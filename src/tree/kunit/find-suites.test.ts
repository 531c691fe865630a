// SPDX-License-Identifier: MIT
import { describe, expect, it } from "vitest";
import type { Host } from "../host.ts";
import { findSuites, suitesIn } from "./find-suites.ts";

const SUITE = (name: string): string => `static struct kunit_suite a_suite = {\n\t.name = "${name}",\n\t.test_cases = cases,\n};\n\nkunit_test_suites(&a_suite);\n`;

/** A kernel source of which only these files are there. */
function host(files: Readonly<Record<string, string>>): Host {
  const all: Readonly<Record<string, string>> = { Makefile: "VERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = 1\n", Kbuild: "", "arch/x86/Makefile": "", "drivers/gpu/drm/ttm/ttm_tt.c": "", ...files };
  const text = (path: string): string | undefined => all[path.replace(/^\/linux\//, "")];
  return {
    realPath: async (path: string) => path,
    stat: async (path: string) => (text(path) === undefined ? null : { kind: "file", bytes: 1, modified: 1 }),
    readText: async (path: string) => {
      const found = text(path);
      if (found === undefined) throw new Error(`ENOENT: ${path}`);
      return found;
    },
  } as unknown as Host;
}

describe("suites of a C file", () => {
  it("are those that it registers", () => {
    expect(suitesIn(SUITE("mine"))).toEqual(["mine"]);
    expect(suitesIn(SUITE("mine").replace("kunit_test_suites(", "kunit_test_init_section_suites("))).toEqual(["mine"]);
    expect(suitesIn(SUITE("mine").replace("kunit_test_suites(&a_suite);", ""))).toBe(null);
    expect(suitesIn("int x;\n")).toBe(null);
  });
});

describe("suites of a tree", () => {
  const files = {
    "drivers/gpu/drm/ttm/tests/Makefile": "obj-$(CONFIG_DRM_TTM_KUNIT_TEST) += \\\n\tttm_tt_test.o \\\n\tttm_mine_test.o ttm_kunit_helpers.o\n",
    "drivers/gpu/drm/ttm/tests/ttm_tt_test.c": SUITE("ttm_tt"),
    "drivers/gpu/drm/ttm/tests/ttm_mine_test.c": SUITE("ttm_mine"),
    "drivers/gpu/drm/ttm/tests/ttm_kunit_helpers.c": "int helper;\n",
    "kernel/dma/Makefile": "obj-y += direct.o\nobj-$(CONFIG_DMA_KUNIT_TEST) += dma_test.o\n",
    "kernel/dma/direct.c": "int direct;\n",
    "kernel/dma/dma_test.c": SUITE("dma_mine"),
  };

  it("are those that the makefiles of the known folders name, besides the known ones", async () => {
    const groups = await findSuites(host(files), "/linux", { cacheDirectory: "/cache" });
    const [ttm, drm, lib] = groups;
    const added = (group: typeof ttm): (string | undefined)[][] => group!.modules.x86_64.files.filter((f) => f.reason.startsWith("a suite")).map((f) => [f.file, f.option]);
    expect(added(ttm)).toEqual([["drivers/gpu/drm/ttm/tests/ttm_mine_test", "DRM_TTM_KUNIT_TEST"]]);
    expect(added(drm)).toEqual([]);
    expect(added(lib)).toEqual([["kernel/dma/dma_test", "DMA_KUNIT_TEST"]]);
    expect(ttm!.suites).toContain("ttm_mine");
    expect(ttm!.modules.arm64.files.map((f) => f.file)).toContain("drivers/gpu/drm/ttm/tests/ttm_mine_test");
  });

  it("are the known ones where the tree has no others: the modules stay as they are", async () => {
    const { "drivers/gpu/drm/ttm/tests/ttm_mine_test.c": _mine, "kernel/dma/dma_test.c": _dma, ...known } = files;
    const { SUITE_GROUPS } = await import("./suites.ts");
    const groups = await findSuites(host(known), "/linux", { cacheDirectory: "/cache" });
    expect(groups.map((g) => g.modules.x86_64)).toEqual(SUITE_GROUPS.map((g) => g.modules.x86_64));
  });
});
