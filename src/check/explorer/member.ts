// SPDX-License-Identifier: MIT
/** One thread of a search, which may be the only one: expands the states that belong to it, level by level. */

import { assert } from "../../base/index.ts";
import { MEMORY_BYTES, type Stopped } from "./bounds.ts";
import { type Checkpoint, HASH_ONLY, type Row, Rows } from "./checkpoint.ts";
import { DeltaStore } from "./delta-store.ts";
import { type Chunk, Exchange } from "./exchange.ts";
import { Findings, type Sighting } from "./findings.ts";
import { FlatStore } from "./flat-store.ts";
import { HashStore, omissionProbability } from "./hash-store.ts";
import { Lineage, NOBODY } from "./lineage.ts";
import { Orbits, realPath } from "./orbits.ts";
import type { Found, SearchOptions, SearchResult } from "./search.ts";
import { SleepSets } from "./sleep-sets.ts";
import { type Space, STEP_MOVED } from "./space.ts";
import type { StateStore } from "./store.ts";

/** States that are expanded between two looks at the bounds. Threads wait for each other there. */
const CHUNK = 256;
/** Where an action takes a microsecond, waiting for each other costs more than the action; of kernels, few states take long enough. */
const FLAT_TEAM_CHUNK = 4096;
const TEAM_CHUNK = 512;

const NO_SET = new Uint32Array(0);

function storeFor(space: Space, compact: boolean): StateStore {
  if (compact) return new HashStore();
  return space.stateWords === undefined ? new DeltaStore() : new FlatStore(space.stateWords, space.wordBits);
}

export class Member {
  private readonly space: Space;
  private readonly options: SearchOptions;
  private readonly store: StateStore;
  private readonly lineage: Lineage;
  private readonly sleep: SleepSets | null;
  private readonly orbits: Orbits | null;
  private readonly findings = new Findings();
  private readonly exchange: Exchange | null;
  /** Numbers over all threads: the next state to expand, the first one behind its level, all that are known. */
  private at = 0;
  private levelEnd = 1;
  private total = 1;
  private depth = 0;
  /** Of this thread. */
  private transitions = 0;
  private represents = 0;
  private entered: Uint32Array = new Uint32Array(0);
  /** The encoding of the state entered. */
  private near: Uint32Array = NO_SET;
  /** Own states are expanded in the order of their numbers: how many have been, and how many of them are in earlier levels. */
  private done = 0;
  private levelStart = 0;

  constructor(space: Space, options: SearchOptions) {
    this.space = space;
    this.options = options;
    this.store = storeFor(space, options.compact === true);
    const symmetry = options.symmetry === false ? undefined : space.symmetry;
    this.orbits = symmetry === undefined || symmetry.actions.length < 2 ? null : new Orbits(symmetry);
    this.lineage = new Lineage(space.actions * this.permutations);
    this.sleep = options.partialOrder === false || space.independence === undefined ? null : new SleepSets(space.independence);
    this.exchange = options.team === undefined ? null : new Exchange(options.team, this.sleep?.words ?? 0, this.store instanceof FlatStore);
  }

  run(): SearchResult {
    this.space.start();
    if (this.options.resume === undefined) this.begin();
    else this.resume(this.options.resume);
    const stopped = this.expandLevels();
    for (; this.done < this.numbered; this.done++) this.enter(this.localOf(this.done));
    return this.result(stopped);
  }

  private get permutations(): number {
    return this.orbits === null ? 1 : this.space.symmetry!.actions.length;
  }

  private begin(): void {
    const { store, space } = this;
    const encoding = store.encode(space.state);
    const hash = store.hash(encoding, space.state.length);
    this.sleep?.begin(0, 0);
    if (this.exchange !== null && !this.exchange.owns(hash)) return;
    store.add(encoding, space.state.length, hash);
    this.lineage.push(NOBODY, 0);
    this.exchange?.number(0, 0);
    this.represents = 1;
    this.sleep?.begin(0, 1);
    this.sleep?.load(0, new Uint32Array(this.sleep.words));
  }

