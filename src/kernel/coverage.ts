// SPDX-License-Identifier: MIT
/** Which configurations a kernel can be booted on at all: what the machine does not model, none of them can. */

import type { Configuration } from "./configuration.ts";

/** Why a configuration is outside of what the machine models; null where it is inside. */
export function unsupportedReason({ platform, iommu }: Configuration): string | null {
  if (platform.iommuModes.includes(iommu)) return null;
  return `iommu=${iommu} on ${platform.name}: a virtual IOMMU in an encrypted guest is not modelled`;
}
