// SPDX-License-Identifier: MIT
// Which tree has what is retyped from the two sources: 6.1 arch/x86/mm/pat/set_memory.c:2113-2170 (bool hooks, -EIO), 6.1
// kernel/dma/swiotlb.c:841 (copy in at map), 6.12 arch/x86/coco/tdx/tdx.c:922-1010 (kexec), 6.12 kernel/dma/direct.c:274-287.

import { describe, expect, it } from "vitest";
import { CHANGES, parseRelease, RELEASE_LIST } from "./index.ts";

const has = (spec: string, id: string): boolean => parseRelease(spec).changes.has(id);

describe("releases", () => {
  it.each([
    ["71ce046327cf", true, true, true],
    ["99c5c4c60e0d", false, true, true],
    ["859e63b789d6", false, true, true],
    ["812b0597fb40", false, true, true],
    ["e8068f2d756d", false, true, true],
    ["901c7280ca0d", true, true, true],
    ["ddbd89deb7d3", false, false, false],
    ["f253a83ff94c", false, false, true],
    ["3074152e56c9", false, false, true],
    ["device_cc_accepted", false, false, true],
  ])("%s: 6.1 %s, 6.12 %s, proposed %s", (id, in61, in612, in_proposed) => {
    expect([has("6.1", id), has("6.12", id), has("proposed", id)]).toEqual([in61, in612, in_proposed]);
  });

  it("name each change once, and nothing that a spec could not hold", () => {
    const ids = CHANGES.map((c) => c.id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^([0-9a-f]{12}|[a-z0-9_]+)$/);
  });
});

describe("specs", () => {
  it("switch single changes", () => {
    expect(has("6.12-71ce046327cf", "71ce046327cf")).toBe(false);
    expect(has("6.1+ddbd89deb7d3", "ddbd89deb7d3")).toBe(true);
    expect(has("6.12+device_cc_accepted-71ce046327cf", "device_cc_accepted")).toBe(true);
    expect(parseRelease("6.1+ddbd89deb7d3").changes.size).toBe(parseRelease("6.1").changes.size + 1);
  });

  it("take a whole commit id and its beginning", () => {
    expect(parseRelease("6.12-71ce046327cfd3aef3f93d1c44e091395eb03f8f").name).toBe("6.12-71ce046327cf");
    expect(parseRelease("6.12-71ce046").name).toBe("6.12-71ce046327cf");
  });

  it("have one name for one kernel", () => {
    expect(parseRelease("6.12+device_cc_accepted-71ce046327cf").name).toBe("6.12-71ce046327cf+device_cc_accepted");
    expect(parseRelease("6.12-71ce046327cf+device_cc_accepted").name).toBe("6.12-71ce046327cf+device_cc_accepted");
    expect(parseRelease("6.12+71ce046327cf")).toBe(RELEASE_LIST[0]);
  });

  it.each([
    ["6.13", 'no release "6.13"; nearest: 6.1, 6.12'],
    ["", "no release is named"],
    ["6.12-71ce046327ce", 'unknown change "71ce046327ce"; nearest: 71ce046327cf'],
    ["6.12+devmem", 'unknown change "devmem"; nearest: devmem_drop_cc'],
    ["6.12-", "no change id stands behind"],
    ["6.12-71ce046327cf+71ce046", "change 71ce046327cf is switched twice"],
  ])("refuse %j: %s", (spec, message) => {
    expect(() => parseRelease(spec)).toThrow(expect.objectContaining({ code: "CBIT-103", exit: 2, message: expect.stringContaining(message) as string }) as Error);
  });
});
