// SPDX-License-Identifier: MIT
/** Operations of the DMA API. */

import type { Handlers } from "./call.ts";

export const DMA_HANDLERS: Handlers = {};
