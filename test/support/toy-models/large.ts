// SPDX-License-Identifier: MIT
/** Models that are large enough for threads to meet what small ones do not show: levels of several chunks, full rings, thousands of levels. */

import { climbers, counters } from "./counters.ts";
import { hanoi } from "./hanoi.ts";
import { type Layout, type Model, ModelSpace, packedWords, SPARSE, spreadWords } from "./model.ts";
import { philosophers } from "./philosophers.ts";
import { times } from "./toy.ts";

/** Without what reductions go by. */
function plain({ start, actions, judge }: Model): Model {
  return { start, actions, judge: judge! };
}

const wide: Layout = { ...spreadWords(10, 6, 0), stateWords: 60 };

const LARGE = {
  /** 59,049 states; the largest level is two chunks, and has more words of messages than a ring. */
  wide: () => new ModelSpace(plain(counters(10, 3).model), wide),
  /** 32,768 states, 6,435 in a level, each reached by one transition. */
  asleep: () => new ModelSpace(climbers(15, 2).model),
  /** 16,384 states of one packed word, each reached in seven ways. */
  packed: () => new ModelSpace(plain(counters(7, 4).model), packedWords(times(7, 4))),
  /** 1,024 states of 1,200 words, of which few ever change, whose blocks are known. */
  long: () => new ModelSpace(plain(counters(5, 4).model), spreadWords(5, 40, 1000), "exactly"),
  /** 6,561 states in 256 levels, and half of them up to symmetry. */
  deep: () => new ModelSpace(hanoi(8).model, SPARSE),
  /** 6,726 states, 684 up to rotations. */
  round: () => new ModelSpace(philosophers(10).model),
} as const satisfies Record<string, () => ModelSpace>;

export type LargeModel = keyof typeof LARGE;

export const LARGE_MODELS: readonly LargeModel[] = Object.keys(LARGE) as LargeModel[];

export function largeSpace(name: LargeModel): ModelSpace {
  return LARGE[name]();
}
