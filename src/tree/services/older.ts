// SPDX-License-Identifier: MIT
/** What slices of older releases (6.1) import besides. */

import { type Service, services } from "./service.ts";

export const OLDER: readonly Service[] = [
  ...services("value", 0, "one CPU, always online", "__cpuhp_remove_state"),
  ...services("value", 0, "no shrinker runs beside anything else", "synchronize_shrinkers"),
  ...services("value", 0, "the device has no firmware node", "fwnode_handle_put"),
  ...services("unreached", 0, "sysfs writes: the type of an IOMMU group", "device_is_bound"),
  ...services("unreached", 0, "handlers for faults of devices", "get_device put_device"),
  ...services("unreached", 0, "mmap of coherent memory is not part of any operation yet", "remap_pfn_range vm_map_pages"),
];
