// SPDX-License-Identifier: MIT
/** Findings as patches with a KUnit test: what is written, and what is refused. That the tests compile and fail is test/tree/reproducer.test.ts's. */

import { describe, expect, it } from "vitest";
import { CbitError } from "../src/base/index.ts";
import { checkCase, findingId, parseToken, replayOn, rootCauseOf } from "../src/check/index.ts";
import { createModelFactory, DRIVERS } from "../src/linux/index.ts";
import { type ExplainReport, kunitTest } from "../src/report/index.ts";
import { parseOneMachine, WORKLOADS, workloadNamed } from "../src/scenarios/index.ts";

const factory = createModelFactory({ release: "6.12", policy: "decrypt-dma-alloc-guest" });
const driverOf = (name: string) => DRIVERS.find((d) => d.name === name)!;

/** The report of a trace that ends in a violation. */
function reportOf(machine: string, device: string, workload: string, steps: string, kernel = factory): ExplainReport {
  const trace = parseToken(`cbit1/model:6.12/decrypt-dma-alloc-guest/${machine}/${device}/${workload}/${steps}`);
  const [configuration, driver] = [parseOneMachine(machine), driverOf(device)];
  const replay = replayOn(kernel.create(configuration, driver), workloadNamed(workload), trace.operations);
  const rule = replay.steps.at(-1)!.violations[0]?.rule ?? null;
  const id = rule === null ? null : findingId(device, machine, rule);
  const cause = rule === null ? null : rootCauseOf(rule, replay.steps);
  return { case: null, id, rule, cause, configuration, driver, trace, replay, reduced: null, also: [], command: "" };
}

const write = (report: ExplainReport): string => kunitTest(report, { release: "6.12", version: "0" });
/** The C file of a patch. */
const source = (patch: string): string => patch.slice(patch.indexOf("new file mode")).split("\n").filter((line) => line.startsWith("+") && !line.startsWith("+++")).map((line) => line.slice(1)).join("\n");
const steps = (patch: string): string[] => source(patch).split("\n").filter((line) => /^\t\/\* \d+\. /.test(line));

