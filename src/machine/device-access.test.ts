// SPDX-License-Identifier: MIT
// DMA with and without the attribute bit, of devices that are accepted (TDISP) and of others; peers at the BAR.
import { describe, expect, it } from "vitest";
import { dmaAddr, pfn } from "../base/index.ts";
import { PAGE_PRIVATE, PAGE_SHARED, PAGE_UNACCEPTED, type PageState } from "./page-state.ts";
import { PLATFORMS } from "./platforms/index.ts";
import { TestMachine } from "./test-machine.ts";

type State = "private" | "shared" | "unaccepted";
const STATES: Readonly<Record<State, PageState>> = { private: PAGE_PRIVATE, shared: PAGE_SHARED, unaccepted: PAGE_UNACCEPTED };

/** Bits as CPUID, the GPA width and the IPA width say, and whether a set bit means shared. */
const BITS: Readonly<Record<string, readonly [bit: number, setMeansShared: boolean]>> = {
  "sme-zen2": [47, false], "sme-zen3": [51, false], "sme-zen4": [51, false], sev: [51, false], "sev-es": [51, false],
  "sev-snp": [51, false], "sev-snp-vtom": [46, true], tdx: [47, true], "tdx-gpaw52": [51, true], cca: [47, true],
};
const HAS_STATES = new Set(["sev-snp", "sev-snp-vtom", "tdx", "tdx-gpaw52", "cca"]);

/** A machine whose CPU wrote 7 to frame 0x11 with the attribute that the page has. */
function machine(platform: string, state: State, accepted: boolean): { t: TestMachine; cpu: () => number | string; bit: number } {
  const [bit, inverted] = BITS[platform]!;
  const t = new TestMachine({ platform });
  if (HAS_STATES.has(platform)) t.m.setPageState(pfn(0x11), STATES[state]);
  const va = t.map(1, 0x11, (state === "private") !== inverted);
  if (state !== "unaccepted") t.write(va, 7);
  t.m.deviceAccepted = accepted;
  return { t, cpu: () => t.read(va), bit: 2 ** bit };
}

/** [page is, address has the bit, read gives, write gives, what the CPU has then]. */
type Row = readonly [state: State, withBit: boolean, read: number | string, write: true | string, after: number | string | null];

/** The memory controller decrypts what comes with the C-bit; without it, raw bytes. amd-memory-encryption.rst:9-40 */
const SME: readonly Row[] = [
  ["private", true, 7, true, 9],
  ["private", false, "garbage", true, "garbage"],
  ["shared", true, "garbage", true, "garbage"],
  ["shared", false, 7, true, 9],
];

/** A guest's device has no use of the VM's key, whatever it addresses. */
const SEV: readonly Row[] = [
  ["private", true, "garbage", true, "garbage"],
  ["private", false, "garbage", true, "garbage"],
  ["shared", true, 7, true, 9],
  ["shared", false, 7, true, 9],
];

/** Writes to an assigned page: IOMMU RMP fault, drivers/iommu/amd/iommu.c:796-833. */
const SNP: readonly Row[] = [
  ["private", true, "garbage", "iommu-rmp-fault", 7],
  ["private", false, "garbage", "iommu-rmp-fault", 7],
  ["unaccepted", false, "garbage", "iommu-rmp-fault", null],
  ["shared", true, 7, true, 9],
  ["shared", false, 7, true, 9],
];

/** Shared pages work, with a handle without the shared bit as Linux gives it (include/linux/dma-direct.h:88-110). */
const TDX: readonly Row[] = [
  ["private", false, "dma-abort", "dma-abort", 7],
  ["private", true, "dma-abort", "dma-abort", 7],
  ["unaccepted", false, "dma-abort", "dma-abort", null],
  ["shared", false, 7, true, 9],
  ["shared", true, 7, true, 9],
];

