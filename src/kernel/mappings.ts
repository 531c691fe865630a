// SPDX-License-Identifier: MIT
/**
 * How accesses and observations reach the machine. Both kernels say where a page is mapped (`Mappings`); what the
 * hardware makes of that is worked out here, once, so that their answers can be compared.
 */

import { type DmaAddr, formatVirt, hex, type PhysAddr, physToPfn, type VirtAddr } from "../base/index.ts";
import { type Access, BLOCK_WORDS, type Device, type DevicePath, type FaultKind, type IommuDomain, type Machine, type Translation } from "../machine/index.ts";
import type { Chooser, View } from "./observations.ts";
import type { AccessOperation, CpuAlias, StepResult } from "./operations.ts";
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
  device(buf: number, page: number): DevicePlace | null;
}

/** Which function chose the attribute of a view. */
export interface Choosers {
  cpu(kind: CpuAlias, place: CpuPlace, translation: Translation): Chooser;
  device(place: DevicePlace, path: DevicePath): Chooser;
}

/** The order in which `viewsOfPage` looks. */
const ALIASES: readonly CpuAlias[] = ["linear", "kmap", "vmap", "user"];

const DONE: StepResult = { outcome: "done", seen: null };
const block = new Uint32Array(BLOCK_WORDS);

const notMapped = (fault: FaultKind): StepResult => ({ outcome: "fault", fault: { kind: "fault", fault, address: 0 } });

function stored(access: Access): StepResult {
  return access.kind === "fault" ? { outcome: "fault", fault: access } : DONE;
}

function loaded(access: Access): StepResult {
  if (access.kind === "fault") return { outcome: "fault", fault: access };
  return { outcome: "done", seen: { bytes: blockHex(block), token: blockToken(block), storedIn: access.storedIn, readIn: access.domain } };
}

/** Performs an access of CPU or device through a mapping of the kernel's. */
export function runAccess(machine: Machine, device: Device, mappings: Mappings, operation: AccessOperation): StepResult {
  const { buf, page } = operation;
  switch (operation.op) {
    case "cpu_read":
    case "cpu_write": {
      const place = mappings.cpu(buf, page, operation.alias);
      if (place === null) return notMapped("page-fault");
      if (operation.op === "cpu_read") return loaded(machine.cpuRead(place.root, place.va, block));
      tokenBlock(operation.value, block);
      return stored(machine.cpuWrite(place.root, place.va, block));
    }
    case "dev_read":
    case "dev_write": {
      const place = mappings.device(buf, page);
      if (place === null) return notMapped("io-page-fault");
      if (operation.op === "dev_read") return loaded(machine.deviceRead(device, place.domain, place.address, block));
      tokenBlock(operation.value, block);
      return stored(machine.deviceWrite(device, place.domain, place.address, block));
    }
  }
}

/** The live views of one page, in the order linear, kmap, vmap, user, device. */
export function viewsOfPage(machine: Machine, device: Device, mappings: Mappings, choosers: Choosers, buf: number, page: number): View[] {
  const { platform } = machine.config;
  const views: View[] = [];
  for (const kind of ALIASES) {
    const place = mappings.cpu(buf, page, kind);
    const t = place === null ? null : machine.translate(place.root, place.va);
    if (place === null || t === null) continue;
    const domain = platform.cpuDomain(t.cBit);
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
