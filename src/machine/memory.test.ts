// SPDX-License-Identifier: MIT
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pfn, physAddr } from "../base/index.ts";
import { decryptBlock, encryptBlock } from "./cipher.ts";
import { DOMAIN_HOST, DOMAIN_PLAIN, DOMAIN_VM, type Domain } from "./domains.ts";
import { Memory, memoryWords, type RamLayout } from "./memory.ts";

const RAM: RamLayout = { firstPfn: pfn(0x100), frames: 4, cells: 2 };
const DOMAINS: readonly Domain[] = [DOMAIN_PLAIN, DOMAIN_HOST, DOMAIN_VM];
const block = fc.tuple(fc.nat(0xffffffff), fc.nat(0xffffffff), fc.nat(0xffffffff), fc.nat(0xffffffff)).map((w) => Uint32Array.from(w));
const domain = fc.constantFrom(...DOMAINS);
const place = fc.tuple(fc.integer({ min: 0x100, max: 0x103 }), fc.integer({ min: 0, max: 1 }));

function memory(): Memory {
  return new Memory(RAM, new Uint32Array(memoryWords(RAM)));
}

describe("DRAM", () => {
  it("gives a value back in the domain it was stored in", () => {
    fc.assert(
      fc.property(block, domain, place, (value, d, [frame, cell]) => {
        const m = memory();
        const out = new Uint32Array(4);
        m.write(pfn(frame), cell, d, value);
        expect(m.read(pfn(frame), cell, d, out)).toBe(true);
        expect([...out]).toEqual([...value]);
      }),
    );
  });

  it("gives garbage in every other domain, the same each time", () => {
    fc.assert(
      fc.property(block, domain, domain, place, (value, stored, reader, [frame, cell]) => {
        fc.pre(stored !== reader);
        const m = memory();
        const first = new Uint32Array(4);
        const second = new Uint32Array(4);
        m.write(pfn(frame), cell, stored, value);
        expect(m.read(pfn(frame), cell, reader, first)).toBe(false);
        m.read(pfn(frame), cell, reader, second);
        expect([...first]).not.toEqual([...value]);
        expect([...second]).toEqual([...first]);
      }),
    );
  });

  it("poisons all of a frame, and only that", () => {
    const m = memory();
    const out = new Uint32Array(4);
    m.write(pfn(0x101), 1, DOMAIN_VM, Uint32Array.of(1, 2, 3, 4));
    m.write(pfn(0x102), 0, DOMAIN_VM, Uint32Array.of(1, 2, 3, 4));
    m.poison(pfn(0x101));
    for (const cell of [0, 1]) {
      expect(m.read(pfn(0x101), cell, DOMAIN_PLAIN, out)).toBe(true);
      expect([...out]).toEqual(Array.from({ length: 4 }, () => 0x6b6b6b6b));
    }
    expect(m.read(pfn(0x102), 0, DOMAIN_VM, out)).toBe(true);
    expect([...out]).toEqual([1, 2, 3, 4]);
  });

  it("garbage depends on the address and on both domains", () => {
    const value = Uint32Array.of(1, 2, 3, 4);
    const seen = new Set<string>();
    for (const frame of [0x100, 0x101]) {
      for (const stored of DOMAINS) {
        for (const reader of DOMAINS) {
          if (stored === reader) continue;
          const m = memory();
          const out = new Uint32Array(4);
          m.write(pfn(frame), 0, stored, value);
          m.read(pfn(frame), 0, reader, out);
          seen.add([...out].join());
        }
      }
    }
    expect(seen.size).toBe(12);
  });

  it("is undone by writing the garbage back in the domain it was read in: no information is lost", () => {
    const value = Uint32Array.of(7, 8, 9, 10);
    const m = memory();
    const out = new Uint32Array(4);
    m.write(pfn(0x100), 0, DOMAIN_VM, value);
    m.read(pfn(0x100), 0, DOMAIN_PLAIN, out);
    m.write(pfn(0x100), 0, DOMAIN_PLAIN, out);
    m.read(pfn(0x100), 0, DOMAIN_VM, out);
    expect([...out]).toEqual([7, 8, 9, 10]);
  });
});

describe("cells that are alike", () => {
  const cells = fc.array(fc.tuple(fc.integer({ min: 0, max: 2 }), domain), { minLength: 8, maxLength: 8 });

  it("are counted up to the first that holds something else, or in another domain", () => {
    fc.assert(
      fc.property(cells, fc.integer({ min: 0, max: 7 }), (values, from) => {
        const ram: RamLayout = { firstPfn: pfn(0x100), frames: 2, cells: 8 };
        const m = new Memory(ram, new Uint32Array(memoryWords(ram)));
        for (const [cell, [value, where]] of values.entries()) m.write(pfn(0x100), cell, where, Uint32Array.of(1, value, 0, 0));
        const other = values.findIndex(([value, where], i) => i > from && (value !== values[from]![0] || where !== values[from]![1]));
        expect(m.alike(pfn(0x100), from)).toBe((other < 0 ? 8 : other) - from);
      }),
    );
  });
});

describe("cipher", () => {
  it("decrypts what it encrypted, at the same address only", () => {
    fc.assert(
      fc.property(block, fc.nat(0xffff), fc.nat(0xffff), (value, a, b) => {
        fc.pre(a !== b);
        const x = value.slice();
        encryptBlock(x, physAddr(a * 16), DOMAIN_HOST);
        const y = x.slice();
        decryptBlock(x, physAddr(a * 16), DOMAIN_HOST);
        decryptBlock(y, physAddr(b * 16), DOMAIN_HOST);
        expect([...x]).toEqual([...value]);
        expect([...y]).not.toEqual([...value]);
      }),
    );
  });

  it("leaves plain memory alone", () => {
    const x = Uint32Array.of(1, 2, 3, 4);
    encryptBlock(x, physAddr(0x1000), DOMAIN_PLAIN);
    expect([...x]).toEqual([1, 2, 3, 4]);
  });
});
