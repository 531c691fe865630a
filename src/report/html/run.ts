// SPDX-License-Identifier: MIT
/** `cbit run` as one HTML file: each file with its runs, and the story of those that differ. */

import type { About } from "../about.ts";
import type { LitmusFile, LitmusRun } from "../text-run.ts";
import { count } from "../wrap.ts";
import { html, type Markup } from "./markup.ts";
import { factsHtml, pageHtml, wordHtml } from "./page.ts";

function storyHtml({ run, file }: { readonly run: LitmusRun; readonly file: LitmusFile }): Markup {
  const wrong = new Set([...run.differences.map((d) => d.line), ...run.broken.map((b) => b.line)]);
  const differences = run.differences.map((d) => html`<dt>line ${d.line}</dt><dd><code>${d.text}</code><br>expected ${d.expected}, got <strong>${d.got}</strong></dd>`);
  const broken = run.broken.map(({ line, violation }) => html`<dt>line ${line}</dt><dd><strong>${violation.rule}: ${violation.title}</strong><br>${violation.why.text}<br><small>${violation.why.ref}</small></dd>`);
  const steps = run.steps.map((s) => html`<li><span class="n">${s.line}</span><div><h4>${s.text}</h4><p class="${wrong.has(s.line) ? "objection" : "soft"}">${s.result}</p></div></li>`);
  return html`<article><h3>${run.kernel} on ${run.machine} with ${run.device}${run.named === null ? "" : `, policy ${run.named}`}</h3><p>${file.file}:${run.line}: expected ${run.expected}, got <strong>${run.got}</strong>${run.reason === null ? "" : ` (${run.reason})`}</p><dl class="why">${differences}${broken}</dl>${steps.length === 0 ? null : html`<ol class="steps">${steps}</ol>`}${run.left === 0 ? null : html`<p class="soft">${count(run.left, "further step")} did not run.</p>`}</article>`;
}

function fileHtml(file: LitmusFile, index: number): Markup {
  const failed = file.runs.filter((r) => !r.ok);
  const rows = file.runs.map((r) => html`<tr><th scope="row">${r.line}</th><td>${r.kernel}${r.named === null ? "" : `, ${r.named}`}</td><td>${r.machine}</td><td>${r.device}</td><td>${r.expected}</td><td class="${r.ok ? "holds" : "broken"}"><strong>${r.ok ? "ok" : "FAILED"}</strong> ${r.ok ? "" : r.got}</td></tr>`);
  const table = html`<div class="scroll" tabindex="0" role="region" aria-label="Runs of ${file.file}"><table><thead><tr><th scope="col">line</th><th scope="col">kernel</th><th scope="col">machine</th><th scope="col">device</th><th scope="col">expected</th><th scope="col">came</th></tr></thead><tbody>${rows}</tbody></table></div>`;
  const sources = file.sources.length === 0 ? null : html`<ul class="places">${file.sources.map((s) => html`<li>${s}</li>`)}</ul>`;
  return html`<section aria-labelledby="file-${index}"><h2 id="file-${index}">${wordHtml(failed.length === 0 ? "holds" : "broken", failed.length === 0 ? "ok" : "FAILED")} ${file.title}</h2><p class="soft"><code>${file.file}</code></p>${sources}${table}${failed.map((run) => storyHtml({ run, file }))}</section>`;
}

/** The page, with a last line break. Files that are not as they say come first. */
export function runHtml(files: readonly LitmusFile[], about: About): string {
  const runs = files.flatMap((f) => f.runs);
  const failed = runs.filter((r) => !r.ok).length;
  const text = runs.length === 0 ? "nothing to run" : failed === 0 ? "all as expected" : `${failed} of ${count(runs.length, "run")} not as expected`;
  const order = [...files.filter((f) => f.runs.some((r) => !r.ok)), ...files.filter((f) => f.runs.every((r) => r.ok))];
  return pageHtml({
    title: `${failed === 0 ? "ok" : "FAILED"}: ${count(files.length, "litmus file")}`,
    about,
    header: html`<p class="kicker">cbit run</p><h1>${wordHtml(failed > 0 ? "broken" : runs.length === 0 ? "bounded" : "holds", failed > 0 ? "FAILED" : runs.length === 0 ? "no verdict" : "ok")} ${text}</h1><p class="lead">${count(files.length, "file")}, ${count(runs.length, "run")}.</p>${factsHtml([["command", html`<code>${about.again}</code>`]])}`,
    sections: order.map(fileHtml),
  });
}
