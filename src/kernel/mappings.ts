// SPDX-License-Identifier: MIT
/**
 * How accesses and observations reach the machine. Both kernels say where a page is mapped (`Mappings`); what the
 * hardware makes of that is worked out here, once, so that their answers can be compared.
 */

import { type DmaAddr, dmaAddr, formatVirt, hex, type Pfn, type PhysAddr, physToPfn, virtAddr, type VirtAddr } from "../base/index.ts";
import { type Access, BLOCK_WORDS, type Device, DOMAIN_PLAIN, type DevicePath, type FaultKind, type IommuDomain, type Machine, type Translation } from "../machine/index.ts";
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
const tokenWords = new Uint32Array(BLOCK_WORDS);
const BLOCK_BYTES = BLOCK_WORDS * 4;

const notMapped = (fault: FaultKind): StepResult => ({ outcome: "fault", fault: { kind: "fault", fault, address: 0 } });

function stored(access: Access): StepResult {
  return access.kind === "fault" ? { outcome: "fault", fault: access } : DONE;
}

function loaded(access: Access): StepResult {
  if (access.kind === "fault") return { outcome: "fault", fault: access };
  return { outcome: "done", seen: { bytes: blockHex(block), token: blockToken(block), storedIn: access.storedIn, readIn: access.domain } };
}

/** Puts the first `bytes` bytes of the token's block over `block`: what a partial write leaves of it. */
function overlay(token: number, bytes: number): void {
  tokenBlock(token, tokenWords);
  new Uint8Array(block.buffer).set(new Uint8Array(tokenWords.buffer, 0, bytes));
}

/**
 * Performs a read or write of one block. A write of fewer than 16 bytes reads the block first, as the memory controller
 * does: through the wrong attribute that garbles all of it.
 */
function access(operation: AccessOperation, read: () => Access, write: () => Access): StepResult {
  if (!("value" in operation)) return loaded(read());
  const bytes = "bytes" in operation ? (operation.bytes ?? BLOCK_BYTES) : BLOCK_BYTES;
  if (bytes < BLOCK_BYTES) {
    const before = read();
    if (before.kind === "fault") return { outcome: "fault", fault: before };
  }
  overlay(operation.value, bytes);
  return stored(write());
}

/** Performs an access of CPU, device or host through a mapping of the kernel's. */
export function runAccess(machine: Machine, device: Device, mappings: Mappings, operation: AccessOperation): StepResult {
  const { buf, page, at = 0 } = operation;
  switch (operation.op) {
    case "cpu_read":
    case "cpu_write": {
      const place = mappings.cpu(buf, page, operation.alias);
      if (place === null) return notMapped("page-fault");
      const va = virtAddr(place.va + at);
      return access(operation, () => machine.cpuRead(place.root, va, block), () => machine.cpuWrite(place.root, va, block));
    }
    case "dev_read":
    case "dev_write": {
      const place = mappings.device(buf, page);
      if (place === null) return notMapped("io-page-fault");
      const address = dmaAddr(place.address + at);
      return access(operation, () => machine.deviceRead(device, place.domain, address, block), () => machine.deviceWrite(device, place.domain, address, block));
    }
    case "host_read":
    case "host_write": {
      const frame = mappings.frame(buf, page);
      if (frame === null) return notMapped("no-memory-there");
      const cell = Math.floor(at / machine.memory.stride);
      return access(operation, () => machine.hostRead(frame, cell, block), () => machine.hostWrite(frame, cell, block));
    }
  }
}

/** The live views of one page, in the order of `CPU_ALIASES`, then the device. */
export function viewsOfPage(machine: Machine, device: Device, mappings: Mappings, choosers: Choosers, buf: number, page: number): View[] {
  const { platform } = machine.config;
  const views: View[] = [];
  for (const kind of ALIASES) {
    const place = mappings.cpu(buf, page, kind);
    const t = place === null ? null : machine.translate(place.root, place.va);
    if (place === null || t === null) continue;
    const domain = machine.memory.isBar(physToPfn(t.pa)) ? DOMAIN_PLAIN : platform.cpuDomain(t.cBit);
    views.push({ buf, page, kind, pfn: physToPfn(t.pa), address: formatVirt(place.va), cBit: t.cBit, domain, cache: t.cache, chosenBy: choosers.cpu(kind, place, t) });
  }
  const place = mappings.device(buf, page);
  const path = place === null ? null : machine.devicePath(device, place.domain, place.address, true);
  if (place !== null && path?.kind === "path") {
    const { pa, cBit, domain } = path;
    views.push({ buf, page, kind: "device", pfn: physToPfn(pa), address: hex(place.address), cBit, domain, cache: null, chosenBy: choosers.device(place, path) });
  }
  return views;
}
