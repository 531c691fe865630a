// SPDX-License-Identifier: MIT
// Pages byte for byte: 256 cells, each a cipher block of 16 bytes.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dmaAddr, pfn, virtAddr, type VirtAddr } from "../base/index.ts";
import { TestMachine } from "./test-machine.ts";

const BLOCKS = 256;
const at = (va: VirtAddr, block: number): VirtAddr => virtAddr(va + block * 16);

/** A page of values, block n holding n * 4, written with C=1; and the same page with C=0. */
function page(options: { coherent?: boolean; cells?: number } = {}): { t: TestMachine; c0: VirtAddr; c1: VirtAddr } {
  const { coherent = true, cells = BLOCKS } = options;
  const t = new TestMachine({ platform: "sme-zen2", coherent, ram: { cells } });
  const [c0, c1] = [t.map(1, 0x11, false), t.map(2, 0x11, true)];
  for (let block = 0; block < cells; block++) t.write(virtAddr(c1 + (block * 4096) / cells), block * 4);
  return { t, c0, c1 };
}

/** Blocks that do not read as they were written. */
function garbled(t: TestMachine, va: VirtAddr): number[] {
  return Array.from({ length: BLOCKS }, (_, block) => block).filter((block) => t.read(at(va, block)) !== block * 4);
}

const PART = Uint32Array.of(0xaaaaaaaa, 0xbbbbbbbb, 0xcccccccc, 0xdddddddd);

describe("a page of 256 blocks", () => {
  it("gives every block back", () => {
    const { t, c1 } = page();
    expect(garbled(t, c1)).toEqual([]);
  });

  it("differs in DRAM from block to block, also where all blocks hold the same", () => {
    const { t, c1 } = page();
    const seen = new Set<string>();
    for (let block = 0; block < BLOCKS; block++) {
      t.write(at(c1, block), 5);
      t.hostRead(0x11, block);
      seen.add(t.bytes);
    }
    expect(seen.size).toBe(BLOCKS);
  });

  it("any byte address within a block reaches that block", () => {
    const { t, c1 } = page();
    expect([0, 7, 15].map((offset) => t.read(virtAddr(at(c1, 9) + offset)))).toEqual([36, 36, 36]);
  });

  it.each([1, 4, 15, 16])("a write of %i bytes through the wrong attribute garbles its block and no other", (bytes) => {
    const { t, c0, c1 } = page();
    expect(t.m.cpuWrite(t.root, at(c0, 9), PART, bytes)).toMatchObject({ kind: "reached" });
    expect(garbled(t, c1)).toEqual([9]);
  });

  it.each([1, 4, 15])("a write of %i bytes through the right attribute leaves the rest of its block", (bytes) => {
    const { t, c1 } = page();
    const before = Buffer.from(Uint32Array.of(36, 37, 38, 39).buffer);
    t.m.cpuWrite(t.root, at(c1, 9), PART, bytes);
    t.read(at(c1, 9));
    const expected = Buffer.concat([Buffer.from(PART.buffer).subarray(0, bytes), before.subarray(bytes)]);
    expect(t.bytes).toBe(expected.toString("hex"));
    expect(garbled(t, c1)).toEqual([9]);
  });

  it("a partial write through the wrong attribute keeps the other bytes of the cipher text, and so none of the plain ones", () => {
    const { t, c0, c1 } = page();
    t.hostRead(0x11, 9);
    const before = t.bytes;
    t.m.cpuWrite(t.root, at(c0, 9), PART, 4);
    t.hostRead(0x11, 9);
    expect(t.bytes).toBe(`aaaaaaaa${before.slice(8)}`);
    t.read(at(c1, 9));
    const plain = Buffer.from(Uint32Array.of(36, 37, 38, 39).buffer).toString("hex");
    expect([0, 8, 16, 24].map((word) => t.bytes.slice(word, word + 8) === plain.slice(word, word + 8))).toEqual([false, false, false, false]);
  });

  it("a device's partial write garbles in the same way, and needs no permission to read", () => {
    const t = new TestMachine({ platform: "sme-zen2", iommu: "translated", ram: { cells: BLOCKS } });
    const c1 = t.map(2, 0x11, true);
    for (let block = 0; block < BLOCKS; block++) t.write(at(c1, block), block * 4);
    t.ioMap(1, 0x11, false);
    // PR and the address in the low word; IW alone, bit 62, in the high one.
    t.tables.write(0x46008 as never, 0x11001, 0x4000_0000);
    expect(t.devRead(0x1000 + 9 * 16)).toBe("io-permission");
    expect(t.m.deviceWrite(t, t.domain, dmaAddr(0x1000 + 9 * 16), PART, 4)).toMatchObject({ kind: "reached" });
    expect(garbled(t, c1)).toEqual([9]);
  });

  it("a partial write into a cache takes the rest from the line of its own tag", () => {
    const { t, c0, c1 } = page({ coherent: false });
    t.m.cpuWrite(t.root, at(c1, 9), PART, 4);
    t.read(at(c1, 9));
    expect(t.bytes).toBe("aaaaaaaa250000002600000027000000");
    t.m.cpuWrite(t.root, at(c0, 9), PART, 4);
    t.read(at(c1, 9));
    expect(t.bytes).toBe("aaaaaaaa250000002600000027000000");
    t.m.flushLine({ frame: pfn(0x11), cell: 9 }, true);
    t.m.flushLine({ frame: pfn(0x11), cell: 9 }, false);
    expect(garbled(t, c1)).toEqual([9]);
  });
});

describe("one cell and 256 cells", () => {
  const step = fc.record({
    kind: fc.constantFrom("cpu", "dev", "host", "flush"),
    write: fc.boolean(),
    bit: fc.boolean(),
    bytes: fc.constantFrom(1, 8, 16),
    frame: fc.constantFrom(0x11, 0x12),
    value: fc.nat(1000),
  });
  const platforms = fc.constantFrom("none", "tsme", "sme-zen2", "sme-zen3", "sev", "sev-snp", "sev-snp-vtom", "tdx", "cca");

  it("give the same bytes, domains and faults for the same accesses to the first block", () => {
    fc.assert(
      fc.property(platforms, fc.boolean(), fc.array(step, { maxLength: 25 }), (platform, coherent, steps) => {
        const run = (cells: number): unknown[] => {
          const t = new TestMachine({ platform, coherent, ram: { cells } });
          const views = new Map([0x11, 0x12].flatMap((frame, i) => [[`${frame} false`, t.map(2 * i, frame, false)], [`${frame} true`, t.map(2 * i + 1, frame, t.m.config.platform.cBit >= 0)]] as const));
          const block = new Uint32Array(4);
          return steps.map(({ kind, write, bit, bytes, frame, value }) => {
            block.fill(value);
            const va = views.get(`${frame} ${bit}`)!;
            const address = dmaAddr(frame * 4096 + (bit && t.m.config.platform.cBit >= 0 ? 2 ** t.m.config.platform.cBit : 0));
            if (kind === "flush") t.m.flushLine({ frame: pfn(frame), cell: 0 }, bit);
            const cpu = kind === "cpu" || kind === "flush";
            const access = cpu
              ? write ? t.m.cpuWrite(t.root, va, block, bytes) : t.m.cpuRead(t.root, va, block)
              : kind === "dev"
                ? write ? t.m.deviceWrite(t, null, address, block, bytes) : t.m.deviceRead(t, null, address, block)
                : write ? t.m.hostWrite(pfn(frame), 0, block) : t.m.hostRead(pfn(frame), 0, block);
            return [access, [...block]];
          });
        };
        expect(run(256)).toEqual(run(1));
      }),
    );
  });
});
