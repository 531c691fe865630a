// SPDX-License-Identifier: MIT
import { describe, expect, it } from "vitest";
import { parseToken, type Replay, replayOn } from "../check/index.ts";
import { createModelFactory, DRIVERS } from "../linux/index.ts";
import type { Platform } from "../machine/index.ts";
import { parseOneMachine, workloadNamed } from "../scenarios/index.ts";
import { pageInQuestion, pageTimeline } from "./page-timeline.ts";
import { createStyle } from "./style.ts";
import { timelineLines } from "./text-timeline.ts";

/** A trace on the model. */
function ran(machine: string, device: string, workload: string, text: string): { readonly replay: Replay; readonly platform: Platform } {
  const configuration = parseOneMachine(machine);
  const kernel = createModelFactory({ release: "6.12", policy: "decrypt-dma-alloc-guest" }).create(configuration, DRIVERS.find((d) => d.name === device)!);
  const replay = replayOn(kernel, workloadNamed(workload), parseToken(`cbit1/model:6.12/-/${machine}/${device}/${workload}/${text.replaceAll(" ", ",")}`).operations);
  return { replay, platform: configuration.platform };
}

const table = ({ replay, platform }: ReturnType<typeof ran>, width = 80): string[] => timelineLines(replay, platform, createStyle(false, width));
const HOST = "page_alloc cpu_write:linear host_read set_memory_decrypted cpu_write:linear host_read host_write cpu_read:linear set_memory_encrypted cpu_write:linear host_read";

describe("the timeline of a page", () => {
  it("marks who reads and writes, and the read that is wrong", () => {
    expect(table(ran("sme-zen2,iommu=off", "amdgpu-gfx9", "ttm-buffer", "bo_create bo_populate bo_vmap cpu_write:vmap dev_read"))).toEqual([
      "Page 0, who sees it how after each step:",
      "  step        1  2    3    4      5",
      "  linear map  .  C=0  C=0  C=0    C=0",
      "  device      .  C=0  C=0  C=0    C=0:r!",
      "  vmap        .  .    C=1  C=1:w  C=1",
      "  C=0 plain; C=1 host key; r reads; w writes; ! wrong",
    ]);
  });

  it("has a row for the host, whose reads of ciphertext are as they should be", () => {
    const host = ran("sev", "vmwgfx", "host", HOST);
    expect(table(host).slice(1, 4)).toEqual([
      "  step        1    2      3    4    5      6    7    8      9    10     11",
      "  linear map  C=1  C=1:w  C=1  C=0  C=0:w  C=0  C=0  C=0:r  C=1  C=1:w  C=1",
      "  host        .    .      r    .    .      r    w    .      .    .      r",
    ]);
    const { rows } = pageTimeline(host.replay, 0, 0, host.platform);
    expect(rows.map((r) => r.kind)).toEqual(["linear", "host"]);
    expect(rows[1]!.cells[2]).toEqual({ attribute: null, view: null, change: null, access: "read", wrong: false });
    expect(rows[0]!.cells.map((c) => c.change)).toEqual(["new", null, null, "changed", null, null, null, null, "changed", null, null]);
  });

  it("folds where the width asks for it, and loses no step", () => {
    const lines = table(ran("sev", "vmwgfx", "host", HOST), 40).join("\n").split("\n");
    expect(Math.max(...lines.map((l) => l.length))).toBeLessThanOrEqual(40);
    const heads = lines.filter((l) => l.startsWith("  step"));
    expect(heads.length).toBeGreaterThan(1);
    expect(heads.flatMap((h) => h.trim().split(/ +/).slice(1)).join(" ")).toBe("1 2 3 4 5 6 7 8 9 10 11");
  });

  it("names domains where one bit stands for two, and other frames by a mark", () => {
    expect(table(ran("cca", "amdgpu-gfx6", "ttm-buffer", "bo_create bo_populate dev_write")).slice(2)).toEqual([
      "  linear map  .  realm  realm",
      "  device      .  plain  plain:w!",
      "  realm S=0 (realm key); plain S=0 (plain); w writes; ! wrong",
    ]);
    const bounced = table(ran("sev", "xe", "ttm-buffer", "bo_create bo_populate bo_vmap cpu_write:vmap dev_read"));
    expect(bounced[3]).toBe("  device      .  C=0'  C=0'  C=0'   C=0':r!");
    expect(bounced.slice(5).join(" ").replace(/\s+/g, " ")).toMatch(/' at pfn 0x\w+, not 0x\w+$/);
  });

  it("shows views of another buffer with the same memory, and puts steps together in which nothing happens", () => {
    const lines = table(ran("sme-zen2,iommu=off", "amdgpu-gfx9", "dma-buf", "page_alloc bo_import:buf=1:from=0 dev_write:buf=1 cpu_write:linear bo_destroy:buf=1 cpu_read:linear"));
    expect(lines[1]).toMatch(/^ {2}step +1 +2-3 +4 +5 +6$/);
    expect(lines.some((l) => l.startsWith("  linear map, buf 1 "))).toBe(true);
  });

  it("is of the page that the last operation is about, and empty where there is none", () => {
    expect(pageInQuestion({ steps: [] })).toEqual({ buf: 0, page: 0 });
    expect(table(ran("sev", "vmwgfx", "ttm-buffer", "bo_create"))).toEqual([]);
  });
});
