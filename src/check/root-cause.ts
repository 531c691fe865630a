// SPDX-License-Identifier: MIT
/**
 * Root causes: why a rule objects, apart from who noticed it. Two counterexamples of one rule in one case have the same root cause where
 * a maintainer would mend both in the same place: the same functions chose attributes that do not go together, the same call failed in
 * the same way, the same operation gave a page back too early. Reader and writer, pages, buffers and values do not count, nor does which
 * of two mappings that one function made was looked through.
 */

import type { AccessOperation, Operation, StepResult, View } from "../kernel/index.ts";
import { domainName, pageStateName } from "../machine/index.ts";
import { attributeName, choiceOf, History } from "./history.ts";
import type { ReplayStep } from "./replay.ts";
import { disagreeingViews } from "./rules/alias-attribute.ts";
import { disagreeingCaches } from "./rules/alias-caching.ts";
import type { RuleId } from "./rules/rule.ts";
import { agentOf, isAccess } from "./workload.ts";

/** A root cause in words, "encrypted by ttm_io_prot (...) against plain by phys_to_dma_direct (...)". Equal words, equal cause. */
export type RootCause = string;

/** What boot and probe say has one cause in a case: the answer of one probe. */
export const AT_BOOT: RootCause = "what the probe answers";

/** The two sides of a disagreement, the same whichever side noticed it. */
function against(sides: readonly string[]): string {
  return [...new Set(sides)].toSorted().join(" against ");
}

/**
 * Who is behind a view's attribute. Linux keeps one attribute for a page, which the linear map has: a view that agrees with it follows the
 * page, and whoever decided about the linear map decided for that view too; one that does not answers for itself.
 * Ref: arch/x86/mm/pat/set_memory.c:2187.
 */
function deciderOf(view: View, views: readonly View[]): string {
  const linear = views.find((v) => v.kind === "linear" && v.buf === view.buf && v.page === view.page && v.pfn === view.pfn);
  return choiceOf(linear?.domain === view.domain ? linear : view);
}

const attributeSide = (view: View, views: readonly View[]): string => `${attributeName(view.domain)} by ${deciderOf(view, views)}`;

/** A side of a read. @param step the step after which the view was looked at */
function sideOf(h: History, view: View | null, attribute: string, access: AccessOperation, step: number): string {
  return `${attribute} by ${view === null ? `the ${agentOf(access)}` : deciderOf(view, h.steps[step]!.views)}`;
}

/** A reader gets noise: whoever chose its attribute and the writer's, or whoever copied or converted the page in between. */
function ofCiphertext(h: History): RootCause {
  const { operation, result, expected } = h.last;
  if (!isAccess(operation) || result.outcome !== "done" || result.seen === null) return "";
  const { storedIn, readIn } = result.seen;
  const reading = sideOf(h, h.viewOf(operation, h.end), attributeName(readIn), operation, h.end);
  const written = h.writeOf(expected);
  if (written === null) return reading;
  const { write, step } = written;
  const writer = h.viewOf(write, step);
  const writing = sideOf(h, writer, attributeName(writer?.domain ?? storedIn), write, step);
  const moves = h.moves(write, step);
  if (moves.length === 0 || (storedIn !== readIn && h.viewOf(write, h.end)?.domain === storedIn)) return against([writing, reading]);
  const copy = moves.join(", ");
  return storedIn === readIn ? `${writing}, lost in ${copy}` : `${against([`${attributeName(storedIn)} by ${copy}`, reading])}`;
}

/** A reader misses a write: it has another copy (a bounce, a move), something was copied over it, or it is still in a cache line. */
function ofStale(h: History): RootCause {
  const { operation, expected } = h.last;
  if (!isAccess(operation)) return "";
  const written = h.writeOf(expected);
  const reader = h.viewOf(operation, h.end);
  if (written === null || reader === null) return sideOf(h, reader, "read", operation, h.end);
  const { write, step } = written;
  const writer = h.viewOf(write, step);
  const device = h.bounced(reader, h.end) ? reader : h.bounced(writer, step) ? writer : null;
  if (device !== null) return `two copies by ${choiceOf(device)}, handed over by ${h.handover(operation.buf, step) ?? h.handover(write.buf, step) ?? "nobody"}`;
  const moves = h.moves(write, step);
  if (moves.length > 0) return `not carried along by ${moves.join(", ")}`;
  const over = writer === null ? null : h.touched(writer.pfn, step);
  if (over !== null) return `overwritten by ${over}`;
  return `in a cache: ${against([sideOf(h, writer, writer === null ? "written" : attributeName(writer.domain), write, step), attributeSide(reader, h.last.views)])}`;
}

function ofAttributes(h: History): RootCause {
  return against((disagreeingViews(h.last.views) ?? []).map((v) => attributeSide(v, h.last.views)));
}

function ofCaching(h: History): RootCause {
  return against((disagreeingCaches(h.last.views) ?? []).map((v) => `${v.cache} by ${choiceOf(v)}`));
}

