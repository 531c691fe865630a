// SPDX-License-Identifier: MIT
/** Markup as values: text is escaped unless it is markup already. */

/** Markup that may stand in a page as it is. */
export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Part = Markup | string | number | null | readonly Part[];

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Text for HTML and SVG, within elements and quoted attributes. Control characters, which neither takes, are shown as "?". */
export function escapeMarkup(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replaceAll(/[&<>"']/g, (c) => ENTITIES[c]!).replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufffe\uffff]/g, "?");
}

function textOf(part: Part): string {
  if (part === null) return "";
  if (part instanceof Markup) return part.text;
  return Array.isArray(part) ? part.map(textOf).join("") : escapeMarkup(String(part));
}

/** A template whose values are escaped; null is nothing, a list is all of it. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(strings.map((s, i) => s + (i < parts.length ? textOf(parts[i]!) : "")).join(""));
}

/** A sentence in which backticks stand around code. */
export function prose(text: string): Markup {
  return joined(text.split("`").map((part, i) => (i % 2 === 0 ? part : html`<code>${part}</code>`)));
}

/** Several, one behind the other. */
export function joined(parts: readonly Part[], between: Part = ""): Markup {
  return new Markup(parts.map(textOf).join(textOf(between)));
}
