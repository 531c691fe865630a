// SPDX-License-Identifier: MIT
/** Transparent SME: the memory controller encrypts every access, a device's as well. No C-bit, and nothing shows in CPUID. */

import { DOMAIN_HOST } from "../domains.ts";
import { none } from "./none.ts";
import type { Platform } from "./platform.ts";

export const tsme: Platform = {
  ...none,
  name: "tsme",
  title: "AMD transparent SME",
  cpuDomain: () => DOMAIN_HOST,
  deviceDomain: () => DOMAIN_HOST,
  refs: ["Documentation/arch/x86/amd-memory-encryption.rst:84-92"],
};
