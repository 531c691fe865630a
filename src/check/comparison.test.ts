// SPDX-License-Identifier: MIT
import { describe, expect, it } from "vitest";
import type { CaseResult, Verdict } from "./case.ts";
import { type Change, compareCases } from "./comparison.ts";
import type { Finding } from "./findings.ts";
import { distinguishing, policyCells, tallyPolicies, tellingFindings } from "./policies.ts";
import type { RuleId } from "./rules/rule.ts";

function finding(rule: RuleId, cause: string, severity: Finding["severity"] = "error"): Finding {
  const trace = { kernel: "toy:1", policy: null, machine: "m", device: "d", workload: "w", operations: [] };
  return { id: `d@m/${rule}`, rule, severity, title: "", trace, replay: { boot: [], steps: [], left: 0 }, cause, number: 1, causes: 1 };
}

function result(verdict: Verdict, findings: readonly Finding[] = [], states = 1): CaseResult {
  const reason = verdict === "refused" || verdict === "unsupported" ? "no" : null;
  return { machine: "m", device: "d", verdict, complete: reason === null, states, bounds: { states: 9, depth: 9 }, reason, findings, reached: [], sameAs: null, search: null };
}

const stale = finding("stale-view", "stale at 0x1000");
const holds = result("holds");
const broken = result("broken", [stale]);
const refused = result("refused");

describe("a case before and after", () => {
  it.each<[Change, string, CaseResult, CaseResult]>([
    ["same", "holds in both, whatever the states", holds, result("holds", [], 99)],
    ["same", "is broken for the same cause elsewhere in memory", broken, result("broken", [finding("stale-view", "stale at 0x2f00")])],
    ["same", "is refused in both", refused, refused],
    ["same", "has other advice only", holds, result("holds", [finding("stale-view", "could be better", "advice")])],
    ["broken", "held and is broken", holds, broken],
    ["broken", "held and is refused", holds, refused],
    ["fixed", "was broken and holds", broken, holds],
    ["fixed", "was refused and holds", refused, holds],
    ["changed", "is broken by another rule", broken, result("broken", [finding("ciphertext-read", "stale at 0x1000")])],
    ["changed", "is broken for one cause more", broken, result("broken", [stale, finding("ciphertext-read", "x")])],
    ["changed", "was broken and is refused", broken, refused],
    ["unknown", "was not searched to the end", result("bounded"), broken],
    ["changed", "is broken by the same rule for another cause", broken, result("broken", [finding("stale-view", "left in a cache")])],
    ["same", "is broken by a line that has moved", result("broken", [finding("stale-view", "f (a.c:1)")]), result("broken", [finding("stale-view", "f (a.c:20)")])],
    ["broken", "came up and dies at boot now", holds, { ...result("unsupported"), reason: "boot: kernel BUG at f" }],
    ["fixed", "died at boot and comes up", { ...result("unsupported"), reason: "boot: kernel BUG at f" }, holds],
    ["changed", "was broken and dies at boot now", broken, { ...result("unsupported"), reason: "boot: kernel BUG at f" }],
    ["unsupported", "dies at boot in both", { ...result("unsupported"), reason: "boot: a" }, { ...result("unsupported"), reason: "boot: b" }],
    ["unsupported", "was unsupported", result("unsupported"), result("bounded")],
    ["unsupported", "is unsupported now", holds, result("unsupported")],
  ])("is %s where it %s", (change, _what, before, after) => {
    expect(compareCases([before], [after])[0]!.change).toBe(change);
  });

  it("compares the same cases only", () => {
    expect(() => compareCases([holds], [])).toThrow("not of the same size");
    expect(() => compareCases([holds], [{ ...holds, device: "other" }])).toThrow("d@m is beside other@m");
  });
});

describe("policies", () => {
  const failed = result("broken", [stale, finding("mapping-failed", "bo_vmap fails")]);
  const advised = result("holds", [finding("stale-view", "could be private", "advice")]);

  it("lose what works under another policy, and not what works under none", () => {
    const cells = policyCells([{ policy: "a", cases: [holds, refused, broken] }, { policy: "b", cases: [failed, refused, refused] }]);
    expect(cells.map((c) => c.outcomes)).toEqual([["holds", "lost"], ["refused", "refused"], ["broken", "lost"]]);
    expect(tellingFindings(cells[0]!).map((f) => f?.rule ?? null)).toEqual([null, "mapping-failed"]);
    expect(tellingFindings(cells[2]!).map((f) => f?.rule ?? null)).toEqual(["stale-view", null]);
  });

  it("are told apart by the cells in which they come to different things", () => {
    const cells = policyCells([{ policy: "a", cases: [holds, holds, broken, holds] }, { policy: "b", cases: [broken, holds, broken, broken] }]);
    expect(distinguishing(cells).map((g) => g.map((c) => c.outcomes.join("/")))).toEqual([["holds/broken", "holds/broken"]]);
  });

  it("are counted, against the kernel's own", () => {
    const runs = [{ policy: "a", cases: [holds, broken, refused] }, { policy: "b", cases: [broken, advised, refused] }];
    expect(tallyPolicies(runs, policyCells(runs), "a")).toEqual([
      { policy: "a", holds: 1, broken: 1, lost: 0, none: 1, needless: 0, fixed: 0, regressed: 0 },
      { policy: "b", holds: 1, broken: 1, lost: 0, none: 1, needless: 1, fixed: 1, regressed: 1 },
    ]);
  });
});
