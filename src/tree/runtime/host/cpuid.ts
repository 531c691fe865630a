// SPDX-License-Identifier: MIT
/** What CPUID says of the platform. Refs: AMD APM vol. 3 E.4.17 (8000001F), arch/x86/include/asm/shared/tdx.h (leaf 21H). */

import type { Platform } from "../../../machine/index.ts";
import type { GuestPort, HostFunctions } from "../guest-port.ts";

type Registers = readonly [eax: number, ebx: number, ecx: number, edx: number];

const NOTHING: Registers = [0, 0, 0, 0];
const TDX_LEAF = 0x21;
/** "IntelTDX    " in EBX, EDX, ECX. */
const TDX_IDENT: Registers = [0, 0x65746e49, 0x20202020, 0x5844546c];

function leafOf(platform: Platform, leaf: number, subleaf: number): Registers {
  if (leaf === TDX_LEAF && subleaf === 0 && platform.encryption === "tdx") return TDX_IDENT;
  return NOTHING;
}

export function cpuidFunctions(guest: GuestPort): HostFunctions {
  return { cbit_cpuid: (leaf: number, subleaf: number, register: number) => leafOf(guest.machine.config.platform, leaf >>> 0, subleaf >>> 0)[register]! | 0 };
}
