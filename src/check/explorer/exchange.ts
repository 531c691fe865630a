// SPDX-License-Identifier: MIT
/**
 * What the threads of a search tell each other. While a chunk of a level is expanded, states go to the threads they belong to; then each
 * sorts the new states it got by predecessor and action, tells the others these keys, and so all know every state's number: the one
 * that a single thread would have given it.
 */

import { type Row, Rows } from "./checkpoint.ts";
import { type Sighting, SIGHTING_WORDS, sightingOf, sightingWords } from "./findings.ts";
import type { Lineage } from "./lineage.ts";
import { roomFor } from "./store.ts";
import type { Message, Team } from "./team.ts";

const STATE: Message = 1;
const STATES_END: Message = 2;
const KEYS: Message = 3;
const KEYS_END: Message = 4;
const SIGHTING: Message = 5;
const SUMMARY: Message = 6;
const RESULT_END: Message = 7;
const AGREE_END: Message = 8;
const ROW: Message = 9;
const ROWS_END: Message = 10;

/** Words of a STATE before its sleep set and its encoding. */
const STATE_WORDS = 5;
const ROW_WORDS = 5;
/** Keys in a message, and texts in pieces of this many characters. */
const KEYS_AT_ONCE = 1 << 10;
const TEXT_AT_ONCE = 1 << 12;

/** Called for each state that another thread has found. */
export type Receive = (hash: number, parent: number, via: number, orbit: number, length: number, set: Uint32Array, setStart: number, encoding: Uint32Array) => void;

export interface Chunk {
  readonly transitions: number;
  readonly bytes: number;
  /** 1 where the time is up. */
  readonly late: number;
}

/** What a thread has to say at the end. */
export interface Report {
  readonly sightings: readonly Sighting[];
  readonly summary: string;
  readonly transitions: number;
  readonly represents: number;
  readonly bytes: number;
}

export class Exchange {
  /** Own states in the order of their numbers: where each is in the store. */
  sequence: Uint32Array = new Uint32Array(64);
  /** By place in the store: the state's number. */
  numbers: Uint32Array = new Uint32Array(64);
  /** Own states that have a number. */
  count = 0;
  private readonly team: Team;
  private readonly setWords: number;
  private readonly head: Uint32Array;
  /** By length. */
  private readonly parts: Uint32Array[] = [];
  /** Own states before the chunk at hand. */
  private known = 0;
  /** What the others say of it. */
  private chunks: Chunk[] = [];

  /** @param setWords words of a sleep set, 0 without */
  constructor(team: Team, setWords: number) {
    this.team = team;
    this.setWords = setWords;
    this.head = new Uint32Array(Math.max(STATE_WORDS, ROW_WORDS) + setWords);
  }

  get index(): number {
    return this.team.index;
  }

  /** True where a state belongs to this thread. */
  owns(hash: number): boolean {
    return this.team.ownerOf(hash) === this.team.index;
  }

  /** Gives an own state its number; in the order of numbers. */
  number(local: number, number: number): void {
    this.sequence = roomFor(this.sequence, this.count + 1);
    this.sequence[this.count] = local;
    this.numbers = roomFor(this.numbers, local + 1);
    this.numbers[local] = number;
    this.count++;
  }

  /** Begins a chunk. */
  begin(receive: Receive): void {
    const { setWords } = this;
    this.known = this.count;
    this.chunks = [];
    this.team.alive();
    this.team.begin(STATES_END, (_from, message, words, length) => {
      if (message === STATE) receive(words[0]!, words[1]!, words[2]!, words[3]!, words[4]!, words, STATE_WORDS, this.part(words, STATE_WORDS + setWords, length));
      else this.chunks.push({ transitions: join(words, 0), bytes: join(words, 2), late: words[4]! });
    });
  }

  /** Takes what others have sent. */
  poll(): void {
    this.team.drain();
  }

