// SPDX-License-Identifier: MIT
/** The timeline of a page as a table: views down, steps across, folded where the width asks for it. */

import type { Agent, Replay } from "../check/index.ts";
import { domainName, type Platform } from "../machine/index.ts";
import { type PageTimeline, pageInQuestion, pageTimeline, type TimelineCell, type TimelineRow } from "./page-timeline.ts";
import type { Style } from "./style.ts";
import { wrap } from "./wrap.ts";

const INDENT = "  ";
const NAMES: Readonly<Record<Agent, string>> = { linear: "linear map", kmap: "kmap", vmap: "vmap", user: "user", device: "device", coherent: "DMA API", ioremap: "ioremap", host: "host" };

/** Steps that look the same, from and to, counted from 0. */
interface Column {
  readonly from: number;
  to: number;
}

/** The steps as columns: one that neither changes nor accesses anything goes with the one before it, unless that is an access. */
function columnsOf({ rows }: PageTimeline, steps: number): Column[] {
  const columns: Column[] = [];
  const accessed = (at: number): boolean => rows.some((r) => r.cells[at]!.access !== null);
  for (let at = 0; at < steps; at++) {
    const last = columns[columns.length - 1];
    const quiet = !accessed(at) && rows.every((r) => r.cells[at]!.change === null);
    if (last !== undefined && quiet && !accessed(last.from)) last.to = at;
    else columns.push({ from: at, to: at });
  }
  return columns;
}

/** How attributes are written in cells: by the bit, or by the domain where one bit stands for two. */
function attributesOf({ rows }: PageTimeline, { bitName }: Platform): ReadonlyMap<string, { readonly short: string; readonly told: string }> {
  const views = rows.flatMap((r) => r.cells.flatMap((c) => (c.view === null ? [] : [{ attribute: c.attribute!, view: c.view }])));
  const domains = (cBit: boolean): number => new Set(views.filter((v) => v.view.cBit === cBit).map((v) => v.view.domain)).size;
  return new Map(
    views.map(({ attribute, view }) => {
      const bit = `${bitName}=${view.cBit ? 1 : 0}`;
      const domain = domainName(view.domain);
      return [attribute, domains(view.cBit) === 1 ? { short: bit, told: `${bit} ${domain}` } : { short: domain.split(" ")[0]!, told: `${domain.split(" ")[0]!} ${bit} (${domain})` }];
    }),
  );
}

/** The frames of the page in the order in which they come; a mark is put behind views of each but the first. */
function framesOf({ rows }: PageTimeline): readonly number[] {
  const steps = rows[0]?.cells.length ?? 0;
  return [...new Set(Array.from({ length: steps }, (_, at) => rows.flatMap((r) => r.cells[at]!.view?.pfn ?? [])).flat())];
}

const ACCESS = { read: "r", write: "w" } as const;

function cellText({ attribute, view, access, wrong }: TimelineCell, attributes: ReturnType<typeof attributesOf>, frames: readonly number[]): string {
  const cache = view?.cache === undefined || view.cache === null || view.cache === "WB" ? "" : `/${view.cache}`;
  const seen = view === null ? "" : `${attributes.get(attribute!)!.short}${cache}${"'".repeat(frames.indexOf(view.pfn))}`;
  const done = `${access === null ? "" : ACCESS[access]}${wrong ? "!" : ""}`;
  return [...(seen === "" ? [] : [seen]), ...(done === "" ? [] : [done])].join(":") || ".";
}

/** "vmap"; "vmap, buf 1" or "vmap, buf 1 page 2" for a view of another buffer. */
function labelOf({ buf, page, kind }: TimelineRow, timeline: PageTimeline): string {
  const other = [...(buf === timeline.buf ? [] : [`buf ${buf}`]), ...(page === timeline.page ? [] : [`page ${page}`])].join(" ");
  return other === "" ? NAMES[kind] : `${NAMES[kind]}, ${other}`;
}

/** Columns in blocks that fit. @param widths of the columns */
function blocksOf(widths: readonly number[], room: number, gap: number): number[][] {
  const blocks: number[][] = [];
  let used = Infinity;
  for (const [i, width] of widths.entries()) {
    used += gap + width;
    if (used > room) {
      blocks.push([]);
      used = gap + width;
    }
    blocks[blocks.length - 1]!.push(i);
  }
  return blocks;
}

function legend(timeline: PageTimeline, platform: Platform, style: Style): string {
  const cells = timeline.rows.flatMap((r) => r.cells);
  const [first, ...others] = framesOf(timeline);
  const told = [
    ...new Set([...attributesOf(timeline, platform).values()].map((a) => a.told)),
    ...(cells.some((c) => c.access === "read") ? ["r reads"] : []),
    ...(cells.some((c) => c.access === "write") ? ["w writes"] : []),
    ...(cells.some((c) => c.wrong) ? ["! wrong"] : []),
    ...others.map((pfn, i) => `${"'".repeat(i + 1)} at pfn 0x${pfn.toString(16)}${i > 0 ? "" : `, not 0x${first!.toString(16)}`}`),
  ];
  return style.dim(wrap(told.join("; "), style.width, INDENT));
}

/** The table of the page that a trace is about, in lines; empty where nobody ever sees it. */
export function timelineLines(replay: Replay, platform: Platform, style: Style): string[] {
  const { buf, page } = pageInQuestion(replay);
  const timeline = pageTimeline(replay, buf, page, platform);
  if (timeline.rows.length === 0) return [];
  const columns = columnsOf(timeline, replay.steps.length);
  const attributes = attributesOf(timeline, platform);
  const frames = framesOf(timeline);
  const heads = columns.map(({ from, to }) => (from === to ? `${from + 1}` : `${from + 1}-${to + 1}`));
  const texts = timeline.rows.map((r) => columns.map(({ from }) => cellText(r.cells[from]!, attributes, frames)));
  const widths = heads.map((h, i) => Math.max(h.length, ...texts.map((t) => t[i]!.length)));
  const labels = timeline.rows.map((r) => labelOf(r, timeline));
  const label = INDENT.length + Math.max("step".length, ...labels.map((l) => l.length));
  const wide = blocksOf(widths, style.width - label, 2);
  const gap = wide.length === 1 ? 2 : 1;
  const line = (name: string, cells: readonly string[], block: readonly number[], paint: (text: string, at: number) => string): string =>
    [(INDENT + name).padEnd(label), ...block.map((i) => paint(cells[i]!, i) + " ".repeat(widths[i]! - cells[i]!.length))].join(" ".repeat(gap)).trimEnd();
  const painted = (row: TimelineRow) => (text: string, i: number): string => {
    const { change, wrong, access } = row.cells[columns[i]!.from]!;
    return wrong ? style.verdict("broken", text) : change !== null || access !== null ? style.bold(text) : text;
  };
  const blocks = (gap === 2 ? wide : blocksOf(widths, style.width - label, gap)).map((block) => [line("step", heads, block, (text) => text), ...timeline.rows.map((r, i) => line(labels[i]!, texts[i]!, block, painted(r)))]);
  return [wrap(`${buf === 0 ? "Page" : `Buffer ${buf}, page`} ${page}, who sees it how after each step:`, style.width), ...blocks.flat(), legend(timeline, platform, style)];
}
