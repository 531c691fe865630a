// SPDX-License-Identifier: MIT
/** Which machines trees boot on, and what the guest is told of them before it boots (src/tree/guest/common/options.c). */

import type { Configuration, DriverProfile } from "../kernel/index.ts";
import type { IommuMode } from "../machine/index.ts";
import { type ArchitectureName, architectureOn } from "./architectures.ts";
import { lackedFile } from "./build/drivers.ts";

/** Numbers that the guest knows the choices by. */
const SWIOTLB = { default: 0, force: 1, noforce: 2 } as const;
const IOMMU = { off: 0, identity: 1, translated: 2 } as const;

/** What the glue cannot boot a tree for an architecture on yet; null where it can. */
export function treeUnsupported(arch: ArchitectureName, { platform, swiotlb, coherent = true, tlb = false, ramGiB = 2, cells = 1, swiotlbPages, ttmPagesLimit }: Configuration): string | null {
  if (arch !== architectureOn(platform)) return `this module of the tree is compiled for ${arch}`;
  if (!(swiotlb in SWIOTLB)) return `the glue has no swiotlb=${swiotlb} for trees`;
  if (!coherent || tlb || ramGiB !== 2 || cells !== 1 || swiotlbPages !== undefined || ttmPagesLimit !== undefined) return "the glue boots trees with coherent caches, no TLB, 2 GiB of RAM, one cell to a page, the usual swiotlb and no ttm.pages_limit";
  return null;
}

/** Why a tree is not asked about a device; null where its driver is in it. @param files of the drivers that the tree has (`Manifest.drivers`) */
export function driverUnsupported(arch: ArchitectureName, { name, since, refs, nonCoherent = false }: DriverProfile, release: string, files: readonly string[]): string | null {
  if (nonCoherent && arch === "x86_64") return "on x86-64 every device is cache coherent: the kernel has no code for others";
  const lacked = since === undefined ? null : lackedFile(refs, files);
  return lacked === null ? null : `this tree (${release}) has no driver for ${name}: ${lacked} is missing`;
}

/** How the device's DMA goes: the IOMMU core gives an untrusted device a translated domain. Ref: drivers/iommu/iommu.c iommu_get_default_domain_type. */
export function domainOf({ platform, iommu }: Configuration, { untrusted = false }: Pick<DriverProfile, "untrusted">): IommuMode {
  return untrusted && iommu === "identity" && platform.iommuModes.includes("translated") ? "translated" : iommu;
}

/** The guest's options for a machine that trees boot on: each is the argument of cbit_set_NAME(). */
export function bootOptions(configuration: Configuration, driver: Pick<DriverProfile, "nonCoherent" | "untrusted"> = {}): Readonly<Record<string, number>> {
  const { swiotlb, iommu, tlb = false } = configuration;
  const { nonCoherent = false, untrusted = false } = driver;
  return {
    swiotlb: SWIOTLB[swiotlb as keyof typeof SWIOTLB],
    iommu: IOMMU[iommu],
    tlb: tlb ? 1 : 0,
    non_coherent: nonCoherent ? 1 : 0,
    untrusted: untrusted && domainOf(configuration, driver) === "translated" ? 1 : 0,
  };
}
