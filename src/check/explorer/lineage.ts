// SPDX-License-Identifier: MIT
/** How states were reached first, so that traces can be read back: by number of the state its predecessor and what led from there. */

import { roomFor } from "./store.ts";

/** The first state has no predecessor. */
export const NOBODY = 0xffff_ffff;

export class Lineage {
  count = 0;
  private parents: Uint32Array = new Uint32Array(64);
  /** The action, plus the number of actions times the permutation. */
  private vias: Uint32Array | Uint16Array;

  /** @param values different values of `via` */
  constructor(values: number) {
    this.vias = values <= 0x1_0000 ? new Uint16Array(64) : new Uint32Array(64);
  }

  get bytes(): number {
    return this.parents.byteLength + this.vias.byteLength;
  }

  push(parent: number, via: number): void {
    this.set(this.count, parent, via);
  }

  /** Writes a row, which may be the next one or an old one. */
  set(id: number, parent: number, via: number): void {
    this.parents = roomFor(this.parents, id + 1);
    this.vias = roomFor(this.vias, id + 1);
    this.parents[id] = parent;
    this.vias[id] = via;
    if (id >= this.count) this.count = id + 1;
  }

  parent(id: number): number {
    return this.parents[id]!;
  }

  via(id: number): number {
    return this.vias[id]!;
  }

  /** What led from the first state to `id`, step by step. */
  path(id: number): number[] {
    const path: number[] = [];
    for (let at = id; this.parents[at] !== NOBODY; at = this.parents[at]!) path.push(this.vias[at]!);
    return path.reverse();
  }
}