  /** @returns which bound ended it, null at the fixpoint */
  private expandLevels(): Stopped | null {
    const { bounds, progress } = this.options;
    const { memory = MEMORY_BYTES } = bounds;
    for (;;) {
      if (this.at === this.levelEnd) {
        if (this.at === this.total) return null;
        this.depth++;
        this.levelEnd = this.total;
        this.levelStart = this.done;
        this.sleep?.advance(this.store.count);
        this.store.expanded(this.levelStart);
      }
      if (this.depth >= bounds.depth) return "depth";
      if (this.total > bounds.states) return "states";
      // As many states as can be expanded without passing the bound: where that is none, one, so that it is passed by one state's children at most.
      const room = Math.max(1, Math.floor((bounds.states - this.total) / Math.max(1, this.space.actions)));
      const chunk = Math.min(this.chunk, room, this.levelEnd - this.at);
      this.exchange?.begin(this.receive);
      this.expandTo(this.at + chunk);
      const all = this.settle();
      this.at += chunk;
      this.total = all.total;
      if (this.at < this.total) {
        if (all.late > 0) return "time";
        if (all.bytes > memory) return "memory";
      }
      progress?.({ states: this.total, transitions: all.transitions, depth: this.depth, frontier: this.total - this.at, bytes: all.bytes });
    }
  }

  /** Ends a chunk. */
  private settle(): Chunk & { readonly total: number } {
    const own = (): Chunk => ({ transitions: this.transitions, bytes: this.bytes, late: this.options.stop?.() === true ? 1 : 0 });
    if (this.exchange === null) return { ...own(), total: this.store.count };
    return this.exchange.settle(this.lineage, this.space.actions, () => this.store.count, this.at, this.total, own);
  }

  private get chunk(): number {
    return this.exchange === null ? CHUNK : this.space.stateWords === undefined ? TEAM_CHUNK : FLAT_TEAM_CHUNK;
  }

  private get bytes(): number {
    return this.store.bytes + this.lineage.bytes;
  }

  /** Own states that have a number. */
  private get numbered(): number {
    return this.exchange === null ? this.store.count : this.exchange.count;
  }

  /** The number in the store of the own state that is expanded as the n-th. */
  private localOf(n: number): number {
    return this.exchange === null ? n : this.exchange.sequence[n]!;
  }

  private numberOf(local: number): number {
    return this.exchange === null ? local : this.exchange.numbers[local]!;
  }

  /** Expands the own states with numbers below `end`. */
  private expandTo(end: number): void {
    for (; this.done < this.numbered; this.done++) {
      const local = this.localOf(this.done);
      const number = this.numberOf(local);
      if (number >= end) break;
      this.enter(local);
      this.expand(local, number);
      this.exchange?.poll();
    }
  }

  /** Goes to a state and judges it. */
  private enter(local: number): void {
    const { space, lineage } = this;
    this.entered = this.store.words(local, this.entered);
    this.near = this.store.encoding(local);
    space.enter(this.entered);
    const parent = lineage.parent(local);
    if (parent === NOBODY) return;
    const action = lineage.via(local) % space.actions;
    space.judge(action);
    if (space.violations.length === 0) return;
    // States that were left over are judged too: those behind the level's end are one action farther.
    const length = this.numberOf(local) < this.levelEnd ? this.depth : this.depth + 1;
    for (const key of space.violations) this.findings.note(key, length, parent, action, 1);
  }

  private expand(local: number, number: number): void {
    const { space, sleep } = this;
    const { actions } = space;
    sleep?.enter(local);
    for (let action = 0; action < actions; action++) {
      if (sleep !== null && sleep.asleep(action)) continue;
      if (!space.enabled(action)) continue;
      const kind = space.step(action);
      this.transitions++;
      if (space.violations.length > 0) for (const key of space.violations) this.findings.note(key, this.depth + 1, number, action, 0);
      if (kind === STEP_MOVED) this.moved(number, action);
      sleep?.taken(action);
    }
  }

