// SPDX-License-Identifier: MIT
/**
 * One machine: CPU and device accesses to DRAM under the platform's rules. It knows nothing of Linux: page tables are
 * walked from the root that the kernel loaded, DMA goes through the domain that the kernel attached.
 *
 * All of its state is the words handed to the constructor (and the tables behind the port), so that whoever owns them
 * can copy, compare and hash the machine.
 */

import { assert, BIT, clearBit, type DmaAddr, hasBit, pageOffset, type Pfn, physAddr, type PhysAddr, physToPfn, type VirtAddr } from "../base/index.ts";
import type { Access, Fault, FaultKind } from "./access.ts";
import type { Domain } from "./domains.ts";
import { type IommuDomain, iommuWalk } from "./iommu.ts";
import { Memory, memoryWords, type RamLayout } from "./memory.ts";
import { type Translation, walk } from "./mmu.ts";
import type { IommuMode, Platform } from "./platforms/platform.ts";
import type { TableMemory } from "./tables.ts";

export interface MachineConfig {
  readonly platform: Platform;
  readonly iommu: IommuMode;
  readonly ram: RamLayout;
}

/** The one device of the machine. */
export interface Device {
  /** Address lines: it can emit addresses below 2^addressBits. */
  readonly addressBits: number;
}

/** What a device access comes out of the IOMMU as. */
export interface DevicePath {
  readonly kind: "path";
  readonly pa: PhysAddr;
  /** The C-bit of the system address. */
  readonly cBit: boolean;
  readonly domain: Domain;
}

/** Words of machine state. */
export function machineWords(config: MachineConfig): number {
  return memoryWords(config.ram);
}

export class Machine {
  readonly config: MachineConfig;
  readonly memory: Memory;
  private readonly tables: TableMemory;

  constructor(config: MachineConfig, words: Uint32Array, tables: TableMemory) {
    assert(config.platform.iommuModes.includes(config.iommu), `machine: ${config.platform.name} has no iommu=${config.iommu}`);
    this.config = config;
    this.memory = new Memory(config.ram, words);
    this.tables = tables;
  }

  /** The CPU's translation of `va` through the tables at `root`; null where it would fault. */
  translate(root: PhysAddr, va: VirtAddr): Translation | null {
    return walk(this.tables, root, va, this.config.platform.cBit);
  }

  /** A CPU load of one block at `va` into `out` (4 words). */
  cpuRead(root: PhysAddr, va: VirtAddr, out: Uint32Array): Access {
    const t = this.translate(root, va);
    if (t === null) return fault("page-fault", va);
    return this.readAt(t.pa, this.config.platform.cpuDomain(t.cBit), out);
  }

  /** A CPU store of one block at `va`. */
  cpuWrite(root: PhysAddr, va: VirtAddr, block: Uint32Array): Access {
    const t = this.translate(root, va);
    if (t === null || !t.writable) return fault("page-fault", va);
    return this.writeAt(t.pa, this.config.platform.cpuDomain(t.cBit), block);
  }

  /**
   * Where DMA to `address` ends up. Off and identity: the address is the system address, C-bit and all.
   * Translated: the C-bit is the I/O page table entry's.
   */
  devicePath(device: Device, domain: IommuDomain | null, address: DmaAddr, write: boolean): DevicePath | Fault {
    const { platform } = this.config;
    if (address >= BIT(device.addressBits)) return fault("address-width", address);
    let system: number = address;
    if (this.config.iommu === "translated") {
      assert(domain !== null, "machine: a translated domain needs its tables");
      const t = iommuWalk(this.tables, domain, address, platform.cBit);
      if (t === null) return fault("io-page-fault", address);
      if (!(write ? t.writable : t.readable)) return fault("io-permission", address);
      system = t.address;
    }
    const cBit = platform.cBit >= 0 && hasBit(system, platform.cBit);
    const pa = physAddr(cBit ? clearBit(system, platform.cBit) : system);
    return { kind: "path", pa, cBit, domain: platform.deviceDomain(cBit) };
  }

  /** A DMA read of one block into `out`. */
  deviceRead(device: Device, domain: IommuDomain | null, address: DmaAddr, out: Uint32Array): Access {
    const path = this.devicePath(device, domain, address, false);
    return path.kind === "fault" ? path : this.readAt(path.pa, path.domain, out);
  }

  /** A DMA write of one block. */
  deviceWrite(device: Device, domain: IommuDomain | null, address: DmaAddr, block: Uint32Array): Access {
    const path = this.devicePath(device, domain, address, true);
    return path.kind === "fault" ? path : this.writeAt(path.pa, path.domain, block);
  }

  private cellOf(pa: PhysAddr): { frame: Pfn; cell: number } | null {
    const frame = physToPfn(pa);
    if (!this.memory.contains(frame)) return null;
    return { frame, cell: Math.floor(pageOffset(pa) / this.memory.stride) };
  }

  private readAt(pa: PhysAddr, domain: Domain, out: Uint32Array): Access {
    const place = this.cellOf(pa);
    if (place === null) return fault("no-memory-there", pa);
    this.memory.read(place.frame, place.cell, domain, out);
    return { kind: "reached", ...place, domain, storedIn: this.memory.storedIn(place.frame, place.cell) };
  }

  private writeAt(pa: PhysAddr, domain: Domain, block: Uint32Array): Access {
    const place = this.cellOf(pa);
    if (place === null) return fault("no-memory-there", pa);
    this.memory.write(place.frame, place.cell, domain, block);
    return { kind: "reached", ...place, domain, storedIn: domain };
  }
}

function fault(kind: FaultKind, address: number): Fault {
  return { kind: "fault", fault: kind, address };
}
