// SPDX-License-Identifier: MIT
// The table is retyped from arch/x86/coco/core.c:28-122; cc_mkenc and cc_mkdec from :124-161; force_dma_unencrypted from
// arch/x86/mm/mem_encrypt.c:20-43 and the masks that drivers set.

import { describe, expect, it } from "vitest";
import { BIT } from "../../base/index.ts";
import { bootModel } from "../test-kernel.ts";
import { cc_mkdec, cc_mkenc, cc_platform_has, type CcAttr, sme_clr, sme_set } from "./coco-core.ts";
import { force_dma_unencrypted } from "./mem-encrypt.ts";

const ATTRS: readonly CcAttr[] = [
  "CC_ATTR_MEM_ENCRYPT",
  "CC_ATTR_HOST_MEM_ENCRYPT",
  "CC_ATTR_GUEST_MEM_ENCRYPT",
  "CC_ATTR_GUEST_STATE_ENCRYPT",
  "CC_ATTR_GUEST_UNROLL_STRING_IO",
  "CC_ATTR_GUEST_SEV_SNP",
];

describe("cc_platform_has()", () => {
  it.each([
    ["none", "000000"],
    ["tsme", "000000"],
    ["sme-zen2", "110000"],
    ["sme-zen3", "110000"],
    ["sme-zen4", "110000"],
    ["sev", "101010"],
    ["sev-es", "101100"],
    ["sev-snp", "101101"],
    ["sev-snp-vtom", "101000"],
    ["tdx", "101010"],
    ["tdx-gpaw52", "101010"],
    // arm64 has the inline stub in 6.12.
    ["cca", "000000"],
  ])("on %s: %s", (platform, expected) => {
    const k = bootModel({ platform });
    expect(ATTRS.map((attr) => (cc_platform_has(k, attr) ? "1" : "0")).join("")).toBe(expected);
  });

  it("knows CC_ATTR_MEM_ENCRYPT alone in a realm of a later kernel", () => {
    const k = bootModel({ platform: "cca", release: "6.12+42be24a4178f" });
    expect(ATTRS.filter((attr) => cc_platform_has(k, attr))).toEqual(["CC_ATTR_MEM_ENCRYPT"]);
  });
});

describe("the attribute bit", () => {
  // [platform, encrypted 0x1000, decrypted 0x1000, __sme_set(0x1000)]
  it.each([
    ["none", 0x1000, 0x1000, 0x1000],
    ["tsme", 0x1000, 0x1000, 0x1000],
    ["sme-zen2", 0x1000 + BIT(47), 0x1000, 0x1000 + BIT(47)],
    ["sev-snp", 0x1000 + BIT(51), 0x1000, 0x1000 + BIT(51)],
    ["sev-snp-vtom", 0x1000, 0x1000 + BIT(46), 0x1000],
    ["tdx", 0x1000, 0x1000 + BIT(47), 0x1000],
    ["tdx-gpaw52", 0x1000, 0x1000 + BIT(51), 0x1000],
    ["cca", 0x1000, 0x1000, 0x1000],
  ])("on %s", (platform, enc, dec, sme) => {
    const k = bootModel({ platform });
    expect([cc_mkenc(k, 0x1000), cc_mkdec(k, 0x1000), sme_set(k, 0x1000)]).toEqual([enc, dec, sme]);
    expect([cc_mkenc(k, dec), cc_mkdec(k, enc), sme_clr(k, sme)]).toEqual([enc, dec, 0x1000]);
  });
});

describe("force_dma_unencrypted() (arch/x86/mm/mem_encrypt.c:20-43)", () => {
  // SME: coherent masks up to the C-bit's number of bits do not reach it.
  it.each([
    ["none", 32, false],
    ["tsme", 32, false],
    ["sme-zen2", 32, true],
    ["sme-zen2", 44, true],
    ["sme-zen2", 46, true],
    ["sme-zen2", 47, true],
    ["sme-zen2", 48, false],
    ["sme-zen2", 64, false],
    ["sme-zen3", 48, true],
    ["sme-zen3", 51, true],
    ["sme-zen3", 52, false],
    ["sev", 32, true],
    ["sev", 64, true],
    ["sev-snp-vtom", 64, true],
    ["tdx", 64, true],
    ["cca", 64, false],
  ])("on %s with a mask of %i bits: %s", (platform, mask, forced) => {
    expect(force_dma_unencrypted(bootModel({ platform, mask }))).toBe(forced);
  });

  it("did not look at masks before 9087c37584fb", () => {
    expect(force_dma_unencrypted(bootModel({ platform: "sme-zen2", mask: 32, release: "6.12-9087c37584fb" }))).toBe(false);
  });

  it("leaves an accepted device's memory private where that is proposed", () => {
    for (const [release, forced] of [["6.12", true], ["proposed", false]] as const) {
      const k = bootModel({ platform: "tdx", release });
      k.machine.deviceAccepted = true;
      expect(force_dma_unencrypted(k)).toBe(forced);
    }
  });
});
