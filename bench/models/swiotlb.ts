// SPDX-License-Identifier: MIT
/**
 * Streaming DMA through swiotlb: four buffers, a pool of two slots, and two devices. Device 0 reaches shared memory only, so what it
 * maps is bounced through a slot; device 1 reaches all memory. Mapping copies into the slot, whatever the direction, as swiotlb
 * has done since it had to keep the slot's old bytes from the driver; sync and unmap copy as the direction says. The search for a
 * free slot starts behind the last one taken.
 */

import { STEP_MOVED, STEP_SAME, type Space, type StepKind } from "../../dist/check/explorer/space.js";
import type { Model } from "./model.ts";
import { numbering } from "./tables.ts";

const BUFFERS = 4;
const SLOTS = 2;

/** Word 0 is the pool: a bit for each slot in use, and where the next search starts. */
const INDEX_SHIFT = 8;
const USED = (1 << INDEX_SHIFT) - 1;

/** One word for each buffer behind it; 0 where it is not mapped. */
const MAPPED = 1 << 0;
/** Mapped for device 0: through a slot, whose number is in SLOT. */
const BOUNCED = 1 << 1;
const SLOT_SHIFT = 2;
const SLOT = 1 << SLOT_SHIFT;
const TO_DEVICE = 1 << 3;
const FROM_DEVICE = 1 << 4;
/** The CPU may touch it, from sync_for_cpu to sync_for_device. */
const CPU_OWNS = 1 << 5;
/** The CPU wrote what the slot does not have; the device wrote what the buffer does not have. */
const CPU_NEWER = 1 << 6;
const DEV_NEWER = 1 << 7;

const DIRECTIONS = [TO_DEVICE, FROM_DEVICE, TO_DEVICE | FROM_DEVICE] as const;
const DIRECTION_NAMES = ["DMA_TO_DEVICE", "DMA_FROM_DEVICE", "DMA_BIDIRECTIONAL"] as const;

/** The kinds of action: the first are maps by device and direction. */
const MAP_DIRECT = DIRECTIONS.length;
const UNMAP = 2 * DIRECTIONS.length;
const CPU_READ = UNMAP + 1;
const CPU_WRITE = UNMAP + 2;
const DEV_READ = UNMAP + 3;
const DEV_WRITE = UNMAP + 4;
const SYNC_FOR_CPU = UNMAP + 5;
const SYNC_FOR_DEVICE = UNMAP + 6;
const KINDS = UNMAP + 7;
const NAMES = ["unmap", "cpu_read", "cpu_write", "dev_read", "dev_write", "sync_for_cpu", "sync_for_device"] as const;

const FULL = (1 << SLOTS) - 1;

const { object: BUFFER_OF, kind: KIND_OF } = numbering(BUFFERS, KINDS);

class Swiotlb implements Space {
  readonly actions: number = BUFFERS * KINDS;
  readonly stateWords: number = 1 + BUFFERS;
  readonly state: Uint32Array = new Uint32Array(1 + BUFFERS);
  readonly violations: number[] = [];
  private entered: Uint32Array = this.state;

  start(): void {
    this.state.fill(0);
  }

  enter(words: Uint32Array): void {
    this.entered = words;
  }

  enabled(action: number): boolean {
    const buffer = this.entered[1 + BUFFER_OF[action]!]!;
    const kind = KIND_OF[action]!;
    if (kind < MAP_DIRECT) return buffer === 0 && (this.entered[0]! & USED) !== FULL;
    if (kind < UNMAP) return buffer === 0;
    switch (kind) {
      case UNMAP: return buffer !== 0;
      case CPU_READ: return buffer === 0 || (buffer & CPU_OWNS) !== 0;
      case CPU_WRITE: return buffer === 0 || ((buffer & CPU_OWNS) !== 0 && (buffer & TO_DEVICE) !== 0);
      case DEV_READ: return (buffer & TO_DEVICE) !== 0 && (buffer & CPU_OWNS) === 0;
      case DEV_WRITE: return (buffer & FROM_DEVICE) !== 0 && (buffer & CPU_OWNS) === 0;
      case SYNC_FOR_CPU: return buffer !== 0 && (buffer & CPU_OWNS) === 0;
      default: return (buffer & CPU_OWNS) !== 0;
    }
  }

