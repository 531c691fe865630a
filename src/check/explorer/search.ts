// SPDX-License-Identifier: MIT
/**
 * Breadth-first search over a space of flat states: every action in every state, each state once, so that what is
 * found first is reached by a shortest path. It goes on after violations and stops at the fixpoint or at a bound. States are
 * numbered in the order of discovery (by predecessor, then by action), whatever the number of threads: counts, verdicts
 * and traces are the same on every run.
 */

import { Member } from "./member.ts";
import type { SearchOptions, SearchResult } from "./options.ts";
import type { Space } from "./space.ts";

/** Searches `space`. The result is the same on every run, unless time or memory ended it. */
export function search(space: Space, options: SearchOptions): SearchResult {
  const { recruit } = options;
  if (recruit === undefined || space.portable === false) return new Member(space, options).run();
  let asked = false;
  let handOver = false;
  const alone = new Member(space, {
    ...options,
    progress: (progress) => {
      if (!asked && progress.frontier > 0 && progress.states >= recruit.after) {
        asked = true;
        recruit.start();
      }
      options.progress?.(progress);
    },
    stop: () => {
      if (options.stop?.() === true) return true;
      handOver = asked && recruit.ready();
      return handOver;
    },
  });
  const first = alone.run(() => handOver);
  if (first.stopped !== "time" || !handOver) {
    if (asked) recruit.dismiss();
    return first;
  }
  const resume = first.checkpoint!;
  return new Member(space, { ...options, resume, team: recruit.team(resume) }).run();
}
