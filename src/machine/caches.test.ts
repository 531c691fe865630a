// SPDX-License-Identifier: MIT
// Caches tagged by (address, C-bit): arch/x86/kernel/process.c:827-837.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pfn, type VirtAddr } from "../base/index.ts";
import { TestMachine } from "./test-machine.ts";

/** PWT and PCD, as Linux programs the PAT: PWT alone is WC, PCD alone UC-. */
const WC = 1 << 3;
const UC = 1 << 4;

interface Two {
  readonly t: TestMachine;
  readonly c0: VirtAddr;
  readonly c1: VirtAddr;
}

function two(options: { coherent?: boolean; platform?: string; cells?: number } = {}): Two {
  const { coherent = false, platform = "sme-zen2", cells = 1 } = options;
  const t = new TestMachine({ platform, coherent, ram: { cells } });
  return { t, c0: t.map(1, 0x11, false), c1: t.map(2, 0x11, true) };
}

const flush = (t: TestMachine, cBit: boolean, cell = 0): void => t.m.flushLine({ frame: pfn(0x11), cell }, cBit);

describe("lines of one cell with C=0 and C=1", () => {
  it("are two lines: each tag reads back what it wrote", () => {
    const { t, c0, c1 } = two();
    t.write(c0, 10);
    t.write(c1, 20);
    expect([t.read(c0), t.read(c1)]).toEqual([10, 20]);
    expect([...t.m.caches!.dirty()]).toEqual([{ cell: 1, cBit: false }, { cell: 1, cBit: true }]);
  });

  it("race: the one written back last decides the bytes", () => {
    const late = two();
    late.t.write(late.c0, 10);
    late.t.write(late.c1, 20);
    flush(late.t, false);
    flush(late.t, true);
    expect([late.t.read(late.c0), late.t.read(late.c1)]).toEqual(["garbage", 20]);

    const early = two();
    early.t.write(early.c0, 10);
    early.t.write(early.c1, 20);
    flush(early.t, true);
    flush(early.t, false);
    expect([early.t.read(early.c0), early.t.read(early.c1)]).toEqual([10, "garbage"]);
  });

  it("stay in the cache until written back: DRAM is as before", () => {
    const { t, c1 } = two();
    t.write(c1, 20);
    t.hostRead(0x11);
    expect(t.bytes).toBe("0".repeat(32));
    flush(t, true);
    expect(t.hostRead(0x11)).toBe("garbage");
    expect(t.read(c1)).toBe(20);
  });

  it("CLFLUSH through one tag does not touch the other", () => {
    const { t, c0, c1 } = two();
    t.write(c0, 10);
    t.write(c1, 20);
    t.m.clflushPage(pfn(0x11), true);
    expect([...t.m.caches!.dirty()]).toEqual([{ cell: 1, cBit: false }]);
    expect(t.read(c0)).toBe(10);
  });

  it("CLFLUSH of a page takes all its lines and none of its neighbours'", () => {
    const { t, c0 } = two({ cells: 4 });
    const next = t.map(3, 0x12, false);
    for (const offset of [0, 1024, 3072]) t.write((c0 + offset) as VirtAddr, offset + 1);
    t.write(next, 9);
    t.m.clflushPage(pfn(0x11), false);
    expect([...t.m.caches!.dirty()]).toEqual([{ cell: 8, cBit: false }]);
    expect([0, 1024, 2048, 3072].map((offset) => t.read((c0 + offset) as VirtAddr))).toEqual([1, 1025, "garbage", 3073]);
  });

  it("WBINVD writes everything back, the line without the bit first", () => {
    const { t, c0, c1 } = two();
    const other = t.map(3, 0x15, true);
    t.write(c1, 20);
    t.write(c0, 10);
    t.write(other, 30);
    t.m.wbinvd();
    expect([...t.m.caches!.dirty()]).toEqual([]);
    expect([t.read(c0), t.read(c1), t.read(other)]).toEqual(["garbage", 20, 30]);
  });

  it("flushing what is not dirty changes nothing", () => {
    const { t, c1 } = two();
    t.write(c1, 20);
    const dirty = t.words.slice();
    flush(t, false);
    expect(t.words).toEqual(dirty);
    flush(t, true);
    const clean = t.words.slice();
    flush(t, true);
    expect(t.words).toEqual(clean);
    expect(clean).not.toEqual(dirty);
  });
});

