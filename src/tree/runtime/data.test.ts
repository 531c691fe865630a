// SPDX-License-Identifier: MIT
import { describe, expect, it } from "vitest";
import { pfn, physAddr } from "../../base/index.ts";
import { Machine, type MachineConfig, machineWords, PLATFORMS, type TableMemory } from "../../machine/index.ts";
import { dataCopy, type DataPort, dataSet } from "./data.ts";

/** RAM from 1 MiB, two frames of two cells, mapped one to one; below it 4 KiB of wasm memory. */
const RAM = 1 << 20;
const STRIDE = 2048;

/** Page tables that map every address to itself: 1 GiB leaves (PS, bit 7), one table for all levels above. */
const IDENTITY: TableMemory = { readLo: (entry) => (entry < 0x2000 ? 0x2003 : 0x83), readHi: () => 0, write: () => undefined };

function port(cells = 2): { port: DataPort; machine: Machine; bytes: Uint8Array } {
  const config: MachineConfig = { platform: PLATFORMS.find((p) => p.name === "none")!, iommu: "off", ram: { firstPfn: pfn(RAM / 4096), frames: 2, cells } };
  const machine = new Machine(config, new Uint32Array(machineWords(config)), IDENTITY);
  const bytes = new Uint8Array(4096);
  return { machine, bytes, port: { machine, root: () => physAddr(0x1000), ramStart: RAM, ramEnd: RAM + 8192, bytes: () => bytes } };
}

function cell(machine: Machine, number: number): number[] {
  const out = new Uint32Array(4);
  const { cells } = machine.memory.ram;
  machine.memory.read(pfn(RAM / 4096 + Math.floor(number / cells)), number % cells, 0, out);
  return [...new Uint8Array(out.buffer)];
}

const same = (byte: number, n = 16): number[] => Array.from({ length: n }, () => byte);

describe("memset of page contents", () => {
  it("fills every cell in its way", () => {
    const { port: p, machine } = port();
    dataSet(p, BigInt(RAM), 0xab, 4096n);
    expect([cell(machine, 0), cell(machine, 1), cell(machine, 2)]).toEqual([same(0xab), same(0xab), same(0)]);
  });

  it("changes only the bytes it covers where each has a place", () => {
    const { port: p, machine } = port(256);
    dataSet(p, BigInt(RAM), 0x11, 16n);
    dataSet(p, BigInt(RAM + 4), 0x22, 4n);
    expect(cell(machine, 0)).toEqual([...same(0x11, 4), ...same(0x22, 4), ...same(0x11, 8)]);
    dataSet(p, BigInt(RAM + 24), 0x33, 12n);
    expect([...cell(machine, 1), ...cell(machine, 2)]).toEqual([...same(0, 8), ...same(0x33, 12), ...same(0, 12)]);
  });

  it("leaves a cell that stands for more than it covers, as the model does", () => {
    const { port: p, machine } = port();
    dataSet(p, BigInt(RAM), 0x11, BigInt(STRIDE + 16));
    expect([cell(machine, 0), cell(machine, 1)]).toEqual([same(0x11), same(0)]);
  });

  it("leaves cells alone that it does not reach", () => {
    const { port: p, machine } = port();
    dataSet(p, BigInt(RAM + 16), 0x44, 2032n);
    expect([cell(machine, 0), cell(machine, 1)]).toEqual([same(0), same(0)]);
  });
});

describe("memcpy of page contents", () => {
  it("goes from kernel objects to pages and back, a part of a cell too", () => {
    const { port: p, machine, bytes } = port();
    bytes.set([1, 2, 3, 4, 5, 6, 7, 8], 100);
    dataCopy(p, BigInt(RAM + 4), 100n, 8n);
    expect(cell(machine, 0)).toEqual([0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0]);
    dataCopy(p, 200n, BigInt(RAM + 6), 4n);
    expect([...bytes.subarray(199, 205)]).toEqual([0, 3, 4, 5, 6, 0]);
  });

  it("goes from page to page, and stops where it cannot know what it copies", () => {
    const { port: p, machine } = port();
    dataSet(p, BigInt(RAM), 0x55, 4096n);
    dataCopy(p, BigInt(RAM + 4096 + 100), BigInt(RAM + 100), 3000n);
    expect([cell(machine, 2), cell(machine, 3)]).toEqual([same(0x55), same(0x55)]);
    expect(() => dataCopy(p, BigInt(RAM + 4096), BigInt(RAM + 8), 16n)).toThrow(/different offsets/);
  });

  it("goes byte by byte where each has a place", () => {
    const { port: p, machine } = port(256);
    dataSet(p, BigInt(RAM), 0x55, 24n);
    dataCopy(p, BigInt(RAM + 4096 + 5), BigInt(RAM + 20), 8n);
    expect(cell(machine, 256)).toEqual([...same(0, 5), ...same(0x55, 4), ...same(0, 7)]);
  });

  it("stops at an address outside RAM", () => {
    const { port: p } = port();
    expect(() => dataSet(p, 0x8000_0000n, 0, 4096n)).toThrow(/no-memory-there/);
  });
});
