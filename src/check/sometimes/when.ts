// SPDX-License-Identifier: MIT
/** Where a property can be asked for: facts of machine and device, as the kernel decides by them. */

import { type Configuration, deviceReads, type DriverProfile } from "../../kernel/index.ts";
import { DOMAIN_PLAIN } from "../../machine/index.ts";

/** A condition over machine and device. */
export type When = "incoherent" | "encrypted" | "readable" | "converts" | "bounces" | "bounces-buffers";

type Test = (configuration: Configuration, driver: DriverProfile) => boolean;

/** An encrypted guest has to share with the host what a device is to reach, unless the device is accepted. */
const guest = ({ platform }: Configuration, driver: DriverProfile): boolean => platform.guest && platform.cBit >= 0 && driver.accepted !== true;

/** dma-direct, not dma-iommu. An untrusted device is translated wherever there is an IOMMU. @ref drivers/iommu/iommu.c:1726-1790 (iommu_get_default_domain_type) */
const direct = ({ iommu }: Configuration, driver: DriverProfile): boolean => iommu === "off" || (iommu === "identity" && driver.untrusted !== true);

const TESTS: Readonly<Record<When, Test>> = {
  incoherent: ({ coherent }) => coherent === false,
  encrypted: ({ platform }) => platform.cBit >= 0,
  // TSME encrypts what nobody can share; whether a realm shares anything depends on the release. Ref: arch/arm64/mm/mem_encrypt.c:34-49
  readable: ({ platform }) => platform.encryption !== "cca" && platform.cpuDomain(platform.setMeansShared) === DOMAIN_PLAIN,
  // dma_direct_alloc() shares what it takes from the page allocator; a restricted pool is shared for good. Not asked of realms
  // either. Ref: kernel/dma/direct.c:203-320, arch/x86/mm/mem_encrypt.c:20-31
  converts: (c, d) => guest(c, d) && c.platform.encryption !== "cca" && direct(c, d) && c.swiotlb !== "restricted",
  // dma_direct_map_page() bounces. Ref: kernel/dma/direct.h:84-115, arch/x86/kernel/pci-dma.c:50-70, kernel/dma/swiotlb.c (rmem_swiotlb_device_init)
  bounces: (c, d) => deviceReads(d) && direct(c, d) && c.swiotlb !== "off" && c.swiotlb !== "noforce" && (guest(c, d) || ((c.swiotlb === "force" || c.swiotlb === "restricted") && d.accepted !== true)),
  // The driver maps for itself what TTM took from the page allocator.
  "bounces-buffers": (c, d) => d.ownMapping === "always" && d.useDmaAlloc === "never" && TESTS.bounces(c, d),
};

/** True where the condition holds; without one it always does. */
export function holdsWhen(when: When | undefined, configuration: Configuration, driver: DriverProfile): boolean {
  return when === undefined || TESTS[when](configuration, driver);
}

const WORDS: Readonly<Record<When, string>> = {
  incoherent: "where caches hold lines",
  encrypted: "where memory can be encrypted",
  readable: "where memory can be shared, or nothing is encrypted",
  converts: "where the DMA layer of a guest shares pages",
  bounces: "where DMA is bounced",
  "bounces-buffers": "where the driver's own mappings are bounced",
};

/** The condition in words. */
export function whenText(when: When): string {
  return WORDS[when];
}
