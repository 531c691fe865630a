// SPDX-License-Identifier: MIT
/** Linux 6.12, as Debian's linux-source-6.12 (6.12.117) has it. */

import { CHANGES } from "./changes.ts";
import type { Release } from "./release.ts";

export const linux612: Release = {
  name: "6.12",
  title: "Linux 6.12, with the stable backports up to 6.12.117",
  tree: "linux-source-6.12 (6.12.117)",
  changes: new Set(CHANGES.filter((c) => c.in612).map((c) => c.id)),
};
