// SPDX-License-Identifier: MIT
/** From power-on to a probed driver: page tables, swiotlb, the device's masks and domain, ttm_device_init(). */

import { assert, DMA_BIT_MASK, PAGE_SIZE, pfn, Touched } from "../base/index.ts";
import { type BootResult, type Configuration, type DriverProfile, unsupportedReason } from "../kernel/index.ts";
import { Machine, type MachineConfig, machineWords, tableWords, WindowedTables } from "../machine/index.ts";
import { iommu_dma_ready, iommu_setup_dma_ops } from "./dma/iommu.ts";
import { dma_addressing_limited, dma_map_page_attrs, dma_mapping_error, dma_supported, dma_unmap_page_attrs } from "./dma/mapping.ts";
import { dma_atomic_pool_init } from "./dma/pool.ts";
import { swiotlb_init } from "./dma/swiotlb.ts";
import { drm_need_swiotlb } from "./drm/cache.ts";
import { ramLayout, stateLayout, SWIOTLB_FRAMES, TABLES } from "./layout.ts";
import { has, type Linux, type Policy } from "./linux.ts";
import { alloc_pages, free_pages } from "./mm/page-alloc.ts";
import { alloc_table, linear_address, lookup_address, preallocate_tables, set_leaf } from "./mm/page-tables.ts";
import type { Release } from "./releases/release.ts";
import { ttm_bo_swapout } from "./ttm/bo-swap.ts";
import { ttm_pool_shrink } from "./ttm/pool-type.ts";
import { device_maps } from "./ttm/tt.ts";
import { cc_platform_has } from "./x86/coco-core.ts";
import { pci_swiotlb_detect } from "./x86/pci-dma.ts";
import { PAGE_KERNEL } from "./x86/pgtable.ts";

function ttm_use_dma_alloc(k: Linux): boolean {
  switch (k.driver.useDmaAlloc) {
    case "drm_need_swiotlb":
      return drm_need_swiotlb(k, k.driver.dmaMaskBits);
    case "vmw_dma_select_mode":
      return cc_platform_has(k, "CC_ATTR_MEM_ENCRYPT");
    case "never":
      return false;
  }
}

function ttm_use_dma32(k: Linux): boolean {
  switch (k.driver.useDma32) {
    case "dma_addressing_limited":
      return dma_addressing_limited(k);
    case "mask-32":
      return k.driver.dmaMaskBits <= 32;
    case "always":
      return true;
    case "never":
      return false;
  }
}

/** Every frame at its place in the linear map, encrypted where encryption is on. @ref arch/x86/mm/init_64.c, arch/x86/mm/mem_encrypt_identity.c */
function map_linear(k: Linux): void {
  k.layout.frames.forEach((frame, index) => {
    set_leaf(k, linear_address(frame), frame, PAGE_KERNEL(k));
    k.linear_entries[index] = lookup_address(k, linear_address(frame));
  });
}

/** What the driver's probe says of this kernel; null where it goes on. */
function refusal(k: Linux): string | null {
  const { refuses } = k.driver;
  if (refuses === undefined || (refuses.change !== undefined && !has(k, refuses.change))) return null;
  const applies = cc_platform_has(k, refuses.when === "mem-encrypt" ? "CC_ATTR_MEM_ENCRYPT" : "CC_ATTR_HOST_MEM_ENCRYPT");
  return applies ? `${refuses.reason} (${refuses.ref})` : null;
}

/** An untrusted device gets a translated domain, whatever the default is. @ref drivers/iommu/amd/iommu.c:3033-3035 (untrusted) */
function domain_of(configuration: Configuration, driver: DriverProfile): Configuration["iommu"] {
  const translates = configuration.platform.iommuModes.includes("translated");
  return driver.untrusted === true && translates && configuration.iommu === "identity" ? "translated" : configuration.iommu;
}

/** A restricted-dma-pool of the device tree takes the place of the common pool. @ref kernel/dma/swiotlb.c:1814-1872 (rmem_swiotlb_device_init) */
function rmem_swiotlb_device_init({ swiotlb }: Configuration, common: { enabled: boolean; force_bounce: boolean }): { enabled: boolean; force_bounce: boolean } {
  return swiotlb === "restricted" ? { enabled: true, force_bounce: true } : common;
}

/** Why the driver's probe fails; null where both masks are taken. @ref include/linux/dma-mapping.h (dma_set_mask_and_coherent) */
function dma_set_mask_and_coherent(k: Linux): string | null {
  for (const [call, bits, mask] of [
    ["dma_set_mask", k.driver.dmaMaskBits, k.dev.dma_mask],
    ["dma_set_coherent_mask", k.driver.coherentMaskBits, k.dev.coherent_dma_mask],
  ] as const) {
    if (!dma_supported(k, mask)) return `${call}() refuses ${bits} bits: shared memory is addressed above them`;
  }
  return null;
}

/**
 * Maps a page that the driver clears for itself: why the probe fails where it cannot, null elsewhere. Behind an IOMMU it always can.
 * SIMPLIFIED (may miss bugs): the page and its place in the bounce buffer are not kept, only what was copied there.
 */
