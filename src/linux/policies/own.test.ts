// SPDX-License-Identifier: MIT
import { describe, expect, it } from "vitest";
import { CbitError } from "../../base/index.ts";
import type { KernelFactory } from "../../kernel/index.ts";
import { checkCase, DEFAULT_BOUNDS } from "../../check/index.ts";
import { parseOneMachine, workloadNamed } from "../../scenarios/index.ts";
import { createModelFactory, DRIVERS, type Linux, ownPolicy, POLICIES, type PolicyKit } from "../index.ts";

const factoryOf = (source: unknown): KernelFactory => createModelFactory({ release: "6.12", policy: ownPolicy("mine", source) });
const verdict = (factory: KernelFactory, device: string, machine: string): string =>
  checkCase(factory, parseOneMachine(machine), DRIVERS.find((d) => d.name === device)!, workloadNamed("ttm-buffer"), { bounds: DEFAULT_BOUNDS }).verdict;

function codeOf(source: unknown): string {
  try {
    ownPolicy("mine", source);
    return "none";
  } catch (error) {
    if (!(error instanceof CbitError)) throw error;
    return `${error.code} ${error.message}`;
  }
}

describe("a policy of a user's own", () => {
  it("decides: one that asks the DMA layer's own questions holds where Linux 6.12 is broken", () => {
    const factory = factoryOf(({ cc_platform_has, force_dma_unencrypted, use_dma_iommu }: PolicyKit) => ({
      tt_decrypted: (k: Linux) => k.use_dma_alloc && (cc_platform_has(k, "CC_ATTR_GUEST_MEM_ENCRYPT") || (!use_dma_iommu(k) && force_dma_unencrypted(k))),
    }));
    expect(["sme-zen2,iommu=off", "sme-zen2,iommu=translated", "sev"].map((machine) => verdict(factory, "amdgpu-gfx9", machine))).toEqual(["holds", "holds", "holds"]);
    expect(factory.policy).toBe("mine");
  });

  it("that is written like a built-in one comes to the same verdicts", () => {
    for (const built of POLICIES) {
      const { name: _name, ...description } = built;
      const own = factoryOf(description);
      const theirs = createModelFactory({ release: "6.12", policy: built.name });
      const verdicts = (factory: KernelFactory): string[] => ([["amdgpu-gfx9", "sme-zen2,iommu=off"], ["vmwgfx", "sev"], ["xe", "tdx"]] as const).map(([device, machine]) => `${built.name} ${device}@${machine} ${verdict(factory, device, machine)}`);
      expect(verdicts(own)).toEqual(verdicts(theirs));
    }
  });

  it("is not taken for alike in two cases: nobody knows what it asks", () => {
    const [machine, driver] = [parseOneMachine("sev"), DRIVERS[0]!];
    expect(factoryOf({ tt_decrypted: () => true }).effectiveKey(machine, driver)).toBeNull();
    expect(createModelFactory({ release: "6.12", policy: "encrypted" }).effectiveKey(machine, driver)).not.toBeNull();
  });

  it("that is none is told what is wrong with it", () => {
    expect(codeOf(null)).toBe("CBIT-135 policy mine: is null, not an object");
    expect(codeOf([1])).toContain("is an array");
    expect(codeOf({})).toContain("decides nothing");
    expect(codeOf({ tt_decrypted: true })).toContain("tt_decrypted is of type boolean, not a function");
    expect(codeOf({ tt_decrypted: () => true, decrypted: 1 })).toContain('a field "decrypted" that no policy has');
    expect(codeOf({ tt_decrypted: () => true, title: 1 })).toContain("title is of type number");
    expect(codeOf({ tt_decrypted: () => true, chooser: "ttm" })).toContain("chooser is not {");
    expect(codeOf(() => 5)).toContain("is of type number");
    expect(codeOf(() => { throw new RangeError("no"); })).toBe("CBIT-136 policy mine: the function that makes it ended in an error: RangeError: no");
  });

  it("whose own code fails while the kernel runs is told so, not taken for a bug of the kernel", () => {
    const failing = (source: unknown): string => {
      try {
        return verdict(factoryOf(source), "amdgpu-gfx9", "sev");
      } catch (error) {
        return error instanceof CbitError ? `${error.code} ${error.message}` : `not a CbitError: ${String(error)}`;
      }
    };
    expect(failing({ tt_decrypted: (k: { no: { such: boolean } }) => k.no.such })).toMatch(/^CBIT-136 policy mine: tt_decrypted\(\) ended in an error: TypeError/);
    expect(failing({ tt_decrypted: () => 1 })).toContain("it returned 1, not true or false");
    expect(failing({ page_prot: () => "x" })).toContain("page_prot() ended in an error: TypeError: it returned x, not a protection");
  });
});