  step(action: number): StepKind {
    const { state, entered } = this;
    const word = 1 + BUFFER_OF[action]!;
    const kind = KIND_OF[action]!;
    const before = entered[word]!;
    let pool = entered[0]!;
    let buffer = before;
    if (kind < MAP_DIRECT) {
      const index = pool >>> INDEX_SHIFT;
      const slot = (pool & (1 << index)) === 0 ? index : (index + 1) % SLOTS;
      pool = (pool & USED) | (1 << slot) | (((slot + 1) % SLOTS) << INDEX_SHIFT);
      buffer = MAPPED | BOUNCED | (slot << SLOT_SHIFT) | DIRECTIONS[kind]!;
    } else if (kind < UNMAP) {
      buffer = MAPPED | DIRECTIONS[kind - MAP_DIRECT]!;
    } else {
      switch (kind) {
        case UNMAP:
          if ((buffer & BOUNCED) !== 0) pool &= ~(1 << ((buffer & SLOT) >>> SLOT_SHIFT));
          buffer = 0;
          break;
        case CPU_WRITE:
          if ((buffer & BOUNCED) !== 0) buffer |= CPU_NEWER;
          break;
        case DEV_WRITE:
          if ((buffer & BOUNCED) !== 0) buffer |= DEV_NEWER;
          break;
        case SYNC_FOR_CPU:
          if ((buffer & FROM_DEVICE) !== 0) buffer &= ~DEV_NEWER;
          buffer |= CPU_OWNS;
          break;
        case SYNC_FOR_DEVICE:
          if ((buffer & TO_DEVICE) !== 0) buffer &= ~CPU_NEWER;
          buffer &= ~CPU_OWNS;
          break;
        default:
      }
    }
    if (buffer === before) return STEP_SAME;
    for (let i = 1; i <= BUFFERS; i++) state[i] = entered[i]!;
    state[0] = pool;
    state[word] = buffer;
    return STEP_MOVED;
  }

  judge(): void {
    if (this.violations.length > 0) this.violations.length = 0;
    const { entered } = this;
    let slots = 0;
    let shared = false;
    let stale = false;
    for (let i = 1; i <= BUFFERS; i++) {
      const buffer = entered[i]!;
      if ((buffer & (CPU_OWNS | DEV_NEWER)) === (CPU_OWNS | DEV_NEWER)) stale = true;
      if ((buffer & (CPU_OWNS | CPU_NEWER)) === CPU_NEWER) stale = true;
      if ((buffer & BOUNCED) === 0) continue;
      const slot = 1 << ((buffer & SLOT) >>> SLOT_SHIFT);
      if ((slots & slot) !== 0) shared = true;
      slots |= slot;
    }
    if (shared) this.violations.push(0);
    if (slots !== (entered[0]! & USED)) this.violations.push(1);
    if (stale) this.violations.push(2);
  }
}

export const swiotlb: Model = {
  name: "swiotlb",
  title: "4 buffers of 2 devices, 2 swiotlb slots",
  states: 177_282,
  transitions: 2_679_544,
  bug: null,
  space: () => new Swiotlb(),
  orbits: null,
  nameOf(action) {
    const kind = KIND_OF[action]!;
    const buffer = BUFFER_OF[action]!;
    if (kind >= UNMAP) return `${NAMES[kind - UNMAP]!} ${buffer}`;
    return `map ${buffer} device ${kind < MAP_DIRECT ? 0 : 1} ${DIRECTION_NAMES[kind % DIRECTIONS.length]!}`;
  },
};
