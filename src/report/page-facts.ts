// SPDX-License-Identifier: MIT
/** What there is to say of a page after a step, line by line, so that steps can be compared. */

import { attributePhrase, type PageSight, type PromiseRun, writtenPhrase } from "../check/index.ts";
import type { CellRun, Contents, FrameState, View } from "../kernel/index.ts";
import { DOMAIN_LOST, DOMAIN_PLAIN, domainName, pageStateName, type Platform } from "../machine/index.ts";

export interface Fact {
  /** The same for the same thing in another step: "memory", "view vmap", "bounce slot". */
  readonly key: string;
  readonly label: string;
  /** One thing a line. */
  readonly lines: readonly string[];
}

/** A fact, and how it differs from the step before. */
export interface MarkedFact extends Fact {
  readonly change: "new" | "gone" | "changed" | null;
  /** How it was, where it has changed. */
  readonly before: readonly string[];
}

const OWNERSHIP: Readonly<Record<Platform["ownership"], string>> = { none: "", rmp: "RMP", sept: "secure EPT", gpt: "granule" };

/** What bytes are: a writer's, zeros, or none that anybody here wrote. */
function contentsText({ bytes, token }: Contents): string {
  if (token !== null) return writtenPhrase(token);
  return /^0+$/.test(bytes) ? "zeros" : `bytes that nobody wrote (${bytes})`;
}

/** "bytes 16-31: " where a page holds several things. */
function placeText({ at, size }: { readonly at: number; readonly size: number }, runs: readonly unknown[]): string {
  return runs.length === 1 ? "" : `bytes ${at}-${at + size - 1}: `;
}

/** What nobody's key opens was lost, whatever it was. */
function heldText({ memory }: CellRun): string {
  const where = domainName(memory.storedIn);
  return memory.storedIn === DOMAIN_LOST ? `nothing: what was there is lost (${where})` : `${contentsText(memory)}, stored ${memory.storedIn === DOMAIN_PLAIN ? where : `with ${where}`}`;
}

function memoryFacts(frame: FrameState, platform: Platform, prefix: string): Fact[] {
  const { cells } = frame;
  const dirty = cells.flatMap((c) => c.dirty.map((d) => `${placeText(c, cells)}${platform.bitName}=${d.cBit ? 1 : 0}: ${contentsText(d)}`));
  return [
    { key: `${prefix}holds`, label: "holds", lines: cells.map((c) => placeText(c, cells) + heldText(c)) },
    ...(dirty.length === 0 ? [] : [{ key: `${prefix}dirty`, label: "dirty lines", lines: dirty }]),
  ];
}

function frameText(frame: FrameState, platform: Platform): string {
  const state = frame.state === null ? "" : `, ${OWNERSHIP[platform.ownership]}: ${pageStateName(frame.state)}`;
  return `pfn 0x${frame.pfn.toString(16)}${frame.kind === "bar" ? " in the device's BAR" : ""}${state}`;
}

function linearText(frame: FrameState, platform: Platform): string {
  return frame.linear === null ? "" : `; linear map ${attributePhrase(frame.linear, platform)}, ${frame.linear.cache}`;
}

const VIEW_LABELS: Readonly<Record<View["kind"], string>> = { linear: "linear map", kmap: "kmap", vmap: "vmap", user: "user", device: "device", coherent: "DMA API", ioremap: "ioremap" };

function viewFact(view: View, page: PageSight, platform: Platform): Fact {
  const elsewhere = view.pfn === page.frame?.pfn || view.pfn === page.bounce?.pfn ? "" : `, pfn 0x${view.pfn.toString(16)}`;
  const cache = view.cache === null ? "" : `, ${view.cache}`;
  return { key: `view ${view.kind}`, label: VIEW_LABELS[view.kind], lines: [`${attributePhrase(view, platform)}${cache}, at ${view.address}${elsewhere}`] };
}

function promiseFacts(promised: readonly PromiseRun[]): Fact[] {
  const told = (key: "cpu" | "device", label: string): Fact[] => {
    const lines = promised.flatMap((p) => (p[key] === null ? [] : [placeText(p, promised) + writtenPhrase(p[key])]));
    return lines.length === 0 ? [] : [{ key: `promised ${key}`, label, lines }];
  };
  const pending = promised.flatMap((p) => (p.pending === null ? [] : [placeText(p, promised) + (p.pending === "lost" ? "nothing that any rule hands over" : writtenPhrase(p.pending))]));
  return [...told("cpu", "CPU is due"), ...told("device", "device is due"), ...(pending.length === 0 ? [] : [{ key: "promised pending", label: "not synced", lines: pending }])];
}

/** All there is to say of a page. */
export function factsOf(page: PageSight, platform: Platform): Fact[] {
  const { frame, bounce } = page;
  return [
    { key: "memory", label: "memory", lines: [frame === null ? "none" : frameText(frame, platform)] },
    ...(frame === null ? [] : memoryFacts(frame, platform, "")),
    ...page.views.map((v) => viewFact(v, page, platform)),
    ...(bounce === null ? [] : [{ key: "bounce slot", label: "bounce slot", lines: [frameText(bounce, platform) + linearText(bounce, platform)] }, ...memoryFacts(bounce, platform, "bounce slot ")]),
    ...promiseFacts(page.promised),
  ];
}

/** The facts of a page marked against those of the step before, then what is gone. @param before null where the page was not there */
export function markedFacts(now: readonly Fact[], before: readonly Fact[] | null): MarkedFact[] {
  const old = new Map((before ?? []).map((f) => [f.key, f]));
  const kept = now.map((fact): MarkedFact => {
    const was = old.get(fact.key);
    old.delete(fact.key);
    if (was === undefined) return { ...fact, change: "new", before: [] };
    const same = was.lines.join("\n") === fact.lines.join("\n");
    return { ...fact, change: same ? null : "changed", before: same ? [] : was.lines };
  });
  return [...kept, ...[...old.values()].map((fact): MarkedFact => ({ ...fact, change: "gone", before: fact.lines }))];
}

/** A page of one or both of two steps, with its facts; `now` is null for a page that is gone. */
export interface MarkedPage {
  readonly buf: number;
  readonly page: number;
  readonly now: PageSight | null;
  readonly facts: readonly MarkedFact[];
}

/** All pages of a step, and those that went, by buffer and page. */
export function markedPages(now: readonly PageSight[], before: readonly PageSight[], platform: Platform): MarkedPage[] {
  const of = (list: readonly PageSight[], p: PageSight): PageSight | null => list.find((o) => o.buf === p.buf && o.page === p.page) ?? null;
  const all = [...now, ...before.filter((p) => of(now, p) === null)].sort((a, b) => a.buf - b.buf || a.page - b.page);
  return all.map((p) => {
    const [current, was] = [of(now, p), of(before, p)];
    const facts = markedFacts(current === null ? [] : factsOf(current, platform), was === null ? null : factsOf(was, platform));
    return { buf: p.buf, page: p.page, now: current, facts };
  });
}
