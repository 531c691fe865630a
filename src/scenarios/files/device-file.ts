// SPDX-License-Identifier: MIT
/** Devices from files (cbit.device/1): a driver profile of the user's own, or a known one with differences. */

import type { DriverProfile } from "../../kernel/index.ts";
import { type Field, objectSchema, readFields, type Values } from "./fields.ts";
import { JsonFile } from "./json-file.ts";
import { fileName } from "./names.ts";

export const DEVICE_SCHEMA = "cbit.device/1";

const CACHINGS = ["cached", "wc", "uc"] as const;

const REFUSAL: readonly Field[] = [
  { name: "when", type: "words", words: ["mem-encrypt", "host-mem-encrypt"], required: true, title: "mem-encrypt: SME hosts and all encrypted x86 guests; host-mem-encrypt: SME hosts" },
  { name: "reason", type: "text", longest: 200, required: true, title: "in one sentence" },
  { name: "ref", type: "text", longest: 200, title: "where this is written down" },
];

/** The fields of a profile, by the name that they have in a file. */
const PROFILE: readonly (Field & { readonly key: keyof DriverProfile })[] = [
  { key: "dmaMaskBits", name: "dma_mask_bits", type: "integer", from: 24, to: 64, title: "bits of dma_set_mask(), and of the device's address lines" },
  { key: "coherentMaskBits", name: "coherent_mask_bits", type: "integer", from: 24, to: 64, title: "bits of dma_set_coherent_mask(); dma_mask_bits where it is left out" },
  { key: "useDmaAlloc", name: "use_dma_alloc", type: "words", words: ["drm_need_swiotlb", "vmw_dma_select_mode", "never"], title: "the use_dma_alloc argument of ttm_device_init(); never where it is left out" },
  { key: "useDma32", name: "use_dma32", type: "words", words: ["dma_addressing_limited", "mask-32", "always", "never"], title: "the use_dma32 argument of ttm_device_init(); never where it is left out" },
  { key: "tt", name: "tt", type: "words", words: ["ttm_sg_tt_init", "ttm_tt_init"], title: "how the driver makes its ttm_tt; ttm_sg_tt_init where it is left out" },
  { key: "ownMapping", name: "own_mapping", type: "words", words: ["always", "without-dma-alloc", "never"], title: "where the driver maps the pages itself (dma_map_sgtable()); never where it is left out" },
  { key: "skipCpuSync", name: "skip_cpu_sync", type: "boolean", title: "DMA_ATTR_SKIP_CPU_SYNC when it maps; false where it is left out" },
  { key: "caching", name: "caching", type: "words", words: CACHINGS, title: "caching of buffers in system memory; cached where it is left out" },
  { key: "vram", name: "vram", type: "boolean", title: "buffers can lie in memory of the device; false where it is left out" },
  { key: "vramCaching", name: "vram_caching", type: "words", words: CACHINGS, title: "ttm_resource.bus.caching of that memory; wc where it is left out" },
  { key: "ownSync", name: "own_sync", type: "boolean", title: "the driver syncs its buffers around CPU access; false where it is left out" },
  { key: "noDma", name: "no_dma", type: "boolean", title: "the device never reads or writes system pages; false where it is left out" },
  { key: "cpuCopies", name: "cpu_copies", type: "boolean", title: "no engine of the device copies between system memory and VRAM; false where it is left out" },
  { key: "evictsToSystem", name: "evicts_to_system", type: "boolean", title: "buffers are evicted from VRAM to system memory that the device does not reach; false where it is left out" },
  { key: "busDmaLimitBits", name: "bus_dma_limit_bits", type: "integer", from: 24, to: 64, title: "bits of dev->bus_dma_limit; no limit where it is left out" },
  { key: "minAlignMask", name: "min_align_mask", type: "words", words: [0, 511, 1023, 2047, 4095], title: "dma_set_min_align_mask(); 0 where it is left out" },
  { key: "untrusted", name: "untrusted", type: "boolean", title: "pci_dev->untrusted; false where it is left out" },
  { key: "nonCoherent", name: "non_coherent", type: "boolean", title: "!dev_is_dma_coherent(); false where it is left out" },
  { key: "rangeOffset", name: "range_offset", type: "integer", from: 0, to: 2 ** 40, multipleOf: 4096, title: "bytes from a CPU address to the bus address, as in dev->dma_range_map; 0 where it is left out" },
  { key: "accepted", name: "accepted", type: "boolean", title: "accepted (TDISP) before the driver probes it; false where it is left out" },
  { key: "refuses", name: "refuses", type: "object", fields: REFUSAL, title: "what the driver's probe declines" },
  { key: "cannotWork", name: "cannot_work", type: "object", fields: [...REFUSAL, { name: "guests", type: "words", words: ["unknown"], title: "unknown: nobody has told how it does when it is passed through to a guest" }], title: "what the hardware cannot do, whatever the kernel says to it" },
  { key: "since", name: "since", type: "text", longest: 60, title: "the change that brought the driver to Linux, as `cbit list changes` has them" },
  { key: "refs", name: "refs", type: "texts", most: 50, longest: 200, title: "where each choice is written down" },
];

