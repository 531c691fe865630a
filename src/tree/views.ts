// SPDX-License-Identifier: MIT
/** What the hardware makes of every live mapping of a buffer's pages in the running tree. */

import { dmaAddr, formatVirt, hex, pfn, type PhysAddr, physToPfn, virtAddr, type VirtAddr } from "../base/index.ts";
import type { Chooser, Configuration, CpuAlias, DriverProfile, View } from "../kernel/index.ts";
import type { IommuDomain } from "../machine/index.ts";
import { lowAddress } from "./runtime/data.ts";
import type { Guest } from "./runtime/guest.ts";

/** Buffers of the guest's driver (guest/user.h CBIT_BOS). */
export const MAX_BOS = 4;
const NO_ADDRESS = 0xffff_ffff_ffff_ffffn;

const LINEAR_BOOT: Chooser = { function: "PAGE_KERNEL", file: "arch/x86/include/asm/pgtable_types.h" };

/** The kernel and driver that are running, for views. */
export interface Running {
  readonly guest: Guest;
  readonly configuration: Configuration;
  readonly driver: DriverProfile;
  /** File and line of functions. */
  readonly places: Readonly<Record<string, string>>;
}

function chooser(running: Running, fn: string): Chooser {
  return { function: fn, file: running.places[fn] ?? "" };
}

/** A place in an address space: which page tables, which address. */
export interface Place {
  readonly root: PhysAddr;
  readonly va: VirtAddr;
}

/** Where a page can be accessed through an alias; null while there is no such mapping. */
export function aliasPlace(guest: Guest, bo: number, page: number, alias: CpuAlias): Place | null {
  const frame = guest.call("cbit_bo_page_pfn", bo, page);
  if (frame === 0) return null;
  // PAGE_OFFSET is 0 (guest/cpu.c): the linear address is the physical one.
  if (alias === "linear") return { root: guest.root, va: virtAddr(frame * 4096) };
  const entry = { kmap: "cbit_bo_kmap_address", vmap: "cbit_bo_vmap_address", user: "cbit_user_address" }[alias];
  const address = guest.call64(entry, bo, page);
  if (address === 0n) return null;
  return { root: alias === "user" ? guest.userRoot : guest.root, va: virtAddr(lowAddress(address)) };
}

/** The DMA address of a page; null while the device has none. */
export function dmaAddress(guest: Guest, bo: number, page: number): number | null {
  const address = guest.call64("cbit_bo_dma_address", bo, page);
  return address === NO_ADDRESS ? null : Number(address);
}

/** The domain that the device is attached to, for the machine's walk. */
export function iommuDomain(guest: Guest, configuration: Configuration): IommuDomain | null {
  if (configuration.iommu !== "translated") return null;
  return { root: guest.call("cbit_iommu_root") as PhysAddr, mode: guest.call("cbit_iommu_mode") };
}

function cpuView(running: Running, bo: number, page: number, kind: CpuAlias): View | null {
  const { guest, configuration } = running;
  const place = aliasPlace(guest, bo, page, kind);
  const t = place === null ? null : guest.machine.translate(place.root, place.va);
  if (place === null || t === null) return null;
  const linear = place.root === guest.root && (place.va as number) === t.pa;
  const encrypted = t.cBit || configuration.platform.cBit < 0;
  return {
    bo,
    page,
    kind,
    pfn: physToPfn(t.pa),
    address: formatVirt(place.va),
    cBit: t.cBit,
    domain: configuration.platform.cpuDomain(t.cBit),
    cache: t.cache,
    chosenBy: linear && encrypted ? LINEAR_BOOT : chooser(running, linear ? "set_memory_decrypted" : "ttm_io_prot"),
  };
}

function deviceView(running: Running, bo: number, page: number): View | null {
  const { guest, configuration, driver } = running;
  const address = dmaAddress(guest, bo, page);
  if (address === null) return null;
  const path = guest.machine.devicePath({ addressBits: driver.dmaMaskBits }, iommuDomain(guest, configuration), dmaAddr(address), true);
  if (path.kind === "fault") return null;
  const frame = physToPfn(path.pa);
  const bounced = frame !== guest.call("cbit_bo_page_pfn", bo, page);
  const direct = bounced ? "swiotlb_map" : guest.call("cbit_use_dma_alloc") !== 0 ? "phys_to_dma_direct" : "dma_direct_map_page";
  return {
    bo,
    page,
    kind: "device",
    pfn: pfn(frame),
    address: hex(address),
    cBit: path.cBit,
    domain: path.domain,
    cache: null,
    chosenBy: chooser(running, configuration.iommu === "translated" ? "iommu_v1_map_pages" : direct),
  };
}

/** All live views, ordered by buffer, page, kind. */
export function allViews(running: Running): View[] {
  const { guest } = running;
  const views: View[] = [];
  for (let bo = 0; bo < MAX_BOS; bo++) {
    const pages = guest.call("cbit_bo_pages", bo);
    for (let page = 0; page < pages; page++) {
      for (const kind of ["linear", "kmap", "vmap", "user"] as const) {
        const view = cpuView(running, bo, page, kind);
        if (view !== null) views.push(view);
      }
      const device = deviceView(running, bo, page);
      if (device !== null) views.push(device);
    }
  }
  return views;
}
