// SPDX-License-Identifier: MIT
/** Operations of memory management: pages, mappings of them, their attributes, the BAR. */

import type { Handlers } from "./call.ts";

export const MEMORY_HANDLERS: Handlers = {};
