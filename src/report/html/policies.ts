// SPDX-License-Identifier: MIT
/** `cbit compare --policies` as one HTML file: what each policy comes to in each kind of cell, and what it costs. */

import { type Outcome, type PolicyCell, tellingFindings } from "../../check/index.ts";
import type { About } from "../about.ts";
import type { CostRow, CostTable, PoliciesReport } from "../reports.ts";
import { letter } from "../stories.ts";
import { answers } from "../text-policies.ts";
import { count, thousands } from "../wrap.ts";
import { placesHtml, platformOf } from "./check.ts";
import { html, joined, type Markup } from "./markup.ts";
import { factsHtml, kernelHtml, pageHtml, wordHtml } from "./page.ts";
import { storyHtml } from "./story.ts";

const BEST: readonly Outcome[] = ["holds", "bounded", "refused", "unsupported", "lost", "broken"];

/** Cells in which every policy comes to the same as in the others of the kind. */
interface Kind {
  readonly key: string;
  readonly cells: readonly PolicyCell[];
  readonly differs: boolean;
}

/** Those in which the policies differ first. */
function kindsOf(cells: readonly PolicyCell[]): Kind[] {
  const groups = new Map<string, PolicyCell[]>();
  for (const cell of cells) groups.set(cell.outcomes.join(" "), [...(groups.get(cell.outcomes.join(" ")) ?? []), cell]);
  const all = [...groups.values()].map((some) => ({ cells: some, differs: new Set(some[0]!.outcomes).size > 1 }));
  return [...all.filter((k) => k.differs), ...all.filter((k) => !k.differs)].map((kind, i) => ({ ...kind, key: letter(i) }));
}

function outcomeRow(head: Markup, outcomes: readonly Outcome[], to: string | null): Markup {
  return html`<tr>${head}${outcomes.map((o) => html`<td class="${o}">${to === null ? html`<span>${o}</span>` : html`<a href="#${to}">${o}</a>`}</td>`)}</tr>`;
}

const policyHeads = ({ policies, reference }: PoliciesReport): Markup[] =>
  policies.map((p) => html`<th scope="col" title="${p.title}">${joined(p.policy.split("-"), html`-<wbr>`)}${p.policy === reference ? html`<br><small>Linux</small>` : null}</th>`);

function classesOf(report: PoliciesReport, cells: readonly PolicyCell[]): string[] {
  return [...new Set(cells.map((c) => report.classOf(c.device, c.machine)))];
}

function heatHtml(report: PoliciesReport, kinds: readonly Kind[]): Markup {
  const rows = kinds.map(({ key, cells, differs }) =>
    outcomeRow(html`<th scope="row">${differs ? html`<span class="key">${key}</span> ` : null}${count(cells.length, "cell")}<br><small>${classesOf(report, cells).slice(0, 3).join("; ")}${classesOf(report, cells).length > 3 ? "; ..." : ""}</small></th>`, cells[0]!.outcomes, differs ? `kind-${key}` : null),
  );
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Outcome of each policy in each kind of cell"><table class="heat"><thead><tr><th scope="col">kind of cell</th>${policyHeads(report)}</tr></thead><tbody>${rows}</tbody></table></div>`;
}

/** Every cell, machine by machine. */
function cellsHtml(report: PoliciesReport): Markup {
  const machines = [...new Set(report.matrix.map((c) => c.machine))];
  const parts = machines.map((machine) => {
    const rows = report.matrix.filter((c) => c.machine === machine).map((c) => outcomeRow(html`<th scope="row">${c.device}</th>`, c.outcomes, null));
    return html`<details><summary>${machine}</summary><div class="scroll" tabindex="0" role="region" aria-label="${machine}"><table class="heat small"><thead><tr><th scope="col">device</th>${policyHeads(report)}</tr></thead><tbody>${rows}</tbody></table></div></details>`;
  });
  return html`<h3>Cell by cell</h3><div class="unfold">${parts}</div>`;
}

function tallyHtml({ policies, reference }: PoliciesReport): Markup {
  const rows = policies.map((p) => html`<tr><th scope="row">${p.policy}${p.policy === reference ? html` <small>(what Linux does)</small>` : null}<br><small>${p.title}</small></th>${[p.holds, p.broken, p.lost, p.none, p.needless, p.fixed, p.regressed].map((n) => html`<td class="num">${n}</td>`)}</tr>`);
  const heads = ["holds", "broken", "lost", "no verdict", "needless", "fixes", "breaks"].map((h) => html`<th scope="col" class="num">${h}</th>`);
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Numbers of each policy"><table><thead><tr><th scope="col">policy</th>${heads}</tr></thead><tbody>${rows}</tbody></table></div><p class="soft">lost: fails or is refused, and works under another policy. needless: decrypted, and need not be. fixes, breaks: cells against ${reference}.</p>`;
}

