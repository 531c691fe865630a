// SPDX-License-Identifier: MIT
/** What is wrong with frames: free ones that are shared, live ones of which kernel and platform think differently. */

import { type Pfn, pfn, testBit } from "../base/index.ts";
import type { Health } from "../kernel/index.ts";
import { PAGE_PRIVATE, PAGE_SHARED, PTE_PRESENT } from "../machine/index.ts";
import { buf_get, tt_page } from "./bufs.ts";
import { BUF_BAR, BUF_NONE, frameIndex, MAX_BUFS } from "./layout.ts";
import type { Linux } from "./linux.ts";
import { is_allocated } from "./mm/page-alloc.ts";
import { linear_address } from "./mm/page-tables.ts";

/** True where the linear map has a frame with the private attribute; true on machines without one. */
export function linear_private(k: Linux, frame: Pfn): boolean {
  const { cBit, setMeansShared } = k.configuration.platform;
  if (cBit < 0) return true;
  if (k.machine.tlb !== null) {
    const t = k.machine.translate(k.pgd, linear_address(frame));
    return t === null || t.cBit !== setMeansShared;
  }
  // Every state of a search asks this of every free frame: no walk where the leaf decides alone.
  const entry = k.linear_entries[frameIndex(k.layout, frame)];
  if (entry === undefined) return true;
  const lo = k.tables.readLo(entry);
  return (lo & PTE_PRESENT) === 0 || testBit(lo, k.tables.readHi(entry), cBit) !== setMeansShared;
}

function freed_shared(k: Linux): Health["freedShared"] {
  const found: { pfn: Pfn; decrypted: boolean; state: ReturnType<Linux["machine"]["pageState"]> }[] = [];
  for (const bank of k.layout.banks) {
    if (bank.use === "pool") continue;
    for (let i = 0; i < bank.frames; i++) {
      if (is_allocated(k, bank.before + i)) continue;
      const frame = pfn(bank.firstPfn + i);
      const decrypted = !linear_private(k, frame);
      const state = k.machine.pageState(frame);
      if (decrypted || state !== PAGE_PRIVATE) found.push({ pfn: frame, decrypted, state });
    }
  }
  return found;
}

/** The model's answer to `Kernel.health`. */
export function model_health(k: Linux): Health {
  const { platform } = k.configuration;
  const none: Health = { freedShared: [], mismatched: [], needless: [] };
  if (platform.cBit < 0) return none;
  const mismatched: Health["mismatched"][number][] = [];
  const needless: Health["needless"][number][] = [];
  for (let buf = 0; buf < MAX_BUFS; buf++) {
    const kind = buf_get(k, buf, "kind");
    if (kind === BUF_NONE || kind === BUF_BAR) continue;
    for (let page = 0; page < buf_get(k, buf, "num_pages"); page++) {
      const frame = tt_page(k, buf, page);
      if (frame === null || k.machine.memory.isBar(frame)) continue;
      const linearPrivate = linear_private(k, frame);
      const state = k.machine.pageState(frame);
      if (platform.ownership !== "none" && linearPrivate !== (state !== PAGE_SHARED)) mismatched.push({ buf, page, pfn: frame, state, linearPrivate });
      const why = linearPrivate ? null : needless_because(k, buf);
      if (why !== null) needless.push({ buf, page, why });
    }
  }
  return { freedShared: freed_shared(k), mismatched, needless };
}

/** Why a decrypted buffer of this device need not be; null where it must. */
function needless_because(k: Linux, buf: number): string | null {
  const { platform } = k.configuration;
  if (buf_get(k, buf, "device_mapped") === 0) return null;
  if (k.machine.deviceAccepted) return "the device is accepted and reaches private memory";
  if (platform.encryption !== "sme") return null;
  if (k.dev.dma_iommu) return "the IOMMU puts the C-bit into each entry";
  return k.driver.dmaMaskBits > platform.cBit ? `the device reaches the C-bit, bit ${platform.cBit}` : null;
}

/** Frames of RAM that the host can read in plain text. */
export function shared_pages(k: Linux): number {
  if (k.configuration.platform.cBit < 0) return 0;
  return k.layout.frames.filter((frame) => !linear_private(k, frame)).length;
}
