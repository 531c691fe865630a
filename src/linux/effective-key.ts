// SPDX-License-Identifier: MIT
/**
 * What decides a case of the model: everything that it reads of configuration and driver, without names, and as far as it makes a
 * difference. What is not known here counts as it stands, so that a new field can split cases but never merge them.
 */

import { BIT } from "../base/index.ts";
import type { BootResult } from "../kernel/index.ts";
import { PAGE_PRIVATE, PAGE_SHARED, PAGE_UNACCEPTED, type Platform } from "../machine/index.ts";
import { MAX_IOMEM } from "./drm/cache.ts";
import { SWIOTLB_FRAMES } from "./layout.ts";
import type { Linux } from "./linux.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Fields as they count: absent is the same as usual, which is false and 0 unless `usual` has the field. */
function counted(fields: Fields, usual: Fields): Fields {
  const isUsual = (name: string, value: unknown): boolean => (Object.hasOwn(usual, name) ? value === usual[name] : value === false || value === 0);
  const entries = Object.entries(fields).filter(([name, value]) => value !== undefined && !isUsual(name, value));
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

const platformKeys = new WeakMap<Platform, string>();

/** The key of a platform, which every case on it asks for. */
function platformKey(p: Platform): string {
  let key = platformKeys.get(p);
  if (key === undefined) platformKeys.set(p, (key = JSON.stringify(behaviour(p))));
  return key;
}

/** A platform's behaviour: its numbers, and what its functions answer to everything that they can be asked. */
function behaviour(p: Platform): unknown {
  const { name: _n, title: _t, refs: _r, iommuModes: _m, defaultIommu: _d, bitName: _b, cpuDomain, deviceDomain, cpuFault, deviceFault, hostFault, ...numbers } = p;
  const flags = [false, true];
  const states = [PAGE_PRIVATE, PAGE_SHARED, PAGE_UNACCEPTED] as const;
  const answers = flags.flatMap((bit) => [
    cpuDomain(bit),
    ...flags.map((accepted) => deviceDomain(bit, accepted)),
    ...states.flatMap((state) => flags.flatMap((write) => [cpuFault(bit, state, write), hostFault(state, write), ...flags.map((accepted) => deviceFault(bit, state, write, accepted))])),
  ]);
  return [counted(numbers, {}), answers];
}

/**
 * A mask by what it reaches: exact below the highest address of RAM and BAR, then "all but the attribute bit", then all. No mask is
 * compared with anything between.
 */
function maskKey(k: Linux, bits: number): number | "memory" | "attribute" {
  // A device whose bus adds an offset emits other addresses than memory has.
  if ((k.driver.rangeOffset ?? 0) !== 0) return bits;
  const { cBit } = k.configuration.platform;
  const { ramGiB = 2 } = k.configuration;
  const highest = Math.max(MAX_IOMEM, ramGiB * BIT(30) - 1);
  if (BIT(bits) <= highest) return bits;
  return cBit >= 0 && bits > cBit ? "attribute" : "memory";
}

/** The key of a booted case. Cases that do not boot differ by why. */
export function effective_key(k: Linux, boot: BootResult): string {
  const { name: _machine, platform, iommu: _iommu, swiotlb, ...configuration } = k.configuration;
  const { name: _device, title: _title, refs: _refs, dmaMaskBits, coherentMaskBits, busDmaLimitBits, useDmaAlloc: _alloc, useDma32: _dma32, refuses: _refuses, probeMaps: _probeMaps, ...driver } = k.driver;
  return JSON.stringify([
    boot,
    platformKey(platform),
    counted(configuration, { coherent: true, ramGiB: 2, granule: 4096, cells: 1, swiotlbPages: SWIOTLB_FRAMES }),
    [swiotlb === "restricted" || swiotlb === "dynamic" ? swiotlb : "plain", k.swiotlb.enabled, k.swiotlb.force_bounce],
    [maskKey(k, dmaMaskBits), maskKey(k, coherentMaskBits), busDmaLimitBits === undefined ? "none" : maskKey(k, busDmaLimitBits)],
    [k.dev.dma_iommu, k.use_dma_alloc, k.use_dma32],
    counted(driver, { caching: "cached", vramCaching: "wc" }),
  ]);
}
