// SPDX-License-Identifier: MIT
/** All releases that the model covers. */

import { linux612 } from "./6.12.ts";
import type { Release } from "./release.ts";

export const RELEASE_LIST: readonly Release[] = [linux612];
