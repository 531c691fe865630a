// SPDX-License-Identifier: MIT
import { describe, expect, it } from "vitest";
import type { ModuleInventory, TreeServices } from "./reports.ts";
import { createStyle } from "./style.ts";
import { treeServicesJson, treeServicesText } from "./tree-services.ts";

const FIRST: ModuleInventory = {
  module: "contract",
  key: "k1",
  files: [{ file: "lib/sort", reason: "the library" }, { file: "mm/debug", reason: "names" }, { file: "lib/uuid", reason: "the library" }],
  shims: [{ file: "common/heap.c", standsFor: "mm/slub.c", reason: "the arena" }],
  services: [
    { name: "cbit_log", kind: "host", value: 0, reason: "the log" },
    { name: "ktime_get", kind: "value", value: 0, reason: "time stands still" },
    { name: "queue_work", kind: "value", value: 1, reason: "time stands still" },
  ],
};
const SECOND: ModuleInventory = { ...FIRST, module: "qxl", key: "k2", files: [...FIRST.files, { file: "qxl/qxl_ttm", reason: "qxl" }], services: [...FIRST.services, { name: "fput", kind: "unreached", value: 0, reason: "no files" }] };
const TREE: TreeServices = { path: "/src/linux", release: "6.12.1", modules: [FIRST, SECOND] };

describe("what a tree's modules consist of", () => {
  const text = treeServicesText(TREE, createStyle(false));
  const [, first = "", second = ""] = /^([\s\S]*?)\nqxl: ([\s\S]*)$/.exec(text) ?? [];

  it("counts, and puts names below their reason", () => {
    expect(first).toContain("contract: 3 of the kernel's own files, 1 shim, 3 services (1 host, 2 value, 0\nunreached)");
    expect(first).toContain("  the library\n    lib/sort.c lib/uuid.c\n  names\n    mm/debug.c");
    expect(first).toContain("  common/heap.c\n    stands for mm/slub.c: the arena");
    expect(first).toContain("  time stands still\n    ktime_get queue_work=1");
  });

  it("says of another module what the first one does not have", () => {
    expect(second).toMatch(/^4 of the kernel's own files, 1 shim, 4 services \(1 host, 2 value, 1\nunreached\); what contract does not have:/);
    expect(second).toContain("qxl/qxl_ttm.c");
    expect(second).toContain("fput");
    expect(second).not.toMatch(/lib\/sort|heap|ktime_get/);
  });

  it("has all of each module as JSON; a constant only where there is one", () => {
    const { modules } = JSON.parse(treeServicesJson(TREE)) as { modules: { counts: object; files: object[]; services: { name: string; value: number | null }[] }[] };
    expect(modules.map((m) => m.counts)).toEqual([
      { files: 3, shims: 1, host: 1, value: 2, unreached: 0 },
      { files: 4, shims: 1, host: 1, value: 2, unreached: 1 },
    ]);
    expect(modules[1]!.services.map((s) => s.value)).toEqual([null, 0, 1, null]);
    expect(modules[1]!.files[3]).toEqual({ file: "qxl/qxl_ttm.c", reason: "qxl" });
  });
});
