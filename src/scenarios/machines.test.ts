// SPDX-License-Identifier: MIT
import { describe, expect, it } from "vitest";
import { defaultMachines, machinesOf, parseMachine, parseOneMachine } from "./machines.ts";

const names = (spec: string): string[] => parseMachine(spec).map((c) => c.name);

describe("machine specs", () => {
  it("name the IOMMU mode only where it differs from the platform's", () => {
    expect(names("none")).toEqual(["none"]);
    expect(names("none,iommu=off,swiotlb=default")).toEqual(["none"]);
    expect(names("sev,swiotlb=force,iommu=identity")).toEqual(["sev,iommu=identity,swiotlb=force"]);
  });

  it("stand for all modes where the mode must be named", () => {
    expect(names("sme-zen2")).toEqual(["sme-zen2,iommu=off", "sme-zen2,iommu=identity", "sme-zen2,iommu=translated"]);
    expect(() => parseOneMachine("sme-zen2")).toThrow("means 3 machines");
  });

  it("make the default matrix", () => {
    expect(defaultMachines().map((c) => c.name)).toEqual([
      "none",
      "sme-zen2,iommu=off",
      "sme-zen2,iommu=identity",
      "sme-zen2,iommu=translated",
      "sme-zen3,iommu=off",
      "sme-zen3,iommu=identity",
      "sme-zen3,iommu=translated",
      "sev",
    ]);
    expect(machinesOf(["none", "none,iommu=off"]).length).toBe(1);
  });

  it("let a mode through that has no model: its verdict says so", () => {
    expect(names("sev,iommu=translated")).toEqual(["sev,iommu=translated"]);
  });

  it.each([
    ["sme-zen", /unknown machine "sme-zen"; nearest: sme-zen2, sme-zen3/],
    ["sev,iomu=off", /unknown option "iomu"; nearest is iommu=/],
    ["sev,iommu=translate", /iommu=translate is not one of off, identity, translated; nearest is iommu=translated/],
    ["sev,swiotlb", /"swiotlb" must be swiotlb=VALUE, one of default, force, noforce/],
    ["sev,iommu=off,iommu=off", /given twice/],
    ["", /unknown machine ""/],
    ["sev,", /no option stands behind a comma/],
    ["sev,swiotlb=", /must be swiotlb=VALUE, one of default, force, noforce/],
    ["sev,iommu=off=off", /must be iommu=VALUE/],
  ])("say what is wrong: %s", (spec, message) => {
    expect(() => parseMachine(spec)).toThrow(message);
  });
});
