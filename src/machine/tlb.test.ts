// SPDX-License-Identifier: MIT
// Entries that outlive their change: AMD APM vol. 2 sec. 5.5.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { physAddr, virtAddr } from "../base/index.ts";
import { TestMachine } from "./test-machine.ts";
import { Tlb, tlbWords } from "./tlb.ts";

const entryOf = (page: number): ReturnType<typeof physAddr> => physAddr(0x43000 + page * 8);

/** Page 1 maps frame 0x11 with C=1; then the entry is changed to C=0 and the old one is held, as a CPU's TLB may. */
function changed(options: { tlb?: boolean } = {}): { t: TestMachine; va: ReturnType<typeof virtAddr> } {
  const t = new TestMachine({ platform: "sme-zen2", tlb: true, ...options });
  const va = t.map(1, 0x11, true);
  t.m.tlb?.hold(va, t.tables.readLo(entryOf(1)), t.tables.readHi(entryOf(1)));
  t.map(1, 0x11, false);
  return { t, va };
}

const cBit = ({ t, va }: ReturnType<typeof changed>): boolean | undefined => t.m.translate(t.root, va)?.cBit;

describe("a stale translation", () => {
  it("wins over the tables until the page is flushed", () => {
    const c = changed();
    expect(cBit(c)).toBe(true);
    c.t.m.tlb!.flushPage(virtAddr(0x2000));
    expect(cBit(c)).toBe(true);
    c.t.m.tlb!.flushPage(c.va);
    expect(cBit(c)).toBe(false);
    expect(c.t.m.tlb!.empty).toBe(true);
  });

  it("wins until all is flushed or evicted", () => {
    const c = changed();
    c.t.m.tlb!.flushAll();
    expect(cBit(c)).toBe(false);
  });

  it("does so for every byte of its page and for no other page", () => {
    const { t, va } = changed();
    const next = t.map(2, 0x11, false);
    expect(t.m.translate(t.root, virtAddr(va + 4095))).toMatchObject({ cBit: true, pa: 0x11fff });
    expect(t.m.translate(t.root, next)).toMatchObject({ cBit: false });
  });

  it("makes a store go out under the old attribute", () => {
    const { t, va } = changed();
    t.write(va, 7);
    t.m.tlb!.flushAll();
    expect(t.read(va)).toBe("garbage");
    expect(t.read(t.map(2, 0x11, true))).toBe(7);
  });

  it("reaches a page that was unmapped: the entry is gone, its use is not", () => {
    const t = new TestMachine({ platform: "none", tlb: true });
    const va = t.map(1, 0x11, false);
    t.m.tlb!.hold(va, t.tables.readLo(entryOf(1)), t.tables.readHi(entryOf(1)));
    t.tables.write(entryOf(1), 0, 0);
    expect(t.write(va, 7)).toBe(true);
    t.m.tlb!.flushAll();
    expect(t.write(va, 7)).toBe("page-fault");
  });

  it("is the oldest one, however often the entry changes", () => {
    const { t, va } = changed();
    t.m.tlb!.hold(va, t.tables.readLo(entryOf(1)), t.tables.readHi(entryOf(1)));
    t.map(1, 0x12, false);
    expect(t.m.translate(t.root, va)).toMatchObject({ cBit: true, pa: 0x11000 });
  });

  it("is none where the machine has no TLB to forget", () => {
    const c = changed({ tlb: false });
    expect(c.t.m.tlb).toBeNull();
    expect(cBit(c)).toBe(false);
  });

  it("is never made of an entry that was not present", () => {
    const tlb = new Tlb(new Uint32Array(tlbWords()));
    tlb.hold(virtAddr(0x1000), 0x11002, 0);
    expect(tlb.empty).toBe(true);
    expect(tlb.held(virtAddr(0x1000))).toBeNull();
  });
});

describe("what is held", () => {
  it("has the same words whatever came first, also high in the address space", () => {
    const pages = fc.uniqueArray(fc.oneof(fc.nat(50), fc.integer({ min: 2 ** 35, max: 2 ** 36 - 1 })), { maxLength: 32 });
    fc.assert(
      fc.property(pages, fc.func(fc.nat()), (list, order) => {
        const make = (of: readonly number[]): { tlb: Tlb; words: Uint32Array } => {
          const words = new Uint32Array(tlbWords());
          const tlb = new Tlb(words);
          for (const page of of) tlb.hold(virtAddr(page * 4096), page * 2 + 1, page);
          return { tlb, words };
        };
        const a = make(list);
        const b = make([...list].sort((x, y) => order(x) - order(y)));
        expect(a.words).toEqual(b.words);
        for (const page of list) expect(a.tlb.held(virtAddr(page * 4096))).toEqual([(page * 2 + 1) >>> 0, page >>> 0]);
        for (const page of list.slice(1)) a.tlb.flushPage(virtAddr(page * 4096));
        expect(a.words).toEqual(make(list.slice(0, 1)).words);
      }),
    );
  });

  it("is never forgotten for want of room: one too many is an error", () => {
    const tlb = new Tlb(new Uint32Array(tlbWords()));
    for (let page = 0; page < 32; page++) tlb.hold(virtAddr(page * 4096), 1, 0);
    expect(() => tlb.hold(virtAddr(32 * 4096), 1, 0)).toThrow(/more stale entries/);
  });
});
