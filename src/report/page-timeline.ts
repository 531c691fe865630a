// SPDX-License-Identifier: MIT
/** Who sees a page how, step by step: one row a view, one cell a step. Text and HTML draw the same. */

import { attributePhrase, type Replay, type ReplayStep } from "../check/index.ts";
import type { Operation, View } from "../kernel/index.ts";
import type { Platform } from "../machine/index.ts";

/** A view of the page after one step. */
export interface TimelineCell {
  /** "C=1 (host key)"; null where the view does not exist at this step. */
  readonly attribute: string | null;
  readonly view: View | null;
  /** New, gone or changed since the step before; null where it is as it was. */
  readonly change: "new" | "gone" | "changed" | null;
  /** What this step did through this view. */
  readonly access: "read" | "write" | null;
  /** True for a read that gave something else than what is promised. */
  readonly wrong: boolean;
}

/** One view of the page; as many cells as the trace has steps. */
export interface TimelineRow {
  readonly kind: View["kind"];
  readonly cells: readonly TimelineCell[];
}

export interface PageTimeline {
  readonly buf: number;
  readonly page: number;
  readonly rows: readonly TimelineRow[];
}

/** What an operation does through which view; null where it is no access of this page. */
function accessOf(operation: Operation, buf: number, page: number): { readonly kind: View["kind"]; readonly access: "read" | "write" } | null {
  if (!("buf" in operation) || operation.buf !== buf || !("page" in operation) || operation.page !== page) return null;
  switch (operation.op) {
    case "cpu_read":
    case "cpu_write":
      return { kind: operation.alias, access: operation.op === "cpu_read" ? "read" : "write" };
    case "dev_read":
    case "dev_write":
      return { kind: "device", access: operation.op === "dev_read" ? "read" : "write" };
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

function isWrong({ result, expected }: ReplayStep): boolean {
  return result.outcome === "fault" || (result.outcome === "done" && result.seen !== null && expected !== null && result.seen.token !== expected);
}

/** The timeline of one page, views in the order in which they first appear. Empty where nobody ever sees it. */
export function pageTimeline({ steps }: Replay, buf: number, page: number, platform: Platform): PageTimeline {
  const viewAt = (step: ReplayStep | undefined, kind: View["kind"]): View | null => step?.views.find((v) => v.buf === buf && v.page === page && v.kind === kind) ?? null;
  const kinds = [...new Set(steps.flatMap((s) => s.views.filter((v) => v.buf === buf && v.page === page).map((v) => v.kind)))];
  const rows = kinds.map((kind): TimelineRow => ({
    kind,
    cells: steps.map((step, i): TimelineCell => {
      const view = viewAt(step, kind);
      const accessed = accessOf(step.operation, buf, page);
      const access = accessed !== null && accessed.kind === kind ? accessed.access : null;
      return { attribute: view === null ? null : attributePhrase(view, platform), view, change: changeOf(view, viewAt(steps[i - 1], kind), platform), access, wrong: access === "read" && isWrong(step) };
    }),
  }));
  return { buf, page, rows };
}

/** The page that a trace is about: that of its last access, else the first page of its last operation's buffer. */
export function pageInQuestion({ steps }: Replay): { readonly buf: number; readonly page: number } {
  const operation = steps[steps.length - 1]?.operation;
  if (operation === undefined || !("buf" in operation)) return { buf: 0, page: 0 };
  return { buf: operation.buf, page: "page" in operation ? operation.page : 0 };
}
