// SPDX-License-Identifier: MIT
import { buffer } from "./buffer.ts";
import { climbers, counters } from "./counters.ts";
import { hanoi } from "./hanoi.ts";
import { jugs } from "./jugs.ts";
import { brokenLock, locks } from "./locks.ts";
import { peterson, petersonSwapped } from "./peterson.ts";
import { philosophers } from "./philosophers.ts";
import { puzzle } from "./puzzle.ts";
import { river } from "./river.ts";
import { tokenRing } from "./token-ring.ts";
import type { Toy } from "./toy.ts";

export type { Toy } from "./toy.ts";

/** Models all of whose numbers are known. */
export const TOYS: readonly Toy[] = [
  counters(1, 7), counters(3, 5), counters(4, 4), counters(5, 3), climbers(3, 4), climbers(4, 3), climbers(10, 2),
  philosophers(2), philosophers(3), philosophers(5), philosophers(6), peterson(), river(), jugs(), puzzle(), hanoi(1), hanoi(3), hanoi(5),
  buffer(1, 1), buffer(4, 2), buffer(4, 3), tokenRing(2), tokenRing(3), tokenRing(5), locks(1), locks(2), locks(4), locks(5),
];

/** Models of which the shortest violation is known. */
export const BROKEN: readonly Pick<Toy, "name" | "model" | "layout" | "found">[] = [petersonSwapped(), brokenLock(2), brokenLock(3)];
