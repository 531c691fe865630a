// SPDX-License-Identifier: MIT
/**
 * The permutations of a workload: other numbers for its buffers and pages under which its actions are the same. They are not taken from
 * how the workload was made but looked for, and each is checked against the actions.
 */

import type { Operation, Permutation } from "../kernel/index.ts";
import { operationOn, pagesMade, tokenOn } from "./operation-places.ts";
import { formatStep } from "./trace.ts";
import type { Action, Workload } from "./workload.ts";

/** Most permutations of a group: each costs a copy of the state for every state that is found. */
export const MOST_PERMUTATIONS = 400;

/** Other numbers for buffers and pages, actions and progress flags. */
export interface Renaming extends Permutation {
  /** By action: the action's image. */
  readonly actions: readonly number[];
  /** By flag: the flag's image. */
  readonly flags: readonly number[];
}

/** What may be exchanged. */
export interface Exchangeable {
  readonly buffers: boolean;
  readonly pages: boolean;
}

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** All orders of 0 to `count` - 1, beginning with the usual one. */
function orders(count: number): number[][] {
  if (count === 0) return [[]];
  return range(count).flatMap((first) => orders(count - 1).map((rest) => [first, ...rest.map((n) => (n < first ? n : n + 1))]));
}

function imageOfMask(mask: number, flags: readonly number[]): number {
  return flags.reduce((m, image, bit) => (((mask >>> bit) & 1) === 1 ? (m | (1 << image)) >>> 0 : m), 0);
}

const MASKS = ["requires", "forbids", "sets", "clears"] as const;

const actionKey = (operation: Operation, masks: readonly number[]): string => `${formatStep(operation)} ${masks.join(" ")}`;

/** By flag: the flags that it may become, so that each mask of an action becomes that of its image. Only actions that no other has the operation of count. */
function flagImages(w: Workload, imageOf: (o: Operation) => Operation): number[] | null {
  const byStep = new Map<string, Action | null>();
  for (const a of w.actions) byStep.set(formatStep(a.operation), byStep.has(formatStep(a.operation)) ? null : a);
  const may = w.flags.map(() => 0xffff_ffff);
  for (const a of w.actions) {
    if (byStep.get(formatStep(a.operation)) === null) continue;
    const image = byStep.get(formatStep(imageOf(a.operation))) ?? null;
    if (image === null) return null;
    for (const field of MASKS) may.forEach((bits, flag) => (may[flag] = (bits & (((a[field] >>> flag) & 1) === 1 ? image[field] : ~image[field])) >>> 0));
  }
  const taken = new Set<number>();
  const images: number[] = [];
  for (const [flag, bits] of may.entries()) {
    // Flags that look alike in all masks keep their numbers where they can.
    const image = [flag, ...w.flags.keys()].find((f) => ((bits >>> f) & 1) === 1 && !taken.has(f));
    if (image === undefined) return null;
    taken.add(image);
    images.push(image);
  }
  return images;
}

/** The renaming that other numbers for buffers and pages come to; null where the actions are not the same under them. */
function renaming(w: Workload, buffers: readonly number[], pages: readonly (readonly number[])[]): Renaming | null {
  const toBuf = (buf: number): number => buffers[buf] ?? buf;
  const imageOf = (o: Operation): Operation => operationOn(o, toBuf, (page, buf) => (o.op === "bo_fault" ? page : (pages[buf]?.[page] ?? page)));
  const flags = flagImages(w, imageOf);
  if (flags === null) return null;
  const at = new Map(w.actions.map((a, index) => [actionKey(a.operation, MASKS.map((field) => a[field])), index]));
  const actions = w.actions.map((a) => at.get(actionKey(imageOf(a.operation), MASKS.map((field) => imageOfMask(a[field], flags)))) ?? -1);
  if (actions.includes(-1) || new Set(actions).size !== actions.length) return null;
  return { buffers, pages, actions, flags, token: (token) => tokenOn(token, toBuf) };
}

/** First one, then the other. */
function composed(first: Renaming, second: Renaming): Renaming {
  const buffers = first.buffers.map((b) => second.buffers[b]!);
  return {
    buffers,
    pages: first.pages.map((images, buf) => images.map((page) => second.pages[first.buffers[buf]!]![page]!)),
    actions: first.actions.map((a) => second.actions[a]!),
    flags: first.flags.map((f) => second.flags[f]!),
    token: (token) => second.token(first.token(token)),
  };
}

/** The permutations of a workload, and what was left out of them. */
export interface WorkloadSymmetry {
  /** A group; the first is the identity. */
  readonly renamings: readonly Renaming[];
  /** True where there are more than `MOST_PERMUTATIONS`, so that these are a part of them. */
  readonly capped: boolean;
}

/**
 * Finds the group. Where it would be too large, the pages of all buffers are exchanged in the same way only, and where that is too
 * large, they are not.
 */
export function workloadSymmetry(w: Workload, allowed: Exchangeable): WorkloadSymmetry {
  const made = pagesMade(w.actions.map((a) => a.operation), w.pages);
  const pagesOf = range(w.buffers).map((buf) => range(Math.min(w.pages, made(buf))));
  const ofBuffers = (allowed.buffers ? orders(w.buffers) : [range(w.buffers)]).filter((buffers) => buffers.every((image, buf) => pagesOf[image]!.length === pagesOf[buf]!.length));
  const buffers = ofBuffers.flatMap((images) => renaming(w, images, pagesOf) ?? []);
  const withPages = (images: (buf: number) => readonly number[] | null): Renaming | null => renaming(w, range(w.buffers), pagesOf.map((usual, buf) => images(buf) ?? usual));
  /** By buffer: the renamings of its pages, the usual one first. Pages that no action names keep their numbers: nothing would be saved. */
  const named = new Set(w.actions.flatMap(({ operation: o }) => ("page" in o && o.op !== "bo_fault" ? [`${o.buf}/${o.page}`] : [])));
  const fixes = (buf: number, order: readonly number[]): boolean => order.every((image, page) => image === page || named.has(`${buf}/${page}`));
  const each = range(w.buffers).map((buf) => (allowed.pages ? orders(pagesOf[buf]!.length).filter((order) => fixes(buf, order)) : [pagesOf[buf]!]).flatMap((order) => withPages((b) => (b === buf ? order : null)) ?? []));
  const size = each.reduce((product, list) => product * list.length, buffers.length);
  if (size <= MOST_PERMUTATIONS) return { renamings: each.reduce((sofar, list) => sofar.flatMap((r) => list.map((more) => composed(r, more))), buffers), capped: false };
  const alike = each.every((list) => list.length === each[0]!.length) && pagesOf.every((p) => p.length === pagesOf[0]!.length);
  const same = alike ? each[0]!.flatMap((r) => withPages(() => r.pages[0]!) ?? []) : [];
  if (same.length > 0 && same.length * buffers.length <= MOST_PERMUTATIONS) return { renamings: buffers.flatMap((r) => same.map((more) => composed(r, more))), capped: true };
  return { renamings: buffers, capped: true };
}
