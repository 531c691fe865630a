// SPDX-License-Identifier: MIT
/** What the hardware makes of where the running tree has its pages. */

import { pfn } from "../base/index.ts";
import { type Choosers, type DriverProfile, framesOf, type FrameState, type OwnedPage, type View, viewsOfPage } from "../kernel/index.ts";
import { architecture, architectureOn } from "./architectures.ts";
import type { ChooserRecord } from "./choosers.ts";
import type { Places } from "./places.ts";
import type { Guest } from "./runtime/guest.ts";

/** All live views, ordered by buffer, page, kind. Choosers are known of what was recorded. */
export function allViews(guest: Guest, places: Places, driver: DriverProfile, record: ChooserRecord): View[] {
  const device = { addressBits: driver.dmaMaskBits };
  const linear = (va: number): boolean => guest.isLinear(va);
  const { linearMap } = architecture(architectureOn(guest.machine.config.platform));
  const views: View[] = [];
  let last = -1;
  let choosers: Choosers | null = null;
  for (const { buf, page } of places.all) {
    if (choosers === null || buf !== last) choosers = record.of(buf, linearMap, linear);
    last = buf;
    viewsOfPage(guest.machine, device, places, choosers, buf, page, views);
  }
  return views;
}

/** The frames behind all buffers, and those that the device uses in their place. */
export function allFrames(guest: Guest, places: Places, views: readonly View[]): FrameState[] {
  const owned: OwnedPage[] = [];
  for (const { buf, page, frame } of places.all) if (frame !== 0) owned.push({ buf, page, pfn: pfn(frame) });
  return framesOf(guest.machine, owned, views, (frame) => ({ root: guest.root, va: places.linear(frame) }));
}
