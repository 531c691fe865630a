// SPDX-License-Identifier: MIT
/** What an access can end in, who suffers from it, and where that is written down. */

/** Whom a fault stops: nobody for good, the access, the guest, or the host. */
export type Victim = "access" | "guest" | "host" | "device";

export interface FaultFacts {
  readonly text: string;
  readonly victim: Victim;
  /** The guest's and the platform's idea of a page's state differ. */
  readonly pageState: boolean;
  readonly ref: string;
}

export type FaultKind =
  | "page-fault"
  | "no-memory-there"
  | "io-page-fault"
  | "io-permission"
  | "address-width"
  | "npf-rmp"
  | "vc-not-validated"
  | "td-exit"
  | "ve-mmio"
  | "sea"
  | "rec-exit"
  | "host-rmp-fault"
  | "gpf"
  | "iommu-rmp-fault"
  | "dma-abort"
  | "smmu-gpf"
  | "unmodelled";

const FAULTS: Readonly<Record<FaultKind, FaultFacts>> = {
  "page-fault": { text: "#PF: no such mapping", victim: "access", pageState: false, ref: "AMD APM vol. 2 sec. 8.2.15" },
  "no-memory-there": { text: "no memory at this address", victim: "access", pageState: false, ref: "AMD APM vol. 2 sec. 7.10" },
  "io-page-fault": { text: "IO_PAGE_FAULT: the IOMMU has no such mapping", victim: "device", pageState: false, ref: "drivers/iommu/amd/iommu.c:885 (IO_PAGE_FAULT)" },
  "io-permission": { text: "IO_PAGE_FAULT: the IOMMU forbids this access", victim: "device", pageState: false, ref: "drivers/iommu/amd/iommu.c:885 (IO_PAGE_FAULT)" },
  "address-width": { text: "the device cannot emit this address", victim: "device", pageState: false, ref: "Documentation/core-api/dma-api-howto.rst:188-194" },
  "npf-rmp": { text: "#VMEXIT(NPF): a private access to a page that the RMP gives to the hypervisor, or a shared write to a private one", victim: "guest", pageState: true, ref: "AMD APM vol. 2 table 15-39" },
  "vc-not-validated": { text: "#VC 0x404: the page is assigned but not validated", victim: "guest", pageState: true, ref: "AMD APM vol. 2 sec. 15.36.10" },
  "td-exit": { text: "TD exit: a private access to a page that is shared or was never accepted shuts the guest down", victim: "guest", pageState: true, ref: "arch/x86/coco/tdx/tdx.c:1040-1058" },
  "ve-mmio": { text: "#VE: a shared access to a private page is taken for MMIO", victim: "access", pageState: true, ref: "Documentation/arch/x86/tdx.rst:293-330" },
  sea: { text: "synchronous external abort: a protected access to an empty IPA", victim: "guest", pageState: true, ref: "RMM specification DEN0137 A5.2.9" },
  "rec-exit": { text: "REC exit: the host has to act before the access can go on", victim: "guest", pageState: true, ref: "RMM specification DEN0137 A5.2.9" },
  "host-rmp-fault": { text: "#PF with the RMP bit: the host must not write a guest's page", victim: "host", pageState: true, ref: "AMD APM vol. 2 sec. 15.36.10" },
  gpf: { text: "granule protection fault: the granule is a realm's", victim: "host", pageState: true, ref: "RMM specification DEN0137 A2.2" },
  "iommu-rmp-fault": { text: "RMP fault event 0xd: DMA to a page that is the guest's own", victim: "device", pageState: true, ref: "drivers/iommu/amd/iommu.c:796-833" },
  "dma-abort": { text: "DMA to a private page of a TD is aborted", victim: "device", pageState: true, ref: "Documentation/arch/x86/tdx.rst:152-172" },
  "smmu-gpf": { text: "granule protection fault of a device's access", victim: "device", pageState: true, ref: "RMM specification DEN0137 A2.2" },
  unmodelled: { text: "what happens here is not specified, and not modelled", victim: "access", pageState: false, ref: "docs/limits.md" },
};

/** All kinds of fault. */
export const FAULT_KINDS: readonly FaultKind[] = Object.keys(FAULTS) as FaultKind[];

/** What is known of a fault. */
export function faultFacts(kind: FaultKind): FaultFacts {
  return FAULTS[kind];
}
