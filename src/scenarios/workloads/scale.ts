// SPDX-License-Identifier: MIT
/**
 * Workloads with more buffers and pages: copies of a workload's buffers that live at once, each with progress flags of its own, and
 * accesses to each of several pages. Operations that name no buffer stay once. Writers store one token for each buffer, whatever the
 * page: a mapping that shows another page of the buffer gives a reader what was not written there, in the order in which only one
 * of them is written.
 */

import { CbitError, EXIT } from "../../base/index.ts";
import { type Action, operationOn, isAccess, pagesMade, type Sometimes, sometimesOn, sometimesText, type Workload } from "../../check/index.ts";
import type { Operation } from "../../kernel/index.ts";

/** Buffers, pages of a buffer, and pages altogether that there is room for in the model (src/linux/layout.ts), and bits of the progress. */
export const MOST_BUFFERS = 4;
export const MOST_PAGES = 4;
const MOST_VRAM_PAGES = 4;
const MOST_SWAPPED_PAGES = 8;
const MOST_FLAGS = 32;

/** How large a workload is to be; what is left out stays as the workload has it. */
export interface Scale {
  readonly buffers?: number | undefined;
  /** Pages of each buffer. Where it is given, accesses go to each of them. */
  readonly pages?: number | undefined;
}

/** Workloads that are about the number of their pages. */
const OF_SO_MANY_PAGES: ReadonlyMap<string, string> = new Map([["ttm-chunks", "it is about a buffer of three pages, which is built of two allocations"]]);

function refuse(workload: Workload, what: string, hint: string): CbitError {
  return new CbitError({ code: "CBIT-110", exit: EXIT.usage, message: `the workload ${workload.name} ${what}`, hint });
}

const several = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;

/** @throws CbitError (CBIT-110) where there is no room, or the workload is about a number of its own */
function assertFits(w: Workload, buffers: number, pages: number): void {
  if (!Number.isInteger(buffers) || buffers < 1 || buffers % w.buffers !== 0) {
    throw refuse(w, `cannot have ${several(buffers, "buffer")}: it has ${w.buffers} together`, `Give a multiple of ${w.buffers}.`);
  }
  if (!Number.isInteger(pages) || pages < 1) throw refuse(w, `cannot have ${several(pages, "page")}`, "Give a number from 1 on.");
  if (pages !== w.pages && OF_SO_MANY_PAGES.has(w.name)) throw refuse(w, `cannot have ${several(pages, "page")}: ${OF_SO_MANY_PAGES.get(w.name)}`, "Leave --pages out, or take another workload, as ttm-buffer.");
  if (buffers > MOST_BUFFERS || pages > MOST_PAGES) {
    throw refuse(w, `cannot have ${several(buffers, "buffer")} of ${several(pages, "page")}: there is room for ${MOST_BUFFERS} buffers of ${MOST_PAGES} pages`, "Give smaller numbers.");
  }
  const ops = new Set(w.actions.map(({ operation: o }) => (o.op === "bo_move" && o.to === "vram" ? "vram" : o.op)));
  const most = ops.has("vram") ? MOST_VRAM_PAGES : ops.has("bo_swapout") ? MOST_SWAPPED_PAGES : MOST_BUFFERS * MOST_PAGES;
  if (buffers * pages <= most) return;
  const why = ops.has("vram") ? `VRAM has ${most} pages` : `there is memory for ${most} pages and what is swapped out of them`;
  throw refuse(w, `cannot have ${several(buffers, "buffer")} of ${several(pages, "page")}: ${why}`, `Buffers times pages may be ${most}.`);
}

/** The bits of a mask. */
const bitsOf = (mask: number): number[] => Array.from({ length: MOST_FLAGS }, (_, bit) => bit).filter((bit) => ((mask >>> bit) & 1) === 1);

const maskOf = (bits: readonly number[]): number => bits.reduce((m, bit) => (m | (1 << bit)) >>> 0, 0);

/** What a flag is about: all, one copy of the buffers, or one page of each. */
type FlagKind = "global" | "copy" | "page";

