// SPDX-License-Identifier: MIT
/** Which properties of a workload a search has seen. A property that was seen is watched no more: then a step costs nothing here. */

import { assert } from "../../base/index.ts";
import type { Kernel, View } from "../../kernel/index.ts";
import { tokenOf } from "../agents.ts";
import { NOTHING_WRITTEN } from "../oracle.ts";
import { type StepFacts, wasInjected } from "../rules/rule.ts";
import type { Workload } from "../workload.ts";
import { duringMask, operationsFor, type Sometimes } from "./property.ts";
import { isShared, type Released, releasedFrames, reusedBy } from "./reuse.ts";

/** What was seen, as plain data: of several searches over parts of one space it can be put together. */
export interface ReachedData {
  /** Numbers of properties, by their place in the workload. */
  readonly properties: readonly number[];
  /** Steps that ended in a violation: the flags before, and the number of the action. */
  readonly ended: readonly (readonly [progress: number, action: number])[];
  /** Properties at whose own read this happened. */
  readonly blocked: readonly number[];
}

export class Reached {
  private readonly workload: Workload;
  private readonly seen = new Set<number>();
  private readonly blocked = new Set<number>();
  private readonly ended = new Map<string, readonly [number, number]>();
  /** By action: properties that it may show and that were not seen; the same, where it takes views before the action. */
  private readonly watched: number[][];
  private readonly reuse: number[][];
  private readonly during: readonly number[];

  constructor(workload: Workload) {
    this.workload = workload;
    this.watched = workload.actions.map(() => []);
    this.reuse = workload.actions.map(() => []);
    this.during = workload.sometimes.map((s) => duringMask(s, workload.flags));
    workload.sometimes.forEach((s, property) => {
      const groups = operationsFor(s);
      const shows = "reused" in s ? groups[0]! : groups[groups.length - 1]!;
      const lists = "reused" in s ? this.reuse : this.watched;
      workload.actions.forEach(({ operation }, action) => {
        if (shows(operation)) lists[action]!.push(property);
      });
    });
  }

  /** True where `step` may find something in a step of this action. */
  watches(action: number): boolean {
    return this.watched[action]!.length > 0;
  }

  /** True where `gaveUp` wants the views before a step of this action. */
  watchesFrames(action: number): boolean {
    return this.reuse[action]!.length > 0;
  }

  /**
   * Takes note of a step that was judged, with the kernel in the state behind it.
   * @param progress the flags before it @param moved it led to another state
   */
  step(kernel: Kernel, action: number, progress: number, facts: StepFacts, moved: boolean): void {
    const list = this.watched[action]!;
    for (let i = list.length - 1; i >= 0; i--) {
      const property = list[i]!;
      if (this.shows(property, kernel, progress, facts, moved)) this.add(property);
    }
  }

  /** Takes note of a step that ended in a violation: nothing follows it. */
  endedIn(action: number, progress: number, facts: StepFacts): void {
    this.ended.set(`${progress}/${action}`, [progress, action]);
    for (const property of this.watched[action]!) {
      const s = this.workload.sometimes[property]!;
      if ("reader" in s && facts.expected === tokenOf(s.writer, s.buf)) this.blocked.add(property);
    }
  }

  /**
   * Takes note of what a step gave up. The orders that follow are tried here, as far as they get pages: a complete search tries them too.
   * Leaves the kernel in another state.
   * @param before the views before it @param progress the flags behind it
   */
  gaveUp(kernel: Kernel, action: number, progress: number, before: readonly View[]): void {
    const { operation } = this.workload.actions[action]!;
    const released = "buf" in operation ? releasedFrames(operation.buf, before, kernel.views(), kernel.configuration) : [];
    if (released.length === 0) return;
    const behind = kernel.save().slice();
    for (const property of this.reuse[action]!.slice()) {
      const s = this.workload.sometimes[property]!;
      assert("reused" in s, "sometimes: frames are watched for reuse only");
      const shared: readonly Released[] = s.madePrivate === true ? released.filter((r) => r.shared) : released;
      kernel.restore(behind);
      if (reusedBy(kernel, this.workload, progress, s.to ?? s.reused, shared, s.madePrivate === true)) this.add(property);
    }
  }

  /** Properties that were seen, in the workload's order. */
  get reached(): readonly Sometimes[] {
    return this.workload.sometimes.filter((_, n) => this.seen.has(n));
  }

  get data(): ReachedData {
    return { properties: [...this.seen].toSorted((a, b) => a - b), ended: [...this.ended.values()], blocked: [...this.blocked].toSorted((a, b) => a - b) };
  }

  /** Adds what another search over the same workload has seen. */
  merge({ properties, ended, blocked }: ReachedData): void {
    for (const property of properties) this.add(property);
    for (const [progress, action] of ended) this.ended.set(`${progress}/${action}`, [progress, action]);
    for (const property of blocked) this.blocked.add(property);
  }

  private add(property: number): void {
    this.seen.add(property);
    for (const lists of [this.watched, this.reuse]) {
      for (const list of lists) {
        const at = list.indexOf(property);
        if (at >= 0) list.splice(at, 1);
      }
    }
  }

  private shows(property: number, kernel: Kernel, progress: number, facts: StepFacts, moved: boolean): boolean {
    const s = this.workload.sometimes[property]!;
    const { result } = facts;
    const done = result.outcome === "done";
    if ("injected" in s) return wasInjected(result) || (done && result.injected === true);
    if ("outside" in s) return facts.secret !== NOTHING_WRITTEN;
    if (!done) return false;
    if ((progress & this.during[property]!) !== this.during[property]!) return false;
    if ("reader" in s) return (s.reader === "host" ? result.seen?.token : facts.expected) === tokenOf(s.writer, s.buf);
    if ("done" in s) return true;
    if ("writtenBack" in s) return moved;
    const views = kernel.views();
    if ("shared" in s) return views.some((v) => v.buf === s.shared && v.kind === "linear" && isShared(v, kernel.configuration));
    return "bounced" in s && isBounced(views, s.bounced);
  }
}

/** True where the device has a page of the buffer in another frame than the linear map. */
function isBounced(views: readonly View[], buf: number): boolean {
  return views.some((d) => d.buf === buf && d.kind === "device" && views.some((v) => v.buf === buf && v.page === d.page && v.kind === "linear" && v.pfn !== d.pfn));
}

