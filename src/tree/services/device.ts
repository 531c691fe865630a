// SPDX-License-Identifier: MIT
/** What the device does for its driver. */

import { type Service, services } from "./service.ts";

const EINVAL = -22;

export const DEVICE: readonly Service[] = [
  ...services("host", 0, "the device's copies go through its own view of memory, as the machine has it", "cbit_device_copy cbit_vram_clear"),
  ...services("value", EINVAL, "EFI's map does not have the BAR", "efi_mem_type"),
  ...services("value", 0, "EFI's map does not have the BAR; the whole of it is one resource", "efi_mem_attributes iomem_map_sanity_check"),
  ...services("unreached", 0, "memory of the device is mapped on x86-64 only", "ioremap ioremap_wc ioremap_cache iounmap memremap memunmap"),
  ...services("unreached", 0, "asked of RAM that is mapped a second time", "e820__get_entry_type efi_is_table_address"),
];
