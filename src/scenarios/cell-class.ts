// SPDX-License-Identifier: MIT
/** What decides how a device's memory has to be mapped, in a few words: technology, DMA path, mask. */

import type { Configuration, DriverProfile } from "../kernel/index.ts";

const TECHNOLOGIES = { none: "no encryption", sme: "SME", sev: "SEV", tdx: "TDX", cca: "CCA" } as const;

function technologyOf({ encryption, sevFeatures }: Configuration["platform"]): string {
  if (encryption !== "sev") return TECHNOLOGIES[encryption];
  const snp = sevFeatures.includes("vtom") ? "SEV-SNP vTOM" : "SEV-SNP";
  return sevFeatures.includes("snp") ? snp : sevFeatures.includes("es") ? "SEV-ES" : "SEV";
}

/**
 * "SME, dma-direct, mask <= C-bit". The mask decides on SME alone: force_dma_unencrypted() compares it with the C-bit
 * (arch/x86/mm/mem_encrypt.c:18), and a translated domain puts the bit into its entries.
 */
export function cellClass({ platform, iommu, swiotlb }: Configuration, driver: DriverProfile): string {
  const parts = [technologyOf(platform), iommu === "translated" ? "dma-iommu" : "dma-direct"];
  if (platform.encryption === "sme" && iommu !== "translated") parts.push(driver.coherentMaskBits <= platform.cBit ? "mask <= C-bit" : "mask > C-bit");
  if (driver.useDmaAlloc === "never") parts.push("streaming");
  if (swiotlb !== "default") parts.push(`swiotlb=${swiotlb}`);
  return parts.join(", ");
}
