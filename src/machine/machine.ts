// SPDX-License-Identifier: MIT
/**
 * One machine: accesses of CPU, device and host to memory under the platform's rules. It knows nothing of Linux: page
 * tables are walked from the root that the kernel loaded, DMA goes through the domain that the kernel attached.
 *
 * All of its state is the words handed to the constructor (and the tables behind the port), so that whoever owns them
 * can copy, compare and hash the machine.
 */

import { assert, BIT, clearBit, type DmaAddr, hasBit, pageOffset, type Pfn, physAddr, type PhysAddr, physToPfn, type VirtAddr } from "../base/index.ts";
import type { Access, Fault } from "./access.ts";
import { Caches, cacheWords } from "./caches.ts";
import { BLOCK_WORDS } from "./cipher.ts";
import { DOMAIN_PLAIN, type Domain } from "./domains.ts";
import type { FaultKind } from "./facts/faults.ts";
import { type IommuDomain, iommuWalk } from "./iommu.ts";
import { Memory, memoryWords, ramFrames, type RamLayout } from "./memory.ts";
import { leafTranslation, type Translation, walk } from "./mmu.ts";
import { PAGE_PRIVATE, PageStates, pageStateWords, type PageState } from "./page-state.ts";
import type { IommuMode, Platform } from "./platforms/platform.ts";
import type { TableMemory } from "./tables.ts";
import { Tlb, tlbWords } from "./tlb.ts";

export interface MachineConfig {
  readonly platform: Platform;
  readonly iommu: IommuMode;
  readonly ram: RamLayout;
  /**
   * False: caches hold dirty lines, tagged by C-bit, until they are written back. True where it is left out.
   * SIMPLIFIED (may miss bugs): a platform without SME_COHERENT is searched with lines written back at once unless `coherent=no`
   * is asked for.
   */
  readonly coherent?: boolean;
  /** True: a changed page-table entry stays in the TLB until it is flushed. False where it is left out. */
  readonly tlb?: boolean;
}

/** A device of the machine. */
export interface Device {
  /** Address lines: it can emit addresses below 2^addressBits. */
  readonly addressBits: number;
}

/** What a device access comes out of the IOMMU as. */
export interface DevicePath {
  readonly kind: "path";
  readonly pa: PhysAddr;
  /** The attribute bit of the system address. */
  readonly cBit: boolean;
  readonly domain: Domain;
}

/** Words of the device's trust: 1 once it is accepted (TDISP state RUN). */
const TRUST_WORDS = 1;

function parts(config: MachineConfig): { memory: number; states: number; caches: number; tlb: number } {
  const { ram, platform } = config;
  const frames = ramFrames(ram);
  return {
    memory: memoryWords(ram),
    states: pageStateWords(platform.ownership, frames),
    caches: config.coherent === false ? cacheWords(frames * ram.cells) : 0,
    tlb: config.tlb === true ? tlbWords() : 0,
  };
}

/** Words of machine state. */
export function machineWords(config: MachineConfig): number {
  const p = parts(config);
  return p.memory + p.states + p.caches + p.tlb + TRUST_WORDS;
}

interface Place {
  readonly frame: Pfn;
  readonly cell: number;
}

export class Machine {
  readonly config: MachineConfig;
  readonly memory: Memory;
  /** Null where lines are written back at once. */
  readonly caches: Caches | null;
  /** Null where an entry counts from the moment it is written. */
  readonly tlb: Tlb | null;
  private readonly states: PageStates;
  private readonly trust: Uint32Array;
  private readonly tables: TableMemory;

  constructor(config: MachineConfig, words: Uint32Array, tables: TableMemory) {
    assert(config.platform.iommuModes.includes(config.iommu), `machine: ${config.platform.name} has no iommu=${config.iommu}`);
    assert(words.length === machineWords(config), "machine: wrong length of state");
    const p = parts(config);
    let next = 0;
    const take = (count: number): Uint32Array => words.subarray(next, (next += count));
    this.config = config;
    this.memory = new Memory(config.ram, take(p.memory));
    this.states = new PageStates(take(p.states));
    this.caches = p.caches > 0 ? new Caches(take(p.caches)) : null;
    this.tlb = p.tlb > 0 ? new Tlb(take(p.tlb)) : null;
    this.trust = take(TRUST_WORDS);
    this.tables = tables;
  }

  /** True where the device is accepted (TDISP) and may reach private memory. */
  get deviceAccepted(): boolean {
    return this.trust[0] !== 0;
  }

