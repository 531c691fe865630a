// SPDX-License-Identifier: MIT
/** The model holds to the contract, and has all of its operations. */

import { createModelFactory, DEFAULT_POLICY, DRIVERS } from "../../src/linux/index.ts";
import { configuration, contractSuite } from "./suite.ts";

const model = createModelFactory({ release: "6.12", policy: DEFAULT_POLICY });

contractSuite({
  factory: () => model,
  machines: [
    configuration("none", "off"),
    configuration("sme-zen2", "off"),
    configuration("sme-zen3", "translated"),
    configuration("sev", "off"),
    configuration("sev-snp", "off"),
    configuration("tdx", "off"),
    configuration("cca", "off"),
  ],
  driver: DRIVERS.find((d) => d.name === "amdgpu-gfx9")!,
  keepsTrack: true,
});
