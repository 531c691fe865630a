// SPDX-License-Identifier: MIT
/** Symmetry reduction: a state stands for all its images under the group; the least of them, word by word, is the one that is kept. */

import { assert } from "../../base/index.ts";
import type { Symmetry } from "./space.ts";

export class Orbits {
  /** The least image of the last state that `canonicalize` was given. */
  least: Uint32Array = new Uint32Array(0);
  /** States that it stands for: its different images. */
  size = 1;
  private image: Uint32Array = this.least;
  private readonly symmetry: Symmetry;
  /** By permutation: the first word of the image, of all but the first. */
  private readonly heads: Uint32Array;

  constructor(symmetry: Symmetry) {
    this.symmetry = symmetry;
    this.heads = new Uint32Array(symmetry.actions.length);
  }

  /** @throws where a permutation does not leave the first state as it is: paths through images would begin elsewhere */
  requireFixed(first: Uint32Array): void {
    const image = new Uint32Array(first.length);
    for (let p = 0; p < this.symmetry.actions.length; p++) {
      this.symmetry.permute(first, p, image);
      assert(compareWords(image, first) === 0, `explorer: permutation ${p} changes the first state`);
    }
  }

  /** Finds the least image. @returns the first permutation that leads to it */
  canonicalize(words: Uint32Array): number {
    if (this.least.length !== words.length) {
      this.least = new Uint32Array(words.length);
      this.image = new Uint32Array(words.length);
    }
    this.least.set(words);
    const permutations = this.symmetry.actions.length;
    const head = this.leastHead(words);
    let found = 0;
    // By the orbit-stabiliser theorem every image comes up equally often.
    let times = 1;
    for (let p = 1; p < permutations; p++) {
      if (this.heads[p]! > head) continue;
      this.symmetry.permute(words, p, this.image);
      const order = compareWords(this.image, this.least);
      if (order === 0) times++;
      if (order >= 0) continue;
      [this.least, this.image] = [this.image, this.least];
      found = p;
      times = 1;
    }
    this.size = permutations / times;
    return found;
  }

  /** The first word of the least image, with those of all images in `heads`; all are 0 where the space does not tell them. */
  private leastHead(words: Uint32Array): number {
    const { symmetry, heads } = this;
    if (symmetry.head === undefined) return 0;
    let least = words[0]!;
    for (let p = 1; p < heads.length; p++) {
      const head = symmetry.head(words, p);
      heads[p] = head;
      if (head < least) least = head;
    }
    return least;
  }
}

function compareWords(a: Uint32Array, b: Uint32Array): number {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return a[i]! < b[i]! ? -1 : 1;
  return 0;
}

/**
 * A path through canonical states as one through real states.
 * @param steps by step the action in the names of the canonical state, and the permutation that made the next one canonical
 * @returns the actions from the first state, the least of the paths that are images of each other
 */
export function realPath(symmetry: Symmetry, steps: readonly { readonly action: number; readonly permutation: number }[]): number[] {
  // Real action -> the canonical state's name for it, so far the identity.
  let names: readonly number[] = symmetry.actions[0]!;
  const path = steps.map(({ action, permutation }) => {
    const real = names.indexOf(action);
    const image = symmetry.actions[permutation]!;
    names = names.map((name) => image[name]!);
    return real;
  });
  return symmetry.actions.map((images) => path.map((action) => images[action]!)).reduce((least, other) => (comparePaths(other, least) < 0 ? other : least));
}

function comparePaths(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return 0;
}