  set deviceAccepted(accepted: boolean) {
    this.trust[0] = accepted ? 1 : 0;
  }

  /** Who owns a frame of RAM. Private on platforms that keep no state. */
  pageState(frame: Pfn): PageState {
    return this.states.get(this.memory.indexOf(frame));
  }

  /**
   * RMPUPDATE and PVALIDATE, MapGPA and TDG.MEM.PAGE.ACCEPT, RSI_IPA_STATE_SET: changes who owns a frame. Accepting a
   * page on TDX clears it; elsewhere what was stored stays and makes no sense to a reader with the other attribute.
   */
  setPageState(frame: Pfn, state: PageState): void {
    const index = this.memory.indexOf(frame);
    const before = this.states.get(index);
    this.states.set(index, state);
    if (before === state || state !== PAGE_PRIVATE || !this.config.platform.acceptZeroes) return;
    const zero = new Uint32Array(BLOCK_WORDS);
    const domain = this.config.platform.cpuDomain(!this.config.platform.setMeansShared);
    for (let cell = 0; cell < this.memory.ram.cells; cell++) this.memory.write(frame, cell, domain, zero);
  }

  /** The CPU's translation of `va` through the tables at `root`; null where it would fault. */
  translate(root: PhysAddr, va: VirtAddr): Translation | null {
    const held = this.tlb?.held(va) ?? null;
    if (held !== null) return leafTranslation(held[0], held[1], va, this.config.platform.cBit);
    return walk(this.tables, root, va, this.config.platform.cBit);
  }

  /** A CPU load of one block at `va` into `out` (4 words). */
  cpuRead(root: PhysAddr, va: VirtAddr, out: Uint32Array): Access {
    const t = this.translate(root, va);
    if (t === null) return fault("page-fault", va);
    const place = this.cpuPlace(t, va, false);
    if ("kind" in place) return place;
    if (this.held(place, t, out)) {
      const domain = this.config.platform.cpuDomain(t.cBit);
      return { kind: "reached", ...place, domain, storedIn: domain };
    }
    return this.readAt(place, this.cpuDomain(place, t.cBit), out);
  }

  /** A CPU store of one block at `va`. */
  cpuWrite(root: PhysAddr, va: VirtAddr, block: Uint32Array): Access {
    const t = this.translate(root, va);
    if (t === null || !t.writable) return fault("page-fault", va);
    const place = this.cpuPlace(t, va, true);
    if ("kind" in place) return place;
    const domain = this.cpuDomain(place, t.cBit);
    if (this.caches !== null && t.cache === "WB" && !this.memory.isBar(place.frame)) {
      this.caches.write(this.lineOf(place), t.cBit, block);
      return { kind: "reached", ...place, domain, storedIn: domain };
    }
    this.flushLine(place, t.cBit);
    return this.writeAt(place, domain, block);
  }

  /**
   * Where DMA to `address` ends up. Off and identity: the address is the system address, attribute bit and all.
   * Translated: the bit is the I/O page table entry's. Page states are not looked at yet.
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
    const bar = this.memory.isBar(physToPfn(pa));
    return { kind: "path", pa, cBit, domain: bar ? DOMAIN_PLAIN : platform.deviceDomain(cBit, this.deviceAccepted) };
  }

  /** A DMA read of one block into `out`. */
  deviceRead(device: Device, domain: IommuDomain | null, address: DmaAddr, out: Uint32Array): Access {
    const path = this.devicePath(device, domain, address, false);
    if (path.kind === "fault") return path;
    const place = this.devicePlace(path, address, false);
    if ("kind" in place) return place;
    this.flushLine(place, path.cBit);
    return this.readAt(place, path.domain, out);
  }

  /** A DMA write of one block. */
  deviceWrite(device: Device, domain: IommuDomain | null, address: DmaAddr, block: Uint32Array): Access {
    const path = this.devicePath(device, domain, address, true);
    if (path.kind === "fault") return path;
    const place = this.devicePlace(path, address, true);
    if ("kind" in place) return place;
    this.flushLine(place, path.cBit);
    return this.writeAt(place, path.domain, block);
  }

  /** A read of raw bytes from outside: the hypervisor's, or another agent's on the bus. */
  hostRead(frame: Pfn, cell: number, out: Uint32Array): Access {
    return this.hostAccess(frame, cell, false) ?? this.readAt({ frame, cell }, DOMAIN_PLAIN, out);
  }

