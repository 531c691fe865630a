// SPDX-License-Identifier: MIT
// Who owns a page, what changing that does to its contents, whole granules, banks of RAM.
import { describe, expect, it } from "vitest";
import { pfn } from "../base/index.ts";
import { banksOf, ramFrames } from "./memory.ts";
import { PAGE_PRIVATE, PAGE_SHARED, PAGE_UNACCEPTED, PageStates, pageStateWords } from "./page-state.ts";
import { TestMachine } from "./test-machine.ts";

/** Does a set bit mean shared? */
const OWNED: readonly (readonly [platform: string, setMeansShared: boolean])[] = [["sev-snp", false], ["sev-snp-vtom", true], ["tdx", true], ["tdx-gpaw52", true], ["cca", true]];

function twoViews(platform: string, inverted: boolean): { t: TestMachine; mine: never; shared: never } {
  const t = new TestMachine({ platform });
  return { t, mine: t.map(1, 0x11, !inverted) as never, shared: t.map(2, 0x11, inverted) as never };
}

describe("page states", () => {
  it("are private at power-on and kept apart for each frame", () => {
    const states = new PageStates(new Uint32Array(pageStateWords("rmp", 40)));
    expect(states.get(39)).toBe(PAGE_PRIVATE);
    for (const [frame, state] of [[15, PAGE_SHARED], [16, PAGE_UNACCEPTED], [17, PAGE_SHARED]] as const) states.set(frame, state);
    expect([14, 15, 16, 17, 18].map((f) => states.get(f))).toEqual([0, 1, 2, 1, 0]);
    states.set(16, PAGE_PRIVATE);
    expect([15, 16, 17].map((f) => states.get(f))).toEqual([1, 0, 1]);
  });

  it("are not kept by SME and SEV without SNP: there is nobody to tell", () => {
    for (const platform of ["none", "sme-zen2", "sev", "sev-es"]) {
      const t = new TestMachine({ platform });
      expect(t.m.pageState(pfn(0x11))).toBe(PAGE_PRIVATE);
      expect(() => t.m.setPageState(pfn(0x11), PAGE_SHARED)).toThrow(/keeps none/);
    }
  });

  it.each(OWNED)("on %s: what was private is lost once the page is shared, and does not come back with it", (platform, inverted) => {
    const { t, mine, shared } = twoViews(platform, inverted);
    t.write(mine, 7);
    t.m.setPageState(pfn(0x11), PAGE_SHARED);
    expect(t.read(shared)).toBe("garbage");
    expect(t.hostRead(0x11)).toBe("garbage");
    t.m.setPageState(pfn(0x11), PAGE_PRIVATE);
    expect(t.read(mine)).not.toBe(7);
  });

  it.each(OWNED)("on %s: what was shared is lost once the page is private", (platform, inverted) => {
    const { t, mine, shared } = twoViews(platform, inverted);
    t.m.setPageState(pfn(0x11), PAGE_SHARED);
    t.write(shared, 7);
    t.m.setPageState(pfn(0x11), PAGE_PRIVATE);
    expect(t.read(mine)).not.toBe(7);
    t.write(mine, 9);
    expect(t.read(mine)).toBe(9);
  });

  it("TDG.MEM.PAGE.ACCEPT gives zeroes, in TDX alone", () => {
    for (const [platform, inverted] of OWNED) {
      const { t, mine, shared } = twoViews(platform, inverted);
      t.m.setPageState(pfn(0x11), PAGE_SHARED);
      t.write(shared, 7);
      t.m.setPageState(pfn(0x11), PAGE_PRIVATE);
      t.read(mine);
      expect(t.bytes === "0".repeat(32)).toBe(platform.startsWith("tdx"));
    }
  });

  it("telling the platform what it knows changes nothing", () => {
    const { t, mine } = twoViews("tdx", true);
    t.write(mine, 7);
    t.m.setPageState(pfn(0x11), PAGE_PRIVATE);
    expect(t.read(mine)).toBe(7);
  });

  it("two ways to the same state end in the same words", () => {
    const a = twoViews("sev-snp", false);
    const b = twoViews("sev-snp", false);
    a.t.write(a.mine, 7);
    for (const { t } of [a, b]) t.m.setPageState(pfn(0x11), PAGE_SHARED);
    expect(a.t.words).toEqual(b.t.words);
  });
});

