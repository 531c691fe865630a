// SPDX-License-Identifier: MIT
import type { Model, ModelAction } from "./model.ts";
import type { Toy } from "./toy.ts";

const TURN = 2;
const IDLE = 0;
const FIRST_DONE = 1;
const WAITS = 2;
const CRITICAL = 3;
const BOTH = 0;

/** Process p's four steps. @param flagged the value of the other's program counter from which on its flag is up */
function process(p: number, flagged: number, first: (v: number[]) => void, second: (v: number[]) => void): readonly ModelAction[] {
  const other = 1 - p;
  return [
    { name: `${p} first`, enabled: (v) => v[p] === IDLE, run: (v) => { v[p] = FIRST_DONE; first(v); } },
    { name: `${p} second`, enabled: (v) => v[p] === FIRST_DONE, run: (v) => { v[p] = WAITS; second(v); } },
    { name: `${p} enters`, enabled: (v) => v[p] === WAITS && (v[other]! < flagged || v[TURN] === p), run: (v) => void (v[p] = CRITICAL) },
    { name: `${p} leaves`, enabled: (v) => v[p] === CRITICAL, run: (v) => void (v[p] = IDLE) },
  ];
}

const judge: NonNullable<Model["judge"]> = (v) => (v[0] === CRITICAL && v[1] === CRITICAL ? [BOTH] : []);
const nothing = (): void => undefined;

/**
 * Peterson's mutual exclusion: flag up, the turn to the other, wait, critical. Whose flag is up is where the program counters
 * say; with them the turn is a state. Both before the turn is set: 2 * 2 * 2 = 8. Process 0 behind it and 1 before: 0 gave the turn
 * away and 1 did not yet: turn 1, 2 * 2 = 4; the other way round 4. Both wait: 2. One critical, the other waits: the turn is the first
 * one's, 2. In all 20.
 *
 * Transitions: 2 from each of the 8; from the 4 both can go on but where 0 waits and the flag of 1 is up (1 only): 7, and 7; where both wait,
 * one each: 2; with one critical and the other waiting, one each: 2. In all 34.
 * Farthest: process 0 has to go all around so that turn 1 is left behind: idle, idle with turn 1 and flags up again is 4 + 2 = 6 away.
 */
export function peterson(): Toy {
  const steps = [0, 1].flatMap((p) => process(p, FIRST_DONE, nothing, (v) => void (v[TURN] = 1 - p)));
  return { name: "Peterson", model: { start: [IDLE, IDLE, 0], actions: steps, judge }, states: 20, transitions: 34, depth: 6, found: [] };
}

/**
 * The same with the turn given away before the flag goes up: both get in. Each has three steps to its critical section, so that six is the
 * least. The second one in has to enter by the turn, as the other's flag is up, so that the other gave it last; the first one in has to
 * enter by the flag, before the other's goes up. Process 0 begins, where it is to be least, and is then the second one.
 */
export function petersonSwapped(): Pick<Toy, "name" | "model" | "found"> {
  const steps = [0, 1].flatMap((p) => process(p, WAITS, (v) => void (v[TURN] = 1 - p), nothing));
  return { name: "Peterson, turn before flag", model: { start: [IDLE, IDLE, 0], actions: steps, judge }, found: [{ key: BOTH, path: [0, 4, 5, 6, 1, 2] }] };
}
