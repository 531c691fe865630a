// SPDX-License-Identifier: MIT
/** All releases that the model covers. */

import { linux61 } from "./6.1.ts";
import { linux612 } from "./6.12.ts";
import { proposed } from "./proposed.ts";
import type { Release } from "./release.ts";

/** The first one is the default. */
export const RELEASE_LIST: readonly Release[] = [linux612, linux61, proposed];

export { type Change, CHANGES, changeLink } from "./changes.ts";
export { parseRelease } from "./parse.ts";
export type { Release } from "./release.ts";
