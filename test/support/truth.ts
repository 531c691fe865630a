// SPDX-License-Identifier: MIT
/** What a small space's reductions may go by, found by trying: which actions commute, and whether a symmetry is one. */

import { type Independence, type Space, STEP_ENDED } from "../../src/check/explorer/space.ts";
import { exploreNaively, faultsOf, firstState, stepsFrom, type Taken } from "./naive-explorer.ts";
import { independenceOf } from "./toy-models/model.ts";

const same = (a: readonly number[] | Uint32Array, b: readonly number[] | Uint32Array): boolean => a.length === b.length && a.every((x, i) => x === b[i]);
const asSet = (keys: readonly number[]): readonly number[] => [...new Set(keys)].sort((a, b) => a - b);

/** Both steps come to the same: as the definition of `Independence` wants of one action before and behind another. */
function alike(a: Taken, b: Taken | undefined): boolean {
  return b !== undefined && (a.kind === STEP_ENDED) === (b.kind === STEP_ENDED) && same(asSet(a.violations), asSet(b.violations));
}

/** The largest relation that is an `Independence` of the space: a pair is left out for a reachable state in which the order matters. */
export function largestIndependence(space: Space): Independence {
  const dependent = new Set<string>();
  const memo = new Map<string, readonly Taken[]>();
  const steps = (words: Uint32Array): readonly Taken[] => {
    const id = words.join();
    let taken = memo.get(id);
    if (taken === undefined) memo.set(id, (taken = stepsFrom(space, words)));
    return taken;
  };
  const after = (step: Taken, action: number): Taken | undefined => steps(step.words).find((s) => s.action === action);
  for (const { words } of exploreNaively(space).levels.flat()) {
    const taken = steps(words);
    for (const a of taken) {
      for (const b of taken) {
        if (a.action >= b.action) continue;
        // Behind a step that ended there is no other order to compare with.
        const ba = b.kind === STEP_ENDED ? a : after(b, a.action);
        const ab = a.kind === STEP_ENDED ? b : after(a, b.action);
        const bothGoOn = a.kind !== STEP_ENDED && b.kind !== STEP_ENDED;
        if (!alike(a, ba) || !alike(b, ab) || (bothGoOn && !same(ab!.words, ba!.words))) dependent.add(`${a.action} ${b.action}`);
      }
    }
  }
  return independenceOf(space.actions, (a, b) => !dependent.has(`${Math.min(a, b)} ${Math.max(a, b)}`));
}

function imageOf(space: Space, words: Uint32Array, permutation: number): Uint32Array {
  const into = new Uint32Array(words.length);
  space.symmetry!.permute(words, permutation, into);
  return into;
}

/** Why the space's symmetry is none, as far as one state shows; null where it does not. @param last an action that led there; null for the first state @param permutations those that are tried: all where it is left out */
export function symmetryFaultIn(space: Space, words: Uint32Array, last: number | null, permutations: readonly number[] = [...space.symmetry!.actions.keys()]): string | null {
  const taken = stepsFrom(space, words);
  for (const p of permutations) {
    const actions = space.symmetry!.actions[p]!;
    const there = imageOf(space, words, p);
    const where = `permutation ${p} of state ${words.length > 100 ? `behind action ${last}` : words.join()}`;
    if (last === null && !same(there, words)) return `${where}: the first state moves`;
    if (last !== null && !same(asSet(faultsOf(space, words, last)), asSet(faultsOf(space, there, actions[last]!)))) return `${where}: other faults`;
    const images = stepsFrom(space, there);
    if (images.length !== taken.length) return `${where}: other actions`;
    for (const step of taken) {
      const other = images.find((s) => s.action === actions[step.action]);
      if (other === undefined || other.kind !== step.kind || !same(asSet(step.violations), asSet(other.violations))) return `${where}: action ${step.action} is another`;
      if (!same(imageOf(space, step.words, p), other.words)) return `${where}: action ${step.action} leads elsewhere`;
    }
  }
  return null;
}

/** Why the space's symmetry is none; null where it is one. */
export function symmetryFault(space: Space): string | null {
  const first = firstState(space);
  if (!space.symmetry!.actions[0]!.every((a, i) => a === i) || !same(imageOf(space, first, 0), first)) return "the first permutation is not the identity";
  for (const { words, path } of exploreNaively(space).levels.flat()) {
    const fault = symmetryFaultIn(space, words, path.at(-1) ?? null);
    if (fault !== null) return fault;
  }
  return null;
}

/** Orbits of a space's reachable states: each state's images joined. */
export function orbits(space: Space): number {
  const symmetry = space.symmetry!;
  const seen = new Set<string>();
  let count = 0;
  for (const { words } of exploreNaively(space).levels.flat()) {
    if (seen.has(words.join())) continue;
    count++;
    const into = new Uint32Array(words.length);
    for (let p = 0; p < symmetry.actions.length; p++) {
      symmetry.permute(words, p, into);
      seen.add(into.join());
    }
  }
  return count;
}
