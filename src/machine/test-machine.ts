// SPDX-License-Identifier: MIT
/** A small machine for unit tests: 8 frames of RAM, page tables with one 2 MiB window of virtual addresses, values as small numbers. */

import { assert, dmaAddr, pfn, physAddr, type Pfn, virtAddr, type VirtAddr } from "../base/index.ts";
import type { Access } from "./access.ts";
import type { IommuDomain } from "./iommu.ts";
import { Machine } from "./machine.ts";
import { machineWords, type MachineConfig } from "./machine-config.ts";
import { PLATFORMS } from "./platforms/index.ts";
import { entryAddress, type TableLayout, tableWords, WindowedTables } from "./tables.ts";

const TABLES: TableLayout = { firstPfn: pfn(0x40), frames: 8, window: 32 };
const ROOT = physAddr(0x40000);
/** P, R/W, U/S. */
const PRESENT_RW_USER = 7;
const IO_ROOT = physAddr(0x44000);

export type TestOptions = Partial<Omit<MachineConfig, "platform" | "ram">> & { readonly platform: string; readonly ram?: Partial<MachineConfig["ram"]> };

/** What came back: the fault's name, or what was read (`write` gives true). */
export type Got<T> = T | string;

export class TestMachine {
  readonly m: Machine;
  readonly tables: WindowedTables;
  readonly words: Uint32Array;
  readonly root: typeof ROOT = ROOT;
  readonly domain: IommuDomain = { root: IO_ROOT, mode: 3 };
  addressBits = 64;
  private readonly block = new Uint32Array(4);

  constructor(options: TestOptions) {
    const { platform: name, ram, ...rest } = options;
    const platform = PLATFORMS.find((p) => p.name === name);
    assert(platform !== undefined, `test: no platform ${name}`);
    const config: MachineConfig = { iommu: "off", ...rest, platform, ram: { firstPfn: pfn(0x10), frames: 8, cells: 1, ...ram } };
    this.tables = new WindowedTables(TABLES, new Uint32Array(tableWords(TABLES)));
    this.words = new Uint32Array(machineWords(config));
    this.m = new Machine(config, this.words, this.tables);
    for (const [at, next] of [[0x40000, 0x41000], [0x41000, 0x42000], [0x42000, 0x43000]] as const) this.tables.write(entryAddress(physAddr(at), 0), next | PRESENT_RW_USER, 0);
    for (const [at, next, level] of [[0x44000, 0x45000, 2], [0x45000, 0x46000, 1]] as const) this.tables.write(entryAddress(physAddr(at), 0), next | (level << 9) | 1, 0x6000_0000);
  }

  /** Maps virtual page `page` (0 to 31) to a frame. @param bit the attribute bit @param cache PWT and PCD bits of the entry */
  map(page: number, frame: number, bit: boolean, cache = 0): VirtAddr {
    const value = frame * 4096 + PRESENT_RW_USER + cache + this.attribute(bit);
    this.tables.writeNumber(entryAddress(physAddr(0x43000), page), value);
    return virtAddr(page * 4096);
  }

  /** Maps I/O page `page` to a frame, for reading and writing. */
  ioMap(page: number, frame: number, bit: boolean): number {
    const value = frame * 4096 + 1 + this.attribute(bit);
    this.tables.write(entryAddress(physAddr(0x46000), page), value % 2 ** 32, Math.floor(value / 2 ** 32) + 0x6000_0000);
    return page * 4096;
  }

  private attribute(bit: boolean): number {
    return bit ? 2 ** this.m.config.platform.cBit : 0;
  }

  private value(value: number): Uint32Array {
    return Uint32Array.of(value, value + 1, value + 2, value + 3);
  }

  /** The number that was read; "garbage" for anything else. */
  private seen(access: Access): Got<number> {
    if (access.kind === "fault") return access.fault;
    const [a, b, c, d] = this.block as unknown as [number, number, number, number];
    return b === a + 1 && c === a + 2 && d === a + 3 ? a : "garbage";
  }

  private done(access: Access): Got<true> {
    return access.kind === "fault" ? access.fault : true;
  }

  read(va: VirtAddr): Got<number> {
    return this.seen(this.m.cpuRead(ROOT, va, this.block));
  }

  write(va: VirtAddr, value: number): Got<true> {
    return this.done(this.m.cpuWrite(ROOT, va, this.value(value)));
  }

  devRead(address: number): Got<number> {
    return this.seen(this.m.deviceRead(this, this.domain, dmaAddr(address), this.block));
  }

  devWrite(address: number, value: number): Got<true> {
    return this.done(this.m.deviceWrite(this, this.domain, dmaAddr(address), this.value(value)));
  }

  hostRead(frame: number, cell = 0): Got<number> {
    return this.seen(this.m.hostRead(frame as Pfn, cell, this.block));
  }

  hostWrite(frame: number, value: number, cell = 0): Got<true> {
    return this.done(this.m.hostWrite(frame as Pfn, cell, this.value(value)));
  }

  /** What the last read left: 16 bytes in hexadecimal. */
  get bytes(): string {
    return Buffer.from(this.block.buffer.slice(0)).toString("hex");
  }
}