describe("devices", () => {
  it("snoop lines of their own tag: a read gets the data, a write replaces the line", () => {
    const { t, c0, c1 } = two();
    t.write(c0, 10);
    t.write(c1, 20);
    expect(t.devRead(0x11000)).toBe(10);
    expect(t.devRead(0x11000 + 2 ** 47)).toBe(20);
    expect(t.devWrite(0x11000, 30)).toBe(true);
    expect(t.read(c0)).toBe(30);
    expect([...t.m.caches!.dirty()]).toEqual([{ cell: 1, cBit: true }]);
  });

  it("do not snoop the other tag's: a line that is dirty with C=1 hides from DMA without, and destroys what DMA wrote", () => {
    const { t, c0, c1 } = two();
    t.write(c1, 20);
    expect(t.devWrite(0x11000, 30)).toBe(true);
    expect(t.devRead(0x11000)).toBe(30);
    flush(t, true);
    expect(t.devRead(0x11000)).toBe("garbage");
    expect(t.read(c0)).toBe("garbage");
  });

  it("of a guest snoop shared lines whatever bit they send, accepted ones the private lines", () => {
    const t = new TestMachine({ platform: "sev", coherent: false });
    t.write(t.map(1, 0x11, true), 20);
    expect(t.devRead(0x11000 + 2 ** 51)).toBe("garbage");
    const snp = new TestMachine({ platform: "sev-snp", coherent: false });
    snp.write(snp.map(1, 0x11, true), 20);
    snp.m.deviceAccepted = true;
    expect(snp.devRead(0x11000)).toBe(20);
  });

  it("reading changes no state, neither the device nor the CPU past its cache: the search relies on it", () => {
    const { t, c0, c1 } = two();
    t.write(c0, 10);
    t.write(c1, 20);
    const uncached = t.map(3, 0x11, true, UC);
    const before = t.words.slice();
    expect(t.read(uncached)).toBe(20);
    for (const address of [0x11000, 0x11000 + 2 ** 47]) t.devRead(address);
    t.hostRead(0x11);
    expect(t.words).toEqual(before);
  });
});

describe("the host of a guest", () => {
  it("is coherent with the guest's shared lines and not with the private ones", () => {
    const t = new TestMachine({ platform: "sev", coherent: false });
    t.write(t.map(1, 0x11, false), 10);
    t.write(t.map(2, 0x12, true), 20);
    expect(t.hostRead(0x11)).toBe(10);
    expect(t.hostRead(0x12)).not.toBe(20);
    expect(t.hostWrite(0x11, 11)).toBe(true);
    expect(t.read(0x1000 as VirtAddr)).toBe(11);
  });

  it("a probe on an SME host's DRAM sees no cache", () => {
    const { t, c0 } = two();
    t.write(c0, 10);
    expect(t.hostRead(0x11)).not.toBe(10);
  });
});

describe("uncached and write-combining mappings", () => {
  it.each([["UC", UC], ["WC", WC]])("%s: a write flushes the line of its own tag and goes to memory", (_name, bits) => {
    const { t, c0, c1 } = two();
    t.write(c0, 10);
    t.write(c1, 20);
    const past = t.map(3, 0x11, true, bits);
    expect(t.write(past, 30)).toBe(true);
    expect([...t.m.caches!.dirty()]).toEqual([{ cell: 1, cBit: false }]);
    expect(t.read(c1)).toBe(30);
    flush(t, false);
    expect(t.read(c1)).toBe("garbage");
  });

  it("leave no line behind", () => {
    const { t } = two();
    t.write(t.map(3, 0x11, false, UC), 5);
    expect([...t.m.caches!.dirty()]).toEqual([]);
    expect(t.devRead(0x11000)).toBe(5);
  });
});

describe("a machine without such caches", () => {
  it("has no lines: every write is in DRAM at once", () => {
    const { t, c0, c1 } = two({ coherent: true });
    expect(t.m.caches).toBeNull();
    t.write(c0, 10);
    t.write(c1, 20);
    expect([t.read(c0), t.read(c1)]).toEqual(["garbage", 20]);
    const before = t.words.slice();
    t.m.wbinvd();
    flush(t, true);
    t.m.clflushPage(pfn(0x11), true);
    expect(t.words).toEqual(before);
  });

  it("behaves as one with caches that flushes after each write, whatever is done", () => {
    const step = fc.record({ kind: fc.constantFrom("cpu", "dev", "host"), write: fc.boolean(), cBit: fc.boolean(), cell: fc.nat(1), value: fc.nat(1000) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        const run = (coherent: boolean): unknown[] => {
          const { t, c0, c1 } = two({ coherent, cells: 2 });
          return steps.map(({ kind, write, cBit, cell, value }) => {
            const va = ((cBit ? c1 : c0) + cell * 2048) as VirtAddr;
            const address = 0x11000 + cell * 2048 + (cBit ? 2 ** 47 : 0);
            const got = kind === "cpu" ? (write ? t.write(va, value) : t.read(va)) : kind === "dev" ? (write ? t.devWrite(address, value) : t.devRead(address)) : write ? t.hostWrite(0x11, value, cell) : t.hostRead(0x11, cell);
            t.m.wbinvd();
            return got;
          });
        };
        expect(run(false)).toEqual(run(true));
      }),
    );
  });
});

describe("a device's own memory", () => {
  it("is never held in a cache", () => {
    const t = new TestMachine({ platform: "sme-zen2", coherent: false, ram: { bar: { firstPfn: pfn(0x100), frames: 1 } } });
    const va = t.map(1, 0x100, false);
    t.write(va, 5);
    expect([...t.m.caches!.dirty()]).toEqual([]);
    t.m.clflushPage(pfn(0x100), false);
    t.m.flushLine({ frame: pfn(0x100), cell: 0 }, false);
    expect(t.devRead(0x100000)).toBe(5);
  });
});
