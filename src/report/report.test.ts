// SPDX-License-Identifier: MIT
import { describe, expect, it } from "vitest";
import type { CaseResult, Finding, SearchFacts, Stopped, Verdict } from "../check/index.ts";
import { createStyle } from "./style.ts";
import { checkText } from "./text-check.ts";
import { keysByCase, storyGroups } from "./stories.ts";
import { keysText } from "./text-keys.ts";
import { matrixText } from "./text-matrix.ts";
import { count, wrap } from "./wrap.ts";

const plain = createStyle(false);
const ended = (stopped: Stopped): SearchFacts => ({ represents: 10, transitions: 20, depth: 5, frontier: 3, bytes: 100, stopped, omission: 0, permutations: 1, notExchanged: [], partialOrder: false, checkpoint: null });
const result = (machine: string, device: string, verdict: Verdict, reason: string | null = null): CaseResult => ({
  machine,
  device,
  verdict,
  complete: verdict === "holds",
  states: 10,
  bounds: { states: 100, depth: 5 },
  reason,
  findings: [],
  reached: [],
  sameAs: null,
  search: verdict === "bounded" ? ended("depth") : null,
});

describe("wrap", () => {
  it("fills lines, indents those that follow, and keeps long words whole", () => {
    expect(wrap("one two three", 9, "- ")).toBe("- one two\n  three");
    expect(wrap("a verylongword b", 6)).toBe("a\nverylongword\nb");
    expect(count(1, "story", "stories")).toBe("1 story");
    expect(count(2, "story", "stories")).toBe("2 stories");
  });
});

describe("the matrix", () => {
  it("has machines down and devices across, long names in two lines", () => {
    const cases = [result("none", "nouveau-pascal", "holds"), result("none", "xe", "broken"), result("sev", "nouveau-pascal", "bounded"), result("sev", "xe", "holds")];
    expect(matrixText(cases, plain)).toBe(["machine  nouveau-  xe", "         pascal", "none     holds     broken", "sev      bounded   holds"].join("\n"));
  });

  it("merges equal rows and columns where the width asks for it, machines within their family only", () => {
    const devices = ["amdgpu-gfx9", "amdgpu-gfx9.4.3", "nouveau-pascal", "radeon-si", "loongson", "vram-helper", "vmwgfx", "i915"];
    const machines = ["none", "tsme", "sme-zen2,iommu=off", "sme-zen2,iommu=identity", "sev", "sev-es"];
    const broken = (m: string, d: string): boolean => (m.startsWith("sme") && d.startsWith("amdgpu")) || (m.startsWith("sev") && d === "i915");
    const cases = machines.flatMap((m) => devices.map((d) => result(m, d, broken(m, d) ? "broken" : "holds")));
    expect(matrixText(cases, createStyle(false, 76)).split("\n")).toEqual([
      "device                    none   tsme   sme-zen2  sev",
      "                                        off       sev-es",
      "                                        identity",
      "amdgpu-gfx9               holds  holds  broken    holds",
      "  amdgpu-gfx9.4.3",
      "nouveau-pascal radeon-si  holds  holds  holds     holds",
      "  loongson vram-helper",
      "  vmwgfx",
      "i915                      holds  holds  holds     broken",
    ]);
  });

  it("puts letters above the columns where names do not fit, with a legend", () => {
    const machines = ["none", "tsme", "sme-zen2,iommu=off", "sme-zen2,iommu=translated", "sme-zen3,iommu=off", "sev", "sev-snp", "tdx", "cca"];
    const devices = Array.from({ length: 9 }, (_, i) => `device-${i}`);
    const verdicts: readonly Verdict[] = ["holds", "broken", "unsupported"];
    const cases = machines.flatMap((m, mi) => devices.map((d, di) => result(m, d, verdicts[((mi + 1) * (di % 3)) % 3 === 0 ? 0 : 1 + ((mi + di) % 2)]!)));
    const lines = matrixText(cases, plain).split("\n");
    expect(lines[0]).toMatch(/^machine +A +B +C$/);
    expect(lines.join("\n")).toContain("\n\nA  device-0");
    expect(lines.join("\n")).toMatch(/unsupp\./);
    expect(Math.max(...lines.map((l) => l.length))).toBeLessThanOrEqual(80);
    // Each device is in the legend, each machine in the table, once.
    const words = lines.slice(1).join(" ").split(/ +/);
    for (const name of [...devices, ...machines]) expect(words.filter((w) => w === name)).toHaveLength(1);
  });

  it("breaks into blocks where nothing else helps, and leaves gaps where there is no case", () => {
    const verdicts: readonly Verdict[] = ["holds", "broken", "bounded", "refused"];
    const machines = ["none", "tsme", "sme", "sev", "tdx", "cca"];
    const cases = machines.flatMap((m, mi) => machines.map((_, di) => result(m, `d${di}`, verdicts[(mi * di) % 4]!))).filter((c) => c.machine !== "cca" || c.device !== "d0");
    const lines = matrixText(cases, createStyle(false, 40)).split("\n");
    expect(Math.max(...lines.map((l) => l.length))).toBeLessThanOrEqual(40);
    expect(lines.filter((l) => /^(machine|device) /.test(l)).length).toBeGreaterThan(1);
  });

  it("colours the verdict and nothing else", () => {
    expect(matrixText([result("none", "xe", "broken")], createStyle(true))).toContain("\u001b[31mbroken\u001b[39m");
  });
});

