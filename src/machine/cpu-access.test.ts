// SPDX-License-Identifier: MIT
// What wrong and right attributes do, row by row. Expected values are written by hand from the sources named at each group.
import { describe, expect, it } from "vitest";
import { PAGE_PRIVATE, PAGE_SHARED, PAGE_UNACCEPTED, type PageState } from "./page-state.ts";
import { TestMachine } from "./test-machine.ts";

type Attribute = "private" | "shared";
/** How the page is; without page states: with which attribute it was written. */
type State = Attribute | "unaccepted";

/** Does a set bit mean shared? SEV: C-bit 1 is private; TDX: shared bit 1 is shared; vTOM and CCA as TDX. */
const SET_MEANS_SHARED: Readonly<Record<string, boolean>> = {
  "sme-zen2": false, "sme-zen3": false, "sme-zen4": false, sev: false, "sev-es": false, "sev-snp": false, "sev-snp-vtom": true, tdx: true, "tdx-gpaw52": true, cca: true,
};
const HAS_STATES = new Set(["sev-snp", "sev-snp-vtom", "tdx", "tdx-gpaw52", "cca"]);
const STATES: Readonly<Record<State, PageState>> = { private: PAGE_PRIVATE, shared: PAGE_SHARED, unaccepted: PAGE_UNACCEPTED };

/** A machine with frame 0x11 in a state, and both attributes of it mapped. Where it can be, it was written with 7. */
function page(platform: string, state: State): { t: TestMachine; va: Record<Attribute, ReturnType<TestMachine["map"]>> } {
  const t = new TestMachine({ platform });
  const inverted = SET_MEANS_SHARED[platform]!;
  const va = { private: t.map(1, 0x11, !inverted), shared: t.map(2, 0x11, inverted) };
  if (HAS_STATES.has(platform)) t.m.setPageState(0x11 as never, STATES[state]);
  if (state !== "unaccepted") t.write(va[state], 7);
  return { t, va };
}

/** [page is, access with, read gives, write gives, and what the page's rightful reader has after that write]. */
type Row = readonly [state: State, access: Attribute, read: number | string, write: true | string, after: number | string | null];

/** Documentation/arch/x86/amd-memory-encryption.rst:9-40: nothing faults, the other side reads ciphertext. */
const NO_FAULTS: readonly Row[] = [
  ["private", "private", 7, true, 9],
  ["shared", "shared", 7, true, 9],
  ["shared", "private", "garbage", true, "garbage"],
  ["private", "shared", "garbage", true, "garbage"],
];

/** AMD APM vol. 2 sec. 15.36.10, table 15-39. */
const RMP: readonly Row[] = [
  ["private", "private", 7, true, 9],
  ["shared", "shared", 7, true, 9],
  ["shared", "private", "npf-rmp", "npf-rmp", 7],
  ["unaccepted", "private", "vc-not-validated", "vc-not-validated", null],
  ["private", "shared", "garbage", "npf-rmp", 7],
  ["unaccepted", "shared", "garbage", "npf-rmp", null],
];

/** arch/x86/coco/tdx/tdx.c:198-250,761-763,1040-1058; Documentation/arch/x86/tdx.rst:293-330. */
const SEPT: readonly Row[] = [
  ["private", "private", 7, true, 9],
  ["shared", "shared", 7, true, 9],
  ["shared", "private", "td-exit", "td-exit", 7],
  ["unaccepted", "private", "td-exit", "td-exit", null],
  ["private", "shared", "ve-mmio", "ve-mmio", 7],
  ["unaccepted", "shared", "ve-mmio", "ve-mmio", null],
];

/** RMM specification DEN0137 A5.2.9. */
const GPT: readonly Row[] = [
  ["private", "private", 7, true, 9],
  ["shared", "shared", 7, true, 9],
  ["shared", "private", "sea", "sea", 7],
  ["unaccepted", "private", "rec-exit", "rec-exit", null],
  ["private", "shared", "rec-exit", "rec-exit", 7],
  ["unaccepted", "shared", "rec-exit", "rec-exit", null],
];

