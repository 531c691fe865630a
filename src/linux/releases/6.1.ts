// SPDX-License-Identifier: MIT
/** Linux 6.1, as Debian's linux-source-6.1 (6.1.192) has it. References in the model are of 6.12 all the same. */

import { CHANGES } from "./changes.ts";
import type { Release } from "./release.ts";

export const linux61: Release = {
  name: "6.1",
  title: "Linux 6.1, with the stable backports up to 6.1.192",
  tree: "linux-source-6.1 (6.1.192)",
  changes: new Set(CHANGES.filter((c) => c.in61).map((c) => c.id)),
};
