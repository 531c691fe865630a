// SPDX-License-Identifier: MIT
/** `cbit explain` as one HTML file. */

import type { About } from "../about.ts";
import { explainedFinding } from "../explained.ts";
import { policyPhrase } from "../policy-phrase.ts";
import type { ExplainReport, NotFoundReport } from "../reports.ts";
import { boundLine } from "../text-explain.ts";
import { html, type Markup } from "./markup.ts";
import { commandHtml, factsHtml, kernelHtml, pageHtml, wordHtml } from "./page.ts";
import { storyHtml } from "./story.ts";

function factsOf({ configuration, driver, trace }: ExplainReport, about: About): Markup {
  const swiotlb = configuration.swiotlb === "default" ? "" : `, swiotlb=${configuration.swiotlb}`;
  const kernels = about.kernels.length === 0 ? [html`<code>${trace.kernel}</code>, ${policyPhrase(trace.policy)}`] : about.kernels.map(kernelHtml);
  return factsHtml([
    ["device", driver.title],
    ["machine", `${configuration.platform.title}, iommu=${configuration.iommu}${swiotlb}`],
    ...kernels.map((k) => ["kernel", k] as const),
    ["workload", trace.workload],
  ]);
}

/** The page, with a last line break. */
export function explainHtml(report: ExplainReport, about: About): string {
  const { configuration, trace, replay, reduced, command, also } = report;
  const finding = explainedFinding(report);
  const name = finding?.id ?? `${trace.device}@${trace.machine}`;
  const word = finding === null ? "holds" : "broken";
  const verdict = finding === null ? "no rule objects to the last step of this trace" : finding.title;
  const told = finding ?? { id: name, rule: null, title: verdict, trace, replay, cause: "" };
  const section = finding === null && replay.steps.length === 0 ? html`<p>The trace has no steps.</p>` : storyHtml({ finding: told, platform: configuration.platform, command, anchor: "story", reduced }, false);
  const others = also.length === 0 ? [] : [html`<section aria-labelledby="also"><h2 id="also">Also wrong in the same cells</h2>${also.map(commandHtml)}</section>`];
  return pageHtml({
    title: `${finding === null ? "nothing wrong" : word}: ${name}`,
    about,
    header: html`<p class="kicker">cbit explain</p><h1>${wordHtml(word, finding === null ? "nothing wrong" : word)} ${verdict}</h1><p><code>${name}</code></p><p class="lead">${boundLine(report)}</p>${factsOf(report, about)}`,
    sections: [html`<section aria-labelledby="steps"><h2 id="steps">Step by step</h2>${section}</section>`, ...others],
  });
}

/** For a finding that the case does not have. */
export function notFoundHtml({ id, case: c, others }: NotFoundReport, about: About): string {
  const list = others.length === 0 ? [] : [html`<section aria-labelledby="others"><h2 id="others">It has these findings</h2>${others.map((f) => commandHtml(`cbit explain ${f.id}`))}</section>`];
  return pageHtml({
    title: `not found: ${id}`,
    about,
    header: html`<p class="kicker">cbit explain</p><h1>not found: ${id}</h1><p class="lead">${c.device} on ${c.machine} ${wordHtml(c.verdict)} ${c.reason ?? (c.complete ? "every order was tried" : "not searched to the end")}</p>${factsHtml(about.kernels.map((k) => ["kernel", kernelHtml(k)] as const))}`,
    sections: list,
  });
}
