// SPDX-License-Identifier: MIT
/** Page states that the guest asks for: by the physical addresses of its calls. */

import { PAGE_SIZE, type Pfn, pfn } from "../../../base/index.ts";
import type { GuestPort } from "../guest-port.ts";
import { KernelStop } from "../stop.ts";

/** An event for the story: what the other side did for a call. @param pages of which frames */
export function tellChange(guest: GuestPort, call: string, pages: readonly Pfn[], to: string): void {
  if (guest.events === null || pages.length === 0) return;
  guest.events.push({ function: call, file: "", text: `${pages.length} page${pages.length === 1 ? "" : "s"} from pfn 0x${pages[0]!.toString(16)}: ${to}` });
}

/**
 * The frames of [start, start + bytes).
 * @throws KernelStop where one is not simulated RAM: the kernel's own objects have no page state
 */
export function framesOf(guest: GuestPort, start: number, bytes: number, call: string): Pfn[] {
  const frames: Pfn[] = [];
  const { memory } = guest.machine;
  for (let i = 0; i < bytes / PAGE_SIZE; i++) {
    const frame = pfn(start / PAGE_SIZE + i);
    if (!memory.contains(frame) || memory.isBar(frame)) throw new KernelStop(`${call} for memory that is not simulated RAM: pfn 0x${frame.toString(16)}`, call);
    frames.push(frame);
  }
  return frames;
}
