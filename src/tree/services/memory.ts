// SPDX-License-Identifier: MIT
/** What memory management needs beyond page contents. */

import { type Service, services } from "./service.ts";

export const MEMORY: readonly Service[] = [
  ...services("host", 0, "free bounce slots hold what nobody reads: equal states are equal", "cbit_forget_contents"),
  ...services("value", 0, "the restricted pool has no other properties", "of_get_flat_dt_prop"),
  ...services("host", 0, "an injected failure was met: results say so", "cbit_injected"),
  ...services("unreached", 0, "the range of a vma is told when it ends (guest/common/remap.c)", "follow_pfnmap_start follow_pfnmap_end follow_phys"),
  ...services("unreached", 0, "only memory below the end of RAM that is no RAM would be changed", "ioremap_change_attr"),
];
