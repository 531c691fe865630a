// SPDX-License-Identifier: MIT
/** One thread of a search, which may be the only one: expands the states that belong to it, level by level. */

import { assert } from "../../base/index.ts";
import { MEMORY_BYTES, type Stopped } from "./bounds.ts";
import { type Checkpoint, Rows } from "./checkpoint.ts";
import { type Chunk, Exchange } from "./exchange.ts";
import { Findings, type Sighting } from "./findings.ts";
import { omissionProbability } from "./hash-store.ts";
import { Held, NO_SET, sleepWords } from "./held.ts";
import { Lineage, NOBODY } from "./lineage.ts";
import { Orbits, realPath } from "./orbits.ts";
import { Recent } from "./recent.ts";
import type { Found, SearchOptions, SearchResult } from "./options.ts";
import { type Space, STEP_MOVED } from "./space.ts";

/** States that are expanded between two looks at the bounds. Threads wait for each other there. */
const CHUNK = 256;
/** Where an action takes a microsecond, waiting for each other costs more than the action; of kernels, few states take long enough. */
const FLAT_TEAM_CHUNK = 8192;
const TEAM_CHUNK = 1024;

export class Member {
  private readonly space: Space;
  private readonly options: SearchOptions;
  private readonly held: Held;
  private readonly orbits: Orbits | null;
  private readonly findings = new Findings();
  private readonly exchange: Exchange | null;
  private readonly chunk: number;
  /** States that this thread reached lately. The same one once more tells nothing: what came first is the least. */
  private readonly recent: Recent | null;
  private readonly choices: Uint32Array;
  /** Numbers over all threads: the next state to expand, the first one behind its level, all that are known. */
  private at = 0;
  private levelEnd = 1;
  private total = 1;
  private depth = 0;
  /** Of this thread. */
  private transitions = 0;
  private entered: Uint32Array = NO_SET;
  /** The encoding of the state entered, where states are kept as differences. */
  private near: Uint32Array = NO_SET;
  /** Own states are expanded in the order of their numbers: how many have been. */
  private done = 0;

  constructor(space: Space, options: SearchOptions) {
    this.space = space;
    this.options = options;
    this.choices = new Uint32Array(space.actions);
    const symmetry = options.symmetry === false ? undefined : space.symmetry;
    assert(symmetry === undefined || space.portable !== false, "explorer: of words that mean something to one space alone there is no least image");
    this.orbits = symmetry === undefined || symmetry.actions.length < 2 ? null : new Orbits(symmetry);
    const { team } = options;
    const flat = space.stateWords !== undefined && options.compact !== true;
    this.exchange = team === undefined ? null : new Exchange(team, sleepWords(space, options));
    this.held = new Held(space, space.actions * this.permutations, options, this.exchange);
    // With sleep sets each way to a state counts. One thread finds states as fast in its table.
    this.recent = flat && team !== undefined && this.held.sleep === null ? new Recent() : null;
    this.chunk = team === undefined ? CHUNK : flat ? FLAT_TEAM_CHUNK : TEAM_CHUNK;
  }

  /** @param handsOver asked where the time is up: whether a team goes on, from the checkpoint. Then it judges the states that are left over. */
  run(handsOver: () => boolean = () => false): SearchResult {
    this.space.start();
    this.orbits?.requireFixed(this.space.state);
    if (this.options.resume === undefined) this.held.first(this.space.state);
    else this.resume(this.options.resume);
    const stopped = this.expandLevels();
    const handedOver = stopped === "time" && handsOver();
    if (!handedOver) for (; this.done < this.held.numbered; this.done++) this.enter(this.held.placeOf(this.done));
    return this.result(stopped, handedOver || (this.options.keep === true && stopped !== null));
  }

