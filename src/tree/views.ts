// SPDX-License-Identifier: MIT
/** Where the running tree has a page mapped, asked of the guest, and what the hardware makes of it. */

import { dmaAddr, PAGE_SIZE, pfn, type PhysAddr, virtAddr, type VirtAddr } from "../base/index.ts";
import { type CpuAlias, type CpuPlace, type DriverProfile, framesOf, type FrameState, type Mappings, type OwnedPage, type View, viewsOfPage } from "../kernel/index.ts";
import type { IommuDomain } from "../machine/index.ts";
import { architecture, architectureOn } from "./architectures.ts";
import type { ChooserRecord } from "./choosers.ts";
import { lowAddress } from "./runtime/data.ts";
import type { Guest } from "./runtime/guest.ts";

/** Buffers of all kinds (guest/common/user.h CBIT_BOS). */
export const MAX_BOS = 4;
const NO_ADDRESS = 0xffff_ffff_ffff_ffffn;

const linearVa = (guest: Guest, frame: number): VirtAddr => virtAddr(guest.linearBase + frame * PAGE_SIZE);

/** Entries that have the address of a page through a mapping. */
const ENTRIES = { kmap: "cbit_page_kmap", vmap: "cbit_page_vmap", user: "cbit_user_address", coherent: "cbit_page_coherent", ioremap: "cbit_page_ioremap" } as const;

function cpuPlace(guest: Guest, buf: number, page: number, alias: CpuAlias): CpuPlace | null {
  const frame = guest.call("cbit_page_pfn", buf, page);
  if (frame === 0) return null;
  if (alias === "linear") return { root: guest.root, va: linearVa(guest, frame) };
  const entry = ENTRIES[alias];
  const address = guest.call64(entry, buf, page);
  if (address === 0n) return null;
  return { root: alias === "user" ? guest.userRoot : guest.root, va: virtAddr(lowAddress(address)) };
}

function iommuDomain(guest: Guest): IommuDomain | null {
  if (guest.machine.config.iommu !== "translated") return null;
  return { root: guest.call("cbit_iommu_root") as PhysAddr, mode: guest.call("cbit_iommu_mode") };
}

/** The tree's mappings, as the contract's accesses use them. @param rangeOffset bytes that the bus takes off the device's addresses */
export function treeMappings(guest: Guest, rangeOffset: number): Mappings {
  return {
    cpu: (buf, page, alias) => cpuPlace(guest, buf, page, alias),
    frame: (buf, page) => {
      const frame = guest.call("cbit_page_pfn", buf, page);
      return frame === 0 ? null : pfn(frame);
    },
    device: (buf, page) => {
      if (guest.call("cbit_bo_is_local", buf, page) !== 0) return { address: dmaAddr(0), domain: null, local: pfn(guest.call("cbit_page_pfn", buf, page)) };
      const address = guest.call64("cbit_page_dma", buf, page);
      return address === NO_ADDRESS ? null : { address: dmaAddr(Number(address) - rangeOffset), domain: iommuDomain(guest) };
    },
  };
}

/** A buffer's pages. There is no RAM behind more: a number like that is of a kernel that has crashed. */
function pagesOf(guest: Guest, buf: number): number {
  return Math.min(guest.call("cbit_pages", buf), 65536);
}

/** All live views, ordered by buffer, page, kind. Choosers are known of what was recorded. */
export function allViews(guest: Guest, mappings: Mappings, driver: DriverProfile, record: ChooserRecord): View[] {
  const device = { addressBits: driver.dmaMaskBits };
  const linear = (va: number): boolean => va >= guest.linearBase && va < guest.linearBase + guest.stateBytes;
  const views: View[] = [];
  for (let buf = 0; buf < MAX_BOS; buf++) {
    const pages = pagesOf(guest, buf);
    const choosers = record.of(buf, architecture(architectureOn(guest.machine.config.platform)).linearMap, linear);
    for (let page = 0; page < pages; page++) views.push(...viewsOfPage(guest.machine, device, mappings, choosers, buf, page));
  }
  return views;
}

/** The frames behind all buffers, and those that the device uses in their place. */
export function allFrames(guest: Guest, mappings: Mappings, views: readonly View[]): FrameState[] {
  const owned: OwnedPage[] = [];
  for (let buf = 0; buf < MAX_BOS; buf++) {
    const pages = pagesOf(guest, buf);
    for (let page = 0; page < pages; page++) {
      const frame = mappings.frame(buf, page);
      if (frame !== null) owned.push({ buf, page, pfn: frame });
    }
  }
  return framesOf(guest.machine, owned, views, (frame) => ({ root: guest.root, va: linearVa(guest, frame) }));
}