function map_own_page(k: Linux): string | null {
  const { probeMaps } = k.driver;
  if (probeMaps === undefined || k.dev.dma_iommu) return null;
  const page = alloc_pages(k, 0, true);
  assert(page !== null, "model: no page for the driver");
  const address = dma_map_page_attrs(k, page, PAGE_SIZE);
  const failed = dma_mapping_error(address);
  if (!failed) dma_unmap_page_attrs(k, address, PAGE_SIZE, false);
  free_pages(k, page, 0);
  // On a machine with more memory than this one no buffer would ever get that page.
  for (const c_bit of [false, true]) k.machine.clflushPage(page, c_bit);
  k.machine.memory.forget(page);
  return failed ? `dma_map_page() fails for ${probeMaps.what}: ${probeMaps.ref}` : null;
}

/** Counters at zero. */
export function noCosts(): Linux["costs"] {
  return { conversions: 0, convertedPages: 0, tlbFlushes: 0, cacheFlushes: 0, hypercalls: 0, bouncedBytes: 0, sharedPages: 0 };
}

/** What this release does with a platform in a way that the model does not have; null where it has it. */
function unmodelled({ platform }: Configuration, driver: DriverProfile, release: Release): string | null {
  if (driver.since !== undefined && !release.changes.has(driver.since)) return `Linux ${release.name} has no driver for ${driver.name}: it lacks ${driver.since}`;
  if (!platform.sevFeatures.includes("vtom") || release.changes.has("812b0597fb40")) return null;
  return `Linux without 812b0597fb40 maps shared memory of guests with vTOM twice, which the model of ${release.name} does not`;
}

/**
 * start_kernel() up to the driver's probe, on a state whose kernel part is zero: at power-on, and in the new kernel of a kexec.
 * @returns why the probe fails, or null
 */
export function start_kernel(k: Linux): string | null {
  k.pgd = alloc_table(k);
  map_linear(k);
  preallocate_tables(k);
  swiotlb_init(k);
  dma_atomic_pool_init(k);
  if (k.dev.dma_iommu) iommu_setup_dma_ops(k);
  const masks = dma_set_mask_and_coherent(k);
  if (masks !== null) return masks;
  iommu_dma_ready(k);
  k.use_dma_alloc = device_maps(k) && ttm_use_dma_alloc(k);
  k.use_dma32 = ttm_use_dma32(k);
  return map_own_page(k);
}

/** Boots a kernel; where it is not ready, nothing else of it may be used. */
export function boot(configuration: Configuration, driver: DriverProfile, policy: Policy, release: Release): { k: Linux; result: BootResult } {
  const reason = unsupportedReason(configuration) ?? unmodelled(configuration, driver, release);
  const iommu = reason === null ? domain_of(configuration, driver) : "off";
  const { platform, coherent = true, tlb = false, granule = PAGE_SIZE, swiotlbPages = SWIOTLB_FRAMES } = configuration;
  const swiotlb = rmem_swiotlb_device_init(configuration, pci_swiotlb_detect({ configuration, release }));
  const frames = swiotlb.enabled ? swiotlbPages : 0;
  const machine: MachineConfig = { platform, iommu, ram: ramLayout(configuration), coherent, tlb, granule };
  const layout = stateLayout(machine, frames, configuration.swiotlb === "dynamic");
  const s = new Uint32Array(layout.words);
  const touched = new Touched(layout.words);
  const tables = new WindowedTables(TABLES, s.subarray(layout.tables, layout.tables + tableWords(TABLES)), touched.listener(layout.tables));
  const k: Linux = {
    configuration,
    driver,
    policy,
    release,
    machine: new Machine(machine, s.subarray(layout.machine, layout.machine + machineWords(machine)), tables, touched.listener(layout.machine)),
    tables,
    layout,
    s,
    words: s,
    touched,
    dev: {
      dma_mask: DMA_BIT_MASK(driver.dmaMaskBits),
      coherent_dma_mask: DMA_BIT_MASK(driver.coherentMaskBits),
      bus_dma_limit: driver.busDmaLimitBits === undefined ? 0 : DMA_BIT_MASK(driver.busDmaLimitBits),
      dma_iommu: iommu === "translated",
    },
    swiotlb: { ...swiotlb, frames, firstPfn: pfn(-1) },
    atomicPools: [],
    linear_entries: [],
    pgd: pfn(0) as number as Linux["pgd"],
    iommu: null,
    use_dma_alloc: false,
    use_dma32: false,
    ttm_bo_swapout,
    shrink_slab: ttm_pool_shrink,
    costs: noCosts(),
    warnings: [],
    injected: false,
    device_fault: null,
    log: null,
  };
  if (reason !== null) return { k, result: { status: "unsupported", reason } };
  const refused = refusal(k);
  if (refused !== null) return { k, result: { status: "refused", reason: refused } };
  if (driver.accepted === true) k.machine.deviceAccepted = true;
  const masks = start_kernel(k);
  Object.assign(k.costs, noCosts());
  if (masks !== null) return { k, result: { status: "refused", reason: masks } };
  return { k, result: { status: "ready" } };
}