  /** Sends a state to the thread it belongs to. @param encoding must stay as it is until the call returns */
  send(hash: number, parent: number, via: number, orbit: number, length: number, set: Uint32Array, encoding: Uint32Array): void {
    const { head, setWords } = this;
    head[0] = hash;
    head[1] = parent;
    head[2] = via;
    head[3] = orbit;
    head[4] = length;
    for (let w = 0; w < setWords; w++) head[STATE_WORDS + w] = set[w]!;
    this.team.send(this.team.ownerOf(hash), STATE, head, STATE_WORDS + setWords, encoding);
  }

  /** A part of a message, in an array that the next one of this length is written to: views cost more than copies where messages are short. */
  private part(words: Uint32Array, start: number, end: number): Uint32Array {
    const part = (this.parts[end - start] ??= new Uint32Array(end - start));
    for (let i = start; i < end; i++) part[i - start] = words[i]!;
    return part;
  }

  /** An own state was reached once more: of the ways to it that the chunk has, the least counts. */
  again(lineage: Lineage, local: number, parent: number, via: number, actions: number): void {
    if (local < this.known) return;
    const order = parent - lineage.parent(local) || (via % actions) - (lineage.via(local) % actions);
    if (order < 0) lineage.set(local, parent, via);
  }

  /**
   * Ends a chunk: waits for all states of it, and numbers the new ones.
   * @param end says how many own states the store has  @param at the number that the chunk begins with  @param total states over all threads before it
   * @returns sums over all threads
   */
  settle(lineage: Lineage, actions: number, end: () => number, at: number, total: number, own: () => Chunk): Chunk & { readonly total: number } {
    const { team } = this;
    const mine = own();
    team.end(Uint32Array.of(...split(mine.transitions), ...split(mine.bytes), mine.late));
    team.finish();
    const chunks = [mine, ...this.chunks];

    const fresh = end() - this.known;
    const keys = new Float64Array(fresh);
    const keyOf = (local: number): number => (lineage.parent(local) - at) * actions + (lineage.via(local) % actions);
    for (let i = 0; i < fresh; i++) keys[i] = keyOf(this.known + i) * fresh + i;
    // The chunk has few states, so that a key and a place in it fit 53 bits; where they do not, the order would be lost.
    if (fresh > 0 && keys.reduce((a, b) => Math.max(a, b), 0) > Number.MAX_SAFE_INTEGER) throw new RangeError("explorer: too many new states in one chunk");
    keys.sort();
    const order = Uint32Array.from(keys, (key) => this.known + (key % fresh));
    const others: number[][] = Array.from({ length: team.size }, () => []);
    team.begin(KEYS_END, (from, message, words, length) => {
      if (message === KEYS) for (let i = 0; i < length; i += 2) others[from]!.push(join(words, i));
    });
    const sorted = Float64Array.from(keys, (key) => Math.floor(key / fresh));
    const buffer = new Uint32Array(KEYS_AT_ONCE * 2);
    for (let i = 0; i < fresh; i += KEYS_AT_ONCE) {
      const n = Math.min(KEYS_AT_ONCE, fresh - i);
      for (let j = 0; j < n; j++) {
        const key = sorted[i + j]!;
        buffer[j * 2] = key >>> 0;
        buffer[j * 2 + 1] = Math.floor(key / 2 ** 32);
      }
      for (let to = 0; to < team.size; to++) if (to !== team.index) team.send(to, KEYS, buffer, n * 2);
    }
    team.end(EMPTY);
    team.finish();

    const passed = others.map(() => 0);
    for (let i = 0; i < fresh; i++) {
      let before = i;
      for (let o = 0; o < others.length; o++) {
        const theirs = others[o]!;
        while (passed[o]! < theirs.length && theirs[passed[o]!]! < sorted[i]!) passed[o]!++;
        before += passed[o]!;
      }
      this.number(order[i]!, total + before);
    }
    const sum = (of: (c: Chunk) => number): number => chunks.reduce((all, c) => all + of(c), 0);
    return { transitions: sum((c) => c.transitions), bytes: sum((c) => c.bytes), late: sum((c) => c.late), total: total + fresh + others.reduce((n, o) => n + o.length, 0) };
  }

