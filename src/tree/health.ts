// SPDX-License-Identifier: MIT
/** What is wrong with frames of a running tree: free ones that are shared, live ones of which kernel and platform think differently. */

import { PAGE_SIZE, pfn, type Pfn, testBit, virtAddr } from "../base/index.ts";
import type { Configuration, DriverProfile, Health } from "../kernel/index.ts";
import { PAGE_PRIVATE, PAGE_SHARED, PTE_PRESENT } from "../machine/index.ts";
import type { Places } from "./places.ts";
import type { Guest } from "./runtime/guest.ts";

/** Frames of RAM as the guest's page allocator has them, with their entries in the linear map. */
export class Frames {
  private readonly guest: Guest;
  private readonly configuration: Configuration;
  private readonly list: readonly Pfn[];
  /** Addresses of entries, by place in the list: the tables of the linear map stay where they are. */
  private readonly entries: readonly number[];

  constructor(guest: Guest, configuration: Configuration) {
    this.guest = guest;
    this.configuration = configuration;
    const { firstPfn, frames, more = [] } = guest.machine.config.ram;
    this.list = [{ firstPfn, frames }, ...more].flatMap((bank) => Array.from({ length: bank.frames }, (_, i) => pfn(bank.firstPfn + i)));
    this.entries = this.list.map((frame) => guest.call("cbit_linear_entry", frame));
  }

  /** True where the linear map has a frame with the private attribute; true on machines without one. */
  linearPrivate(index: number): boolean {
    const { cBit, setMeansShared } = this.configuration.platform;
    if (cBit < 0) return true;
    const { machine, root, words } = this.guest;
    if (machine.tlb !== null) {
      const t = machine.translate(root, virtAddr(this.guest.linearBase + this.list[index]! * PAGE_SIZE));
      return t === null || t.cBit !== setMeansShared;
    }
    const at = this.entries[index]! >>> 2;
    const lo = words[at]!;
    return (lo & PTE_PRESENT) === 0 || testBit(lo, words[at + 1]!, cBit) !== setMeansShared;
  }

  indexOf(frame: Pfn): number {
    const first = frame - this.list[0]!;
    return first >= 0 && this.list[first] === frame ? first : this.list.indexOf(frame);
  }

  /** Free frames that are not private. */
  freedShared(): Health["freedShared"] {
    const { machine, words } = this.guest;
    const map = this.guest.call("cbit_frames_used");
    const found: Health["freedShared"][number][] = [];
    for (let index = 0; index < this.list.length; index++) {
      const at = map + index;
      if (((words[at >>> 2]! >>> ((at & 3) * 8)) & 0xff) !== 0) continue;
      const frame = this.list[index]!;
      const decrypted = !this.linearPrivate(index);
      const state = machine.pageState(frame);
      if (decrypted || state !== PAGE_PRIVATE) found.push({ pfn: frame, decrypted, state });
    }
    return found;
  }

  /** Frames of RAM that the host can read in plain text. */
  shared(): number {
    return this.configuration.platform.cBit < 0 ? 0 : this.list.filter((_, index) => !this.linearPrivate(index)).length;
  }
}

/** Why a decrypted buffer of this device need not be; null where it must. */
function needlessBecause(guest: Guest, driver: DriverProfile): string | null {
  const { platform, iommu } = guest.machine.config;
  if (guest.machine.deviceAccepted) return "the device is accepted and reaches private memory";
  if (platform.encryption !== "sme") return null;
  if (iommu === "translated") return "the IOMMU puts the C-bit into each entry";
  return driver.dmaMaskBits > platform.cBit ? `the device reaches the C-bit, bit ${platform.cBit}` : null;
}

/** The answer to `Kernel.health`. */
export function treeHealth(guest: Guest, frames: Frames, places: Places, driver: DriverProfile): Health {
  const { platform } = guest.machine.config;
  const mismatched: Health["mismatched"][number][] = [];
  const needless: Health["needless"][number][] = [];
  if (platform.cBit < 0) return { freedShared: [], mismatched, needless };
  const because = needlessBecause(guest, driver);
  for (const { buf, page, frame, deviceMapped } of places.all) {
    const index = frame === 0 ? -1 : frames.indexOf(pfn(frame));
    if (index < 0) continue;
    const linearPrivate = frames.linearPrivate(index);
    const state = guest.machine.pageState(pfn(frame));
    if (platform.ownership !== "none" && linearPrivate !== (state !== PAGE_SHARED)) mismatched.push({ buf, page, pfn: pfn(frame), state, linearPrivate });
    if (!linearPrivate && because !== null && deviceMapped) needless.push({ buf, page, why: because });
  }
  return { freedShared: frames.freedShared(), mismatched, needless };
}