  /** The space is in a state that `action` led to. */
  private moved(number: number, action: number): void {
    const { store, sleep, orbits, exchange } = this;
    let words = this.space.state;
    let via = action;
    let orbit = 1;
    sleep?.child(action);
    if (orbits !== null) {
      const permutation = orbits.canonicalize(words);
      words = orbits.least;
      via += permutation * this.space.actions;
      orbit = orbits.size;
      if (permutation !== 0) sleep?.rename(this.space.symmetry!.actions[permutation]!);
    }
    // A permutation moves words between blocks; where the length changes, pairs behind the end would stay.
    const encoding = via === action && words.length === this.entered.length ? store.encode(words, this.near, this.space.touched) : store.encode(words);
    const hash = store.hash(encoding, words.length);
    const set = sleep === null ? NO_SET : sleep.scratch;
    if (exchange !== null && !exchange.owns(hash)) exchange.send(hash, number, via, orbit, words.length, set, encoding);
    else this.arrive(encoding, words.length, hash, number, via, orbit, set, 0);
  }

  /** A state that belongs to this thread was reached. */
  private arrive(encoding: Uint32Array, length: number, hash: number, parent: number, via: number, orbit: number, set: Uint32Array, setStart: number): void {
    const id = this.store.add(encoding, length, hash);
    if (id >= 0) {
      this.lineage.push(parent, via);
      this.represents += orbit;
      this.sleep?.put(id, set, setStart);
      return;
    }
    this.sleep?.meet(~id, set, setStart);
    if (this.exchange !== null) this.exchange.again(this.lineage, ~id, parent, via, this.space.actions);
  }

  /** The same, by another thread. */
  private readonly receive = (hash: number, parent: number, via: number, orbit: number, length: number, set: Uint32Array, setStart: number, encoding: Uint32Array): void => {
    this.arrive(encoding, length, hash, parent, via, orbit, set, setStart);
  };

  private result(stopped: Stopped | null): SearchResult {
    const { options, exchange, space } = this;
    let lineage = this.lineage;
    let { transitions, represents, bytes } = this;
    let rows: Rows | null = null;
    const keep = options.keep === true && stopped !== null;
    const summaries: string[] = [space.summary?.() ?? ""];
    if (exchange !== null) {
      const others = exchange.gather({ sightings: this.findings.all(), summary: summaries[0]!, transitions, represents, bytes });
      for (const other of others) {
        for (const s of other.sightings) this.findings.take(s);
        summaries.push(other.summary);
        space.absorb?.(other.summary);
        transitions += other.transitions;
        represents += other.represents;
        bytes += other.bytes;
      }
      const wanted = exchange.agree(keep || this.findings.all().length > 0);
      if (wanted) rows = exchange.collect((add) => this.rows(add), keep);
      if (rows !== null && exchange.index === 0) {
        lineage = new Lineage(space.actions * this.permutations);
        for (let id = 0; id < this.total; id++) lineage.set(id, ...rows.lineageOf(id));
      }
    } else if (keep) {
      rows = new Rows();
      this.rows((row) => rows!.add(row));
    }
    const sightings = this.findings.all();
    const reports = exchange === null || exchange.index === 0;
    const checkpoint: Checkpoint | null =
      !keep || !reports
        ? null
        : {
            at: this.at,
            levelEnd: this.levelEnd,
            total: this.total,
            depth: this.depth,
            transitions,
            represents,
            compact: options.compact === true,
            symmetry: this.orbits !== null,
            partialOrder: this.sleep !== null,
            sightings,
            summaries,
            ...rows!.columns(this.at),
          };
    return {
      states: this.total,
      represents,
      transitions,
      depth: this.depth,
      frontier: this.total - this.at,
      bytes,
      complete: stopped === null,
      stopped,
      omission: options.compact === true ? omissionProbability(this.total) : 0,
      permutations: this.permutations,
      partialOrder: this.sleep !== null,
      found: reports ? sightings.map((s) => this.foundOf(s, lineage)) : [],
      checkpoint,
    };
  }

