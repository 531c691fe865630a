// SPDX-License-Identifier: MIT
/** A protocol that is written three times: here for cbit, beside it in Promela for SPIN and in Murphi for Rumur. */

import type { Space } from "../../dist/check/explorer/space.js";

export interface Variant {
  /** With the bug that the model can be given. */
  readonly bug: boolean;
  /** Where the model has permutations that leave it as it is: with them, for the explorer to reduce by. */
  readonly symmetry?: boolean;
}

export interface Model {
  /** Its files are `NAME.ts`, `NAME.pml` and `NAME.m`. */
  readonly name: string;
  /** What it is about, in a few words. */
  readonly title: string;
  /** What every tool must count in the model without bug; actions that leave the state as it is count as transitions. */
  readonly states: number;
  readonly transitions: number;
  /** Steps of the shortest counterexample with the bug; null where there is none to seed. */
  readonly bug: { readonly steps: number; readonly what: string } | null;
  space(variant: Variant): Space & { readonly stateWords: number };
  /** States that are left with symmetry reduction; null where the model is not asked for it. */
  readonly orbits: number | null;
  /** An action in words: `map 2`. */
  nameOf(action: number): string;
}
