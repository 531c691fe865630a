// SPDX-License-Identifier: MIT
/** Which machines trees boot on, and what the guest is told of them before it boots (src/tree/guest/common/options.c). */

import type { Configuration, DriverProfile } from "../kernel/index.ts";
import type { IommuMode } from "../machine/index.ts";
import { type ArchitectureName, architectureOn } from "./architectures.ts";
import { lackedFile } from "./build/drivers.ts";

/** Numbers that the guest knows the choices by. */
const SWIOTLB = { default: 0, force: 1, off: 2, noforce: 2, restricted: 3, dynamic: 4 } as const;
/** Pages of a bounce pool whose size is not given: as many as the model's. */
const SWIOTLB_PAGES = 16;
/** Where a cell stands for a page, mappings keep their place in it. */
const PAGE_MASK = 4095;
/** GiB of RAM whose struct pages, 16 MiB for each, lie below 2 GiB. */
const MOST_RAM = 120;
const IOMMU = { off: 0, identity: 1, translated: 2 } as const;

/** What the glue cannot boot a tree for an architecture on yet; null where it can. */
export function treeUnsupported(arch: ArchitectureName, { platform, swiotlb, ramGiB = 2 }: Configuration): string | null {
  if (arch !== architectureOn(platform)) return `this module of the tree is compiled for ${arch}`;
  if (!(swiotlb in SWIOTLB)) return `the glue has no swiotlb=${swiotlb} for trees`;
  if (ramGiB > MOST_RAM) return `trees boot with up to ${MOST_RAM} GiB of RAM: struct pages of frames above would lie outside the module's memory`;
  if (ramGiB > 4 && arch === "arm64") return "trees for arm64 are configured without zones for DMA: they boot with RAM below 4 GiB";
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
export function bootOptions(configuration: Configuration, driver: Pick<DriverProfile, "nonCoherent" | "untrusted" | "minAlignMask" | "busDmaLimitBits" | "rangeOffset"> = {}): Readonly<Record<string, number>> {
  const { swiotlb, iommu, tlb = false, cells = 1, swiotlbPages = SWIOTLB_PAGES, ttmPagesLimit } = configuration;
  const { nonCoherent = false, untrusted = false, minAlignMask = 0, busDmaLimitBits = 0, rangeOffset = 0 } = driver;
  return {
    swiotlb: SWIOTLB[swiotlb as keyof typeof SWIOTLB],
    iommu: IOMMU[iommu],
    tlb: tlb ? 1 : 0,
    swiotlb_pages: swiotlbPages,
    min_align_mask: minAlignMask | (cells === 1 ? PAGE_MASK : 0),
    bus_limit_bits: busDmaLimitBits,
    range_offset: Math.floor(rangeOffset / 4096),
    non_coherent: nonCoherent ? 1 : 0,
    untrusted: untrusted && domainOf(configuration, driver) === "translated" ? 1 : 0,
    ...(ttmPagesLimit === undefined ? {} : { ttm_pages_limit: ttmPagesLimit }),
  };
}
