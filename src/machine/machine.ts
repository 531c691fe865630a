// SPDX-License-Identifier: MIT
/**
 * One machine: accesses of CPU, device and host to memory under the platform's rules. It knows nothing of Linux: page
 * tables are walked from the root that the kernel loaded, DMA goes through the domain that the kernel attached.
 *
 * All of its state is the words handed to the constructor (and the tables behind the port), so that whoever owns them
 * can copy, compare and hash the machine.
 */

import { assert, BIT, clearBit, type DmaAddr, hasBit, NOBODY_LISTENS, PAGE_SIZE, pageOffset, type Pfn, physAddr, type PhysAddr, physToPfn, type VirtAddr, type WriteListener } from "../base/index.ts";
import type { Access, Fault } from "./access.ts";
import { Caches } from "./caches.ts";
import { BLOCK_WORDS } from "./cipher.ts";
import { DOMAIN_PLAIN, type Domain } from "./domains.ts";
import type { FaultKind } from "./facts/faults.ts";
import { type IommuDomain, iommuWalk } from "./iommu.ts";
import { Lines, type Place } from "./lines.ts";
import { type Device, type MachineConfig, machineParts, machineWords, TRUST_WORDS } from "./machine-config.ts";
import { Memory } from "./memory.ts";
import type { Translation } from "./mmu.ts";
import { PAGE_PRIVATE, PageStates, type PageState } from "./page-state.ts";
import { PAGE_TABLE_READERS, type PageTableReader } from "./page-tables.ts";
import type { TableMemory } from "./tables.ts";
import { Tlb } from "./tlb.ts";

/** What a device access comes out of the IOMMU as. */
export interface DevicePath {
  readonly kind: "path";
  readonly pa: PhysAddr;
  /** The attribute bit of the system address. */
  readonly cBit: boolean;
  readonly domain: Domain;
}

const BLOCK_BYTES = BLOCK_WORDS * 4;

export class Machine {
  readonly config: MachineConfig;
  readonly memory: Memory;
  /** Null where lines are written back at once. */
  readonly caches: Caches | null;
  /** Null where an entry counts from the moment it is written. */
  readonly tlb: Tlb | null;
  private readonly lines: Lines | null;
  private readonly states: PageStates;
  private readonly trust: Uint32Array;
  private readonly trustWritten: WriteListener;
  private readonly tables: TableMemory;
  private readonly pageTables: PageTableReader;

  /**
   * @param words a view of the state, `machineWords(config)` long
   * @param written told of every write to them
   */
  constructor(config: MachineConfig, words: Uint32Array, tables: TableMemory, written: WriteListener = NOBODY_LISTENS) {
    const p = machineParts(config);
    assert(words.length === machineWords(config), "machine: wrong length of state");
    let next = 0;
    const take = (count: number): Uint32Array => words.subarray(next, (next += count));
    this.config = config;
    const told = (base: number): WriteListener => (written === NOBODY_LISTENS ? written : (start, end) => written(base + start, base + end));
    this.memory = new Memory(config.ram, take(p.memory), told(0));
    this.states = new PageStates(take(p.states), told(p.memory));
    this.caches = p.caches > 0 ? new Caches(take(p.caches), told(p.memory + p.states)) : null;
    this.lines = this.caches === null ? null : new Lines(this.caches, this.memory, config.platform);
    this.tlb = p.tlb > 0 ? new Tlb(take(p.tlb), told(p.memory + p.states + p.caches)) : null;
    this.trust = take(TRUST_WORDS);
    this.trustWritten = told(words.length - TRUST_WORDS);
    this.tables = tables;
    this.pageTables = PAGE_TABLE_READERS[config.pageTables ?? "x86-64"];
  }

  /** True where the device is accepted (TDISP) and may reach private memory. */
  get deviceAccepted(): boolean {
    return this.trust[0] !== 0;
  }

  /** Without TDISP on the platform nothing can be accepted: it stays false. */
  set deviceAccepted(accepted: boolean) {
    this.trust[0] = accepted && this.config.platform.teeIo ? 1 : 0;
    this.trustWritten(0, TRUST_WORDS);
  }