  /** Tells member 0 what this thread has found. @returns what the others have, for member 0 */
  gather(own: Report): Report[] {
    const { team } = this;
    const reports = Array.from({ length: team.size }, () => ({ sightings: [] as Sighting[], summary: "", transitions: 0, represents: 0, bytes: 0 }));
    team.begin(RESULT_END, (from, message, words, length) => {
      const report = reports[from]!;
      if (message === SIGHTING) report.sightings.push(sightingOf(words));
      else if (message === SUMMARY) report.summary += String.fromCharCode(...words.subarray(0, length));
      else Object.assign(report, { transitions: join(words, 0), represents: join(words, 2), bytes: join(words, 4) });
    });
    if (team.index !== 0) {
      for (const s of own.sightings) team.send(0, SIGHTING, sightingWords(s), SIGHTING_WORDS);
      for (let i = 0; i < own.summary.length; i += TEXT_AT_ONCE) {
        const piece = Uint32Array.from(own.summary.slice(i, i + TEXT_AT_ONCE), (c) => c.charCodeAt(0));
        team.send(0, SUMMARY, piece, piece.length);
      }
    }
    team.end(Uint32Array.of(...split(own.transitions), ...split(own.represents), ...split(own.bytes)));
    team.finish();
    return team.index === 0 ? reports.slice(1) : [];
  }

  /** What member 0 decides, for all. */
  agree(decision: boolean): boolean {
    let decided = decision;
    this.team.begin(AGREE_END, (from, _message, words) => {
      if (from === 0) decided = words[0] === 1;
    });
    this.team.end(Uint32Array.of(decision ? 1 : 0));
    this.team.finish();
    return decided;
  }

  /** Brings how all states were reached to member 0. @param own this thread's  @param all gets all of it, by number */
  collectLineage(own: Lineage, all: Lineage): void {
    const { team, head } = this;
    team.begin(ROWS_END, (_from, message, words) => {
      if (message === ROW) all.set(words[0]!, words[1]!, words[2]!);
    });
    for (let place = 0; place < own.count; place++) {
      head[0] = this.numbers[place]!;
      head[1] = own.parent(place);
      head[2] = own.via(place);
      if (team.index === 0) all.set(head[0], head[1], head[2]);
      else team.send(0, ROW, head, 3);
    }
    team.end(EMPTY);
    team.finish();
  }

  /** Brings the states of all threads to member 0. @param own gives each own state */
  collect(own: (add: (row: Row) => void) => void): Rows {
    const { team, head, setWords } = this;
    const rows = new Rows();
    team.begin(ROWS_END, (_from, message, words, length) => {
      if (message !== ROW) return;
      const sleepWords = words[4]!;
      const start = ROW_WORDS + sleepWords;
      rows.add({ id: words[0]!, parent: words[1]!, via: words[2]!, length: words[3]!, sleep: words.slice(ROW_WORDS, start), words: words.slice(start, length) });
    });
    own((row) => {
      if (team.index === 0) {
        rows.add(row);
        return;
      }
      const sleepWords = row.sleep.length > 0 ? setWords : 0;
      head.set([row.id, row.parent, row.via, row.length, sleepWords]);
      if (sleepWords > 0) head.set(row.sleep, ROW_WORDS);
      team.send(0, ROW, head, ROW_WORDS + sleepWords, row.words);
    });
    team.end(EMPTY);
    team.finish();
    return rows;
  }
}

const EMPTY = new Uint32Array(0);

function split(value: number): [number, number] {
  return [value >>> 0, Math.floor(value / 2 ** 32)];
}

function join(words: Uint32Array, at: number): number {
  return words[at]! + words[at + 1]! * 2 ** 32;
}
