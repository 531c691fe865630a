// SPDX-License-Identifier: MIT
/** The device's copy engine, as far as drivers use it: between system memory and its own. */

import { dmaAddr, pfn, type PhysAddr } from "../../../base/index.ts";
import { type Access, BLOCK_WORDS, DOMAIN_PLAIN, type IommuDomain } from "../../../machine/index.ts";
import type { GuestPort, HostFunctions } from "../guest-port.ts";

export function deviceFunctions(guest: GuestPort): HostFunctions {
  const block = new Uint32Array(BLOCK_WORDS);

  /** One cell; what the device is told lies at `address`. */
  function copyCell(address: number, frame: number, cell: number, toVram: boolean, domain: IommuDomain | null): Access {
    const { machine, device } = guest;
    if (!toVram) {
      machine.memory.read(pfn(frame), cell, DOMAIN_PLAIN, block);
      return machine.deviceWrite(device, domain, dmaAddr(address), block);
    }
    const read = machine.deviceRead(device, domain, dmaAddr(address), block);
    if (read.kind !== "fault") machine.memory.write(pfn(frame), cell, DOMAIN_PLAIN, block);
    return read;
  }

  return {
    cbit_device_copy: (address: bigint, frame: bigint, toVram: number, root: number, mode: number) => {
      const { memory } = guest.machine;
      const domain = root === 0 ? null : { root: root as PhysAddr, mode };
      for (let cell = 0; cell < memory.ram.cells; cell++) {
        const access = copyCell(Number(BigInt.asUintN(64, address)) + cell * memory.stride, Number(frame), cell, toVram !== 0, domain);
        if (access.kind === "fault") guest.deviceFault ??= access;
      }
      return undefined;
    },
    cbit_vram_clear: (frame: bigint) => void guest.machine.memory.forget(pfn(Number(frame))),
  };
}
