// SPDX-License-Identifier: MIT
/** Which driver a device runs with: one of the tree's own above a device of ours, or the generic one with the profile's parameters. */

import type { DriverProfile, Operation } from "../kernel/index.ts";
import type { ArchitectureName } from "./architectures.ts";
import type { Manifest } from "./build/prepare.ts";
import { DRIVER_MODULES, type DriverModule } from "./modules/index.ts";
import type { WasmModule } from "./runtime/wasm.ts";

/** A module that implements the contract, ready to run. */
export interface ContractModule {
  readonly wasm: WasmModule;
  readonly manifest: Manifest;
  /** What its driver is: null for the generic one. */
  readonly driver: DriverModule | null;
}

/** Numbers that guest/driver-generic/driver.c knows the choices by. */
const DMA_ALLOC = { never: 0, drm_need_swiotlb: 1, vmw_dma_select_mode: 2 } as const;
const DMA32 = { never: 0, dma_addressing_limited: 1, "mask-32": 2, always: 3 } as const;
/** enum ttm_caching. */
const CACHING = { uc: 0, wc: 1, cached: 2 } as const;
const OWN = { never: 0, "without-dma-alloc": 1, always: 2 } as const;

/** A module that cannot be made of a tree. Where it has a driver, its devices run with the generic one. */
export interface ModuleLeft {
  /** The name of the `ModuleSpec`. */
  readonly module: string;
  readonly reason: string;
}

/** The module with the tree's own driver for a device, for an architecture; undefined where there is none. A device from a file has its path as its name. */
export function driverModuleOf(driver: DriverProfile, arch: ArchitectureName): DriverModule | undefined {
  return DRIVER_MODULES.find((m) => m.arch === arch && Object.hasOwn(m.devices, driver.name));
}

/** Operations on pages of somebody else, which not every driver's own code does (`DriverModule.shares`). */
const SHARING: ReadonlySet<Operation["op"]> = new Set<Operation["op"]>(["bo_import", "bo_userptr"]);

/** The devices that the tree's own driver can do all of these operations for: the others run with the generic one. */
export function ownDevices(devices: readonly DriverProfile[], operations: readonly Operation[]): readonly DriverProfile[] {
  const shared = [...new Set(operations.map(({ op }) => op))].filter((op) => SHARING.has(op));
  return devices.filter((d) => shared.every((op) => DRIVER_MODULES.find((m) => Object.hasOwn(m.devices, d.name))?.shares.includes(op)));
}

/**
 * The same for a story that counts on every page and slot: one without buffer objects is not about a driver, whose own pages and mappings
 * would be in its way.
 */
export function storyDevices(devices: readonly DriverProfile[], operations: readonly Operation[]): readonly DriverProfile[] {
  return operations.some(({ op }) => op.startsWith("bo_")) ? ownDevices(devices, operations) : [];
}

/** The arguments of a module's cbit_probe() for a device. */
export function probeArguments({ driver: own }: ContractModule, driver: DriverProfile): readonly number[] {
  if (own !== null) return [own.devices[driver.name]!];
  return [
    driver.dmaMaskBits,
    driver.coherentMaskBits,
    DMA_ALLOC[driver.useDmaAlloc],
    DMA32[driver.useDma32],
    driver.tt === "ttm_tt_init" ? 1 : 0,
    OWN[driver.ownMapping],
    driver.skipCpuSync ? 1 : 0,
    driver.ownSync === true ? 1 : 0,
    driver.probeMaps === undefined ? 0 : 1,
    driver.noDma === true ? 1 : 0,
    driver.cpuCopies === true ? 1 : 0,
    driver.evictsToSystem === true ? 1 : 0,
    driver.vram === true ? 1 : 0,
    CACHING[driver.vramCaching ?? "wc"],
  ];
}
