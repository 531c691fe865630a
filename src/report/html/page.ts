// SPDX-License-Identifier: MIT
/** The frame of an HTML report: one file that needs nothing else, and may do nothing else. */

import type { About, KernelSource } from "../about.ts";
import { policyPhrase } from "../policy-phrase.ts";
import { escapeMarkup, html, joined, Markup } from "./markup.ts";
import { SCRIPT } from "./script.ts";
import { STYLE } from "./style.ts";

/** Nothing is loaded, sent or framed; only what the page itself has runs. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

export interface Page {
  /** In the title bar. */
  readonly title: string;
  readonly about: About;
  readonly header: Markup;
  readonly sections: readonly Markup[];
}

/** Patterns that all drawings of the page share. */
const PATTERNS = html`<svg width="0" height="0" aria-hidden="true" focusable="false" style="position:absolute"><defs><pattern id="hatch" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path d="M0 0V7"/></pattern></defs></svg>`;

/** The document, with a last line break. */
export function pageHtml({ title, about, header, sections }: Page): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="cbit ${escapeMarkup(about.version)}">
<title>${escapeMarkup(title)}</title>
<style>${STYLE}</style>
</head>
<body>
${PATTERNS.text}
<header>
${header.text}
</header>
<main>
${joined(sections, "\n").text}
</main>
<footer>
<p>cbit ${escapeMarkup(about.version)}, Node ${escapeMarkup(about.node)}. This page is one file: it loads nothing and sends nothing.</p>
</footer>
<script>${SCRIPT}</script>
</body>
</html>
`;
}

/** A verdict, change or outcome as a coloured word. */
export function wordHtml(word: string, text: string = word): Markup {
  return html`<span class="word ${word}">${text}</span>`;
}

/** A command that can be copied. */
export function commandHtml(command: string): Markup {
  return html`<div class="copy"><pre><code>${command}</code></pre></div>`;
}

/** Name and value, in two columns. */
export function factsHtml(facts: readonly (readonly [string, Markup | string])[]): Markup {
  return html`<dl class="facts">${facts.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`;
}

/** A kernel, with what is known of its source. */
export function kernelHtml({ kernel, policy, tree }: KernelSource): Markup {
  if (tree === null) return html`<code>${kernel}</code>, ${policyPhrase(policy)}`;
  const { release, git, path, patches } = tree;
  const commit = git === null ? null : html`, commit <code>${git.commit.slice(0, 12)}</code> (${git.describe})${git.dirty ? ", with changes that are not committed" : ""}`;
  const with_ = patches.length === 0 ? null : html`, with ${joined(patches.map((p) => html`<cite>${p.subject ?? p.file}</cite>`), "; ")}`;
  return html`Linux ${release} in <code>${path}</code>${commit}${with_}`;
}
