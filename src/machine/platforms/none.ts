// SPDX-License-Identifier: MIT
/** A machine without memory encryption: every access is plain. */

import { DOMAIN_PLAIN } from "../domains.ts";
import type { Platform } from "./platform.ts";

export const none: Platform = {
  name: "none",
  title: "no memory encryption",
  encryption: "none",
  cBit: -1,
  smeCoherent: false,
  guest: false,
  iommuModes: ["off", "identity", "translated"],
  defaultIommu: "off",
  cpuDomain: () => DOMAIN_PLAIN,
  deviceDomain: () => DOMAIN_PLAIN,
  refs: ["arch/x86/coco/core.c:111-121 (cc_platform_has: no vendor)"],
};
