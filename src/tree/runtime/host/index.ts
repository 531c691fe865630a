// SPDX-License-Identifier: MIT
/** The functions behind the `host` services (src/tree/services), one file for each part of the kernel that needs them. */

import type { GuestPort, HostFunctions } from "../guest-port.ts";
import { baseFunctions } from "./base.ts";
import { cpuidFunctions } from "./cpuid.ts";
import { deviceFunctions } from "./device.ts";
import { hypervFunctions } from "./hyperv.ts";
import { kexecFunctions } from "./kexec.ts";
import { threadFunctions } from "./kunit.ts";
import { maintenanceFunctions } from "./maintenance.ts";
import { sevFunctions } from "./sev.ts";
import { tdxFunctions } from "./tdx.ts";

const PARTS: readonly ((guest: GuestPort) => HostFunctions)[] = [baseFunctions, maintenanceFunctions, cpuidFunctions, deviceFunctions, sevFunctions, hypervFunctions, tdxFunctions, threadFunctions, kexecFunctions];

export function hostFunctions(guest: GuestPort): HostFunctions {
  return Object.assign({}, ...PARTS.map((part) => part(guest))) as HostFunctions;
}
