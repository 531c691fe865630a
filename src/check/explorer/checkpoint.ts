// SPDX-License-Identifier: MIT
/** A search that a bound ended, as plain data: it goes on from there as if nothing had been, with any number of threads. */

import type { Sighting } from "./findings.ts";

export interface Checkpoint {
  /** Number of the next state to expand, of the first one behind its level, and of all states; states are numbered in the order of discovery. */
  readonly at: number;
  readonly levelEnd: number;
  readonly total: number;
  readonly depth: number;
  readonly transitions: number;
  readonly represents: number;
  /** What the search reduced by and kept: one that goes on does the same. */
  readonly compact: boolean;
  readonly symmetry: boolean;
  readonly partialOrder: boolean;
  readonly sightings: readonly Sighting[];
  /** What the space had to say (`Space.summary`). */
  readonly summaries: readonly string[];
  /** By state: its predecessor, and what led from there (`Lineage`). */
  readonly parents: Uint32Array;
  readonly vias: Uint32Array;
  /** Compact searches: two words of hash for each state before `at`. Empty elsewhere. */
  readonly hashes: Uint32Array;
  /**
   * For each state that is kept whole (compact: from `at`): words of the state, words of its encoding; then all encodings. Empty where the space is not
   * portable: then states are reached again by the actions that led to them.
   */
  readonly lengths: Uint32Array;
  readonly sizes: Uint32Array;
  readonly words: Uint32Array;
  /** The sleep sets of the states from `at`, where the search has them. */
  readonly sleep: Uint32Array;
}

/** `Row.length` of a state of which only the hash is left. A state may have no words. */
export const HASH_ONLY = 0xffff_ffff;

/** A state on its way into a checkpoint. */
export interface Row {
  readonly id: number;
  readonly parent: number;
  readonly via: number;
  /** Words of the state, or `HASH_ONLY`. */
  readonly length: number;
  /** The encoding, or the two words of the hash. */
  readonly words: Uint32Array;
  readonly sleep: Uint32Array;
}

/** Collects the states of a checkpoint, in any order. */
export class Rows {
  private readonly rows: (Row | undefined)[] = [];

  /** @param row its arrays are kept */
  add(row: Row): void {
    this.rows[row.id] = row;
  }

  /** The state's predecessor and what led from there. */
  lineageOf(id: number): readonly [number, number] {
    const { parent, via } = this.rows[id]!;
    return [parent, via];
  }

  /** The columns of a checkpoint. @throws where a state is missing */
  columns(at: number): Pick<Checkpoint, "parents" | "vias" | "hashes" | "lengths" | "sizes" | "words" | "sleep"> {
    const rows = this.rows.map((r) => r!);
    const whole = rows.filter((r) => r.length !== HASH_ONLY);
    return {
      parents: Uint32Array.from(rows, (r) => r.parent),
      vias: Uint32Array.from(rows, (r) => r.via),
      hashes: joined(rows.filter((r) => r.length === HASH_ONLY).map((r) => r.words)),
      lengths: Uint32Array.from(whole, (r) => r.length),
      sizes: Uint32Array.from(whole, (r) => r.words.length),
      words: joined(whole.map((r) => r.words)),
      sleep: joined(rows.slice(at).map((r) => r.sleep)),
    };
  }
}

function joined(arrays: readonly Uint32Array[]): Uint32Array {
  const all = new Uint32Array(arrays.reduce((sum, a) => sum + a.length, 0));
  let at = 0;
  for (const a of arrays) {
    all.set(a, at);
    at += a.length;
  }
  return all;
}
