// SPDX-License-Identifier: MIT
// I/O entries are retyped from the AMD IOMMU specification (48882) sec. 2.2.3: PR=0, next level 9-11, address 12-51, IR=61, IW=62.
import { describe, expect, it } from "vitest";
import { dmaAddr, pfn, physAddr } from "../base/index.ts";
import { DOMAIN_HOST, DOMAIN_PLAIN, DOMAIN_VM } from "./domains.ts";
import { Machine } from "./machine.ts";
import { type MachineConfig, machineWords } from "./machine-config.ts";
import { PLATFORMS } from "./platforms/index.ts";
import type { IommuMode } from "./platforms/platform.ts";
import { entryAddress, type TableLayout, tableWords, WindowedTables } from "./tables.ts";

const TABLES: TableLayout = { firstPfn: pfn(0x10), frames: 4, window: 32 };

function machine(name: string, iommu: IommuMode): { m: Machine; tables: WindowedTables } {
  const platform = PLATFORMS.find((p) => p.name === name)!;
  const config: MachineConfig = { platform, iommu, ram: { firstPfn: pfn(4), frames: 4, cells: 1 } };
  const tables = new WindowedTables(TABLES, new Uint32Array(tableWords(TABLES)));
  return { m: new Machine(config, new Uint32Array(machineWords(config)), tables), tables };
}

describe("platforms", () => {
  it("have the C-bit where CPUID 8000001F EBX[5:0] says: 0x16f is 47, 0x4173 is 51", () => {
    expect(0x16f & 0x3f).toBe(47);
    expect(0x4173 & 0x3f).toBe(51);
    expect(PLATFORMS.map((p) => [p.name, p.cBit])).toEqual([
      ["none", -1],
      ["tsme", -1],
      ["sme-zen2", 47],
      ["sme-zen3", 51],
      ["sme-zen4", 51],
      ["sev", 51],
      ["sev-es", 51],
      ["sev-snp", 51],
      ["sev-snp-vtom", 46],
      ["tdx", 47],
      ["tdx-gpaw52", 51],
      ["cca", 47],
    ]);
  });

  // TDX: arch/x86/coco/tdx/tdx.c:267-275, the top bit of 48 or 52; vTOM: below the boundary is private; CCA: DEN0137 A5.2.1.
  it("have a bit that means shared on TDX, with vTOM and on CCA, one that means private elsewhere", () => {
    expect(PLATFORMS.filter((p) => p.setMeansShared).map((p) => p.name)).toEqual(["sev-snp-vtom", "tdx", "tdx-gpaw52", "cca"]);
  });

  it("keep page states in the RMP with SNP, in the secure EPT, in granule tables; accepting clears on TDX alone", () => {
    expect(PLATFORMS.filter((p) => p.ownership !== "none").map((p) => [p.name, p.ownership, p.acceptZeroes])).toEqual([
      ["sev-snp", "rmp", false],
      ["sev-snp-vtom", "rmp", false],
      ["tdx", "sept", true],
      ["tdx-gpaw52", "sept", true],
      ["cca", "gpt", false],
    ]);
  });

  it("run the kernel as a guest from SEV on", () => {
    expect(PLATFORMS.filter((p) => !p.guest).map((p) => p.name)).toEqual(["none", "tsme", "sme-zen2", "sme-zen3", "sme-zen4"]);
  });

  it("are SME_COHERENT where EAX[10] is set: Zen 3's 0x0101fd3f, not Zen 2's 0x0001000f", () => {
    expect((0x0101fd3f >>> 10) & 1).toBe(1);
    expect((0x0001000f >>> 10) & 1).toBe(0);
    expect(PLATFORMS.find((p) => p.name === "sme-zen3")!.smeCoherent).toBe(true);
    expect(PLATFORMS.find((p) => p.name === "sme-zen2")!.smeCoherent).toBe(false);
  });
});

describe("device access without IOMMU", () => {
  const device = { addressBits: 48 };

  it("is decrypted by the memory controller where the address has the C-bit", () => {
    const { m } = machine("sme-zen2", "off");
    expect(m.devicePath(device, null, dmaAddr(0x4000), false)).toMatchObject({ pa: 0x4000, cBit: false, domain: DOMAIN_PLAIN });
    expect(m.devicePath(device, null, dmaAddr(0x4000 + 2 ** 47), false)).toMatchObject({ pa: 0x4000, cBit: true, domain: DOMAIN_HOST });
  });

  it("cannot carry a C-bit above the device's address lines", () => {
    const { m } = machine("sme-zen3", "off");
    expect(m.devicePath(device, null, dmaAddr(0x4000 + 2 ** 51), false)).toMatchObject({ kind: "fault", fault: "address-width" });
  });

  it("never uses the VM's key in a guest", () => {
    const { m } = machine("sev", "off");
    expect(m.devicePath({ addressBits: 64 }, null, dmaAddr(0x4000 + 2 ** 51), false)).toMatchObject({ domain: DOMAIN_PLAIN });
    expect(m.config.platform.cpuDomain(true)).toBe(DOMAIN_VM);
  });

  it("faults outside RAM", () => {
    const { m } = machine("none", "off");
    expect(m.deviceRead(device, null, dmaAddr(0x8000), new Uint32Array(4))).toMatchObject({ kind: "fault", fault: "no-memory-there" });
  });
});

describe("AMD-Vi", () => {
  const device = { addressBits: 44 };
  const domain = { root: physAddr(0x10000), mode: 3 };
  // IOVA 0xffff_f000: level 3 index 3, level 2 index 511, level 1 index 511.
  const iova = dmaAddr(0xffff_f000);

  function mapped(leafHi: number): Machine {
    const { m, tables } = machine("sme-zen2", "translated");
    const IR_IW = 0x6000_0000;
    tables.write(entryAddress(physAddr(0x10000), 3), 0x11000 | (2 << 9) | 1, IR_IW);
    tables.write(entryAddress(physAddr(0x11000), 511), 0x12000 | (1 << 9) | 1, IR_IW);
    tables.write(entryAddress(physAddr(0x12000), 511), 0x4000 | 1, leafHi);
    return m;
  }

  it("gives any device the C-bit that its entry has", () => {
    expect(mapped(0x6000_8000).devicePath(device, domain, iova, true)).toMatchObject({ pa: 0x4000, cBit: true, domain: DOMAIN_HOST });
    expect(mapped(0x6000_0000).devicePath(device, domain, iova, true)).toMatchObject({ pa: 0x4000, cBit: false, domain: DOMAIN_PLAIN });
  });

  it("faults on what is not mapped and on missing permission", () => {
    expect(mapped(0x6000_0000).devicePath(device, domain, dmaAddr(0x1000), false)).toMatchObject({ fault: "io-page-fault" });
    expect(mapped(0x2000_0000).devicePath(device, domain, iova, true)).toMatchObject({ fault: "io-permission" });
    expect(mapped(0x2000_0000).devicePath(device, domain, iova, false)).toMatchObject({ kind: "path" });
    expect(mapped(0x6000_0000).devicePath(device, domain, dmaAddr(2 ** 39), false)).toMatchObject({ fault: "io-page-fault" });
  });
});
