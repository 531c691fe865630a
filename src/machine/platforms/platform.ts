// SPDX-License-Identifier: MIT
/** What every platform file says of its hardware. Behaviour that follows from it is in the files beside this folder. */

import type { Domain } from "../domains.ts";

/** How DMA reaches memory: no IOMMU at all, an identity (pass-through) domain, or a translated domain. */
export type IommuMode = "off" | "identity" | "translated";

/** Which technology the kernel finds through CPUID and MSRs. */
export type Encryption = "none" | "sme" | "sev";

export interface Platform {
  /** The name on the command line. */
  readonly name: string;
  readonly title: string;
  readonly encryption: Encryption;
  /** CPUID 8000001F EBX[5:0]; -1 where there is none. */
  readonly cBit: number;
  /** CPUID 8000001F EAX[10]: caches keep C=0 and C=1 views of a line coherent. */
  readonly smeCoherent: boolean;
  /** True where the kernel under test is the guest. */
  readonly guest: boolean;
  /** IOMMU modes that this platform's model covers; the first is not a default. */
  readonly iommuModes: readonly IommuMode[];
  /** The mode when none is named; null where it must be named because it decides the answer. */
  readonly defaultIommu: IommuMode | null;
  /** The domain of a CPU access through a leaf entry with the C-bit as given. */
  cpuDomain(cBitSet: boolean): Domain;
  /** The domain of a DMA access that reaches memory with the C-bit in the system address as given. */
  deviceDomain(cBitSet: boolean): Domain;
  /** Where this is written down. */
  readonly refs: readonly string[];
}