  /** Who owns a frame of RAM. Private on platforms that keep no state. */
  pageState(frame: Pfn): PageState {
    return this.states.get(this.memory.indexOf(frame));
  }

  /**
   * RMPUPDATE and PVALIDATE, MapGPA and TDG.MEM.PAGE.ACCEPT, RSI_IPA_STATE_SET: changes who owns a frame, and with it all
   * frames of the host's granule, which the host cannot share in parts. What they held is lost: the host backs a shared
   * page with other memory than a private one, or wipes it. TDX clears a page that it accepts.
   * SIMPLIFIED (may report false bugs): contents are lost on every change of state, also where a PVALIDATE alone would keep them.
   * ASSUMED (may report false bugs): a host with larger granules shares the whole granule; it might also refuse the call.
   */
  setPageState(frame: Pfn, state: PageState): void {
    assert(this.memory.contains(frame) && !this.memory.isBar(frame), `machine: frame ${frame} is no RAM`);
    const frames = (this.config.granule ?? PAGE_SIZE) / PAGE_SIZE;
    const first = frame - (frame % frames);
    for (let i = 0; i < frames; i++) {
      const each = (first + i) as Pfn;
      if (this.memory.contains(each) && !this.memory.isBar(each)) this.setFrameState(each, state);
    }
  }

  private setFrameState(frame: Pfn, state: PageState): void {
    const { platform } = this.config;
    const index = this.memory.indexOf(frame);
    if (this.states.get(index) === state) return;
    this.states.set(index, state);
    if (state === PAGE_PRIVATE && platform.acceptZeroes) this.memory.clear(frame, platform.cpuDomain(!platform.setMeansShared));
    else this.memory.lose(frame);
  }

  /** The CPU's translation of `va` through the tables at `root`; null where it would fault. */
  translate(root: PhysAddr, va: VirtAddr): Translation | null {
    const held = this.tlb?.held(va) ?? null;
    if (held !== null) return this.pageTables.leaf(held[0], held[1], va, this.config.platform.cBit);
    return this.pageTables.walk(this.tables, root, va, this.config.platform.cBit);
  }

  /** A CPU load of one block at `va` into `out` (4 words). */
  cpuRead(root: PhysAddr, va: VirtAddr, out: Uint32Array): Access {
    const t = this.translate(root, va);
    if (t === null) return fault("page-fault", va);
    const place = this.cpuPlace(t, va, false);
    if ("kind" in place) return place;
    return this.readAt(place, this.cpuDomain(place, t.cBit), t.cBit, out);
  }

  /**
   * A CPU store of one block at `va`: into the cache where the mapping is write-back, else to memory.
   * @param bytes of the block that are stored; the rest is what a reader with the same attribute had there before, since
   * caches and memory controllers read, merge and write whole blocks
   */
  cpuWrite(root: PhysAddr, va: VirtAddr, block: Uint32Array, bytes: number = BLOCK_BYTES): Access {
    const t = this.translate(root, va);
    if (t === null || !t.writable) return fault("page-fault", va);
    const place = this.cpuPlace(t, va, true);
    if ("kind" in place) return place;
    const domain = this.cpuDomain(place, t.cBit);
    const whole = bytes < BLOCK_BYTES ? this.merged(place, domain, t.cBit, block, bytes) : block;
    if (this.lines !== null && t.cache === "WB" && this.lines.hold(place, t.cBit, whole)) return { kind: "reached", frame: place.frame, cell: place.cell, domain, storedIn: domain };
    return this.writeAt(place, domain, t.cBit, whole);
  }

  /**
   * Where DMA to `address` ends up. Off and identity: the address is the system address, attribute bit and all.
   * Translated: the bit is the I/O page table entry's. Whether the page's state lets the access through is not part of the path.
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
    return this.readAt(place, path.domain, this.tagOf(path.domain), out);
  }

  /** A DMA write of the first `bytes` bytes of one block; the rest as with `cpuWrite`. It takes no permission to read. */
  deviceWrite(device: Device, domain: IommuDomain | null, address: DmaAddr, block: Uint32Array, bytes: number = BLOCK_BYTES): Access {
    const path = this.devicePath(device, domain, address, true);
    if (path.kind === "fault") return path;
    const place = this.devicePlace(path, address, true);
    if ("kind" in place) return place;
    const tag = this.tagOf(path.domain);
    return this.writeAt(place, path.domain, tag, bytes < BLOCK_BYTES ? this.merged(place, path.domain, tag, block, bytes) : block);
  }

