// SPDX-License-Identifier: MIT
/** Root causes that are a platform's: what Linux 6.12 does not know of it. */

import type { KnownCause, NamedCause } from "./known-causes.ts";

const REALM = "encrypted by PAGE_KERNEL (arch/arm64/include/asm/pgtable-prot.h) against plain by";
/** The functions that give addresses to devices. */
const ADDRESSES = ["dma_direct_alloc (kernel/dma/direct.c)", "dma_map_page_attrs (kernel/dma/mapping.c)", "dma_map_sgtable (kernel/dma/mapping.c)"] as const;

const realm: readonly NamedCause[] = ADDRESSES.flatMap((by): NamedCause[] => [
  { rule: "alias-attribute", cause: `${REALM} ${by}` },
  { rule: "page-state", cause: `smmu-gpf, plain by ${by}` },
]);

export const MACHINE_CAUSES: readonly KnownCause[] = [
  {
    id: "no-realms",
    title: "arm64 of 6.12 does not know realms: devices are given addresses of private pages",
    status: "known",
    refs: ["commit 42be24a4178f, `arm64: Enable memory encrypt for Realms` (6.13)"],
    causes: realm,
    why: "Nothing in arch/arm64 of 6.12 asks the RMM anything; `force_dma_unencrypted()` does not exist there. All of memory stays protected, and a device that is not part of the realm faults in the granule protection check.",
    fix: "That series; with it the remaining question is B39's, granules of the host that are larger than a page.",
    confidence: "Certain. 6.12 is not meant to run as a realm.",
  },
  {
    id: "accepted-device",
    title: "A guest that has accepted its device (TDISP) shares and bounces all the same",
    status: "known",
    refs: [
      "O18, B40: [litmus/open/o18-accepted-device.litmus](../../litmus/open/o18-accepted-device.litmus)",
      "`x86/dma-direct: Stop changing encrypted page state for TDISP devices` (2026-02-25, not merged)",
    ],
    causes: [
      { rule: "alias-attribute", cause: "encrypted by dma_direct_alloc (kernel/dma/direct.c) against plain by dma_direct_alloc -> set_memory_decrypted (kernel/dma/direct.c)" },
      { rule: "page-state", cause: "iommu-rmp-fault, VM key by dma_direct_alloc (kernel/dma/direct.c)" },
      { rule: "page-state", cause: "dma-abort, TD key by dma_direct_alloc (kernel/dma/direct.c)" },
      { rule: "needless-share", cause: "the device is accepted and reaches private memory, plain by dma_direct_alloc -> set_memory_decrypted (kernel/dma/direct.c)" },
    ],
    litmus: ["litmus/open/o18-accepted-device.litmus"],
    why: "`force_dma_unencrypted()` is true for every device of a guest (arch/x86/mm/mem_encrypt.c:25), and `SWIOTLB_FORCE` holds for all (arch/x86/kernel/pci-dma.c:62). The memory is shared without need, and an accepted device takes an address without the shared bit for private memory, which it is not any more.",
    fix: "Ask the device: `force_dma_unencrypted()` and forced bouncing must not hold for accepted ones.",
    confidence: "By design of 6.12, which has no accepted devices. That such a device reaches private memory only, unless its address says otherwise, is an assumption of the simulated machine (no vTOM in the secure device table entry).",
  },
];
