// SPDX-License-Identifier: MIT
/** The states that a thread of a search holds: their words, how they were reached, what they sleep through, and their numbers. */

import { assert } from "../../base/index.ts";
import { type Checkpoint, Columns, HASH_ONLY, type Row } from "./checkpoint.ts";
import { DeltaStore } from "./delta-store.ts";
import type { Exchange } from "./exchange.ts";
import { FlatStore } from "./flat-store.ts";
import { HashStore } from "./hash-store.ts";
import { Lineage, NOBODY } from "./lineage.ts";
import type { SearchOptions } from "./options.ts";
import { SleepSets } from "./sleep-sets.ts";
import { setWords } from "./bit-sets.ts";
import type { Space } from "./space.ts";
import type { StateStore } from "./store.ts";
import { fitsWordStore, WordStore } from "./word-store.ts";

export const NO_SET: Uint32Array = new Uint32Array(0);

/** @param numbers whether the numbers of known states are asked for: by sleep sets and between threads */
function storeFor({ stateWords, wordBits }: Space, compact: boolean, numbers: boolean): StateStore {
  if (compact) return new HashStore();
  if (stateWords === undefined) return new DeltaStore();
  return wordBits !== undefined && wordBits.length === stateWords && fitsWordStore(wordBits) && !numbers ? new WordStore(wordBits) : new FlatStore(stateWords, wordBits);
}

/** Words of a state's sleep set, 0 without. */
export function sleepWords({ independence }: Space, { partialOrder = true }: SearchOptions): number {
  return partialOrder && independence !== undefined ? setWords(independence.length) : 0;
}

/** Where states of a checkpoint begin and end, in places of this thread. */
export interface Loaded {
  /** Own states that were expanded, and those of the levels up to the one at hand. */
  readonly expanded: number;
  readonly level: number;
}

export class Held {
  readonly store: StateStore;
  readonly lineage: Lineage;
  readonly sleep: SleepSets | null;
  /** States that the own ones stand for. */
  represents = 0;
  private readonly space: Space;
  private readonly exchange: Exchange | null;

  /** @param vias different ways to get from one state to another: actions times permutations */
  constructor(space: Space, vias: number, { compact = false, partialOrder = true }: Pick<SearchOptions, "compact" | "partialOrder">, exchange: Exchange | null) {
    this.space = space;
    this.lineage = new Lineage(vias);
    this.sleep = partialOrder && space.independence !== undefined ? new SleepSets(space.independence) : null;
    this.exchange = exchange;
    this.store = storeFor(space, compact, this.sleep !== null || exchange !== null);
  }

  get bytes(): number {
    return this.store.bytes + this.lineage.bytes;
  }

  /** Own states that have a number. */
  get numbered(): number {
    return this.exchange === null ? this.store.count : this.exchange.count;
  }

  /** The place of the own state that is expanded as the n-th. */
  placeOf(n: number): number {
    return this.exchange === null ? n : this.exchange.sequence[n]!;
  }

  /** The number of the state at a place: of all threads' states, in the order of discovery. */
  numberOf(place: number): number {
    return this.exchange === null ? place : this.exchange.numbers[place]!;
  }

  /** Takes the first state, where it is an own one. */
  first(words: Uint32Array): void {
    const { store, sleep } = this;
    const encoding = store.encode(words);
    const hash = store.hash(encoding, words.length);
    sleep?.begin(0, 0);
    if (this.exchange !== null && !this.exchange.owns(hash)) return;
    store.add(encoding, words.length, hash);
    this.lineage.push(NOBODY, 0);
    this.exchange?.number(0, 0);
    this.represents = 1;
    sleep?.begin(0, 1);
    sleep?.load(0, new Uint32Array(sleep.words));
  }

  /** An own state was reached. @param orbit states that it stands for  @param set what it sleeps through by this way, from `setStart` */
  arrive(encoding: Uint32Array, length: number, hash: number, parent: number, via: number, orbit: number, set: Uint32Array, setStart: number): void {
    const id = this.store.add(encoding, length, hash);
    if (id >= 0) {
      this.lineage.push(parent, via);
      this.represents += orbit;
      if (this.sleep !== null) this.sleep.put(id, set, setStart);
      return;
    }
    if (this.sleep !== null) this.sleep.meet(~id, set, setStart);
    if (this.exchange !== null) this.exchange.again(this.lineage, ~id, parent, via, this.space.actions);
  }

  /** Each own state as a row of a checkpoint. @param at the number of the next state to expand: of those before it a compact search has the hash only */
  rows(at: number, add: (row: Row) => void): void {
    const portable = this.space.portable !== false;
    for (let place = 0; place < this.store.count; place++) {
      const id = this.numberOf(place);
      const ahead = id >= at;
      const whole = portable && (ahead || !(this.store instanceof HashStore));
      add({
        id,
        parent: this.lineage.parent(place),
        via: this.lineage.via(place),
        length: whole ? this.store.length(place) : HASH_ONLY,
        words: whole ? this.store.encoding(place) : portable ? Uint32Array.from((this.store as HashStore).hashOf(place)) : NO_SET,
        sleep: ahead && this.sleep !== null ? this.sleep.of(place) : NO_SET,
      });
    }
  }

  /** The columns of a checkpoint, where all states are own ones. */
  columns(at: number): ReturnType<Columns["columns"]> {
    const columns = new Columns();
    this.rows(at, (row) => columns.push(row));
    return columns.columns();
  }

  /**
   * Takes the own states of a checkpoint.
   * @param reach gives the words of a state by doing again what led to it, for spaces that are not portable
   */
  load(c: Checkpoint, reach: (id: number) => Uint32Array): Loaded {
    const { store, sleep, exchange } = this;
    store.encode(this.space.state);
    const add = this.space.portable === false ? this.reacher(reach) : this.loader(c);
    let expanded = 0;
    let level = 0;
    for (let id = 0; id < c.total; id++) {
      const place = add(id);
      if (place === null) continue;
      assert(place >= 0, "explorer: the checkpoint has a state twice");
      this.lineage.push(c.parents[id]!, c.vias[id]!);
      exchange?.number(place, id);
      if (id < c.at) expanded = place + 1;
      if (id < c.levelEnd) level = place + 1;
    }
    store.expanded?.(expanded);
    if (sleep !== null) {
      sleep.begin(expanded, level);
      for (let place = expanded; place < store.count; place++) {
        const row = this.numberOf(place) - c.at;
        sleep.load(place, c.sleep.subarray(row * sleep.words, (row + 1) * sleep.words));
      }
    }
    return { expanded, level };
  }

  /** Adds states of a checkpoint to the store, in order: gives the place of each, null for one that belongs to another thread. */
  private loader(c: Checkpoint): (id: number) => number | null {
    const { store, exchange } = this;
    let whole = 0;
    let start = 0;
    return (id) => {
      if (c.compact && id < c.at) {
        const hash = c.hashes[id * 2]!;
        return exchange?.owns(hash) === false ? null : (store as HashStore).addExpanded(hash, c.hashes[id * 2 + 1]!);
      }
      const length = c.lengths[whole]!;
      const encoding = c.words.subarray(start, start + c.sizes[whole]!);
      start += c.sizes[whole++]!;
      const hash = store.hash(encoding, length);
      return exchange?.owns(hash) === false ? null : store.add(encoding, length, hash);
    };
  }

  private reacher(reach: (id: number) => Uint32Array): (id: number) => number {
    const { store } = this;
    return (id) => {
      const words = reach(id);
      const encoding = store.encode(words);
      return store.add(encoding, words.length, store.hash(encoding, words.length));
    };
  }
}
