// SPDX-License-Identifier: MIT
import { check, compare, explain, explainText, createStyle, model, policy } from "cbit";

// Linux 6.12 on an SME host without IOMMU, and in an SEV guest.
const selection = { machines: ["sme-zen2,iommu=off", "sev"], devices: ["amdgpu-gfx9", "vmwgfx"] };
for (const { device, machine, verdict, findings } of check(selection).cases) {
  console.log(`${device} on ${machine}: ${verdict}${findings.map((f) => `, ${f.rule}`).join("")}`);
}

// The first counterexample, as `cbit explain` tells it.
const told = explain("amdgpu-gfx9@sme-zen2,iommu=off/ciphertext-read");
if (told.found) console.log(explainText(told.report, createStyle(false)).split("\n")[0]);

// Would the DMA layer's own test mend it, and does it break anything?
const mine = policy("mine", ({ force_dma_unencrypted }) => ({
  tt_decrypted: (k) => k.use_dma_alloc && force_dma_unencrypted(k),
}));
for (const { device, machine, change } of compare(model("6.12"), model("6.12", { policy: mine }), selection).cases) {
  console.log(`${device} on ${machine}: ${change}`);
}
