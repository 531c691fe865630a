// SPDX-License-Identifier: MIT
/** Structures of 64-bit words in the guest's memory that a call takes its arguments from and leaves its results in. */

import type { GuestPort } from "../guest-port.ts";
import { KernelStop } from "../stop.ts";

/** Words of the structure at `address`, by number. */
export class Words {
  private readonly view: DataView;

  constructor(guest: GuestPort, address: bigint, count: number) {
    const bytes = guest.port.bytes();
    const at = Number(address & 0xffff_ffffn);
    if (at + count * 8 > bytes.length) throw new KernelStop(`a call's arguments lie outside memory, at 0x${BigInt.asUintN(64, address).toString(16)}`, "");
    this.view = new DataView(bytes.buffer, bytes.byteOffset + at, count * 8);
  }

  get(word: number): bigint {
    return this.view.getBigUint64(word * 8, true);
  }

  set(word: number, value: bigint): void {
    this.view.setBigUint64(word * 8, value, true);
  }
}
