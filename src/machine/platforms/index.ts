// SPDX-License-Identifier: MIT
/** All platforms, in the order in which lists show them. */

import { cca } from "./cca.ts";
import { none } from "./none.ts";
import type { Platform } from "./platform.ts";
import { sev, sevEs, sevSnp, sevSnpVtom } from "./sev.ts";
import { smeZen2, smeZen3, smeZen4 } from "./sme.ts";
import { tdx48, tdx52 } from "./tdx.ts";
import { tsme } from "./tsme.ts";

/** All platforms, in the order of `cbit list machines`. */
export const PLATFORMS: readonly Platform[] = [none, tsme, smeZen2, smeZen3, smeZen4, sev, sevEs, sevSnp, sevSnpVtom, tdx48, tdx52, cca];