/** Which flags are whose: by who sets and clears them. */
function kindsOf(w: Workload): FlagKind[] {
  const touched = (test: (o: Operation) => boolean): number => w.actions.reduce((m, a) => (test(a.operation) ? m | a.sets | a.clears : m), 0);
  const global = touched((o) => !("buf" in o)) & ~touched((o) => "buf" in o);
  // One page is mapped by kmap, and all by everything else: a fault on page 0 maps those behind it too.
  const mapped = w.actions.reduce((m, a) => (a.operation.op === "bo_kmap" ? m | a.sets : m), 0);
  return w.flags.map((_, bit) => (((global >>> bit) & 1) === 1 ? "global" : ((mapped >>> bit) & 1) === 1 ? "page" : "copy"));
}

/** Where the flags of the larger workload are. */
class Flags {
  readonly names: readonly string[];
  private readonly at: ReadonlyMap<string, number>;
  private readonly kinds: readonly FlagKind[];
  private readonly copies: number;
  private readonly pages: number;

  constructor(w: Workload, copies: number, pages: number) {
    const names: string[] = [];
    const at = new Map<string, number>();
    this.kinds = kindsOf(w);
    this.copies = copies;
    this.pages = pages;
    for (let copy = 0; copy < copies; copy++) {
      w.flags.forEach((name, bit) => {
        const kind = this.kinds[bit]!;
        if (kind === "global" && copy > 0) return;
        for (let page = 0; page < (kind === "page" ? pages : 1); page++) {
          const where = [...(kind !== "global" && copies > 1 ? [copyName(w, copy)] : []), ...(kind === "page" && pages > 1 ? [`page ${page}`] : [])];
          at.set(`${bit}/${copy}/${page}`, names.length);
          names.push(where.length === 0 ? name : `${name} (${where.join(", ")})`);
        }
      });
    }
    this.names = names;
    this.at = at;
  }

  /** The name of a flag for one copy; of those of its pages, that of the first. */
  name(bit: number, copy: number): string {
    return this.names[this.at.get(`${bit}/${this.kinds[bit] === "global" ? 0 : copy}/0`)!]!;
  }

  /** Flags of a mask that are not as `kind`. */
  has(mask: number, kind: FlagKind): boolean {
    return bitsOf(mask).some((bit) => this.kinds[bit] === kind);
  }

  /** The mask for one copy and page; null: for all of them. */
  mask(mask: number, copy: number | null, page: number | null): number {
    const all = bitsOf(mask).flatMap((bit) => {
      const kind = this.kinds[bit]!;
      const copies = kind === "global" ? [0] : copy === null ? range(this.copies) : [copy];
      const pages = kind !== "page" ? [0] : page === null ? range(this.pages) : [page];
      return copies.flatMap((c) => pages.map((p) => this.at.get(`${bit}/${c}/${p}`)!));
    });
    return maskOf(all);
  }
}

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

function copyName(w: Workload, copy: number): string {
  const first = copy * w.buffers;
  return w.buffers === 1 ? `buffer ${first}` : `buffers ${range(w.buffers).map((b) => first + b).join(" and ")}`;
}

/** True for operations on one page, of which there is one for each page. */
function isOfPage(o: Operation): boolean {
  return isAccess(o) || o.op === "bo_kmap" || o.op === "writeback";
}

/** The operation with as many pages: not where it makes a buffer of another size than the workload's, nor out of an atomic pool, which is small. */
function withPages(o: Operation, from: number, to: number): Operation {
  const scales = (o.op === "bo_create" || o.op === "dma_alloc" || o.op === "page_alloc" || o.op === "ioremap") && o.pages === from && !("atomic" in o && o.atomic === true);
  return scales ? { ...o, pages: to } : o;
}

/** An action of every copy and page that it is for. */
function copiesOf(action: Action, w: Workload, flags: Flags, copies: number, pages: readonly number[] | null): Action[] {
  const { operation: o, requires, forbids, sets, clears } = action;
  const make = (operation: Operation, copy: number | null, page: number | null): Action => ({
    operation,
    requires: flags.mask(requires, copy, page),
    // What is in the way is in the way for every page.
    forbids: flags.mask(forbids, copy, null),
    sets: flags.mask(sets, copy, page),
    clears: flags.mask(clears, copy, flags.has(requires, "page") ? page : null),
  });
  if (!("buf" in o)) {
    if (flags.has(sets | clears, "copy") || flags.has(sets | clears, "page")) throw refuse(w, `cannot have more buffers or pages: ${o.op} is for all of them at once`, "Leave --buffers and --pages out.");
    // What needs one buffer to be somehow needs any of them.
    return flags.has(requires, "copy") ? range(copies).map((copy) => ({ ...make(o, copy, null), forbids: flags.mask(forbids, null, null) })) : [make(o, null, null)];
  }
  const each = pages !== null && (isOfPage(o) || flags.has(requires, "page")) ? pages : [null];
  return range(copies).flatMap((copy) =>
    each.map((page) => {
      const moved = operationOn(o, (buf) => buf + copy * w.buffers, (p) => (page !== null && isOfPage(o) ? page : p));
      return make(moved, copy, page ?? 0);
    }),
  );
}