  private get permutations(): number {
    return this.orbits === null ? 1 : this.space.symmetry!.actions.length;
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
        this.held.sleep?.advance(this.held.store.count);
        this.held.store.expanded?.(this.done);
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
      progress?.({ states: this.total, transitions: all.transitions, depth: this.depth, frontier: this.total - this.at, bytes: all.bytes });
      if (this.at < this.total) {
        if (all.late > 0) return "time";
        if (all.bytes > memory) return "memory";
      }
    }
  }

  /** Ends a chunk. */
  private settle(): Chunk & { readonly total: number } {
    const { held, exchange } = this;
    const own = (): Chunk => ({ transitions: this.transitions, bytes: held.bytes, late: this.options.stop?.() === true ? 1 : 0 });
    if (exchange === null) return { ...own(), total: held.store.count };
    return exchange.settle(held.lineage, this.space.actions, () => held.store.count, this.at, this.total, own);
  }

  /** Expands the own states with numbers below `end`. */
  private expandTo(end: number): void {
    const { held, exchange } = this;
    for (; this.done < held.numbered; this.done++) {
      const place = held.placeOf(this.done);
      const number = held.numberOf(place);
      if (number >= end) break;
      this.enter(place);
      this.expand(place, number);
      exchange?.poll();
    }
  }

  /** Goes to a state and judges it. */
  private enter(place: number): void {
    const { space, held } = this;
    this.entered = held.store.words(place, this.entered);
    if (space.stateWords === undefined) this.near = held.store.encoding(place);
    space.enter(this.entered);
    const parent = held.lineage.parent(place);
    if (parent === NOBODY) return;
    const action = held.lineage.via(place) % space.actions;
    space.judge(action);
    if (space.violations.length === 0) return;
    // States that were left over are judged too: those behind the level's end are one action farther.
    const length = held.numberOf(place) < this.levelEnd ? this.depth : this.depth + 1;
    for (const key of space.violations) this.findings.note(key, length, parent, action, 1);
  }

  private expand(place: number, number: number): void {
    const { space } = this;
    const { actions } = space;
    const { sleep } = this.held;
    sleep?.enter(place);
    if (space.choices === undefined) {
      for (let action = 0; action < actions; action++) if ((sleep === null || !sleep.asleep(action)) && space.enabled(action)) this.take(number, action);
      return;
    }
    const count = space.choices(this.choices);
    for (let i = 0; i < count; i++) {
      const action = this.choices[i]!;
      if (sleep === null || !sleep.asleep(action)) this.take(number, action);
    }
  }

  private take(number: number, action: number): void {
    const { space } = this;
    const { sleep } = this.held;
    const kind = space.step(action);
    this.transitions++;
    if (space.violations.length > 0) for (const key of space.violations) this.findings.note(key, this.depth + 1, number, action, 0);
    if (kind === STEP_MOVED) this.moved(number, action);
    if (sleep !== null) sleep.taken(action);
  }

  /** The space is in a state that `action` led to. */
  private moved(number: number, action: number): void {
    const { space, held, orbits, exchange } = this;
    const { store, sleep } = held;
    let words = space.state;
    let via = action;
    let orbit = 1;
    if (sleep !== null) sleep.child(action);
    if (orbits !== null) {
      const permutation = orbits.canonicalize(words);
      words = orbits.least;
      via += permutation * space.actions;
      orbit = orbits.size;
      if (permutation !== 0) sleep?.rename(space.symmetry!.actions[permutation]!);
    }
    // A permutation moves words between blocks; where the length changes, pairs behind the end would stay.
    const encoding = via === action && words.length === this.entered.length ? store.encode(words, this.near, space.touched) : store.encode(words);
    const hash = store.hash(encoding, words.length);
    if (this.recent !== null && this.recent.shown(encoding, hash)) return;
    const set = sleep === null ? NO_SET : sleep.scratch;
    if (exchange !== null && !exchange.owns(hash)) exchange.send(hash, number, via, orbit, words.length, set, encoding);
    else held.arrive(encoding, words.length, hash, number, via, orbit, set, 0);
  }

  /** Another thread has reached an own state. */
  private readonly receive = (hash: number, parent: number, via: number, orbit: number, length: number, set: Uint32Array, setStart: number, encoding: Uint32Array): void => {
    this.held.arrive(encoding, length, hash, parent, via, orbit, set, setStart);
  };

  private result(stopped: Stopped | null, keep: boolean): SearchResult {
    const { options, exchange, space, held } = this;
    let { lineage } = held;
    let { transitions } = this;
    let { represents, bytes } = held;
    let rows: Rows | null = null;
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
      if (exchange.agree(this.findings.all().length > 0)) {
        lineage = new Lineage(space.actions * this.permutations);
        exchange.collectLineage(held.lineage, lineage);
      }
      if (keep) rows = exchange.collect((add) => held.rows(this.at, add));
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
            partialOrder: held.sleep !== null,
            sightings,
            summaries,
            ...(rows === null ? held.columns(this.at) : rows.columns()),
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
      partialOrder: held.sleep !== null,
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

  private resume(c: Checkpoint): void {
    const { space, held, options } = this;
    assert(
      c.compact === (options.compact === true) && c.symmetry === (this.orbits !== null) && c.partialOrder === (held.sleep !== null),
      "explorer: the checkpoint is of a search with other reductions",
    );
    ({ at: this.at, levelEnd: this.levelEnd, total: this.total, depth: this.depth } = c);
    if (this.exchange === null || this.exchange.index === 0) {
      this.transitions = c.transitions;
      held.represents = c.represents;
      for (const s of c.sightings) this.findings.take(s);
      for (const summary of c.summaries) space.absorb?.(summary);
    }
    this.done = held.load(c, (id) => this.reach(c, id)).expanded;
  }

  /** The words of a state of a checkpoint, by doing again what led to it first. */
  private reach(c: Checkpoint, id: number): Uint32Array {
    const { space, orbits } = this;
    if (id === 0) return space.state;
    this.entered = this.held.store.words(c.parents[id]!, this.entered);
    space.enter(this.entered);
    const kind = space.step(c.vias[id]! % space.actions);
    assert(kind === STEP_MOVED, "explorer: a step of the checkpoint leads elsewhere now");
    if (orbits === null) return space.state;
    orbits.canonicalize(space.state);
    return orbits.least;
  }
}