/** All fields of a device file. @param known the devices that `like` may name */
export function deviceFields(known: readonly DriverProfile[]): readonly Field[] {
  return [
    { name: "$schema", type: "text", longest: 500, title: "where editors find this schema" },
    { name: "schema", type: "words", words: [DEVICE_SCHEMA], required: true, title: "the version of this format" },
    { name: "name", type: "text", longest: 80, required: true, title: "what reports call the device besides its file" },
    { name: "like", type: "words", words: known.map((d) => d.name), title: "a device of `cbit list devices` that gives what is left out" },
    ...PROFILE,
  ];
}

/** What holds for a device of its own where the file does not say. */
const PLAIN = { useDmaAlloc: "never", useDma32: "never", tt: "ttm_sg_tt_init", ownMapping: "never", skipCpuSync: false } as const satisfies Partial<DriverProfile>;

const HINT = "`cbit list devices --schema` prints the fields; docs/reference/devices.md explains them.";

function withRef(value: unknown, path: string): unknown {
  return typeof value === "object" && !Array.isArray(value) ? { ref: path, ...value } : value;
}

/** The profile of values that were read. */
function profileOf(values: Values, path: string, base: DriverProfile | undefined): DriverProfile {
  const given: Partial<Record<keyof DriverProfile, unknown>> = {};
  for (const field of PROFILE) if (Object.hasOwn(values, field.name)) given[field.key] = withRef(values[field.name], path);
  if (given.dmaMaskBits !== undefined) given.coherentMaskBits ??= given.dmaMaskBits;
  const title = `${values["name"] as string} (${path})`;
  return { ...PLAIN, refs: [path], ...base, ...given, name: fileName(path), title } as DriverProfile;
}

/**
 * The profile that a device file describes. Its name is the file's path.
 * @param path as the user gave it
 * @throws CbitError (CBIT-131 to CBIT-133) that names line and column
 */
export function readDeviceFile(path: string, text: string, known: readonly DriverProfile[]): DriverProfile {
  const file = new JsonFile(path, text, HINT);
  const values = readFields(file, deviceFields(known), file.root);
  const base = known.find((d) => d.name === values["like"]);
  if (base === undefined && !Object.hasOwn(values, "dma_mask_bits")) {
    throw file.error("CBIT-133", file.root, "dma_mask_bits is missing: a device needs it, or \"like\" with a known device");
  }
  return profileOf(values, path, base);
}

/** The published schema. */
export function deviceSchema(known: readonly DriverProfile[]): Record<string, unknown> {
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "A device for cbit --device FILE",
    ...objectSchema(deviceFields(known)),
    anyOf: [{ required: ["dma_mask_bits"] }, { required: ["like"] }],
  };
}