const CPU: Readonly<Record<string, readonly Row[]>> = {
  "sme-zen2": NO_FAULTS, "sme-zen3": NO_FAULTS, "sme-zen4": NO_FAULTS, sev: NO_FAULTS, "sev-es": NO_FAULTS,
  "sev-snp": RMP, "sev-snp-vtom": RMP, tdx: SEPT, "tdx-gpaw52": SEPT, cca: GPT,
};

describe.each(Object.entries(CPU))("CPU access on %s", (platform, rows) => {
  it.each(rows)("%s page, %s access: read %s, write %s", (state, access, read, write, after) => {
    const { t, va } = page(platform, state);
    expect(t.read(va[access])).toBe(read);
    expect(t.write(va[access], 9)).toBe(write);
    expect(state === "unaccepted" ? null : t.read(va[state])).toBe(after);
  });
});

/** [page is, host's read gives, its write gives, what the guest has then]. */
type HostRow = readonly [state: State, read: number | string, write: true | string, after: number | string | null];

const HOST: Readonly<Record<string, readonly HostRow[]>> = {
  // amd-memory-encryption.rst: ciphertext, and a write corrupts.
  sev: [["private", "garbage", true, "garbage"], ["shared", 7, true, 9]],
  "sev-es": [["private", "garbage", true, "garbage"], ["shared", 7, true, 9]],
  // A probe on the DRAM of an SME host.
  "sme-zen2": [["private", "garbage", true, "garbage"], ["shared", 7, true, 9]],
  // APM vol. 2 sec. 15.36.10: reads are not checked, a write needs a page that is not assigned.
  "sev-snp": [["private", "garbage", "host-rmp-fault", 7], ["shared", 7, true, 9], ["unaccepted", "garbage", "host-rmp-fault", null]],
  "sev-snp-vtom": [["private", "garbage", "host-rmp-fault", 7], ["shared", 7, true, 9], ["unaccepted", "garbage", "host-rmp-fault", null]],
  // Documentation/arch/x86/tdx.rst:152-172: the host's KeyID checks nothing; the data is not the plain text.
  tdx: [["private", "garbage", true, "garbage"], ["shared", 7, true, 9]],
  "tdx-gpaw52": [["private", "garbage", true, "garbage"], ["shared", 7, true, 9]],
  // RMM specification DEN0137 A2.2: a granule of the realm's. One that is not assigned yet is the host's.
  cca: [["private", "gpf", "gpf", 7], ["shared", 7, true, 9], ["unaccepted", "garbage", true, null]],
};

describe.each(Object.entries(HOST))("host access on %s", (platform, rows) => {
  it.each(rows)("%s page: read %s, write %s", (state, read, write, after) => {
    const { t, va } = page(platform, state);
    expect(t.hostRead(0x11)).toBe(read);
    expect(t.hostWrite(0x11, 9)).toBe(write);
    expect(state === "unaccepted" ? null : t.read(va[state])).toBe(after);
  });
});

describe("memory without a choice", () => {
  it("none: everybody reads the same; TSME: a probe on DRAM reads ciphertext", () => {
    for (const [platform, probe] of [["none", 7], ["tsme", "garbage"]] as const) {
      const t = new TestMachine({ platform });
      const va = t.map(1, 0x11, false);
      t.write(va, 7);
      expect(t.read(va)).toBe(7);
      expect(t.devRead(0x11000)).toBe(7);
      expect(t.hostRead(0x11)).toBe(probe);
    }
  });

  it("faults where there is no memory, no mapping, no permission", () => {
    const t = new TestMachine({ platform: "sme-zen2" });
    expect(t.read(t.map(1, 0x30, false))).toBe("no-memory-there");
    expect(t.hostRead(0x30)).toBe("no-memory-there");
    expect(t.hostRead(0x11, 1)).toBe("no-memory-there");
    expect(t.read(0x5000 as never)).toBe("page-fault");
    const va = t.map(2, 0x11, false);
    t.tables.write(0x43010 as never, 0x11001, 0);
    expect(t.read(va)).toBe("garbage");
    expect(t.write(va, 1)).toBe("page-fault");
  });
});
