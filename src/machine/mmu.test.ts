// SPDX-License-Identifier: MIT
// Entry bits are retyped from the AMD APM vol. 2, sec. 5.4: P=0, R/W=1, U/S=2, PWT=3, PCD=4, PS=7, address 12-51.
import { describe, expect, it } from "vitest";
import { pfn, pfnToPhys, physAddr, virtAddr } from "../base/index.ts";
import { walk } from "./mmu.ts";
import { entryAddress, type TableLayout, tableWords, WindowedTables } from "./tables.ts";

const LAYOUT: TableLayout = { firstPfn: pfn(0x10), frames: 4, window: 32 };
const PGD = pfnToPhys(pfn(0x10));

/** One 4 KiB page at 0xffff888000005000 -> physical 0x5000, with the given leaf. */
function tablesWithLeaf(leaf: bigint): WindowedTables {
  const tables = new WindowedTables(LAYOUT, new Uint32Array(tableWords(LAYOUT)));
  const put = (at: number, index: number, value: bigint): void => tables.write(entryAddress(physAddr(at), index), Number(value & 0xffffffffn), Number(value >> 32n));
  put(0x10000, 273, 0x11003n); // 0x8880_0000_0000 >> 39 = 273
  put(0x11000, 0, 0x12003n);
  put(0x12000, 0, 0x13003n);
  put(0x13000, 5, leaf);
  return tables;
}

describe("page walk", () => {
  const va = virtAddr(0x888000005abc);

  it("finds the page, its offset and its permissions", () => {
    expect(walk(tablesWithLeaf(0x5003n), PGD, va, -1)).toMatchObject({ pa: 0x5abc, cBit: false, writable: true, user: false, cache: "WB", pageBytes: 4096 });
    expect(walk(tablesWithLeaf(0x5005n), PGD, va, -1)).toMatchObject({ writable: false, user: true });
  });

  it("takes bit 47 for the C-bit on Zen 2 and bit 51 on Zen 3, and not for the address", () => {
    const zen2 = 0x5003n | (1n << 47n);
    const zen3 = 0x5003n | (1n << 51n);
    expect(walk(tablesWithLeaf(zen2), PGD, va, 47)).toMatchObject({ pa: 0x5abc, cBit: true });
    expect(walk(tablesWithLeaf(zen3), PGD, va, 51)).toMatchObject({ pa: 0x5abc, cBit: true });
    expect(walk(tablesWithLeaf(0x5003n), PGD, va, 51)).toMatchObject({ cBit: false });
  });

  it("without a C-bit the same bit is part of the address", () => {
    expect(walk(tablesWithLeaf(0x5003n | (1n << 47n)), PGD, va, -1)!.pa).toBe(0x5abc + 2 ** 47);
  });

  it("stops at an entry that is not present", () => {
    expect(walk(tablesWithLeaf(0x5002n), PGD, va, -1)).toBeNull();
    expect(walk(tablesWithLeaf(0x5003n), PGD, virtAddr(0x888000006000), -1)).toBeNull();
  });

  it("reads the cache type through Linux's PAT: PWT is write-combining, PCD is UC-", () => {
    expect(walk(tablesWithLeaf(0x500bn), PGD, va, -1)!.cache).toBe("WC");
    expect(walk(tablesWithLeaf(0x5013n), PGD, va, -1)!.cache).toBe("UC-");
    expect(walk(tablesWithLeaf(0x501bn), PGD, va, -1)!.cache).toBe("UC");
  });

  it("ends at a 2 MiB page", () => {
    const tables = tablesWithLeaf(0n);
    tables.write(entryAddress(physAddr(0x12000), 0), 0, 0);
    tables.write(entryAddress(physAddr(0x12000), 0), 0x200083, 0);
    expect(walk(tables, PGD, va, -1)).toMatchObject({ pa: 0x205abc, pageBytes: 2 * 1024 * 1024 });
  });
});

describe("windowed tables", () => {
  it("keeps entries apart by their index and refuses two in one slot", () => {
    const tables = new WindowedTables(LAYOUT, new Uint32Array(tableWords(LAYOUT)));
    tables.write(entryAddress(PGD, 273), 0x11003, 1);
    expect(tables.readLo(entryAddress(PGD, 273))).toBe(0x11003);
    expect(tables.readHi(entryAddress(PGD, 273))).toBe(1);
    expect(tables.readLo(entryAddress(PGD, 273 - 32))).toBe(0);
    expect(() => tables.write(entryAddress(PGD, 273 - 32), 3, 0)).toThrow(/is taken/);
    tables.write(entryAddress(PGD, 273), 0, 0);
    tables.write(entryAddress(PGD, 273 - 32), 3, 0);
    expect(tables.readLo(entryAddress(PGD, 273 - 32))).toBe(3);
  });
});