describe("SME and SEV", () => {
  it.each(["sme-zen2", "sme-zen3", "sev", "sev-es"])("%s: DRAM keeps its bytes whatever the attribute: garbage one way, the value back the other", (platform) => {
    const t = new TestMachine({ platform });
    const mine = t.map(1, 0x11, true);
    t.write(mine, 7);
    expect(t.read(t.map(1, 0x11, false))).toBe("garbage");
    expect(t.read(t.map(1, 0x11, true))).toBe(7);
  });
});

describe("the host's granule", () => {
  // A realm of 4 KiB pages on a host of 64 KiB pages: 16 frames go together.
  const t64 = (): TestMachine => new TestMachine({ platform: "cca", granule: 0x10000, ram: { frames: 0x14, more: [{ firstPfn: pfn(0x29), frames: 2 }], bar: { firstPfn: pfn(0x2c), frames: 1 } } });

  it("is shared as a whole: the page's neighbours are lost to the realm and reached by the host", () => {
    const t = t64();
    const neighbour = t.map(1, 0x13, false);
    const beyond = t.map(2, 0x20, false);
    t.write(neighbour, 7);
    t.write(beyond, 8);
    expect(t.hostRead(0x13)).toBe("gpf");
    t.m.setPageState(pfn(0x11), PAGE_SHARED);
    expect([0x10, 0x11, 0x13, 0x1f].map((f) => t.m.pageState(pfn(f)))).toEqual([1, 1, 1, 1]);
    expect(t.read(neighbour)).toBe("sea");
    expect(t.hostRead(0x13)).toBe("garbage");
    expect(t.m.pageState(pfn(0x20))).toBe(PAGE_PRIVATE);
    expect(t.read(beyond)).toBe(8);
    expect(t.hostRead(0x20)).toBe("gpf");
  });

  it("becomes private as a whole, under a neighbour that is still mapped shared", () => {
    const t = t64();
    t.m.setPageState(pfn(0x11), PAGE_SHARED);
    const shared = t.map(1, 0x12, true);
    t.write(shared, 7);
    t.m.setPageState(pfn(0x11), PAGE_PRIVATE);
    expect(t.read(shared)).toBe("rec-exit");
  });

  it("takes what there is of it: banks end within a granule, and the BAR is no part of it", () => {
    const t = t64();
    t.m.setPageState(pfn(0x2a), PAGE_SHARED);
    expect([0x1f, 0x20, 0x23, 0x29, 0x2a].map((f) => t.m.pageState(pfn(f)))).toEqual([0, 1, 1, 1, 1]);
  });

  it("of 4 KiB is one page, and other sizes than powers of two from there are none", () => {
    const t = new TestMachine({ platform: "cca" });
    t.m.setPageState(pfn(0x11), PAGE_SHARED);
    expect([0x10, 0x11, 0x12].map((f) => t.m.pageState(pfn(f)))).toEqual([0, 1, 0]);
    for (const granule of [0, 2048, 0x3000]) expect(() => new TestMachine({ platform: "cca", granule })).toThrow(/granule/);
  });
});

describe("banks of RAM", () => {
  const ram = { frames: 2, more: [{ firstPfn: pfn(0x20), frames: 2 }, { firstPfn: pfn(0x10_0000), frames: 1 }], bar: { firstPfn: pfn(0x400_0000), frames: 2 } };

  it("hold memory apart from each other, with nothing between", () => {
    const t = new TestMachine({ platform: "sme-zen3", ram });
    const frames = [0x10, 0x11, 0x20, 0x21, 0x10_0000];
    frames.forEach((frame, i) => expect(t.write(t.map(i, frame, true), 100 * i)).toBe(true));
    expect(frames.map((_, i) => t.read((i * 4096) as never))).toEqual([0, 100, 200, 300, 400]);
    for (const frame of [0x0f, 0x12, 0x1f, 0x22, 0xf_ffff, 0x10_0001]) expect(t.read(t.map(9, frame, true))).toBe("no-memory-there");
  });

  it("count as RAM, the BAR does not; frames are numbered in order", () => {
    const { memory } = new TestMachine({ platform: "none", ram }).m;
    expect(ramFrames(memory.ram)).toBe(5);
    expect(banksOf(memory.ram).map((b) => b.firstPfn)).toEqual([0x10, 0x20, 0x10_0000, 0x400_0000]);
    const frames = [0x10, 0x11, 0x20, 0x21, 0x10_0000, 0x400_0000, 0x400_0001];
    expect(frames.map((f) => memory.indexOf(pfn(f)))).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(frames.map((_, i) => memory.frameAt(i))).toEqual(frames);
    expect(memory.indexOf(pfn(0x12))).toBe(-1);
    expect(() => memory.frameAt(7)).toThrow(/no frame number 7/);
  });
});
