// SPDX-License-Identifier: MIT
/** A search that a bound ended, as plain data: it goes on from there as if nothing had been, with any number of threads. */

import type { Sighting } from "./findings.ts";
import { roomFor } from "./store.ts";

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

/** The states of a checkpoint as columns. */
type StateColumns = Pick<Checkpoint, "parents" | "vias" | "hashes" | "lengths" | "sizes" | "words" | "sleep">;

/** Words that grow. */
class Column {
  private words: Uint32Array = new Uint32Array(64);
  private length = 0;

  push(word: number): void {
    this.words = roomFor(this.words, this.length + 1);
    this.words[this.length++] = word;
  }

  append(words: Uint32Array): void {
    this.words = roomFor(this.words, this.length + words.length);
    this.words.set(words, this.length);
    this.length += words.length;
  }

  get all(): Uint32Array {
    return this.words.slice(0, this.length);
  }
}

/** Puts rows together that come in order. */
export class Columns {
  private readonly parents = new Column();
  private readonly vias = new Column();
  private readonly hashes = new Column();
  private readonly lengths = new Column();
  private readonly sizes = new Column();
  private readonly words = new Column();
  private readonly sleep = new Column();

  /** @param row copied */
  push({ parent, via, length, words, sleep }: Omit<Row, "id">): void {
    this.parents.push(parent);
    this.vias.push(via);
    this.sleep.append(sleep);
    if (length === HASH_ONLY) {
      this.hashes.append(words);
      return;
    }
    this.lengths.push(length);
    this.sizes.push(words.length);
    this.words.append(words);
  }

  columns(): StateColumns {
    const { parents, vias, hashes, lengths, sizes, words, sleep } = this;
    return { parents: parents.all, vias: vias.all, hashes: hashes.all, lengths: lengths.all, sizes: sizes.all, words: words.all, sleep: sleep.all };
  }
}

/** Collects the states of a checkpoint, in any order. */
export class Rows {
  private readonly rows: (Row | undefined)[] = [];

  /** @param row its arrays are kept */
  add(row: Row): void {
    this.rows[row.id] = row;
  }

  columns(): StateColumns {
    const columns = new Columns();
    for (const row of this.rows) columns.push(row!);
    return columns.columns();
  }
}