/** Functions that nobody names again: the kernel is compiled with -Wunused-function. */
function unused(c: string): string[] {
  const names = [...c.matchAll(/^static (?!struct \w+ \w+(?:\[\])? =)[^=;]*?(\w+)\(/gm)].map((m) => m[1]!);
  return names.filter((name) => c.split(new RegExp(`\\b${name}\\b`)).length < 3);
}

function refusal(act: () => string): CbitError {
  try {
    act();
  } catch (error) {
    if (error instanceof CbitError) return error;
    throw error;
  }
  throw new Error("it was written");
}

const NARROW = ["sme-zen2,iommu=off", "amdgpu-gfx9"] as const;

describe("a finding as a KUnit test", () => {
  it("has all operations in their order, the driver's parameters, and says what it is about", () => {
    const patch = write(reportOf(...NARROW, "ttm-buffer", "bo_create,bo_populate,bo_vmap,cpu_write:vmap,dev_read"));
    expect(steps(patch).map((line) => /\d+\. (\w+)/.exec(line)![1])).toEqual(["bo_create", "bo_populate", "bo_vmap", "cpu_write", "dev_read"]);
    const c = source(patch);
    expect(c).toContain("dma_set_coherent_mask(f->dev, DMA_BIT_MASK(44))");
    // drm_need_swiotlb() was true for it, and the DMA layer allocated.
    expect(c).toMatch(/f->drm->vma_offset_manager,\n\s+true, dma_addressing_limited\(f->dev\)\)/);
    expect(c).toContain("ttm_sg_tt_init(tt, bo, page_flags, b->caching)");
    expect(c).toContain("!is_translated(&pdev->dev)");
    expect(c).toContain("CC_ATTR_MEM_ENCRYPT");
    expect(c).toMatch(/^\/\/ SPDX-License-Identifier: GPL-2\.0-only\n/);
    for (const text of [patch, c]) expect(text).toContain("amdgpu-gfx9@sme-zen2,iommu=off/ciphertext-read");
    expect(patch).toContain("\n+obj-$(CONFIG_DRM_TTM_KUNIT_TEST) += ttm_cbit_ciphertext_read_test.o\n");
  });

  it("has lines that mails and the kernel's style allow", () => {
    const patch = write(reportOf("sme-zen2,iommu=off,swiotlb=restricted", "amdgpu-gfx9.4.3", "ttm-buffer", "bo_create,bo_populate,bo_kmap,cpu_write:kmap,dev_read"));
    const message = patch.slice(0, patch.indexOf("\n---\n")).split("\n").slice(1);
    expect(message.filter((line) => line.length > 75)).toEqual([]);
    const columns = (line: string): number => line.replaceAll("\t", "        ").length;
    expect(source(patch).split("\n").filter((line) => columns(line) > 100 || /[ \t]$/.test(line))).toEqual([]);
  });

  it("maps pages as a driver does that does so by itself, and needs no encryption for a stale view", () => {
    const c = source(write(reportOf("sme-zen2,iommu=off", "xe", "ttm-buffer", "bo_create,bo_populate,bo_vmap,cpu_write:vmap,dev_read")));
    expect(c).toContain("dma_map_sgtable(f->dev, &b->sgt, DMA_BIDIRECTIONAL, DMA_ATTR_SKIP_CPU_SYNC)");
    expect(c).toContain("ttm_tt_init(tt, bo, page_flags, b->caching, 0)");
    expect(c).not.toContain("kunit_skip(test, \"this machine");
  });

  it.each([
    ["sme-zen2,iommu=off,swiotlb=restricted", "amdgpu-gfx9.4.3", "bo_create,bo_populate", " is_swiotlb_for_alloc(&pdev->dev)"],
    ["sev,iommu=translated", "amdgpu-gfx6", "bo_create,bo_populate", " is_translated(&pdev->dev)"],
  ])("looks for a device whose DMA goes as on %s", (machine, device, operations, condition) => {
    expect(source(write(reportOf(machine, device, "ttm-buffer", operations)))).toContain(condition);
  });

  it("gives the pages of a buffer that is swapped out to another one", () => {
    const c = source(write(reportOf("sme-zen2,iommu=off", "amdgpu-gfx6", "ttm-swap", "bo_create:pages=1,bo_populate,bo_vmap,cpu_write:vmap,bo_vunmap,bo_swapout,bo_swapin,bo_vmap,cpu_read:vmap")));
    expect(c).toContain("#define NR_BUFFERS 2\n");
    expect(c).toContain("bo_populate(f, other)");
  });

  it("compares attributes in place of an access that would end the guest", () => {
    const c = source(write(reportOf("sev-snp,iommu=translated", "amdgpu-gfx6", "ttm-buffer", "bo_create,bo_populate,bo_vmap,cpu_write:vmap")));
    expect(c).not.toContain("\tcpu_write(b0");
    expect(c).toContain("is_encrypted(b0->vmap.vaddr)");
  });

  it.each([
    ["a page that user space has", ["sme-zen2,iommu=off", "amdgpu-gfx9", "ttm-buffer", "bo_create,bo_populate,bo_fault"], /bo_fault .* no user space/],
    ["VRAM", ["sme-zen2,iommu=off", "amdgpu-gfx9", "ttm-move", "bo_create:pages=1,bo_populate,bo_move:to=vram,bo_vmap,cpu_write:vmap"], /nothing is wrong at its end/],
    ["an accepted device", ["sev-snp", "amdgpu-gfx9", "trust", "dev_accept,dma_alloc"], /dev_accept .*TDISP/],
    ["a realm", ["cca", "amdgpu-gfx9", "ttm-buffer", "bo_create,bo_populate"], /in a realm .* before 6\.13/],
  ] as const)("is refused for %s, with the operation and the reason", (_what, [machine, device, workload, operations], message) => {
    const error = refusal(() => write(reportOf(machine, device, workload, operations)));
    expect(error).toMatchObject({ code: "CBIT-303", exit: 5 });
    expect(error.message).toMatch(message);
  });

  it("imports, without functions that it does not need", () => {
    const c = source(write(reportOf("sme-zen2,iommu=off", "amdgpu-gfx6", "dma-buf", "page_alloc,bo_import:buf=1:from=0,cpu_write:linear,bo_destroy:buf=1,cpu_read:linear")));
    expect(unused(c)).toEqual([]);
    expect(unused(`${c}\nstatic int uncalled(void)\n{\n\treturn 0;\n}\n`)).toEqual(["uncalled"]);
  });

  it("does without TTM's KUnit helpers where a release has none", () => {
    const report = reportOf(...NARROW, "ttm-buffer", "bo_create,bo_populate,bo_vmap");
    const patch = kunitTest(report, { release: "6.1", version: "0" });
    expect(patch).toContain("+++ b/drivers/gpu/drm/ttm/ttm_cbit_alias_attribute_test.c");
    expect(patch).toContain("+obj-$(CONFIG_KUNIT) += ttm_cbit_alias_attribute_test.o");
    const c = source(patch);
    expect(c).toContain("#include <drm/ttm/ttm_bo_api.h>");
    expect(c).toContain("drm_dev_alloc(&driver, dev)");
    expect(c).not.toContain("kunit_helper");
    expect(unused(c)).toEqual([]);
  });

  it("is refused for a release without the makefile", () => {
    const report = reportOf(...NARROW, "ttm-buffer", "bo_create,bo_populate,bo_vmap");
    for (const options of [{ release: "6.99" }, { release: "6.12.1", makefile: () => null }]) {
      expect(refusal(() => kunitTest(report, { ...options, version: "0" })).message).toContain("has no drivers/gpu/drm/ttm/Makefile");
    }
  });

  it("takes the makefile's last lines from the tree", () => {
    const report = reportOf(...NARROW, "ttm-buffer", "bo_create,bo_populate,bo_vmap");
    const patch = kunitTest(report, { release: "6.12.1", makefile: () => "# one\n\nobj-y += a.o\nobj-y += b.o\n", version: "0" });
    expect(patch).toContain("@@ -2,3 +2,4 @@\n \n obj-y += a.o\n obj-y += b.o\n+obj-$(CONFIG_DRM_TTM_KUNIT_TEST) += ");
  });

  it("is written or refused with a reason for every finding of the model, in all workloads", () => {
    const cases = ["sme-zen2,iommu=off", "sev", "sev-snp", "none,swiotlb=force"].flatMap((machine) => ["amdgpu-gfx9", "xe"].flatMap((device) => WORKLOADS.map((workload) => ({ configuration: parseOneMachine(machine), driver: driverOf(device), workload }))));
    const outcomes = cases.flatMap(({ configuration, driver, workload }) =>
      checkCase(factory, configuration, driver, workload).findings.map(({ id, rule, cause, trace, replay }) => {
        const act = (): string => write({ case: null, id, rule, cause, configuration, driver, trace, replay, reduced: null, also: [], command: "" });
        try {
          const patch = act();
          return { missing: trace.operations.length - steps(patch).length, unused: unused(source(patch)) };
        } catch (error) {
          if (!(error instanceof CbitError)) throw error;
          return { refused: `${error.code} ${/^--kunit: (.*?) cannot be written/.exec(error.message)?.[1]}` };
        }
      }),
    );
    expect(outcomes.filter((o) => o.missing === 0).length).toBeGreaterThan(20);
    expect(outcomes.filter((o) => (o.missing ?? 0) !== 0)).toEqual([]);
    expect(outcomes.flatMap((o) => o.unused ?? [])).toEqual([]);
    expect([...new Set(outcomes.flatMap((o) => o.refused ?? []))].sort()).toEqual(["CBIT-303 a finding of bounce-leak", "CBIT-303 a finding of needless-share", "CBIT-303 bo_fault", "CBIT-303 dev_accept"]);
  }, 120_000);
});
