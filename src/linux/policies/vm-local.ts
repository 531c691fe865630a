// SPDX-License-Identifier: MIT
/**
 * No mappings for the device in an encrypted guest: buffers are ordinary private memory of the machine, drawing is left to llvmpipe.
 * What the discussion of 2019 ended in, as Thomas Hellström recalls on 18 September 2023; Zack Rusin's answer: that is "essentially
 * disabling the driver". All CPU views agree and nothing is shared. Cost: the device. There is no TTM_PL_TT, moves there are -ENOMEM,
 * and each access by the device ends in an I/O page fault, which the rule `mapping-failed` counts as lost function.
 */

import type { Policy } from "../linux.ts";
import { cc_platform_has } from "../x86/coco-core.ts";
import { TTM_IO_PROT } from "./ttm-io-prot.ts";

export const vmLocal: Policy = {
  name: "vm-local",
  title: "no device maps in encrypted guests: buffers stay local to the machine",
  origin: "the outcome of the discussion of 2019, recalled by Thomas Hellström, dri-devel, 18 September 2023",
  tt_decrypted: () => false,
  io_prot_decrypts: () => false,
  device_maps: (k) => !cc_platform_has(k, "CC_ATTR_GUEST_MEM_ENCRYPT"),
  chooser: TTM_IO_PROT,
};
