// SPDX-License-Identifier: MIT
/** What every platform file says of its hardware. Behaviour that follows from it is in the files beside this folder. */

import type { Domain } from "../domains.ts";
import type { FaultKind } from "../facts/faults.ts";
import type { Ownership, PageState } from "../page-state.ts";

/** How DMA reaches memory: no IOMMU at all, an identity (pass-through) domain, or a translated domain. */
export type IommuMode = "off" | "identity" | "translated";

/** Which technology the kernel finds through CPUID and MSRs; TSME shows in neither. */
export type Encryption = "none" | "sme" | "sev" | "tdx" | "cca";

/** What the SEV status MSR has beyond SEV itself. Ref: arch/x86/include/asm/msr-index.h (MSR_AMD64_SEV_*). */
export type SevFeature = "es" | "snp" | "vtom";

/** A technology of memory encryption: where the attribute bit is, who reads in which domain, and what faults. */
export interface Platform {
  /** The name on the command line. */
  readonly name: string;
  readonly title: string;
  readonly encryption: Encryption;
  readonly sevFeatures: readonly SevFeature[];
  /**
   * The attribute bit of leaf entries and addresses: the C-bit (CPUID 8000001F EBX[5:0]), or with `setMeansShared` the
   * shared bit of TDX, the boundary of vTOM, the top IPA bit of CCA. -1 where there is none.
   */
  readonly cBit: number;
  readonly setMeansShared: boolean;
  /** The letter that reports use for the bit. */
  readonly bitName: "C" | "S";
  /** CPUID 8000001F EAX[10]: caches keep C=0 and C=1 views of a line coherent. True where there is no such question. */
  readonly smeCoherent: boolean;
  /** True where the kernel under test is the guest. */
  readonly guest: boolean;
  readonly ownership: Ownership;
  /** Devices can be accepted (SEV-TIO, TDX Connect, CCA DA) and then reach private memory. */
  readonly teeIo: boolean;
  /** Accepting a page clears it (TDG.MEM.PAGE.ACCEPT). */
  readonly acceptZeroes: boolean;
  /** IOMMU modes that this platform's model covers; the first is not a default. */
  readonly iommuModes: readonly IommuMode[];
  /** The mode when none is named; null where it must be named because it decides the answer. */
  readonly defaultIommu: IommuMode | null;
  /** The domain of a CPU access through a leaf entry with the attribute bit as given. */
  cpuDomain(bitSet: boolean): Domain;
  /**
   * The domain of a DMA access that reaches memory with the bit in the system address as given.
   * @param accepted by TDISP; never true without `teeIo`
   */
  deviceDomain(bitSet: boolean, accepted: boolean): Domain;
  /** What stops a CPU access to a page in `state`; null where it goes through. */
  cpuFault(bitSet: boolean, state: PageState, write: boolean): FaultKind | null;
  /** The same for a device. */
  deviceFault(bitSet: boolean, state: PageState, write: boolean, accepted: boolean): FaultKind | null;
  /** The same for the host, or whoever else stands outside (it reads and writes raw bytes). */
  hostFault(state: PageState, write: boolean): FaultKind | null;
  /** Where this is written down. */
  readonly refs: readonly string[];
}

/** What platforms without page states share. */
export const NO_OWNERSHIP: Pick<Platform, "ownership" | "teeIo" | "acceptZeroes" | "cpuFault" | "deviceFault" | "hostFault"> = {
  ownership: "none",
  teeIo: false,
  acceptZeroes: false,
  cpuFault: () => null,
  deviceFault: () => null,
  hostFault: () => null,
};
