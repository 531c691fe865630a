// SPDX-License-Identifier: MIT
/** `cbit compare --policies` as text: the numbers, what they mean, where the policies differ, what each costs. */

import { type Outcome, type PolicyCell, tellingFindings } from "../check/index.ts";
import { placesText } from "./grid.ts";
import type { CostRow, CostTable, PoliciesReport } from "./reports.ts";
import type { Style } from "./style.ts";
import { columnsText } from "./columns.ts";
import { commandLines, count, wrap } from "./wrap.ts";

const WORDS: Readonly<Record<Outcome, string>> = { holds: "holds", broken: "broken", lost: "lost", bounded: "bounded", refused: "refused", unsupported: "unsupported" };
const ORDER: readonly Outcome[] = ["holds", "broken", "lost", "bounded", "refused", "unsupported"];

function tallyLines({ policies }: PoliciesReport, style: Style): string {
  const rows = policies.map((p) => [p.policy, p.holds, p.broken, p.lost, p.none, p.needless].map(String));
  return columnsText(["policy", "holds", "broken", "lost", "no verdict", "needless"], rows, style);
}

/** Against the kernel's own policy, in words. */
export function answers(report: PoliciesReport): string[] {
  const { policies, reference, cells, groups } = report;
  const own = policies.find((p) => p.policy === reference)!;
  const best = policies.filter((p) => p.holds === Math.max(...policies.map((q) => q.holds))).map((p) => p.policy);
  const all = policies.filter((p) => p.holds === cells - p.none);
  const lines = [
    all.length > 0
      ? `${all.map((p) => p.policy).join(", ")}: holds in every cell that has a verdict.`
      : `No policy holds in every cell. ${best.join(", ")} ${best.length === 1 ? "holds" : "hold"} in the most.`,
  ];
  if (report.brokenUnderAll > 0) lines.push(`${count(report.brokenUnderAll, "cell")} ${report.brokenUnderAll === 1 ? "is" : "are"} broken under every policy: what TTM maps is not what is wrong there.`);
  const always = policies.filter((_, i) => groups.every(([cell]) => cell!.outcomes[i] === "holds" || !cell!.outcomes.includes("holds"))).map((p) => p.policy);
  if (groups.length > 0 && always.length > 0 && all.length === 0) lines.push(`${always.join(", ")} ${always.length === 1 ? "holds" : "hold"} wherever any policy does.`);
  for (const p of policies) {
    if (p.policy === reference) continue;
    const better = p.fixed === 0 ? "" : `fixes ${count(p.fixed, "cell")}`;
    const worse = p.regressed === 0 ? (p.fixed === 0 ? "" : "breaks none") : `breaks ${count(p.regressed, "cell")}`;
    const words = [better, worse].filter((w) => w !== "").join(" and ");
    lines.push(`${p.policy} ${words === "" ? "neither fixes nor breaks a cell" : words} against ${own.policy}.`);
  }
  return lines;
}

/** Policies by what they come to in a group, those that hold first. */
function byOutcome(report: PoliciesReport, cell: PolicyCell): (readonly [Outcome, readonly string[]])[] {
  return ORDER.flatMap((outcome) => {
    const some = report.policies.filter((_, i) => cell.outcomes[i] === outcome).map((p) => p.policy);
    return some.length === 0 ? [] : [[outcome, some] as const];
  });
}

const PAINT = { holds: "holds", broken: "broken", lost: "broken", bounded: "bounded", refused: "refused", unsupported: "unsupported" } as const;

/** The findings of the first cell, each told once with the policies that have it and the command that explains it. */
function evidence(report: PoliciesReport, cell: PolicyCell, style: Style): string[] {
  const told = new Map<string, { readonly id: string; readonly policies: string[] }>();
  for (const [i, finding] of tellingFindings(cell).entries()) {
    if (finding === null) continue;
    const key = `${finding.rule}: ${finding.title}`;
    const policy = report.policies[i]!.policy;
    const before = told.get(key);
    if (before === undefined) told.set(key, { id: finding.id, policies: [policy] });
    else before.policies.push(policy);
  }
  return [...told].flatMap(([text, { id, policies }]) => [wrap(text, style.width, "   ", "     "), ...commandLines(report.explain(id, policies[0]!), style.width, "     ")]);
}

