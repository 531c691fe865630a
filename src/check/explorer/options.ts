// SPDX-License-Identifier: MIT
/** What a search is asked for, and what comes of it. */

import type { Bounds, OnProgress, Stopped } from "./bounds.ts";
import type { Checkpoint } from "./checkpoint.ts";
import type { Team } from "./team.ts";

export interface SearchOptions {
  readonly bounds: Bounds;
  /** Reductions are made where the space says how, unless false. */
  readonly symmetry?: boolean;
  readonly partialOrder?: boolean;
  /** True to keep 64 bits of each expanded state: less memory, and states may be left out (`SearchResult.omission`). */
  readonly compact?: boolean;
  /** Asked now and then: true where the time is up. */
  readonly stop?: () => boolean;
  readonly progress?: OnProgress;
  /** True to have `SearchResult.checkpoint` where a bound ends the search. */
  readonly keep?: boolean;
  /** Goes on from here. The space and the reductions are those of the search that was ended. */
  readonly resume?: Checkpoint;
  /** Of several threads, which all search an equal space with equal options: this one's end. Member 0 has the result. */
  readonly team?: Team;
  /** Gets threads to search with once there is something to do for them. */
  readonly recruit?: Recruit;
}

export interface Recruit {
  /** States that one thread finds before it asks for others. */
  readonly after: number;
  /** Starts the threads. The search goes on meanwhile. */
  start(): void;
  /** True once all of them have built their space. */
  ready(): boolean;
  /**
   * Gives them what there is: each calls `search` with equal options, `resume` set to the checkpoint and `team` to its end, from 1 on.
   * @returns the end of member 0
   */
  team(checkpoint: Checkpoint): Team;
  /** Ends threads that are not needed any more. */
  dismiss(): void;
}

/** A violation, by the shortest way to it: the actions from the first state. */
export interface Found {
  readonly key: number;
  readonly path: readonly number[];
}

export interface SearchResult {
  readonly states: number;
  /** States that these stand for: as many as a search without symmetry reduction has. */
  readonly represents: number;
  readonly transitions: number;
  /** Actions to the farthest level that was expanded, or was to be. */
  readonly depth: number;
  /** States that are known and not expanded: none in a complete search. */
  readonly frontier: number;
  /** Bytes of states and tables. */
  readonly bytes: number;
  /** False where a bound ended the search before the fixpoint. */
  readonly complete: boolean;
  readonly stopped: Stopped | null;
  /** How likely it is, at most, that a compact search left a state out; 0 where states are compared in full. */
  readonly omission: number;
  /** What was reduced: the number of permutations (1 without symmetry), and whether by sleep sets. */
  readonly permutations: number;
  readonly partialOrder: boolean;
  /** First occurrence of each key, shortest first; equally short ones in the order of discovery. */
  readonly found: readonly Found[];
  readonly checkpoint: Checkpoint | null;
}