/** The findings of the first cell, each told once with the policies that have it. */
function kindHtml({ key, cells }: Kind, report: PoliciesReport): Markup {
  const [first] = cells as [PolicyCell, ...PolicyCell[]];
  const lines = BEST.flatMap((outcome) => {
    const some = report.policies.filter((_, i) => first.outcomes[i] === outcome).map((p) => p.policy);
    return some.length === 0 ? [] : [html`<dt>${wordHtml(outcome)}</dt><dd>${some.join(", ")}</dd>`];
  });
  const told = new Map<string, { readonly at: number; readonly policies: string[] }>();
  const findings = tellingFindings(first);
  for (const [at, finding] of findings.entries()) {
    if (finding === null) continue;
    const name = `${finding.rule}: ${finding.title}`;
    const known = told.get(name);
    if (known === undefined) told.set(name, { at, policies: [report.policies[at]!.policy] });
    else known.policies.push(report.policies[at]!.policy);
  }
  const stories = [...told.values()].map(({ at, policies }, i) => {
    const finding = findings[at]!;
    return html`${storyHtml({ finding, platform: platformOf(report.subjects, finding.trace.machine), command: report.explain(finding.id, policies[0]!), anchor: `${key}-${i + 1}`, reduced: null })}<p class="soft">So with ${policies.join(", ")}.</p>`;
  });
  const classes = classesOf(report, cells).map((name) => html`<details><summary>${name}</summary>${placesHtml(cells.filter((c) => report.classOf(c.device, c.machine) === name))}</details>`);
  return html`<section aria-labelledby="kind-${key}"><h2 id="kind-${key}"><span class="key">${key}</span> ${count(cells.length, "cell")}</h2><dl class="facts">${lines}</dl>${classes}${stories}</section>`;
}

const METRICS: readonly { readonly name: string; readonly unit: string; of(row: CostRow): number | null }[] = [
  { name: "Conversions", unit: "calls of set_memory_*()", of: (r) => r.costs?.conversions ?? null },
  { name: "Pages converted", unit: "pages", of: (r) => r.costs?.convertedPages ?? null },
  { name: "TLB flushes", unit: "flushes", of: (r) => r.costs?.tlbFlushes ?? null },
  { name: "Cache flushes", unit: "pages", of: (r) => r.costs?.cacheFlushes ?? null },
  { name: "Hypercalls", unit: "calls", of: (r) => r.costs?.hypercalls ?? null },
  { name: "Bounced", unit: "bytes", of: (r) => r.costs?.bouncedBytes ?? null },
  { name: "Shared meanwhile", unit: "pages that the host can read", of: (r) => (r.costs === null ? null : r.sharedInUse) },
];

/** A bar for each policy; none where no policy costs anything. */
function chartHtml({ rows }: CostTable, { name, unit, of }: (typeof METRICS)[number], reference: string): Markup | null {
  const most = Math.max(0, ...rows.map((r) => of(r) ?? 0));
  if (most === 0) return null;
  const bars = rows.map((row) => {
    const value = of(row);
    const label = row.policy === reference ? html`<b>${row.policy}</b>` : html`${row.policy}`;
    return html`<span class="name">${label}${row.stopped === null ? null : html` <small title="${row.stopped}">(ended early)</small>`}</span><span class="track">${value === null || value === 0 ? null : html`<span class="fill" style="width:${Math.max(1, Math.round((value / most) * 100))}%"></span>`}</span><span class="num">${value === null ? "-" : thousands(value)}</span>`;
  });
  return html`<figure><figcaption><strong>${name}</strong>, ${unit}</figcaption><div class="chart">${bars}</div></figure>`;
}

function costsHtml(report: PoliciesReport): Markup {
  const { costs, script, reference } = report;
  const skipped = [...new Set(costs.flatMap((t) => t.rows.flatMap((r) => r.skipped)))];
  const tables = costs.map((table) => {
    const charts = METRICS.map((m) => chartHtml(table, m, reference));
    const free = METRICS.filter((_, i) => charts[i] === null).map((m) => m.name.toLowerCase());
    const ended = [...new Set(table.rows.flatMap((r) => (r.stopped === null ? [] : [`${r.policy} ended at ${r.stopped}`])))];
    return html`<h3>${table.device} on ${table.machine}</h3><div class="costs">${charts}</div>${free.length === 0 ? null : html`<p class="soft">None with any policy: ${free.join(", ")}.</p>`}${ended.map((text) => html`<p class="soft">${text}</p>`)}`;
  });
  return html`<section aria-labelledby="costs"><h2 id="costs">What it costs</h2><p>Counted over one script: <code>${script.join(", ")}</code>.${skipped.length === 0 ? null : ` This kernel has no ${skipped.join(", ")}.`} ${reference}, which Linux has, is in bold.</p>${tables}</section>`;
}

/** The page, with a last line break. */
export function policiesHtml(report: PoliciesReport, about: About): string {
  const kinds = kindsOf(report.matrix);
  const best = Math.max(...report.policies.map((p) => p.holds));
  const leaders = report.policies.filter((p) => p.holds === best).map((p) => p.policy);
  return pageHtml({
    title: `${report.policies.length} policies on ${report.kernel}`,
    about,
    header: html`<p class="kicker">cbit compare --policies</p><h1>${leaders.join(", ")} ${leaders.length === 1 ? "holds" : "hold"} in ${best} of ${count(report.cells, "cell")}, the most of ${report.policies.length} policies</h1>${answers(report).filter((line) => !line.includes(" against ")).map((line) => html`<p class="lead">${line}</p>`)}${factsHtml([...about.kernels.slice(0, 1).map((k) => ["kernel", kernelHtml({ ...k, policy: report.reference })] as const), ["workload", report.workload], ["command", html`<code>${about.again}</code>`]])}`,
    sections: [
      html`<section aria-labelledby="numbers"><h2 id="numbers">Numbers</h2>${tallyHtml(report)}</section>`,
      html`<section aria-labelledby="matrix"><h2 id="matrix">Where they differ</h2><p>Cells in which every policy comes to the same as in the others of the row stand together. A row in which the policies differ leads to the evidence.</p>${heatHtml(report, kinds)}${cellsHtml(report)}</section>`,
      costsHtml(report),
      ...kinds.filter((k) => k.differs).map((kind) => kindHtml(kind, report)),
    ],
  });
}
