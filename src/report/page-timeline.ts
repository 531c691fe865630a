// SPDX-License-Identifier: MIT
/** Who sees a page how, step by step: one row a view or the host, one cell a step. Text and HTML draw the same. */

import { type Agent, attributePhrase, type Replay, type ReplayStep } from "../check/index.ts";
import type { BufferPage, Operation, View } from "../kernel/index.ts";
import type { Platform } from "../machine/index.ts";

/** A view of the page after one step. */
export interface TimelineCell {
  /** "C=1 (host key)"; null where the view does not exist at this step, and for the host, who needs none. */
  readonly attribute: string | null;
  readonly view: View | null;
  /** New, gone or changed since the step before; null where it is as it was. */
  readonly change: "new" | "gone" | "changed" | null;
  /** What this step did through this view. */
  readonly access: "read" | "write" | null;
  /** True for an access that a rule objects to: it got or gave what it should not, or was stopped. */
  readonly wrong: boolean;
}

/** One view of the page, or the host; as many cells as the trace has steps. */
export interface TimelineRow extends BufferPage {
  /** `buf` and `page` are those of the timeline but for a view of another buffer with the same memory. */
  readonly kind: Agent;
  readonly cells: readonly TimelineCell[];
}

/** Who sees one page how, step by step. */
export interface PageTimeline extends BufferPage {
  readonly rows: readonly TimelineRow[];
}

interface Access extends BufferPage {
  readonly kind: Agent;
  readonly access: "read" | "write";
}

/** What an operation does to which page through which view; null where it is no access. */
function accessOf(operation: Operation): Access | null {
  switch (operation.op) {
    case "cpu_read":
    case "cpu_write":
      return { buf: operation.buf, page: operation.page, kind: operation.alias, access: operation.op === "cpu_read" ? "read" : "write" };
    case "dev_read":
    case "dev_write":
      return { buf: operation.buf, page: operation.page, kind: "device", access: operation.op === "dev_read" ? "read" : "write" };
    case "host_read":
    case "host_write":
      return { buf: operation.buf, page: operation.page, kind: "host", access: operation.op === "host_read" ? "read" : "write" };
    default:
      return null;
  }
}

function changeOf(now: View | null, before: View | null, platform: Platform): TimelineCell["change"] {
  if (now === null) return before === null ? null : "gone";
  if (before === null) return "new";
  const same = attributePhrase(now, platform) === attributePhrase(before, platform) && now.cache === before.cache && now.pfn === before.pfn;
  return same ? null : "changed";
}

/** Whether a rule objects to what the access came to. That the host is stopped, or gets ciphertext, is as it should be. */
function isWrong({ violations }: ReplayStep): boolean {
  return violations.some((v) => v.severity === "error");
}

const keyOf = ({ buf, page, kind }: { readonly buf: number; readonly page: number; readonly kind: Agent }): string => `${buf}/${page}/${kind}`;

/** The views of the page and those of the same memory under another buffer's name, then who accesses it without one; each once, as they come. */
function rowsOf(steps: readonly ReplayStep[], { buf, page }: BufferPage): readonly Omit<Access, "access">[] {
  const rows = new Map<string, Omit<Access, "access">>();
  const add = (row: Omit<Access, "access">): void => void (rows.has(keyOf(row)) || rows.set(keyOf(row), { buf: row.buf, page: row.page, kind: row.kind }));
  for (const { views, operation } of steps) {
    const frames = new Set(views.filter((v) => v.buf === buf && v.page === page).map((v) => v.pfn));
    for (const view of views) if (frames.has(view.pfn)) add(view);
    const accessed = accessOf(operation);
    if (accessed !== null && accessed.buf === buf && accessed.page === page) add(accessed);
  }
  const host = [...rows.values()].filter((r) => r.kind === "host");
  return [...[...rows.values()].filter((r) => r.kind !== "host"), ...host];
}

/** The timeline of one page, views in the order in which they first appear, the host last. Empty where nobody ever sees it. */
export function pageTimeline(replay: Pick<Replay, "steps">, buf: number, page: number, platform: Platform): PageTimeline {
  const { steps } = replay;
  const rows = rowsOf(steps, { buf, page }).map((row): TimelineRow => {
    const viewAt = (step: ReplayStep | undefined): View | null => step?.views.find((v) => keyOf(v) === keyOf(row)) ?? null;
    const cells = steps.map((step, i): TimelineCell => {
      const view = viewAt(step);
      const accessed = accessOf(step.operation);
      const access = accessed !== null && keyOf(accessed) === keyOf(row) ? accessed.access : null;
      return { attribute: view === null ? null : attributePhrase(view, platform), view, change: changeOf(view, viewAt(steps[i - 1]), platform), access, wrong: access !== null && isWrong(step) };
    });
    return { ...row, cells };
  });
  return { buf, page, rows };
}

/** The page that a trace is about: that of its last access, else the first page of its last operation's buffer. */
export function pageInQuestion({ steps }: Pick<Replay, "steps">): BufferPage {
  const operation = steps[steps.length - 1]?.operation;
  if (operation === undefined || !("buf" in operation)) return { buf: 0, page: 0 };
  return { buf: operation.buf, page: "page" in operation ? (operation.page ?? 0) : 0 };
}