  /**
   * A read of raw bytes from outside: a guest's hypervisor, which is coherent with the guest's shared lines, or whoever has a
   * probe on a host's DRAM, who sees nothing of its caches.
   */
  hostRead(frame: Pfn, cell: number, out: Uint32Array): Access {
    return this.hostAccess(frame, cell, false) ?? this.readAt({ frame, cell }, DOMAIN_PLAIN, this.hostTag(), out);
  }

  /** A write of raw bytes from outside. */
  hostWrite(frame: Pfn, cell: number, block: Uint32Array): Access {
    return this.hostAccess(frame, cell, true) ?? this.writeAt({ frame, cell }, DOMAIN_PLAIN, this.hostTag(), block);
  }

  private hostTag(): boolean | null {
    return this.config.platform.guest ? this.tagOf(DOMAIN_PLAIN) : null;
  }

  private hostAccess(frame: Pfn, cell: number, write: boolean): Fault | null {
    const address = this.memory.cellAddress(frame, cell);
    if (!this.memory.contains(frame) || cell >= this.memory.ram.cells) return fault("no-memory-there", address);
    const kind = this.memory.isBar(frame) ? null : this.config.platform.hostFault(this.pageState(frame), write);
    return kind === null ? null : fault(kind, address);
  }

  /** The plain text of the dirty line of a cell with this tag into `out` (4 words); false where there is none. Nothing changes. */
  dirtyLine(place: Place, cBit: boolean, out: Uint32Array): boolean {
    return this.lines !== null && this.lines.peek(place, cBit, out);
  }

  /** Writes the line of a frame's cell back and drops it (CLFLUSH through a mapping with this C-bit; a write-back of the environment's). */
  flushLine(place: Place, cBit: boolean): void {
    this.lines?.flush(place, cBit);
  }

  /** CLFLUSH of a whole page through a mapping with this C-bit. */
  clflushPage(frame: Pfn, cBit: boolean): void {
    if (this.lines === null) return;
    for (let cell = 0; cell < this.memory.ram.cells; cell++) this.lines.flush({ frame, cell }, cBit);
  }

  /** WBINVD: writes everything back. */
  wbinvd(): void {
    this.lines?.flushAll();
  }

  /** The tag under which lines of a domain are cached: the attribute bit of CPU accesses in that domain. */
  private tagOf(domain: Domain): boolean {
    const { platform } = this.config;
    return platform.cBit >= 0 && platform.cpuDomain(true) === domain;
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

  /** @param tag the cache tag that the access snoops, and no other; null for none */
  private readAt(place: Place, domain: Domain, tag: boolean | null, out: Uint32Array): Access {
    const { frame, cell } = place;
    if (tag !== null && this.lines !== null && this.lines.peek(place, tag, out)) return { kind: "reached", frame, cell, domain, storedIn: domain };
    this.memory.read(frame, cell, domain, out);
    return { kind: "reached", frame, cell, domain, storedIn: this.memory.storedIn(frame, cell) };
  }

  /** The block that a partial write leaves. */
  private merged(place: Place, domain: Domain, tag: boolean, block: Uint32Array, bytes: number): Uint32Array {
    const whole = new Uint32Array(BLOCK_WORDS);
    this.readAt(place, domain, tag, whole);
    new Uint8Array(whole.buffer).set(new Uint8Array(block.buffer, block.byteOffset, bytes));
    return whole;
  }

  private writeAt(place: Place, domain: Domain, tag: boolean | null, block: Uint32Array): Access {
    if (tag !== null) this.lines?.flush(place, tag);
    this.memory.write(place.frame, place.cell, domain, block);
    return { kind: "reached", frame: place.frame, cell: place.cell, domain, storedIn: domain };
  }
}

function fault(kind: FaultKind, address: number): Fault {
  return { kind: "fault", fault: kind, address };
}