  private foundOf({ key, parent, action }: Sighting, lineage: Lineage): Found {
    const { actions, symmetry } = this.space;
    const vias = lineage.path(parent);
    if (this.orbits === null) return { key, path: [...vias, action] };
    const steps = vias.map((via) => ({ action: via % actions, permutation: Math.floor(via / actions) }));
    return { key, path: realPath(symmetry!, [...steps, { action, permutation: 0 }]) };
  }

  /** Own states as rows of a checkpoint. */
  private rows(add: (row: Row) => void): void {
    for (let local = 0; local < this.store.count; local++) {
      const id = this.numberOf(local);
      const ahead = id >= this.at;
      const portable = this.space.portable !== false;
      const whole = portable && (ahead || !(this.store instanceof HashStore));
      add({
        id,
        parent: this.lineage.parent(local),
        via: this.lineage.via(local),
        length: whole ? this.store.length(local) : HASH_ONLY,
        words: whole ? this.store.encoding(local).slice() : portable ? Uint32Array.from((this.store as HashStore).hashOf(local)) : NO_SET,
        sleep: ahead && this.sleep !== null ? this.sleep.of(local).slice() : NO_SET,
      });
    }
  }

  private resume(c: Checkpoint): void {
    const { store, sleep, space, exchange } = this;
    assert(c.compact === (this.options.compact === true) && c.symmetry === (this.orbits !== null) && c.partialOrder === (sleep !== null), "explorer: the checkpoint is of a search with other reductions");
    store.encode(space.state);
    const first = exchange === null || exchange.index === 0;
    ({ at: this.at, levelEnd: this.levelEnd, total: this.total, depth: this.depth } = c);
    if (first) {
      this.transitions = c.transitions;
      this.represents = c.represents;
      for (const s of c.sightings) this.findings.take(s);
      for (const summary of c.summaries) space.absorb?.(summary);
    }
    const load = this.loader(c);
    let levelStart = 0;
    let nextStart = 0;
    for (let id = 0; id < c.total; id++) {
      const local = load(id);
      if (local === null) continue;
      assert(local >= 0, "explorer: the checkpoint has a state twice");
      this.lineage.push(c.parents[id]!, c.vias[id]!);
      exchange?.number(local, id);
      if (id < c.at) this.done = levelStart = local + 1;
      if (id < c.levelEnd) nextStart = local + 1;
    }
    store.expanded(levelStart);
    this.levelStart = levelStart;
    if (sleep === null) return;
    sleep.begin(levelStart, nextStart);
    for (let local = levelStart; local < store.count; local++) {
      const row = this.numberOf(local) - c.at;
      sleep.load(local, c.sleep.subarray(row * sleep.words, (row + 1) * sleep.words));
    }
  }

  /** Adds states of a checkpoint to the store, in order: gives the place of each, null for one that belongs to another thread. */
  private loader(c: Checkpoint): (id: number) => number | null {
    const { store, exchange } = this;
    if (this.space.portable === false) return (id) => this.reach(c, id);
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

  /** Adds a state by doing again what led to it first. */
  private reach(c: Checkpoint, id: number): number {
    const { space, store, orbits } = this;
    let words = space.state;
    if (id > 0) {
      this.entered = store.words(c.parents[id]!, this.entered);
      space.enter(this.entered);
      const kind = space.step(c.vias[id]! % space.actions);
      assert(kind === STEP_MOVED, "explorer: a step of the checkpoint leads elsewhere now");
      words = space.state;
      if (orbits !== null) {
        orbits.canonicalize(words);
        words = orbits.least;
      }
    }
    const encoding = store.encode(words);
    return store.add(encoding, words.length, store.hash(encoding, words.length));
  }
}
