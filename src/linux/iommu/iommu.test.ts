// SPDX-License-Identifier: MIT
// Expected values are retyped from drivers/iommu/iommu.c:192-205 and drivers/iommu/amd/iommu.c:3024-3050 of 6.12.117.
import { describe, expect, it } from "vitest";
import { type DefaultDomain, default_domain_type } from "./iommu.ts";

const NONE: DefaultDomain = { memEncrypt: false, configPassthrough: false, commandLine: null, untrusted: false, pasid: false, snpHost: false };

describe("the default domain", () => {
  it.each<[Partial<DefaultDomain>, "translated" | "identity"]>([
    [{}, "translated"],
    [{ configPassthrough: true }, "identity"],
    [{ configPassthrough: true, memEncrypt: true }, "translated"],
    [{ commandLine: "pt", memEncrypt: true }, "identity"],
    [{ commandLine: "nopt", configPassthrough: true }, "translated"],
    [{ pasid: true }, "identity"],
    [{ pasid: true, commandLine: "nopt" }, "identity"],
    [{ pasid: true, memEncrypt: true }, "translated"],
    [{ pasid: true, memEncrypt: true, commandLine: "pt" }, "identity"],
    [{ pasid: true, snpHost: true }, "translated"],
    [{ untrusted: true, commandLine: "pt" }, "translated"],
  ])("with %j is %s", (known, expected) => {
    expect(default_domain_type({ ...NONE, ...known })).toBe(expected);
  });
});
