// SPDX-License-Identifier: MIT
/**
 * How accesses and observations reach the machine. Both kernels say where a page is mapped (`Mappings`); what the
 * hardware makes of that is worked out here, once, so that their answers can be compared.
 */

import { assert, type DmaAddr, dmaAddr, formatVirt, hex, PAGE_SIZE, type Pfn, pfnToPhys, type PhysAddr, physToPfn, virtAddr, type VirtAddr } from "../base/index.ts";
import { type Access, BLOCK_WORDS, type Device, DOMAIN_PLAIN, type DevicePath, type Fault, type FaultKind, type IommuDomain, type Machine, type Translation } from "../machine/index.ts";
import type { Chooser, View } from "./observations.ts";
import type { AccessOperation, CpuAlias, StepResult } from "./operations.ts";
import { CPU_ALIASES } from "./operation-specs.ts";
import { blockHex, blockToken, tokenBlock } from "./tokens.ts";

/** A virtual address and the page tables that it is looked up in. */
export interface CpuPlace {
  readonly root: PhysAddr;
  readonly va: VirtAddr;
}

/** A DMA address, and the translated domain that the device is attached to (null: none). */
export interface DevicePlace {
  readonly address: DmaAddr;
  readonly domain: IommuDomain | null;
  /** Bytes of the page before the first one that is mapped; 0 where it is left out. What is before it need not be the page's: a bounce slot begins there. */
  readonly first?: number;
  /** Set for memory of the device itself, which it reaches without DMA: the frame of the BAR that shows it. */
  readonly local?: Pfn;
}

/** What a kernel says of its mappings; null where there is none. */
export interface Mappings {
  cpu(buf: number, page: number, alias: CpuAlias): CpuPlace | null;
  /** The frame behind a page of a buffer. */
  frame(buf: number, page: number): Pfn | null;
  device(buf: number, page: number): DevicePlace | null;
}

/** Which function chose the attribute of a view. */
export interface Choosers {
  cpu(kind: CpuAlias, place: CpuPlace, translation: Translation): Chooser;
  device(place: DevicePlace, path: DevicePath): Chooser;
}

/** The order in which `viewsOfPage` looks. */
const ALIASES: readonly CpuAlias[] = CPU_ALIASES;

const DONE: StepResult = { outcome: "done", seen: null };
const block = new Uint32Array(BLOCK_WORDS);
const localBlock = new Uint32Array(BLOCK_WORDS);
const BLOCK_BYTES = BLOCK_WORDS * 4;

/** Texts of addresses: a search asks for the same few again and again. */
function remembered(text: (address: number) => string): (address: number) => string {
  const texts = new Map<number, string>();
  return (address) => {
    let found = texts.get(address);
    if (found === undefined) {
      if (texts.size >= KEPT_TEXTS) texts.clear();
      texts.set(address, (found = text(address)));
    }
    return found;
  };
}
const KEPT_TEXTS = 1024;
const virtText = remembered((address) => formatVirt(virtAddr(address)));
const dmaText = remembered(hex);

const notMapped = (fault: FaultKind): StepResult => ({ outcome: "fault", fault: { kind: "fault", fault, address: 0 } });

function stored(access: Access): StepResult {
  return access.kind === "fault" ? { outcome: "fault", fault: access } : DONE;
}

function loaded(access: Access): StepResult {
  if (access.kind === "fault") return { outcome: "fault", fault: access };
  return { outcome: "done", seen: { bytes: blockHex(block), token: blockToken(block), storedIn: access.storedIn, readIn: access.domain } };
}

/**
 * What is wrong with where an access goes within its page, for whoever parses one; null where nothing is.
 * @param cells of a page on the machine: with fewer than 256 only the first block of each cell is kept
 */
export function accessProblem(operation: AccessOperation, cells: number): string | null {
  const { at = 0 } = operation;
  if (!Number.isInteger(at) || at < 0 || at >= PAGE_SIZE || at % BLOCK_BYTES !== 0) return `at=${at} is no multiple of 16 from 0 to 4080`;
  if (at % (PAGE_SIZE / cells) !== 0) return `at=${at} needs a machine with cells=256: this one has ${cells} to a page`;
  const { bytes = BLOCK_BYTES } = operation as { readonly bytes?: number };
  if (!Number.isInteger(bytes) || bytes < 1 || bytes > BLOCK_BYTES) return `bytes=${bytes} is not from 1 to 16`;
  return null;
}

