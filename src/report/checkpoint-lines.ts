// SPDX-License-Identifier: MIT
/** Where a search that a bound ended can go on from, as text. */

import type { SavedCheckpoint } from "./reports.ts";
import type { Style } from "./style.ts";
import { wrap } from "./wrap.ts";

/** Where a search can go on from. */
export function checkpointLines({ checkpoint }: { readonly checkpoint: SavedCheckpoint | null }, style: Style): string[] {
  if (checkpoint === null) return [];
  if (checkpoint.path === null) return [wrap(checkpoint.why, style.width, "no checkpoint: ", "  ")];
  return [`checkpoint  ${checkpoint.path}`, `resume      ${checkpoint.resume}`];
}