/** The top IPA bit says shared; without it only accepted devices get through. */
const CCA: readonly Row[] = [
  ["private", false, "smmu-gpf", "smmu-gpf", 7],
  ["private", true, "smmu-gpf", "smmu-gpf", 7],
  ["unaccepted", false, "smmu-gpf", "smmu-gpf", null],
  ["shared", false, "smmu-gpf", "smmu-gpf", 7],
  ["shared", true, 7, true, 9],
];

/** SEV-TIO: the secure DTE selects private, not the address; the RMP is checked. AMD document 58271. */
const SNP_ACCEPTED: readonly Row[] = [
  ["private", false, 7, true, 9],
  ["private", true, 7, true, 9],
  ["unaccepted", false, "iommu-rmp-fault", "iommu-rmp-fault", null],
  ["shared", false, "iommu-rmp-fault", "iommu-rmp-fault", 7],
];

/** TDX Connect: the secure EPT for plain GPAs, the shared bit for shared pages. */
const TDX_ACCEPTED: readonly Row[] = [
  ["private", false, 7, true, 9],
  ["private", true, "dma-abort", "dma-abort", 7],
  ["unaccepted", false, "dma-abort", "dma-abort", null],
  ["shared", false, "dma-abort", "dma-abort", 7],
  ["shared", true, 7, true, 9],
];

/** CCA DA: the realm's tables for plain IPAs, the top bit for shared pages. */
const CCA_ACCEPTED: readonly Row[] = [
  ["private", false, 7, true, 9],
  ["private", true, "smmu-gpf", "smmu-gpf", 7],
  ["unaccepted", false, "smmu-gpf", "smmu-gpf", null],
  ["shared", false, "smmu-gpf", "smmu-gpf", 7],
  ["shared", true, 7, true, 9],
];

const TABLES: readonly (readonly [platform: string, accepted: boolean, rows: readonly Row[]])[] = [
  ["sme-zen2", false, SME], ["sme-zen3", false, SME], ["sme-zen4", false, SME],
  ["sev", false, SEV], ["sev-es", false, SEV],
  ["sev-snp", false, SNP], ["sev-snp-vtom", false, SNP], ["tdx", false, TDX], ["tdx-gpaw52", false, TDX], ["cca", false, CCA],
  ["sev-snp", true, SNP_ACCEPTED], ["sev-snp-vtom", true, SNP_ACCEPTED], ["tdx", true, TDX_ACCEPTED], ["tdx-gpaw52", true, TDX_ACCEPTED], ["cca", true, CCA_ACCEPTED],
];

describe.each(TABLES)("DMA on %s, accepted: %s", (platform, accepted, rows) => {
  it.each(rows)("%s page, bit in the address %s: read %s, write %s", (state, withBit, read, write, after) => {
    const { t, cpu, bit } = machine(platform, state, accepted);
    const address = 0x11000 + (withBit ? bit : 0);
    expect(t.devRead(address)).toBe(read);
    expect(t.devWrite(address, 9)).toBe(write);
    expect(state === "unaccepted" ? null : cpu()).toBe(after);
  });
});

describe("AMD-Vi", () => {
  it("puts the C-bit of its entry into the access of any device", () => {
    const t = new TestMachine({ platform: "sme-zen3", iommu: "translated" });
    t.addressBits = 32;
    t.write(t.map(1, 0x11, true), 7);
    expect(t.devRead(t.ioMap(3, 0x11, true))).toBe(7);
    expect(t.devRead(t.ioMap(3, 0x11, false))).toBe("garbage");
    expect(t.devRead(0x4000)).toBe("io-page-fault");
  });
});