  /** A write of raw bytes from outside. */
  hostWrite(frame: Pfn, cell: number, block: Uint32Array): Access {
    return this.hostAccess(frame, cell, true) ?? this.writeAt({ frame, cell }, DOMAIN_PLAIN, block);
  }

  private hostAccess(frame: Pfn, cell: number, write: boolean): Fault | null {
    const address = this.memory.cellAddress(frame, cell);
    if (!this.memory.contains(frame)) return fault("no-memory-there", address);
    const kind = this.memory.isBar(frame) ? null : this.config.platform.hostFault(this.pageState(frame), write);
    return kind === null ? null : fault(kind, address);
  }

  /** Writes the line of a frame's cell back and drops it (CLFLUSH through a mapping with this C-bit; a write-back of the environment's). */
  flushLine(place: Place, cBit: boolean): void {
    if (this.caches === null || this.memory.isBar(place.frame)) return;
    const line = this.lineOf(place);
    if (!this.caches.read(line, cBit, scratch)) return;
    this.caches.drop(line, cBit);
    this.memory.write(place.frame, place.cell, this.config.platform.cpuDomain(cBit), scratch);
  }

  /** CLFLUSH of a whole page through a mapping with this C-bit. */
  clflushPage(frame: Pfn, cBit: boolean): void {
    if (this.caches === null) return;
    for (let cell = 0; cell < this.memory.ram.cells; cell++) this.flushLine({ frame, cell }, cBit);
  }

  /** WBINVD: writes everything back. */
  wbinvd(): void {
    if (this.caches === null) return;
    const { cells } = this.memory.ram;
    for (const { cell, cBit } of this.caches.dirty()) this.flushLine({ frame: this.memory.frameAt(Math.floor(cell / cells)), cell: cell % cells }, cBit);
  }

  private lineOf(place: Place): number {
    return this.memory.indexOf(place.frame) * this.memory.ram.cells + place.cell;
  }

  private held(place: Place, t: Translation, out: Uint32Array): boolean {
    if (this.caches === null || this.memory.isBar(place.frame)) return false;
    if (t.cache === "WB") return this.caches.read(this.lineOf(place), t.cBit, out);
    this.flushLine(place, t.cBit);
    return false;
  }

  private cpuDomain(place: Place, cBit: boolean): Domain {
    return this.memory.isBar(place.frame) ? DOMAIN_PLAIN : this.config.platform.cpuDomain(cBit);
  }

  private cpuPlace(t: Translation, va: VirtAddr, write: boolean): Place | Fault {
    const { platform } = this.config;
    const place = this.cellOf(t.pa);
    if (place === null) return fault("no-memory-there", t.pa);
    const isPrivate = platform.cBit >= 0 && t.cBit !== platform.setMeansShared;
    // Nothing answers at a BAR's address with the private attribute: the bit is part of the address on the bus.
    if (this.memory.isBar(place.frame)) return isPrivate ? fault("no-memory-there", t.pa) : place;
    const kind = platform.cpuFault(t.cBit, this.states.get(this.memory.indexOf(place.frame)), write);
    return kind === null ? place : fault(kind, va);
  }

  private devicePlace(path: DevicePath, address: DmaAddr, write: boolean): Place | Fault {
    const { platform } = this.config;
    const place = this.cellOf(path.pa);
    if (place === null) return fault("no-memory-there", path.pa);
    if (this.memory.isBar(place.frame)) return path.cBit && !platform.setMeansShared ? fault("no-memory-there", address) : place;
    const kind = platform.deviceFault(path.cBit, this.states.get(this.memory.indexOf(place.frame)), write, this.deviceAccepted);
    return kind === null ? place : fault(kind, address);
  }

  private cellOf(pa: PhysAddr): Place | null {
    const frame = physToPfn(pa);
    if (!this.memory.contains(frame)) return null;
    return { frame, cell: Math.floor(pageOffset(pa) / this.memory.stride) };
  }

  private readAt({ frame, cell }: Place, domain: Domain, out: Uint32Array): Access {
    this.memory.read(frame, cell, domain, out);
    return { kind: "reached", frame, cell, domain, storedIn: this.memory.storedIn(frame, cell) };
  }

  private writeAt({ frame, cell }: Place, domain: Domain, block: Uint32Array): Access {
    this.memory.write(frame, cell, domain, block);
    return { kind: "reached", frame, cell, domain, storedIn: domain };
  }
}

const scratch = new Uint32Array(BLOCK_WORDS);

function fault(kind: FaultKind, address: number): Fault {
  return { kind: "fault", fault: kind, address };
}
