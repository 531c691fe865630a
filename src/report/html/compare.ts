// SPDX-License-Identifier: MIT
/** `cbit compare` of two kernels as one HTML file: what became of each case, and the findings behind it on both sides. */

import { type CaseResult, causesOf, type Change, CHANGES, type ComparedCase, errorsOf } from "../../check/index.ts";
import type { About } from "../about.ts";
import type { CellFace } from "../grid.ts";
import type { CompareReport } from "../reports.ts";
import { letter } from "../stories.ts";
import { kernelText } from "../text-compare.ts";
import { count } from "../wrap.ts";
import { placesHtml, platformOf } from "./check.ts";
import { html, joined, type Markup } from "./markup.ts";
import { type Face, heatMap } from "./matrix.ts";
import { factsHtml, kernelHtml, pageHtml, wordHtml } from "./page.ts";
import { storyHtml } from "./story.ts";

const WORDS: Readonly<Record<Change, string>> = { broken: "broken", changed: "other cause", fixed: "fixed", unsupported: "unsupported", unknown: "no verdict", same: "same" };

/** Cases that were alike before and are alike after. */
interface Kind {
  readonly key: string;
  readonly cases: readonly ComparedCase[];
}

const outcome = (result: CaseResult): string => [result.verdict, result.reason ?? "", ...causesOf(result)].join("\n");

/** By what happened, in the order of `CHANGES`; what stays the same is none. */
function kindsOf(cases: readonly ComparedCase[]): Kind[] {
  const groups = new Map<string, ComparedCase[]>();
  for (const change of CHANGES.filter((c) => c !== "same")) {
    for (const c of cases.filter((o) => o.change === change)) {
      const key = `${change}\n${outcome(c.before)}\n->\n${outcome(c.after)}`;
      groups.set(key, [...(groups.get(key) ?? []), c]);
    }
  }
  return [...groups.values()].map((some, i) => ({ key: letter(i), cases: some }));
}

function sideHtml(side: "before" | "after", { key, cases }: Kind, report: CompareReport): Markup {
  const result = cases[0]![side];
  const errors = errorsOf(result);
  const head = html`<h3>${side} ${wordHtml(result.verdict)}</h3>`;
  if (errors.length === 0) return html`${head}<p>${result.reason ?? (result.complete ? `Every order was tried: ${count(result.states, "state")}.` : "Not searched to the end.")}</p>`;
  return html`${head}${errors.map((finding, i) => storyHtml({ finding, platform: platformOf(report.subjects, finding.trace.machine), command: report.explain(finding.id, side), anchor: `${key}-${side}-${i + 1}`, reduced: null }))}`;
}

function kindHtml(kind: Kind, report: CompareReport): Markup {
  const { key, cases } = kind;
  const { change } = cases[0]!;
  return html`<section aria-labelledby="kind-${key}"><h2 id="kind-${key}"><span class="key">${key}</span> ${wordHtml(change, WORDS[change])} ${count(cases.length, "case")}</h2>${placesHtml(cases)}${sideHtml("before", kind, report)}${sideHtml("after", kind, report)}</section>`;
}

function patchHtml({ patched }: CompareReport): [string, Markup | string][] {
  if (patched === null) return [];
  const { patches, files, compiled, copiedFor } = patched;
  const what = compiled.length === 0 ? "nothing that cbit compiles" : copiedFor === null ? compiled.join(", ") : "everything";
  return [
    ["patches", html`${joined(patches.map((p) => html`${p.subject ?? p.file}${p.author === null ? null : html` <small>${p.author}</small>`}`), html`<br>`)}`],
    ["changes", files.join(", ") || "nothing"],
    ["compiled again", what],
  ];
}

/** The page, with a last line break. */
export function compareHtml(report: CompareReport, about: About): string {
  const { cases, subjects, before, after, workload } = report;
  const kinds = kindsOf(cases);
  const keyOf = new Map(kinds.flatMap(({ key, cases: some }) => some.map((c) => [c, key] as const)));
  const number = (change: Change): number => cases.filter((c) => c.change === change).length;
  const bad = number("broken");
  const text = bad > 0 ? `${count(bad, "case")} that held` : `nothing that held is broken${number("fixed") === 0 ? "" : `, ${count(number("fixed"), "case")} fixed`}`;
  const paint = ({ verdict, keys }: CellFace<Change>): Face => ({ word: verdict, text: WORDS[verdict], ...(keys === undefined ? {} : { key: keys }), to: keys === undefined ? null : `kind-${keys}` });
  const cells = cases.map((c) => {
    const key = keyOf.get(c);
    return { machine: c.machine, device: c.device, verdict: c.change, ...(key === undefined ? {} : { keys: key }) };
  });
  const numbers = CHANGES.filter((c) => number(c) > 0).map((c) => html`${wordHtml(c, WORDS[c])} ${number(c)}`);
  const [first, second] = about.kernels;
  const names: [string, Markup | string][] = [
    ["before", first === undefined ? kernelText(before) : kernelHtml(first)],
    ["after", report.patched !== null ? `the same with ${count(report.patched.patches.length, "patch", "patches")}` : second === undefined ? kernelText(after) : kernelHtml(second)],
  ];
  return pageHtml({
    title: `${bad > 0 ? "broken" : "compared"}: ${after.kernel} beside ${before.kernel}`,
    about,
    header: html`<p class="kicker">cbit compare</p><h1>${wordHtml(bad > 0 ? "broken" : "holds", bad > 0 ? "broken" : "no regression")} ${text}</h1><p class="lead">${count(cases.length, "case")} of ${workload}: ${joined(numbers, " ")}</p>${factsHtml([...names, ...patchHtml(report), ["command", html`<code>${about.again}</code>`]])}`,
    sections: [
      html`<section aria-labelledby="matrix"><h2 id="matrix">What became of each case</h2><p>A letter leads to what it was and what it is.</p>${heatMap(cells, subjects, paint)}</section>`,
      ...kinds.map((kind) => kindHtml(kind, report)),
    ],
  });
}
