// SPDX-License-Identifier: MIT
/** Linux 6.12 itself holds to the contract. What the glue does not offer is skipped, with its reason. */

import { readFileSync } from "node:fs";
import { beforeAll, describe, inject } from "vitest";
import { createHost } from "../../src/cli/host.ts";
import type { KernelFactory } from "../../src/kernel/index.ts";
import { createTreeFactory, prepareTree } from "../../src/tree/index.ts";
import { configuration, contractSuite } from "../contract/suite.ts";
import { TREE_DRIVERS } from "../support/tree-cells.ts";

const source = inject("linux612");

describe.skipIf(source === null)("Linux 6.12 as a kernel", () => {
  let tree: KernelFactory;

  beforeAll(async () => {
    const prepared = await prepareTree(createHost("test"), source!, { cacheDirectory: inject("treeCache") });
    tree = createTreeFactory(source!, readFileSync(prepared.wasmPath), prepared.manifest);
  });

  contractSuite({
    factory: () => tree,
    machines: [configuration("none", "off"), configuration("sme-zen2", "off"), configuration("sme-zen2", "translated"), configuration("sev", "off"), configuration("sev-snp", "off"), configuration("sev-snp-vtom", "off"), configuration("tdx", "off"), configuration("tdx", "translated")],
    driver: TREE_DRIVERS.find((d) => d.name === "amdgpu-gfx9")!,
    mayLack: true,
  });
});
