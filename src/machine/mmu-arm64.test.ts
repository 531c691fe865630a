// SPDX-License-Identifier: MIT
// Descriptor bits are retyped from the Arm ARM DDI0487, D8.3: valid=0, table/page=1, AttrIndx=2-4, AP[1]=6, AP[2]=7, AF=10, address 12-47, DBM=51.
import { describe, expect, it } from "vitest";
import { pfn, pfnToPhys, physAddr, virtAddr } from "../base/index.ts";
import { Machine, machineWords, PLATFORMS } from "./index.ts";
import { arm64Walk } from "./mmu-arm64.ts";
import { entryAddress, type TableLayout, tableWords, WindowedTables } from "./tables.ts";

const LAYOUT: TableLayout = { firstPfn: pfn(0x10), frames: 4, window: 32 };
const PGD = pfnToPhys(pfn(0x10));
const AF = 1n << 10n;
const DBM = 1n << 51n;
const NS_SHARED = 1n << 47n;

/** One 4 KiB page at 0xffff001000005000 -> physical 0x5000, with the given leaf; `level2` in place of the table above it. */
function tablesWithLeaf(leaf: bigint, level2 = 0x13003n): WindowedTables {
  const tables = new WindowedTables(LAYOUT, new Uint32Array(tableWords(LAYOUT)));
  const put = (at: number, index: number, value: bigint): void => tables.write(entryAddress(physAddr(at), index), Number(value & 0xffffffffn), Number(value >> 32n));
  put(0x10000, 0, 0x11003n);
  put(0x11000, 64, 0x12003n); // 2^36 >> 30 = 64
  put(0x12000, 0, level2);
  put(0x13000, 5, leaf);
  return tables;
}

describe("page walk of arm64", () => {
  const va = virtAddr(0x1000005abc);

  it("finds the page, its offset and its permissions", () => {
    expect(arm64Walk(tablesWithLeaf(0x5003n | AF), PGD, va, 47)).toEqual({ pa: 0x5abc, cBit: false, writable: true, user: false, cache: "WB", pageBytes: 4096 });
    expect(arm64Walk(tablesWithLeaf(0x50c3n | AF), PGD, va, 47)).toMatchObject({ writable: false, user: true });
  });

  it("lets a clean page be written where the hardware manages the dirty state", () => {
    expect(arm64Walk(tablesWithLeaf(0x5083n | AF | DBM), PGD, va, 47)).toMatchObject({ writable: true });
  });

  it("takes the platform's bit for the attribute and not for the address", () => {
    expect(arm64Walk(tablesWithLeaf(0x5003n | NS_SHARED), PGD, va, 47)).toMatchObject({ pa: 0x5abc, cBit: true });
    expect(arm64Walk(tablesWithLeaf(0x5003n | NS_SHARED), PGD, va, -1)!.pa).toBe(0x5abc + 2 ** 47);
  });

  it.each([[0n, "WB"], [1n, "WB"], [2n, "WC"], [3n, "UC-"], [4n, "UC-"]] as const)("memory type %s of MAIR_EL1 is %s", (index, cache) => {
    expect(arm64Walk(tablesWithLeaf(0x5003n | (index << 2n)), PGD, va, 47)!.cache).toBe(cache);
  });

  it("stops at a descriptor that is not valid, and at a block where a page must be", () => {
    expect(arm64Walk(tablesWithLeaf(0x5002n), PGD, va, 47)).toBeNull();
    expect(arm64Walk(tablesWithLeaf(0x5001n), PGD, va, 47)).toBeNull();
    expect(arm64Walk(tablesWithLeaf(0x5003n), PGD, virtAddr(0x1000006000), 47)).toBeNull();
  });

  it("ends at a 2 MiB block", () => {
    expect(arm64Walk(tablesWithLeaf(0n, 0x200001n), PGD, va, 47)).toMatchObject({ pa: 0x205abc, pageBytes: 2 * 1024 * 1024 });
  });

  it("is what a machine with tables of arm64 does", () => {
    const config = { platform: PLATFORMS.find((p) => p.name === "cca")!, iommu: "off", pageTables: "arm64", ram: { firstPfn: pfn(5), frames: 1, cells: 1 } } as const;
    const machine = new Machine(config, new Uint32Array(machineWords(config)), tablesWithLeaf(0x500bn | NS_SHARED));
    expect(machine.translate(PGD, va)).toMatchObject({ pa: 0x5abc, cBit: true, cache: "WC" });
  });
});
