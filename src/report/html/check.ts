// SPDX-License-Identifier: MIT
/** `cbit check` as one HTML file: the verdict, the matrix as a heat map, each story with its steps and drawing. */

import { type CaseResult, type Finding } from "../../check/index.ts";
import type { Platform } from "../../machine/index.ts";
import type { About } from "../about.ts";
import { type CellFace, placesText } from "../grid.ts";
import type { CheckReport, Subjects } from "../reports.ts";
import { keyedCells, storiesOf, storyGroups, type StoryGroup } from "../stories.ts";
import { boundText } from "../text-check.ts";
import { headline } from "../verdict-line.ts";
import { count } from "../wrap.ts";
import { html, joined, type Markup } from "./markup.ts";
import { type Face, heatMap } from "./matrix.ts";
import { factsHtml, kernelHtml, pageHtml, wordHtml } from "./page.ts";
import { storyHtml } from "./story.ts";

/** The platform of a machine of the matrix. */
export function platformOf({ machines }: Subjects, machine: string): Platform {
  return machines.find((m) => m.name === machine)!.platform;
}

/** Where something is so, as a list. */
export function placesHtml(places: readonly { readonly device: string; readonly machine: string }[]): Markup {
  return html`<ul class="places">${placesText(places).map((p) => html`<li>${p}</li>`)}</ul>`;
}

/** Why cases have no verdict, by the reason. */
export function reasonsHtml(cases: readonly CaseResult[]): Markup | null {
  const reasons = new Map<string, CaseResult[]>();
  for (const c of cases) {
    if (c.reason === null || (c.verdict === "broken" && c.states === 0)) continue;
    const key = `${c.verdict}\n${c.reason}`;
    reasons.set(key, [...(reasons.get(key) ?? []), c]);
  }
  if (reasons.size === 0) return null;
  const told = [...reasons.values()].map((some) => html`<h3>${wordHtml(some[0]!.verdict)} ${count(some.length, "case")}</h3><p>${some[0]!.reason}</p><details><summary>Where</summary>${placesHtml(some)}</details>`);
  return html`<section aria-labelledby="reasons"><h2 id="reasons">Without a verdict, or not on all of the workload</h2>${told}</section>`;
}

function groupHtml({ key, stories }: StoryGroup, report: CheckReport): Markup {
  const cases = stories[0]!.map((f) => f.trace);
  const told = stories.map(([first], i) => storyHtml({ finding: first!, platform: platformOf(report.subjects, first!.trace.machine), command: report.explain(first!.id), anchor: `${key}-${i + 1}`, reduced: null }));
  return html`<section aria-labelledby="story-${key}"><h2 id="story-${key}"><span class="key">${key}</span> ${count(cases.length, "case")}, ${count(stories.length, "story", "stories")}</h2>${placesHtml(cases)}${told}</section>`;
}

function contentsHtml(groups: readonly StoryGroup[]): Markup {
  const entries = groups.map(({ key, stories, because }) => html`<li><a class="key" href="#story-${key}">${key}</a><a href="#story-${key}">${joined(stories.map(([first]) => html`<span>${first!.rule}: ${first!.title}</span>`), html`<br>`)} <small>${because === null ? "" : `because: ${because}; `}${count(stories[0]!.length, "case")}</small></a></li>`);
  return html`<nav aria-label="Stories"><ol>${entries}</ol></nav>`;
}

function adviceHtml(advice: readonly (readonly Finding[])[], report: CheckReport): Markup | null {
  if (advice.length === 0) return null;
  const told = advice.map((story, i) => html`${storyHtml({ finding: story[0]!, platform: platformOf(report.subjects, story[0]!.trace.machine), command: report.explain(story[0]!.id), anchor: `advice-${i + 1}`, reduced: null })}${placesHtml(story.map((f) => f.trace))}`);
  return html`<section aria-labelledby="advice"><h2 id="advice">Advice: nothing is broken there</h2>${told}</section>`;
}

/** How a cell with a verdict looks: a broken one leads to its stories. */
export function verdictFace({ verdict, keys }: CellFace): Face {
  return { word: verdict, text: verdict, ...(keys === undefined ? {} : { key: keys }), to: keys === undefined ? null : `story-${keys.split(",")[0]!.slice(0, keys.includes(",") ? undefined : 1)}` };
}

/** The page, with a last line break. */
export function checkHtml(report: CheckReport, about: About): string {
  const { cases, subjects, kernel, workload } = report;
  const { errors, advice } = storiesOf(cases);
  const groups = storyGroups(errors);
  const cells = keyedCells(cases, groups);
  const { word, text } = headline(cases);
  const drivers = (report.drivers ?? []).filter((d) => d.source !== null).map((d) => d.device);
  const facts: (readonly [string, Markup | string])[] = [
    ...about.kernels.map((k) => ["kernel", kernelHtml(k)] as const),
    ...(drivers.length === 0 ? [] : [["drivers", `the tree's own for ${drivers.join(", ")}`] as const]),
    ["workload", workload],
    ["command", html`<code>${about.again}</code>`],
  ];
  const skip = groups.length === 0 ? null : html`<a class="skip" href="#story-${groups[0]!.key}">Skip to the stories</a>`;
  return pageHtml({
    title: `${word}: ${text}, ${kernel}`,
    about,
    header: html`${skip}<p class="kicker">cbit check</p><h1>${wordHtml(word)} ${text}</h1><p class="lead">${boundText(report)}</p>${factsHtml(facts)}`,
    sections: [
      html`<section aria-labelledby="matrix"><h2 id="matrix">Matrix</h2><p>Each device on each machine. ${groups.length === 0 ? null : "A letter leads to what is wrong there. "}Devices and machines that come to the same stand together.</p>${heatMap(cells, subjects, verdictFace)}${groups.length === 0 ? null : contentsHtml(groups)}</section>`,
      ...groups.map((g) => groupHtml(g, report)),
      ...[adviceHtml(advice, report), reasonsHtml(cases)].filter((s) => s !== null),
    ],
  });
}