describe("acceptance", () => {
  it("is there with SNP, TDX and CCA only", () => {
    expect(PLATFORMS.filter((p) => p.teeIo).map((p) => p.name)).toEqual(["sev-snp", "sev-snp-vtom", "tdx", "tdx-gpaw52", "cca"]);
  });

  it.each(["none", "sme-zen3", "sev", "sev-es"])("on %s cannot be had", (platform) => {
    const t = new TestMachine({ platform });
    t.m.deviceAccepted = true;
    expect(t.m.deviceAccepted).toBe(false);
  });

  it.each([["sev-snp", "garbage", "iommu-rmp-fault"], ["tdx", "dma-abort", "dma-abort"], ["cca", "smmu-gpf", "smmu-gpf"]] as const)(
    "on %s: what is mapped when it is revoked is out of reach, read %s, write %s",
    (platform, read, write) => {
      const { t, cpu } = machine(platform, "private", true);
      expect(t.devRead(0x11000)).toBe(7);
      t.m.deviceAccepted = false;
      expect(t.devRead(0x11000)).toBe(read);
      expect(t.devWrite(0x11000, 9)).toBe(write);
      expect(cpu()).toBe(7);
      t.m.deviceAccepted = true;
      expect(t.devWrite(0x11000, 9)).toBe(true);
      expect(cpu()).toBe(9);
    },
  );

  it("is part of the state", () => {
    const t = new TestMachine({ platform: "tdx" });
    const before = t.words.slice();
    t.m.deviceAccepted = true;
    expect(t.words).not.toEqual(before);
    t.words.set(before);
    expect(t.m.deviceAccepted).toBe(false);
  });
});

describe("the BAR", () => {
  const bar = { firstPfn: pfn(0x100), frames: 2 };

  it.each(Object.entries(BITS))("on %s is reached in plain, by CPU, peer and host", (platform, [, inverted]) => {
    const t = new TestMachine({ platform, ram: { bar } });
    const va = t.map(1, 0x101, inverted);
    expect(t.write(va, 7)).toBe(true);
    expect(t.read(va)).toBe(7);
    expect(t.devRead(0x101000)).toBe(7);
    expect(t.hostRead(0x101)).toBe(7);
    expect(t.devWrite(0x101000, 9)).toBe(true);
    expect(t.read(va)).toBe(9);
  });

  it.each(Object.entries(BITS))("on %s does not answer to the private attribute of the CPU", (platform, [, inverted]) => {
    const t = new TestMachine({ platform, ram: { bar } });
    const va = t.map(1, 0x101, !inverted);
    expect(t.read(va)).toBe("no-memory-there");
    expect(t.write(va, 7)).toBe("no-memory-there");
  });

  it("does not answer to a peer that addresses it with the C-bit (dma_map_resource() never sets it, kernel/dma/direct.c:507-521)", () => {
    for (const platform of ["sme-zen2", "sme-zen3", "sev"]) {
      const t = new TestMachine({ platform, ram: { bar } });
      const address = 0x101000 + 2 ** BITS[platform]![0];
      expect(t.devRead(address)).toBe("no-memory-there");
      expect(t.devWrite(address, 1)).toBe("no-memory-there");
    }
  });

  it("through AMD-Vi is reached without the C-bit only", () => {
    const t = new TestMachine({ platform: "sme-zen2", iommu: "translated", ram: { bar } });
    expect(t.devWrite(t.ioMap(1, 0x100, false), 5)).toBe(true);
    expect(t.hostRead(0x100)).toBe(5);
    expect(t.devWrite(t.ioMap(1, 0x100, true), 5)).toBe("no-memory-there");
  });

  it("is no RAM: it has no state, and the frames beside it are not there", () => {
    const t = new TestMachine({ platform: "sev-snp", ram: { bar } });
    expect(t.m.memory.isBar(pfn(0x101))).toBe(true);
    expect(t.m.memory.contains(pfn(0x102))).toBe(false);
    expect(() => t.m.setPageState(pfn(0x101), PAGE_SHARED)).toThrow(/is no RAM/);
    expect(t.m.devicePath(t, null, dmaAddr(0x101000), true)).toMatchObject({ kind: "path", domain: 0 });
  });
});
