// SPDX-License-Identifier: MIT
/** Linux 6.12 itself holds to the contract. */

import { beforeAll, describe, inject } from "vitest";
import type { KernelFactory } from "../../src/kernel/index.ts";
import { configuration, contractSuite } from "../contract/suite.ts";
import { TREE_DRIVERS } from "../support/tree-cells.ts";
import { treeFactoryFor } from "../support/tree-factory.ts";

const source = inject("linux612");

describe.skipIf(source === null)("Linux 6.12 as a kernel", () => {
  let tree: KernelFactory;
  const machines = [
    configuration("none", "off"), configuration("sme-zen2", "off"), configuration("sme-zen2", "translated"), configuration("sev", "off"), configuration("sev-snp", "off"),
    configuration("sev-snp-vtom", "off"), configuration("tdx", "off"), configuration("tdx", "translated"),
  ];

  beforeAll(async () => {
    tree = await treeFactoryFor(source!, inject("treeCache"), machines);
  });

  contractSuite({
    factory: () => tree,
    machines,
    driver: TREE_DRIVERS.find((d) => d.name === "amdgpu-gfx9")!,
    keepsTrack: false,
  });
});