/** Private contents in the open: by what the page became shared, or for a device why it can still reach it. */
function ofExposure(h: History): RootCause {
  const { operation, result } = h.last;
  if (!isAccess(operation) || result.outcome !== "done" || result.seen === null) return "";
  const written = h.writeOf(result.seen.token);
  const reader = h.viewOf(operation, h.end);
  const who = agentOf(operation) === "host" ? "" : `, ${sideOf(h, reader, "reached", operation, h.end)}`;
  if (written === null) return `${attributeName(result.seen.readIn)}${who}`;
  const writer = h.viewOf(written.write, written.step);
  const moves = h.moves(written.write, written.step);
  const before = h.release(null, -1);
  const since = moves.length > 0 ? `, after ${moves.join(", ")}` : before === null ? "" : `, since ${before}`;
  return `${sideOf(h, writer, attributeName(writer?.domain ?? result.seen.storedIn), written.write, written.step)}${who}${since}`;
}

/** How an operation ended that had to be given up, and what made it. */
function ending(h: History): string {
  const { result } = h.last;
  const failed = result.outcome === "error" ? ` (${result.from} returned -${result.errno})` : "";
  const injected = h.injected();
  return `${h.last.operation.op}${failed}${injected === null ? "" : `, ${injected} failing`}`;
}

function ofFreed(h: History): RootCause {
  const first = h.last.health?.freedShared[0];
  return first === undefined ? "" : `${first.decrypted ? "decrypted" : "private"} and ${pageStateName(first.state)} after ${ending(h)}`;
}

function faultOf(h: History, result: StepResult & { readonly outcome: "fault" }): RootCause {
  const { operation: last } = h.last;
  // A device that moves a buffer reads or writes its pages.
  const operation: Operation = last.op === "bo_move" && last.by === "device" ? { op: "dev_read", buf: last.buf, page: 0 } : last;
  if (!isAccess(operation)) return `${result.fault.fault} in ${operation.op}`;
  // A buffer that has gone to VRAM had its pages before, and a view is not there any more once its access has stopped the guest.
  const gone = last.op === "bo_move" && last.to === "vram";
  const view = (gone ? null : h.viewOf(operation, h.end)) ?? (h.end > 0 ? h.viewOf(operation, h.end - 1) : null);
  return `${result.fault.fault}, ${view === null ? sideOf(h, null, "reached", operation, h.end) : `${domainName(view.domain)} by ${choiceOf(view)}`}`;
}

function ofPageState(h: History): RootCause {
  const { result, health } = h.last;
  if (result.outcome === "fault") return faultOf(h, result);
  const m = health?.mismatched[0];
  return m === undefined ? "" : `${m.linearPrivate ? "private" : "shared"} in the linear map and ${pageStateName(m.state)} after ${ending(h)}`;
}

function ofLeak(h: History): RootCause {
  const { operation, result } = h.last;
  if (!isAccess(operation) || result.outcome !== "done" || result.seen === null) return "";
  const reader = h.viewOf(operation, h.end);
  const written = h.writeOf(result.seen.token);
  const copied = h.handover(operation.buf, written?.step ?? -1) ?? (reader === null ? null : h.touched(reader.pfn, written?.step ?? 0));
  const through = h.bounced(reader, h.end) ? `a slot of ${choiceOf(reader!)}` : copied !== null ? `what ${copied} copied` : "a page that was not cleared";
  const freed = written === null ? null : (h.release(written.write.buf, written.step) ?? h.handover(written.write.buf, written.step));
  return `${through}${freed === null ? "" : `, given back by ${freed}`}`;
}

function ofFailure(h: History): RootCause {
  const { result, operation } = h.last;
  switch (result.outcome) {
    case "error":
      return `${result.from} returned -${result.errno}`;
    case "fault":
      return faultOf(h, result);
    case "crash":
      return `${result.reason} (${result.at})`;
    default:
      return operation.op;
  }
}

function ofWarning({ last: { result } }: History): RootCause {
  const told = result.outcome === "done" || result.outcome === "error" ? (result.warnings ?? []) : [];
  return (told[0] ?? "").replaceAll(/0x[0-9a-f]+/g, "0x");
}

function ofNeedless(h: History): RootCause {
  const first = h.last.health?.needless[0];
  const linear = h.last.views.find((v) => v.buf === first?.buf && v.page === first.page && v.kind === "linear");
  return `${first?.why ?? ""}${linear === undefined ? "" : `, ${attributeSide(linear, h.last.views)}`}`;
}

const CAUSE_OF: Readonly<Record<RuleId, (h: History) => RootCause>> = {
  "ciphertext-read": ofCiphertext,
  "stale-view": ofStale,
  "alias-attribute": ofAttributes,
  "alias-caching": ofCaching,
  "exposed-private": ofExposure,
  "freed-shared": ofFreed,
  "page-state": ofPageState,
  "bounce-leak": ofLeak,
  "mapping-failed": ofFailure,
  refusal: () => AT_BOOT,
  "kernel-warn": ofWarning,
  "needless-share": ofNeedless,
};

/** The root cause of what `rule` objects to in the last of the steps. */
export function rootCauseOf(rule: RuleId, steps: readonly ReplayStep[]): RootCause {
  return steps.length === 0 ? AT_BOOT : CAUSE_OF[rule](new History(steps));
}