const REPORT = { kernel: "toy:1", policy: null, drivers: null, workload: "w", stories: 12, subjects: { machines: [], devices: [] }, checkpoint: null, further: null, explain: (id: string) => `explain ${id}` };

/** A finding with a step that nobody wrote about. */
function finding(machine: string, device: string, title: string, severity: Finding["severity"] = "error"): Finding {
  const trace = { kernel: "toy:1", policy: null, machine, device, workload: "w", operations: [{ op: "bo_create", buf: 0, pages: 2 } as const] };
  return { id: `${device}@${machine}/stale-view`, rule: "stale-view", severity, title, trace, replay: { boot: [], steps: [], left: 0 }, cause: "", number: 1, causes: 1 };
}

describe("the report", () => {
  it("says how far the search went, and why a case has no verdict", () => {
        const text = checkText({ ...REPORT, cases: [result("none", "a", "holds"), result("none", "b", "bounded"), result("sev", "a", "refused", "no such thing")] }, plain);
    expect(text.replaceAll("\n", " ")).toContain("3 cases: 1 holds, 1 bounded, 1 refused. 1 case not searched to the end (ended by --depth 5)");
    const several = (["states", "memory", "time", "time"] as const).map((stopped, i) => ({ ...result("none", `d${i}`, "bounded"), search: ended(stopped) }));
    expect(checkText({ ...REPORT, cases: several }, plain).replaceAll("\n", " ")).toContain("4 cases not searched to the end (ended by --states 100 (1), the memory that a search may take (1), --time (2))");
    expect(text).toContain("refused: no such thing (a on sev)");
    expect(text).not.toMatch(/Every order/);
  });

  it("counts what was searched apart from what is the same", () => {
    const twin = { ...result("sev-es", "a", "holds"), sameAs: "a@sev", states: 0 };
    const text = checkText({ ...REPORT, cases: [result("sev", "a", "holds"), twin, { ...result("cca", "a", "refused", "no"), states: 0 }] }, plain);
    expect(text.replaceAll("\n", " ")).toContain("3 cases, 1 different one searched: 2 hold, 1 refused. Every order of w's operations was tried: 10 states.");
  });

  it("tells equal stories once, with the places in few words, and says how many it leaves out", () => {
    const of = (machine: string, device: string, title: string): CaseResult => ({ ...result(machine, device, "broken"), complete: true, findings: [finding(machine, device, title)] });
    const cases = [of("sme-zen2,iommu=off", "a", "same"), of("sme-zen2,iommu=identity", "a", "same"), of("sme-zen2,iommu=off", "b", "same"), of("sme-zen2,iommu=identity", "b", "same"), of("sev", "a", "other")];
    const text = checkText({ ...REPORT, stories: 1, cases }, plain);
    expect(text).toContain("5 findings, 2 stories");
    expect(text).toContain("   4 cases: a b on sme-zen2,iommu=off|identity\n");
    expect(text).not.toContain("other");
    expect(text).toContain("1 more story (b): --all tells them.");
    expect(checkText({ ...REPORT, stories: Infinity, cases }, plain)).toContain("stale-view: other");
  });

  it("gives stories of the same cases one letter, which their cells have, and merges no others", () => {
    const also = (f: Finding): Finding => ({ ...f, id: f.id.replace("stale-view", "bounce-leak"), rule: "bounce-leak" });
    const of = (machine: string, device: string, ...findings: readonly Finding[]): CaseResult => ({ ...result(machine, device, findings.length === 0 ? "holds" : "broken"), findings });
    const one = (m: string, d: string): Finding => finding(m, d, "one");
    const cases = [of("sev", "a", one("sev", "a"), also(one("sev", "a"))), of("sev", "b", one("sev", "b"), also(one("sev", "b")), finding("sev", "b", "own")), of("sev", "c"), of("sev", "d", finding("sev", "d", "own"))];
    const text = checkText({ ...REPORT, cases }, plain);
    expect(text).toContain("machine  a         b          c      d\nsev      broken a  broken ab  holds  broken b\n");
    expect(text).toMatch(/\na\. stale-view: one\n[^]*\n {3}bounce-leak: one\n[^]*\n {3}2 cases: a b on sev\n\nb\. stale-view: own\n[^]*\n {3}2 cases: b d on sev\n$/);
    expect(keysText({ kernel: "toy:1", policy: null, workload: "w", cases, command: (key) => `tell ${key}` }, plain)).toContain("b. stale-view: own\n   2 cases: b d on sev\n   tell b\n");
    // The first story and the second are of one rule and one sentence: only their root causes tell them apart.
    const twice = [of("sev", "a", one("sev", "a")), of("sev", "d", { ...one("sev", "d"), cause: "another cause" as Finding["cause"] })];
    expect(checkText({ ...REPORT, cases: twice }, plain)).toMatch(/\nb\. stale-view: one\n[^]*\n {3}because: another cause\n$/);
    expect(text).not.toContain("because:");
    const many = Array.from({ length: 30 }, (_, i) => finding("sev", `d${i}`, `title ${i}`));
    const groups = storyGroups(many.map((f) => [f]));
    expect([groups[0]!.key, groups[25]!.key, groups[26]!.key]).toEqual(["a", "z", "aa"]);
    expect(keysByCase(storyGroups([...many.map((f) => [f]), [many[0]!, many[29]!]])).get("d29@sev")).toBe("ad,ae");
  });

  it("tells as one story what differs in the names of its case only", () => {
    const of = (machine: string): CaseResult => ({ ...result(machine, "xe", "broken"), reason: "no", states: 0, findings: [finding(machine, "xe", `xe is refused on ${machine}, where nothing is in its way`)] });
    const text = checkText({ ...REPORT, cases: [of("sev"), of("sev-es")] }, plain);
    expect(text).toContain("2 findings, 1 story, by the letters of the cells\n\na. stale-view: xe is refused on sev, where");
    expect(text).toContain("   2 cases: xe on sev sev-es");
    expect(text).not.toContain("broken: no");
  });

  it("tells advice apart, behind what is broken", () => {
    const cases = [{ ...result("sev", "a", "holds"), findings: [finding("sev", "a", "could be private", "advice")] }];
    const text = checkText({ ...REPORT, cases }, plain);
    expect(text).toContain("1 piece of advice, 1 story: nothing is broken there\n\n- stale-view: could be private: a on sev\n  explain a@sev/stale-view\n");
    expect(text).not.toMatch(/\d findings?,/);
  });
});