/** The device at its own memory. The host's view of a BAR is the memory behind it, in plain: what the device has. */
function localAccess(machine: Machine, frame: Pfn, operation: AccessOperation): StepResult {
  const cell = (operation.at ?? 0) / machine.memory.stride;
  if (!("value" in operation)) return loaded(machine.hostRead(frame, cell, block));
  const { bytes = BLOCK_BYTES } = operation as { readonly bytes?: number };
  machine.hostRead(frame, cell, localBlock);
  new Uint8Array(localBlock.buffer).set(new Uint8Array(block.buffer, 0, bytes));
  return stored(machine.hostWrite(frame, cell, localBlock));
}

/**
 * Performs an access of CPU, device or host through a mapping of the kernel's: one block of 16 bytes, or for a write
 * with `bytes` the first ones of it. `accessProblem` must find nothing.
 */
export function runAccess(machine: Machine, device: Device, mappings: Mappings, operation: AccessOperation): StepResult {
  const { buf, page, at = 0 } = operation;
  const problem = accessProblem(operation, machine.memory.ram.cells);
  assert(problem === null, `${operation.op}: ${problem}`);
  if ("value" in operation) tokenBlock(operation.value, block);
  switch (operation.op) {
    case "cpu_read":
    case "cpu_write": {
      const place = mappings.cpu(buf, page, operation.alias);
      if (place === null) return notMapped("page-fault");
      const va = virtAddr(place.va + at);
      return operation.op === "cpu_read" ? loaded(machine.cpuRead(place.root, va, block)) : stored(machine.cpuWrite(place.root, va, block, operation.bytes));
    }
    case "dev_read":
    case "dev_write": {
      const place = mappings.device(buf, page);
      if (place === null) return notMapped("io-page-fault");
      if (place.local !== undefined) return localAccess(machine, place.local, operation);
      const address = dmaAddr(place.address + at);
      if (operation.op === "dev_read") return loaded(machine.deviceRead(device, place.domain, address, block));
      return stored(machine.deviceWrite(device, place.domain, address, block, operation.bytes));
    }
    case "host_read":
    case "host_write": {
      const frame = mappings.frame(buf, page);
      if (frame === null) return notMapped("no-memory-there");
      const cell = at / machine.memory.stride;
      return operation.op === "host_read" ? loaded(machine.hostRead(frame, cell, block)) : stored(machine.hostWrite(frame, cell, block));
    }
  }
}

/** The address of the first byte that the device has of a page. */
const firstAddress = ({ address, first = 0 }: DevicePlace): DmaAddr => dmaAddr(address + first);

function device_path(machine: Machine, device: Device, place: DevicePlace): DevicePath | Fault {
  const { domain, local } = place;
  if (local === undefined) return machine.devicePath(device, domain, firstAddress(place), true);
  return { kind: "path", pa: pfnToPhys(local), cBit: false, domain: DOMAIN_PLAIN };
}

/** Adds the live views of one page to `views`, in the order of `CPU_ALIASES`, then the device. */
export function viewsOfPage(machine: Machine, device: Device, mappings: Mappings, choosers: Choosers, buf: number, page: number, views: View[]): void {
  const { platform } = machine.config;
  for (const kind of ALIASES) {
    const place = mappings.cpu(buf, page, kind);
    const t = place === null ? null : machine.translate(place.root, place.va);
    if (place === null || t === null) continue;
    const domain = machine.memory.isBar(physToPfn(t.pa)) ? DOMAIN_PLAIN : platform.cpuDomain(t.cBit);
    views.push({ buf, page, kind, pfn: physToPfn(t.pa), address: virtText(place.va), cBit: t.cBit, domain, cache: t.cache, chosenBy: choosers.cpu(kind, place, t) });
  }
  const place = mappings.device(buf, page);
  const path = place === null ? null : device_path(machine, device, place);
  if (place !== null && path?.kind === "path") {
    const { pa, cBit, domain } = path;
    views.push({ buf, page, kind: "device", pfn: physToPfn(pa), address: dmaText(firstAddress(place)), cBit, domain, cache: null, chosenBy: choosers.device(place, path) });
  }
}