/** Where the cells are, by what decides them. */
function classLines(report: PoliciesReport, group: readonly PolicyCell[], style: Style): string[] {
  const classes = new Map<string, PolicyCell[]>();
  for (const cell of group) {
    const name = report.classOf(cell.device, cell.machine);
    classes.set(name, [...(classes.get(name) ?? []), cell]);
  }
  return [...classes].map(([name, cells]) => wrap(`${name}: ${placesText(cells).join("; ")}`, style.width, "   ", "     "));
}

function groupText(report: PoliciesReport, group: readonly PolicyCell[], number: number, style: Style): string {
  const [first] = group as [PolicyCell, ...PolicyCell[]];
  const outcomes = byOutcome(report, first).map(([outcome, policies]) =>
    wrap(policies.join(", "), style.width, `   ${WORDS[outcome].padEnd(8)}`, " ".repeat(11)).replace(WORDS[outcome], style.verdict(PAINT[outcome], WORDS[outcome])),
  );
  return [`${number}. ${count(group.length, "cell")}`, ...classLines(report, group, style), ...outcomes, ...evidence(report, first, style)].join("\n");
}

const COST_HEADS = ["policy", "calls", "pages", "TLB", "cache", "hyper", "bounced", "shared"];

function costCells({ costs, sharedInUse }: CostRow): string[] {
  if (costs === null) return ["-", "-", "-", "-", "-", "-", "-"];
  return [costs.conversions, costs.convertedPages, costs.tlbFlushes, costs.cacheFlushes, costs.hypercalls, costs.bouncedBytes, sharedInUse].map(String);
}

/** Policies that cost the same in one row. */
function costText({ device, machine, rows }: CostTable, style: Style): string {
  const merged = new Map<string, string[]>();
  for (const row of rows) {
    const key = [...costCells(row), row.stopped ?? ""].join("\t");
    merged.set(key, [...(merged.get(key) ?? []), row.policy]);
  }
  const table = columnsText(COST_HEADS, [...merged].map(([key, policies]) => [policies.join(" "), ...key.split("\t").slice(0, -1)]), style);
  const stops = [...merged].flatMap(([key, policies]) => {
    const stopped = key.split("\t").at(-1)!;
    return stopped === "" ? [] : [wrap(`${policies.join(" ")}: ended at ${stopped}`, style.width, "", "  ")];
  });
  return [style.bold(`${device}@${machine}`), table, ...stops].join("\n");
}

function costParts({ costs, script }: PoliciesReport, style: Style): string[] {
  const skipped = [...new Set(costs.flatMap((t) => t.rows.flatMap((r) => r.skipped)))];
  const without = skipped.length === 0 ? "" : ` This kernel has no ${skipped.join(", ")}.`;
  return [
    style.bold("What it costs"),
    wrap(`${script.join(", ")}.${without} calls, pages: conversions by set_memory_*(); TLB: flushes; cache: pages flushed; hyper: calls to the hypervisor; bounced: bytes; shared: pages that the host can read meanwhile.`, style.width),
    ...costs.map((t) => costText(t, style)),
  ];
}

/** The report, with a last line break. */
export function policiesText(report: PoliciesReport, style: Style): string {
  const cells = report.groups.reduce((sum, g) => sum + g.length, 0);
  const parts = [
    style.bold(wrap(`${report.kernel}, ${count(report.policies.length, "policy", "policies")}, ${count(report.cells, "cell")} of ${report.workload}`, style.width)),
    tallyLines(report, style),
    wrap("lost: fails or is refused, and works under another policy. needless: decrypted, and need not be.", style.width),
    answers(report).map((line) => wrap(line, style.width, "- ")).join("\n"),
    style.bold(cells === 0 ? "The policies come to the same in every cell." : `Where they differ: ${count(cells, "cell")}, ${count(report.groups.length, "kind")}`),
    ...report.groups.slice(0, report.stories).map((group, i) => groupText(report, group, i + 1, style)),
  ];
  if (report.groups.length > report.stories) parts.push(`${count(report.groups.length - report.stories, "more kind")} of cells: --all tells them.`);
  return `${[...parts, ...costParts(report, style)].join("\n\n")}\n`;
}
