// SPDX-License-Identifier: MIT
import { describe, expect, it } from "vitest";
import type { CaseResult, Verdict } from "../check/index.ts";
import { createStyle } from "./style.ts";
import { checkText } from "./text-check.ts";
import { matrixText } from "./text-matrix.ts";
import { count, wrap } from "./wrap.ts";

const plain = createStyle(false);
const result = (machine: string, device: string, verdict: Verdict, reason: string | null = null): CaseResult => ({
  machine,
  device,
  verdict,
  complete: verdict === "holds",
  states: 10,
  bounds: { states: 100, depth: 5 },
  reason,
  findings: [],
  sameAs: null,
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

  it("breaks into blocks where the width asks for it, and leaves gaps where there is no case", () => {
    const cases = ["a", "b", "c"].map((d) => result("sme-zen2,iommu=translated", d, "unsupported"));
    const lines = matrixText([...cases, result("none", "c", "holds")], createStyle(false, 52)).split("\n");
    expect(Math.max(...lines.map((l) => l.length))).toBeLessThanOrEqual(52);
    expect(lines.filter((l) => l.startsWith("machine"))).toHaveLength(2);
  });

  it("colours the verdict and nothing else", () => {
    expect(matrixText([result("none", "xe", "broken")], createStyle(true))).toContain("\u001b[31mbroken\u001b[39m");
  });
});

describe("the report", () => {
  it("says how far the search went, and why a case has no verdict", () => {
    const report = { kernel: "toy:1", policy: null, workload: "w", explain: (id: string) => id };
    const text = checkText({ ...report, cases: [result("none", "a", "holds"), result("none", "b", "bounded"), result("sev", "a", "refused", "no such thing")] }, plain);
    expect(text.replaceAll("\n", " ")).toContain("3 cases: 1 holds, 1 bounded, 1 refused. 1 case not searched to the end (limits: 100 states, 5 operations)");
    expect(text).toContain("refused: no such thing (a@sev)");
    expect(text).not.toMatch(/Every order/);
  });
});
