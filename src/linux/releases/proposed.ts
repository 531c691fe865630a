// SPDX-License-Identifier: MIT
/** Linux 6.12 with the fixes that came later and with what is proposed. No such kernel exists: it shows what would change. */

import { CHANGES } from "./changes.ts";
import type { Release } from "./release.ts";

export const proposed: Release = {
  name: "proposed",
  title: "Linux 6.12 with later fixes and proposals",
  tree: "linux-source-6.12 (6.12.117)",
  changes: new Set(CHANGES.filter((c) => c.in612 || c.proposed === true).map((c) => c.id)),
};
