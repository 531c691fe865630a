// SPDX-License-Identifier: MIT
/** A machine without memory encryption: every access is plain. */

import { DOMAIN_PLAIN } from "../domains.ts";
import { NO_OWNERSHIP, type Platform } from "./platform.ts";

export const none: Platform = {
  name: "none",
  title: "no memory encryption",
  encryption: "none",
  sevFeatures: [],
  cBit: -1,
  setMeansShared: false,
  bitName: "C",
  smeCoherent: true,
  guest: false,
  ...NO_OWNERSHIP,
  iommuModes: ["off", "identity", "translated"],
  defaultIommu: "off",
  cpuDomain: () => DOMAIN_PLAIN,
  deviceDomain: () => DOMAIN_PLAIN,
  refs: ["arch/x86/coco/core.c:111-121 (cc_platform_has: no vendor)"],
};
