// SPDX-License-Identifier: MIT
/** Where in the kernel a finding comes from: the code that chose the attribute which is wrong, and what it disagrees with. */

import { attributePhrase, type Finding, type ReplayStep, resultPhrase } from "../check/index.ts";
import { OPERATIONS, type OperationSpec, type View } from "../kernel/index.ts";
import type { Platform } from "../machine/index.ts";
import { eventText } from "./steps.ts";

/** A place in a source file. */
export interface Place {
  readonly file: string;
  /** Null where only the file is known. */
  readonly line: number | null;
  readonly endLine: number | null;
}

/** A place, and what is to be said of it. */
export interface ToldPlace {
  readonly place: Place;
  readonly text: string;
}

/** The first place that a reference names: "kernel/dma/direct.c:206", "arch/x86/mm/mem_encrypt.c:20-43 (force_dma_unencrypted), ...". Null where it names none. */
export function placeOf(reference: string): Place | null {
  const parts = /((?:[\w.+-]+\/)+[\w.+-]+\.(?:c|h|S|rst|txt))(?::(\d+)(?:-(\d+))?)?/.exec(reference);
  if (parts === null) return null;
  const [, file, line, endLine] = parts as unknown as [string, string, string | undefined, string | undefined];
  return { file, line: line === undefined ? null : Number(line), endLine: endLine === undefined ? null : Number(endLine) };
}

/** The functions that a root cause names, each with its file: "plain by F -> G (kernel/dma/direct.c)". */
function choosersIn(cause: string): (readonly [string, string])[] {
  return [...cause.matchAll(/\b(?:by|of) ([^()]+?) \(([^()\s]+?\.[chS])(?::\d+)?\)/g)].map((m) => [m[1]!, m[2]!] as const);
}

/**
 * Whose attribute is to blame where two disagree: a mapping for the CPU that does not follow the page, before the device's, before
 * the linear map, which has what the page was given.
 */
const BLAME: Readonly<Record<View["kind"], number>> = { vmap: 0, kmap: 0, user: 0, ioremap: 0, coherent: 1, device: 2, linear: 3 };

/** The view that a chooser made, latest step first. */
function viewBy(steps: readonly ReplayStep[], chooser: string, file: string): View | null {
  const made = (v: View): boolean => v.chosenBy.function === chooser && v.chosenBy.file.replace(/:\d+$/, "") === file;
  const all = steps.toReversed().flatMap((s) => s.views).filter(made);
  return all.sort((a, b) => BLAME[a.kind] - BLAME[b.kind])[0] ?? null;
}

/** What failed in the last step, or was the last thing that the kernel did. */
function eventPlaces(steps: readonly ReplayStep[]): ToldPlace[] {
  const last = steps.at(-1);
  const failed = last?.result.outcome === "error" ? last.result.from : null;
  const crash = last?.result.outcome === "crash" ? placeOf(last.result.at) : null;
  if (crash !== null) return [{ place: crash, text: resultPhrase(last!.result) }];
  const events = steps.toReversed().flatMap((s) => s.events.toReversed()).filter((e) => placeOf(e.file) !== null);
  const told = events.find((e) => e.function === failed) ?? events[0];
  return told === undefined ? [] : [{ place: placeOf(told.file)!, text: eventText(told) }];
}

/** The places of a finding, the one to blame first; empty where the kernel says nothing of where. */
export function findingPlaces({ cause, replay }: Finding, platform: Platform | null): ToldPlace[] {
  const { steps } = replay;
  const views = choosersIn(cause).flatMap(([chooser, file]) => viewBy(steps, chooser, file) ?? []).sort((a, b) => BLAME[a.kind] - BLAME[b.kind]);
  const chosen = views.flatMap((v) => {
    const place = placeOf(v.chosenBy.file);
    const how = platform === null ? (v.cBit ? "with the bit set" : "with the bit clear") : attributePhrase(v, platform);
    return place === null ? [] : [{ place, text: `${v.chosenBy.function} chooses ${how} for ${v.kind === "linear" ? "the linear map" : v.kind === "device" ? "the device" : `the ${v.kind} mapping`}` }];
  });
  if (chosen.length > 0) return chosen;
  const events = eventPlaces(steps);
  if (events.length > 0) return events;
  const violations = steps.length === 0 ? replay.boot : (steps.at(-1)?.violations ?? []);
  return violations.flatMap((v) => {
    const place = placeOf(v.why.ref);
    return place === null ? [] : [{ place, text: v.why.text }];
  });
}

/** Where operations of a group enter the kernel, for steps that tell of no function. */
const ENTRANCE: Readonly<Partial<Record<OperationSpec["group"], string>>> = { TTM: "drivers/gpu/drm/ttm/ttm_bo.c", "DMA and memory": "kernel/dma/mapping.c" };

/**
 * Where a step happens: the last function of the kernel that it told of, else who chose the view that it goes through, else the file
 * in which it enters the kernel. Null for steps outside of the kernel.
 */
export function stepPlace(step: ReplayStep): Place | null {
  const event = step.events.toReversed().find((e) => placeOf(e.file) !== null);
  if (event !== undefined) return placeOf(event.file);
  const { operation } = step;
  const kind = "alias" in operation ? operation.alias : operation.op.startsWith("dev_") ? "device" : null;
  const view = step.views.find((v) => v.kind === kind && "page" in operation && v.page === operation.page && "buf" in operation && v.buf === operation.buf);
  return placeOf(view?.chosenBy.file ?? ENTRANCE[OPERATIONS[operation.op].group] ?? "");
}
