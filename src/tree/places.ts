// SPDX-License-Identifier: MIT
/** Where the running tree has the pages of its buffers: asked of the guest in one call, and known until it runs again. */

import { dmaAddr, PAGE_SIZE, pfn, type PhysAddr, virtAddr, type VirtAddr } from "../base/index.ts";
import type { CpuAlias, CpuPlace, DevicePlace, Mappings } from "../kernel/index.ts";
import type { IommuDomain } from "../machine/index.ts";
import type { Guest } from "./runtime/guest.ts";

/** struct row of guest/contract/look.c, in words. */
const ROW_WORDS = 16;
const LOCAL = 1;
const DEVICE = 2;
const FIRST_SHIFT = 8;
const NOWHERE = 0xffff_ffff;
const UPPER_HALF = 2 ** 32;
/** Addresses of the CPU have 48 bits here. */
const VIRTUAL_HIGH = 0xffff;
const ALIAS_WORDS: Readonly<Record<Exclude<CpuAlias, "linear">, number>> = { kmap: 4, vmap: 6, user: 8, coherent: 10, ioremap: 12 };
const DMA_WORD = 14;

/** A page of a buffer that has memory, or that the device has a mapping of. */
export interface PagePlace {
  readonly buf: number;
  readonly page: number;
  /** 0 for none. */
  readonly frame: number;
  /** The device's own memory. */
  readonly local: boolean;
  /** The device has a mapping of the buffer. */
  readonly deviceMapped: boolean;
  /** Low 48 bits of each address; 0 for none. */
  readonly kmap: number;
  readonly vmap: number;
  readonly user: number;
  readonly coherent: number;
  readonly ioremap: number;
  /** As the device uses it; -1 for none. */
  readonly dma: number;
  /** Bytes of the page before the first that the device has. */
  readonly first: number;
}

export class Places implements Mappings {
  private readonly guest: Guest;
  private readonly rangeOffset: number;
  private rows: readonly PagePlace[] | null = null;
  private attached: IommuDomain | null = null;
  private process: PhysAddr | null = null;

  /** @param rangeOffset bytes that the bus takes off the device's addresses */
  constructor(guest: Guest, rangeOffset: number) {
    this.guest = guest;
    this.rangeOffset = rangeOffset;
  }

  /** The guest has run, or has another state: what is known is of the past. */
  forget(): void {
    this.rows = null;
    this.attached = null;
  }

  /** All of them, by buffer and page. */
  get all(): readonly PagePlace[] {
    return (this.rows ??= this.look());
  }

  cpu(buf: number, page: number, alias: CpuAlias): CpuPlace | null {
    const place = this.find(buf, page);
    return place === null ? null : this.cpuAt(place, alias);
  }

  frame(buf: number, page: number): ReturnType<Mappings["frame"]> {
    const place = this.find(buf, page);
    return place === null || place.frame === 0 ? null : pfn(place.frame);
  }

  device(buf: number, page: number): DevicePlace | null {
    const place = this.find(buf, page);
    if (place === null) return null;
    if (place.local) return { address: dmaAddr(0), domain: null, local: pfn(place.frame) };
    return place.dma < 0 ? null : { address: dmaAddr(place.dma - this.rangeOffset), domain: this.domain(), first: place.first };
  }

  /** Where the linear map has a frame. */
  linear(frame: number): VirtAddr {
    return virtAddr(this.guest.linearBase + frame * PAGE_SIZE);
  }

  private cpuAt(place: PagePlace, alias: CpuAlias): CpuPlace | null {
    const { guest } = this;
    if (place.frame === 0) return null;
    if (alias === "linear") return { root: guest.root, va: this.linear(place.frame) };
    const address = place[alias];
    if (address === 0) return null;
    return { root: alias === "user" ? (this.process ??= guest.userRoot) : guest.root, va: virtAddr(address) };
  }

  private find(buf: number, page: number): PagePlace | null {
    for (const place of this.all) if (place.buf === buf && place.page === page) return place;
    return null;
  }

  private domain(): IommuDomain | null {
    const { guest } = this;
    if (guest.machine.config.iommu !== "translated") return null;
    return (this.attached ??= { root: guest.call("cbit_iommu_root") as PhysAddr, mode: guest.call("cbit_iommu_mode") });
  }

  private look(): readonly PagePlace[] {
    const words = this.guest.askWords("cbit_look", ROW_WORDS);
    const address = (at: number): number => (words[at + 1]! & VIRTUAL_HIGH) * UPPER_HALF + words[at]!;
    const rows: PagePlace[] = [];
    for (let at = 0; at < words.length; at += ROW_WORDS) {
      const flags = words[at + 3]!;
      const dma = at + DMA_WORD;
      rows.push({
        buf: words[at]!,
        page: words[at + 1]!,
        frame: words[at + 2]!,
        local: (flags & LOCAL) !== 0,
        deviceMapped: (flags & DEVICE) !== 0,
        kmap: address(at + ALIAS_WORDS.kmap),
        vmap: address(at + ALIAS_WORDS.vmap),
        user: address(at + ALIAS_WORDS.user),
        coherent: address(at + ALIAS_WORDS.coherent),
        ioremap: address(at + ALIAS_WORDS.ioremap),
        dma: words[dma] === NOWHERE && words[dma + 1] === NOWHERE ? -1 : words[dma + 1]! * UPPER_HALF + words[dma]!,
        first: flags >>> FIRST_SHIFT,
      });
    }
    return rows;
  }
}
