// SPDX-License-Identifier: MIT
/** The timeline of a page as SVG: a row for each view, a column for each step, reads and writes as marks. */

import type { Replay } from "../../check/index.ts";
import { DOMAIN_PLAIN, type Platform } from "../../machine/index.ts";
import { pageInQuestion, pageTimeline, type TimelineCell, type TimelineRow } from "../page-timeline.ts";
import { html, type Markup } from "./markup.ts";

const LABEL = 104;
const COLUMN = 104;
const ROW = 46;
const HEAD = 40;
const BAR = 32;

const NAMES: Readonly<Record<string, string>> = { linear: "linear map", kmap: "kmap", vmap: "vmap", user: "user", device: "device", coherent: "DMA API", ioremap: "ioremap", host: "host" };

/** Steps in a row in which a view has one attribute, from and to. */
interface Run {
  readonly from: number;
  to: number;
  readonly attribute: string;
  readonly plain: boolean;
  /** It reaches another page than the linear map's: a bounce slot. */
  readonly elsewhere: boolean;
}

function runsOf(cells: readonly TimelineCell[], linear: TimelineRow | undefined): Run[] {
  const runs: Run[] = [];
  for (const [at, cell] of cells.entries()) {
    if (cell.attribute === null || cell.view === null) continue;
    const open = runs.at(-1);
    if (open !== undefined && open.to === at - 1 && open.attribute === cell.attribute && cell.change === null) open.to = at;
    else {
      const own = linear?.cells[at]?.view?.pfn;
      runs.push({ from: at, to: at, attribute: cell.attribute, plain: cell.view.domain === DOMAIN_PLAIN, elsewhere: own !== undefined && own !== cell.view.pfn });
    }
  }
  return runs;
}

function runSvg({ from, to, attribute, plain, elsewhere }: Run, top: number): Markup {
  const [, bit, key] = /^(\S+) \((.*)\)$/.exec(attribute) ?? [attribute, attribute, ""];
  const x = LABEL + from * COLUMN + 3;
  const width = (to - from + 1) * COLUMN - 6;
  const y = top + (ROW - BAR) / 2;
  const kind = plain ? "plain" : "crypt";
  return html`<rect class="${kind}" x="${x}" y="${y}" width="${width}" height="${BAR}" rx="3"/>${plain ? null : html`<rect class="crypt-hatch" x="${x}" y="${y}" width="${width}" height="${BAR}" rx="3"/>`}<text class="on-${kind}" x="${x + 7}" y="${y + 13}">${bit!}${elsewhere ? ", copy" : ""}</text><text class="on-${kind}" x="${x + 7}" y="${y + 26}" font-size="11">${key!}</text>`;
}

function markSvg({ access, wrong }: TimelineCell, at: number, top: number): Markup | null {
  if (access === null) return null;
  const x = LABEL + (at + 1) * COLUMN - 20;
  const y = top + ROW / 2;
  const word = access === "read" ? "R" : "W";
  const frame = wrong ? html`<rect class="wrong-cell" x="${LABEL + at * COLUMN + 1}" y="${top + 3}" width="${COLUMN - 2}" height="${ROW - 6}" rx="4"/>` : null;
  return html`${frame}<circle class="mark${wrong ? " wrong" : ""}" cx="${x}" cy="${y}" r="${wrong ? 13 : 10}"/><text class="${wrong ? "wrong-text" : "mark-text"}" x="${x}" y="${y + 4}">${word}${wrong ? "!" : ""}</text>`;
}

/** In words, for those who cannot see the drawing. */
function told(cells: readonly TimelineCell[], name: string): string {
  const words = cells.flatMap((cell, at) => {
    const seen = cell.change === "gone" ? ["gone"] : cell.attribute === null || cell.change === null ? [] : [cell.attribute];
    const access = cell.access === null ? [] : [`${cell.access}${cell.wrong ? ", wrong" : ""}`];
    return seen.length + access.length === 0 ? [] : [`step ${at + 1} ${[...seen, ...access].join(", ")}`];
  });
  return `${name}: ${words.join("; ")}`;
}

/** The page that a counterexample is about. Null where nobody ever sees one. */
export function timelineHtml(replay: Replay, platform: Platform, id: string): Markup | null {
  const { buf, page } = pageInQuestion(replay);
  const { rows } = pageTimeline(replay, buf, page, platform);
  const { steps } = replay;
  if (rows.length === 0) return null;
  const width = LABEL + steps.length * COLUMN + 8;
  const height = HEAD + rows.length * ROW + 6;
  const bands = steps.map((_, at) => html`<rect class="band" data-step="${at}" x="${LABEL + at * COLUMN}" y="0" width="${COLUMN}" height="${height}"/>`);
  const heads = steps.map(({ operation }, at) => html`<text x="${LABEL + at * COLUMN + 6}" y="16">${at + 1}</text><text class="head" x="${LABEL + at * COLUMN + 6}" y="31">${operation.op.length > 14 ? `${operation.op.slice(0, 13)}~` : operation.op}</text>`);
  const nameOf = (row: TimelineRow): string => (row.buf === buf && row.page === page ? NAMES[row.kind]! : `${NAMES[row.kind]!} ${row.buf}:${row.page}`);
  const lines = rows.map((row, i) => {
    const top = HEAD + i * ROW;
    return html`<path class="rule" d="M0 ${top}H${width}"/><text x="8" y="${top + ROW / 2 + 4}">${nameOf(row)}</text>${runsOf(row.cells, rows.find((r) => r.kind === "linear" && r.buf === buf && r.page === page)).map((run) => runSvg(run, top))}${row.cells.map((cell, at) => markSvg(cell, at, top))}`;
  });
  const words = rows.map((row) => told(row.cells, nameOf(row))).join(". ");
  return html`<figure><figcaption>Who sees page ${page} of buffer ${buf} how, after each step. Hatched: encrypted; solid: plain; copy: another page, a bounce slot. W writes, R reads; with ! a rule objects.</figcaption><div class="drawn" tabindex="0" role="region" aria-label="Timeline of the page"><svg width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="${id}-t ${id}-d"><title id="${id}-t">Page ${page} of buffer ${buf}, step by step</title><desc id="${id}-d">${words}</desc>${bands}${heads}${lines}</svg></div></figure>`;
}
