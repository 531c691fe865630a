// SPDX-License-Identifier: MIT
/** `--format sarif`: valid against the OASIS schema, one result a root cause, in the file and line that are to blame. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RULES } from "../../src/check/index.ts";
import { cbit, parsed } from "../support/cbit.ts";
import { sarifRun, type SarifRun } from "../support/sarif.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "cbit-sarif-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Check {
  readonly cases: readonly { readonly findings: readonly { readonly id: string; readonly rule: string; readonly cause: string; readonly replay: string; readonly steps: readonly object[] }[] }[];
}

describe("the default matrix", () => {
  let run: SarifRun;
  let check: Check;
  beforeAll(() => {
    const ran = cbit("check --format sarif");
    if (ran.exit !== 1 || ran.err !== "") throw new Error(`exit ${ran.exit}: ${ran.err}`);
    run = sarifRun(ran.out);
    check = parsed<Check>(cbit("check --json").out);
  }, 60_000);

  it("has one result for each root cause, and in it each finding once", () => {
    const findings = check.cases.flatMap((c) => c.findings);
    expect(run.results).toHaveLength(new Set(findings.map((f) => `${f.rule}: ${f.cause}`)).size);
    const told = run.results.flatMap((r) => r.properties.cases.map((c) => [c.finding, c.replay]));
    expect(told.sort()).toEqual(findings.map((f) => [f.id, f.replay]).sort());
  });

  it("blames the function that chose the wrong attribute, and names the other one beside it", () => {
    const result = run.results.find((r) => r.ruleId === "ciphertext-read")!;
    const [at] = result.locations;
    expect(at!.physicalLocation).toMatchObject({ artifactLocation: { uri: "drivers/gpu/drm/ttm/ttm_bo_util.c", uriBaseId: "SRCROOT" }, region: { startLine: 291 } });
    expect(at!.message!.text).toContain("ttm_io_prot chooses C=1 (host key)");
    expect(result.relatedLocations!.map((l) => l.message!.text)).toEqual([expect.stringContaining("dma_direct_alloc -> set_memory_decrypted chooses C=0 (plain)")]);
    expect(result.message.text).toContain(`88 cases: `);
  });

  it("has the counterexample as a thread flow, a location for each step", () => {
    const lengths = new Map(check.cases.flatMap((c) => c.findings.map((f) => [f.id, f.steps.length])));
    for (const r of run.results) {
      const steps = r.codeFlows![0]!.threadFlows[0]!.locations.filter((l) => l.nestingLevel === 0);
      expect(steps).toHaveLength(lengths.get(r.properties.finding)!);
      expect(steps.at(-1)!.location.message!.text).toContain(`${r.ruleId}: `);
    }
  });

  it("has every rule with its page, as text and as Markdown", () => {
    const { rules } = run.tool.driver;
    expect(rules.map((r) => [r.id, r.defaultConfiguration.level])).toEqual(RULES.map((r) => [r.id, r.severity === "error" ? "error" : "note"]));
    for (const { id, help, helpUri } of rules) {
      expect(help.markdown).toBe(readFileSync(`docs/rules/${id}.md`, "utf8"));
      expect(help.text).not.toMatch(/\*\*|```|\]\(/);
      expect(help.text).toContain("What counts");
      expect(helpUri).toMatch(new RegExp(`/docs/rules/${id}\\.md$`));
    }
  });

  it("says what was run, with its exit code, and why cases have no verdict", () => {
    const [invocation] = run.invocations;
    expect(invocation).toMatchObject({ exitCode: 1, commandLine: "cbit check --format sarif" });
    expect(invocation!.toolExecutionNotifications!.map((n) => n.message.text)).toEqual([expect.stringContaining("SME is not compatible with Raven")]);
    expect(run.automationDetails.id).toBe("cbit/check/model:6.12/decrypt-dma-alloc-guest/ttm-buffer/");
    // The model is no source: nothing is known of commits.
    expect([run.originalUriBaseIds["SRCROOT"]!.uri, run.versionControlProvenance]).toEqual([undefined, undefined]);
  });

  it("gives commands that tell the finding again", () => {
    for (const { properties } of run.results) expect(cbit(properties.explain.split(" ").slice(1))).toMatchObject({ exit: 1, out: expect.stringContaining(properties.finding) });
  });

  it("has fingerprints that stay when other cases are looked at, and differ between root causes", () => {
    const prints = run.results.map((r) => r.partialFingerprints["rootCause/v1"]);
    expect(new Set(prints).size).toBe(prints.length);
    const small = sarifRun(cbit("check --format sarif --machine sme-zen3,iommu=identity --device radeon").out);
    expect(small.results.map((r) => r.ruleId)).toEqual(["ciphertext-read", "alias-attribute"]);
    for (const r of small.results) expect(prints).toContain(r.partialFingerprints["rootCause/v1"]);
  });
});

describe("the other commands", () => {
  it("explain: one result by id and by token, none where nothing is wrong", () => {
    const byId = sarifRun(cbit("explain amdgpu-gfx9@sme-zen2,iommu=off/ciphertext-read --format sarif").out);
    const byToken = sarifRun(cbit(["explain", byId.results[0]!.properties.replay, "--format", "sarif"]).out);
    expect(byToken.results[0]!.partialFingerprints).toEqual(byId.results[0]!.partialFingerprints);
    expect(byToken.results[0]!.properties.explain).toBe(`cbit explain ${byId.results[0]!.properties.replay}`);
    const none = cbit("explain vmwgfx@sev/ciphertext-read --format sarif");
    expect([none.exit, sarifRun(none.out).results]).toEqual([0, []]);
  });

  it("explain: what shows at boot is in the driver", () => {
    const [result] = sarifRun(cbit("explain amdgpu-raven@sme-zen2,iommu=off/refusal --kernel model:6.1-ea68573d408f --format sarif").out).results;
    expect(result?.locations[0]!.physicalLocation!.artifactLocation.uri).toBe("drivers/gpu/drm/amd/amdgpu/amdgpu_drv.c");
  });

  it("compare: what is new, unchanged and absent against the baseline", () => {
    const states = (args: string): string[] => [...new Set(sarifRun(cbit(`compare ${args} --format sarif`).out).results.map((r) => r.baselineState!))].sort();
    expect(states("model:6.12 model:6.12 --policy encrypted --policy decrypt-dma-alloc-guest --machine sev --device vmwgfx")).toEqual(["absent"]);
    expect(states("model:6.12 model:6.12 --policy decrypt-dma-alloc-guest --policy encrypted --machine sev --device vmwgfx")).toEqual(["new"]);
    expect(states("model:6.12 model:6.12 --machine sme-zen2,iommu=off --device radeon")).toEqual(["unchanged"]);
    expect(states("model:6.1 model:6.12")).toEqual(["new", "unchanged"]);
  });

  it("run: a result where something else came than the file says, in its line", () => {
    expect(sarifRun(cbit("run litmus/rules --format sarif").out).results).toEqual([]);
    const file = join(folder, "wrong file.litmus");
    const right = readFileSync("litmus/b01-ttm-decrypted.litmus", "utf8");
    const text = right.replace("device2 -> garbage", 'device2 -> "B"').replace(/expect holds/, "expect stale-view");
    writeFileSync(file, text);
    const ran = cbit(["run", file, "--format", "sarif"]);
    const { results, tool } = sarifRun(ran.out);
    expect([ran.exit, tool.driver.rules.map((r) => r.id)]).toEqual([1, ["litmus-outcome"]]);
    const line = (part: string): number => text.split("\n").findIndex((l) => l.includes(part)) + 1;
    // Three machines come to the same: one result.
    expect(results.map((r) => [r.locations[0]!.physicalLocation!.region.startLine, r.properties.runs.length])).toEqual([
      [line("expect stale-view"), 3],
      [line("policy encrypted"), 1],
    ]);
    expect(results[0]!.locations[0]!.physicalLocation!.artifactLocation.uri).toBe(file.replace("wrong file", "wrong%20file"));
    const related = results[1]!.relatedLocations!.map((l) => [l.physicalLocation!.region.startLine, l.message!.text] as const);
    expect(related).toContainEqual([line("device2: "), expect.stringContaining('expected "B"')]);
  });
});
