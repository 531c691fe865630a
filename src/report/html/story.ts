// SPDX-License-Identifier: MIT
/** One counterexample: what happens, the page's timeline, the steps, why it is wrong, and how to see it again. */

import { attributePhrase, type Finding, formatToken, type ReplayStep, type RuleId, resultPhrase, viewPhrase, writtenPhrase } from "../../check/index.ts";
import type { Platform } from "../../machine/index.ts";
import type { ReducedTrace } from "../reports.ts";
import { operationText, seenText, tokenHex } from "../steps.ts";
import { type ChangeGroup, groupChanges } from "../text-explain.ts";
import { html, joined, type Markup, prose } from "./markup.ts";
import { commandHtml } from "./page.ts";
import { timelineHtml } from "./timeline.ts";

/** What a story is told with. */
export interface Told {
  /** Without a rule where nothing is wrong. */
  readonly finding: Pick<Finding, "id" | "title" | "cause" | "trace" | "replay"> & { readonly rule: RuleId | null };
  readonly platform: Platform;
  /** The command that tells it again. */
  readonly command: string;
  /** What stands for it in links, one word. */
  readonly anchor: string;
  readonly reduced: ReducedTrace | null;
}

function changeHtml({ first, last }: ChangeGroup, platform: Platform): Markup {
  const { view, before, change } = first;
  const pages = last === view.page ? `page ${view.page}` : `pages ${view.page}-${last}`;
  const name = `${viewPhrase(view)}, ${pages}`;
  if (change === "gone") return html`<li data-mark="-">${name}: gone</li>`;
  const cache = view.cache === null ? "" : `, ${view.cache}`;
  const was = before === null ? "" : `, before ${attributePhrase(before, platform)}`;
  return html`<li data-mark="${change === "new" ? "+" : "~"}">${name}: <strong>${attributePhrase(view, platform)}</strong>${cache}${was}<br><small>at <code>${view.address}</code>, chosen by <code>${view.chosenBy.function}</code> (<code>${view.chosenBy.file}</code>)</small></li>`;
}

function readHtml(step: ReplayStep): Markup | null {
  const { result, expected } = step;
  if (result.outcome !== "done" || result.seen === null) return null;
  const due = expected === null ? html`anything: nobody has written to the page` : html`<code>${tokenHex(expected)}</code> ${writtenPhrase(expected)}`;
  return html`<dl class="bytes"><dt>got</dt><dd><code>${result.seen.bytes}</code> ${seenText(step)}</dd><dt>expected</dt><dd>${due}</dd></dl>`;
}

function stepHtml(step: ReplayStep, number: number, platform: Platform): Markup {
  const result = resultPhrase(step.result);
  const events = step.events.map((e) => html`<li data-mark="."><code>${e.function}</code>${e.file === "" ? null : html` <small>${e.file}</small>`}${e.text === "" ? null : html`: ${e.text}`}</li>`);
  const changes = groupChanges(step.changes).map((g) => changeHtml(g, platform));
  return html`<li><span class="n">${number}</span><div><h4>${operationText(step.operation)}${result === "done" ? null : html` <span class="objection">${result}</span>`}</h4>${events.length + changes.length === 0 ? null : html`<ul>${events}${changes}</ul>`}${readHtml(step)}${step.violations.map((v) => html`<p class="objection">${v.rule}: ${v.title}</p>`)}</div></li>`;
}

const INSTEAD = { same: "with $ too", "other cause": "with $ it has another cause", nothing: "with $ it does not happen", "does not run": "$ is not on offer here" } as const;

function reducedRows({ needs, irrelevant, simpler, trace }: ReducedTrace, whole: string): Markup[] {
  const told = needs.map(({ option, instead }) => `${option} (${instead.map((t) => INSTEAD[t.outcome].replace("$", t.instead).replace("with without", "without")).join(", ")})`);
  const spared = irrelevant.length === 0 ? [] : [told.length === 0 ? `none of ${irrelevant.join(", ")}` : `does not need ${irrelevant.join(", ")}`];
  const short = formatToken(trace);
  return [
    ...(told.length + spared.length === 0 ? [] : [html`<dt>needs</dt><dd>${[...told, ...spared].join("; ")}</dd>`]),
    ...(simpler === null ? [] : [html`<dt>also on</dt><dd>${simpler}</dd>`]),
    ...(short === whole ? [] : [html`<dt>short</dt><dd>${commandHtml(`cbit explain ${short}`)}</dd>`]),
  ];
}

/** @param told the finding; `headed` false leaves out the title, where the page has it as its own */
export function storyHtml({ finding, platform, command, anchor, reduced }: Told, headed = true): Markup {
  const { rule, title, cause, replay, trace, id } = finding;
  const violation = (replay.steps.at(-1)?.violations ?? replay.boot).find((v) => v.rule === rule);
  const token = formatToken(trace);
  const steps = replay.steps.map((s, i) => stepHtml(s, i + 1, platform));
  const why = [
    ...(replay.steps.length === 0 || cause === "" ? [] : [html`<dt>cause</dt><dd>${cause}</dd>`]),
    ...(violation === undefined ? [] : [html`<dt>why</dt><dd>${violation.why.text}<br><small>${violation.why.ref}</small></dd><dt>hint</dt><dd>${prose(violation.hint)}</dd>`]),
    ...(rule === null ? [] : [html`<dt>rule</dt><dd>${rule} <small>(docs/rules/${rule}.md)</small></dd>`]),
    ...(reduced === null ? [] : reducedRows(reduced, token)),
    html`<dt>again</dt><dd>${commandHtml(command)}</dd>`,
    ...(command === `cbit explain ${token}` ? [] : [html`<dt>replay</dt><dd>${commandHtml(`cbit explain ${token}`)}</dd>`]),
  ];
  const head = headed ? html`<h3>${rule}: ${title}</h3><p class="soft">Told for <code>${id}</code></p>` : null;
  const at = steps.length === 0 ? html`<p>It shows at boot, before the first operation.</p>` : html`${timelineHtml(replay, platform, anchor)}<ol class="steps">${steps}</ol>`;
  const left = replay.left === 0 ? null : html`<p class="soft">${replay.left} more of the trace did not run.</p>`;
  return html`<article data-story id="${anchor}">${head}${at}${left}<dl class="why">${joined(why)}</dl></article>`;
}
