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

  it("leave out what is usual, in one order", () => {
    expect(names("none,cells=1,ram=2")).toEqual(["none"]);
    expect(names("cca,granule=4096,ram=2,tlb=no,coherent=yes,swiotlb=default,iommu=off,cells=1")).toEqual(["cca"]);
    expect(names("cca,cells=256,granule=65536,ram=8,tlb=yes,coherent=no,swiotlb-pages=4,swiotlb=dynamic,iommu=identity")).toEqual([
      "cca,iommu=identity,swiotlb=dynamic,swiotlb-pages=4,coherent=no,tlb=yes,ram=8,granule=65536,cells=256",
    ]);
  });

  it("say what they are told", () => {
    const [c] = parseMachine("sev,swiotlb=restricted,swiotlb-pages=2,coherent=no,tlb=yes,ram=64,cells=256");
    expect(c).toMatchObject({ swiotlb: "restricted", swiotlbPages: 2, coherent: false, tlb: true, ramGiB: 64, cells: 256 });
    expect(parseMachine("cca,granule=16384")[0]).toMatchObject({ granule: 16384 });
    expect(Object.keys(parseMachine("none,ram=2,tlb=no")[0]!).sort()).toEqual(["iommu", "name", "platform", "swiotlb"]);
  });

  it("are spelled the same when their names are read again", () => {
    for (const spec of ["sme-zen2,iommu=off,ram=16", "tdx,gpaw=52,swiotlb=off", "sev-snp-vtom,tlb=yes", "tsme,coherent=no"]) {
      for (const c of parseMachine(spec)) expect(parseOneMachine(c.name)).toEqual(c);
    }
  });

  it("know tdx by its width of addresses", () => {
    expect(names("tdx,gpaw=48")).toEqual(["tdx"]);
    expect(names("tdx,gpaw=52,tlb=yes")).toEqual(["tdx-gpaw52,tlb=yes"]);
    expect(names("tdx-gpaw52,gpaw=52")).toEqual(["tdx-gpaw52"]);
  });

  it("make the default matrix: all platforms, SME hosts in all modes", () => {
    const sme = ["sme-zen2", "sme-zen3", "sme-zen4"].flatMap((m) => ["off", "identity", "translated"].map((iommu) => `${m},iommu=${iommu}`));
    expect(defaultMachines().map((c) => c.name)).toEqual(["none", "tsme", ...sme, "sev", "sev-es", "sev-snp", "sev-snp-vtom", "tdx", "tdx-gpaw52", "cca"]);
    expect(machinesOf(["none", "none,iommu=off"]).length).toBe(1);
  });

  it("let a mode through that has no model: its verdict says so", () => {
    expect(names("sev,iommu=translated")).toEqual(["sev,iommu=translated"]);
  });

  it.each([
    ["sme-zen", /unknown machine "sme-zen"; nearest: sme-zen2, sme-zen3/],
    ["sev,iomu=off", /unknown option "iomu"; nearest is iommu=/],
    ["sev,iommu=translate", /iommu=translate is not one of off, identity, translated; nearest is iommu=translated/],
    ["sev,swiotlb", /"swiotlb" must be swiotlb=VALUE, one of default, off, force, noforce, restricted, dynamic/],
    ["sev,iommu=off,iommu=off", /given twice/],
    ["", /unknown machine ""/],
    ["sev,", /no option stands behind a comma/],
    ["sev,swiotlb=", /must be swiotlb=VALUE, one of default, off, force, noforce/],
    ["sev,iommu=off=off", /must be iommu=VALUE/],
    ["sev,swiotlb-pages=17", /swiotlb-pages=17 is not a whole number from 1 to 16/],
    ["sev,ram=1e3", /ram=1e3 is not a whole number from 2 to 256/],
    ["sev,ram=08", /ram=08 is not a whole number/],
    ["sev,coherent=on", /coherent=on is not one of yes, no; nearest is coherent=no/],
    ["sev,granule=65536", /sev has no granule=: it goes with cca/],
    ["cca,granule=8192", /granule=8192 is not one of 4096, 16384, 65536/],
    ["sev,cells=16", /cells=16 is not one of 1, 256/],
    ["sev,gpaw=52", /unknown option "gpaw"/],
    ["tdx,gpaw=50", /"gpaw=50" must be gpaw=48 or gpaw=52/],
    ["tdx,gpaw=48,gpaw=52", /gpaw= is given twice/],
    ["tdx-gpaw52,gpaw=48", /gpaw=48 contradicts tdx-gpaw52/],
    ["tdx,gpa=52", /unknown option "gpa"; nearest is gpaw=/],
    ["sev,__proto__=1", /unknown option "__proto__"/],
    ["constructor", /unknown machine "constructor"/],
  ])("say what is wrong: %s", (spec, message) => {
    expect(() => parseMachine(spec)).toThrow(message);
  });
});
