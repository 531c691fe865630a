// SPDX-License-Identifier: MIT
/** Another CPU, which stops for good before the next kernel takes over: guest/contract/kexec.c. */

import type { GuestPort, HostFunctions } from "../guest-port.ts";
import { CpuHalt } from "../stop.ts";

export function kexecFunctions(guest: GuestPort): HostFunctions {
  return {
    cbit_other_cpu: () => {
      try {
        guest.callInside("cbit_stop_this_cpu", 0n);
      } catch (error) {
        if (!(error instanceof CpuHalt)) throw error;
      }
      return undefined;
    },
  };
}
