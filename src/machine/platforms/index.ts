// SPDX-License-Identifier: MIT
/** All platforms, in the order in which lists show them. */

import { none } from "./none.ts";
import type { Platform } from "./platform.ts";
import { sev } from "./sev.ts";
import { smeZen2, smeZen3 } from "./sme.ts";

export const PLATFORMS: readonly Platform[] = [none, smeZen2, smeZen3, sev];