/** What every copy must come to, each property once. */
function propertiesOf(w: Workload, flags: Flags, copies: number): Sometimes[] {
  const all = range(copies).flatMap((copy) => w.sometimes.map((s) => sometimesOn(s, (buf) => buf + copy * w.buffers, (name) => flags.name(w.flags.indexOf(name), copy))));
  const names = all.map(sometimesText);
  return all.filter((_, at) => names.indexOf(names[at]!) === at);
}

/** The name of a workload of this size, as `workloadNamed` reads it: "ttm-buffer,buffers=2,pages=2". */
function nameOf(w: Workload, buffers: number, pages: number | null): string {
  return [w.name, ...(buffers === w.buffers ? [] : [`buffers=${buffers}`]), ...(pages === null ? [] : [`pages=${pages}`])].join(",");
}

/** True where the workload has so many pages and goes to each of them. */
function coversPages(w: Workload, pages: number): boolean {
  return pages === w.pages && w.actions.every(({ operation: o }) => !("buf" in o) || !isOfPage(o) || pages === 1);
}

/**
 * A built-in workload with so many buffers, in copies of the workload's own, and buffers of so many pages, each of them accessed. The
 * workload itself where that is what it has.
 * @throws CbitError (CBIT-110) where the workload cannot have these numbers
 */
export function scaled(w: Workload, scale: Scale): Workload {
  const buffers = scale.buffers ?? w.buffers;
  const pages = scale.pages === undefined || coversPages(w, scale.pages) ? null : scale.pages;
  assertFits(w, buffers, scale.pages ?? w.pages);
  if (buffers === w.buffers && pages === null) return w;
  const copies = buffers / w.buffers;
  const size = pages ?? w.pages;
  const flags = new Flags(w, copies, pages ?? 1);
  if (flags.names.length > MOST_FLAGS) throw refuse(w, `cannot have ${several(buffers, "buffer")} of ${several(size, "page")}: its progress takes ${flags.names.length} flags of ${MOST_FLAGS}`, "Give smaller numbers.");
  const grown = w.actions.map((a) => ({ ...a, operation: withPages(a.operation, w.pages, size) }));
  const made = pagesMade(grown.map((a) => a.operation), size);
  const actions = grown.flatMap((a) => copiesOf(a, w, flags, copies, pages === null ? null : range("buf" in a.operation ? made(a.operation.buf) : size)));
  // In the order of the copies: of two stories of one length the one of the first buffers is told.
  const copyOf = (a: Action): number => ("buf" in a.operation ? Math.floor(a.operation.buf / w.buffers) : 0);
  return {
    ...w,
    name: nameOf(w, buffers, pages),
    title: `${w.title}; ${several(buffers, "buffer")}${copies > 1 ? " at once" : ""}${pages === null ? "" : `, ${several(size, "page")} each`}`,
    buffers,
    pages: size,
    flags: flags.names,
    actions: actions.map((a, at) => ({ a, at })).toSorted((x, y) => copyOf(x.a) - copyOf(y.a) || x.at - y.at).map(({ a }) => a),
    sometimes: propertiesOf(w, flags, copies),
  };
}

const OPTIONS = ["buffers", "pages"] as const;

/** The scale that stands behind a workload's name: "buffers=2,pages=2". @throws CbitError (CBIT-105) */
export function parseScale(text: string): Scale {
  const scale: { buffers?: number; pages?: number } = {};
  for (const part of text.split(",")) {
    const [key, value] = part.split("=") as [string, string | undefined];
    const option = OPTIONS.find((o) => o === key);
    if (option === undefined || value === undefined || !/^[1-9]\d{0,3}$/.test(value) || scale[option] !== undefined) {
      throw new CbitError({ code: "CBIT-105", exit: EXIT.usage, message: `"${part}" behind the name of a workload is not understood`, hint: "What may follow the name is buffers=NUMBER and pages=NUMBER, each once, as in ttm-buffer,buffers=2,pages=2." });
    }
    scale[option] = Number(value);
  }
  return scale;
}
