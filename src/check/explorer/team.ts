// SPDX-License-Identifier: MIT
/**
 * Threads that search together. Every state belongs to one member, by its hash; what the others find of it they send there, through a ring in
 * shared memory for each ordered pair. A ring has one writer and one reader, so that it needs no lock: the writer alone moves the
 * tail, the reader alone the head.
 */

import { assert, InternalError } from "../../base/index.ts";

/** Words of a ring, a power of two. The longest message must fit several times. */
const RING_WORDS = 1 << 19;
const TAIL = 0;
const HEAD = 1;
/** 1 while the reader sleeps, so that the writer wakes it only then. */
const ASLEEP = 2;
const HEADER = 4;
const BYTES = (RING_WORDS + HEADER) * 4;

/** Words that all members share: whether one has failed, and for each a number that changes while it is at work. */
const FAILED = 0;
const BEATS = 1;

/** Words from which a copy as a whole is faster than one by one. */
const LONG = 48;

/** How often an empty or full ring is looked at before the thread sleeps, how long it sleeps, and when it gives up on the others. */
const SPINS = 2000;
const SLEEP_MS = 20;
/** Nobody wakes a writer whose ring is full. */
const FULL_SLEEP_MS = 1;
const SILENT_SLEEPS = 6000;

/** What the members of a team share. A plain value that can be sent to a thread. */
export interface TeamMemory {
  readonly size: number;
  /** The ring from member `a` to member `b` is at `a * size + b`. */
  readonly rings: readonly SharedArrayBuffer[];
  readonly control: SharedArrayBuffer;
}

/** Memory for a team. @param size members, 2 or more */
export function teamMemory(size: number): TeamMemory {
  const rings = Array.from({ length: size * size }, (_, i) => new SharedArrayBuffer(Math.floor(i / size) === i % size ? 0 : BYTES));
  return { size, rings, control: new SharedArrayBuffer((BEATS + size) * 4) };
}

/** Says to the others that a member cannot go on. Call it where a member's search threw. */
export function teamFailed(memory: TeamMemory): void {
  Atomics.store(new Int32Array(memory.control), FAILED, 1);
}

/** One end of a ring. Marks count words and wrap at 2^32. */
class Ring {
  private readonly words: Uint32Array;
  private readonly marks: Int32Array;
  /** The own mark, and what is known of the other end's: read again only where it matters. */
  private tail = 0;
  private head = 0;

  constructor(buffer: SharedArrayBuffer) {
    this.marks = new Int32Array(buffer, 0, HEADER);
    this.words = new Uint32Array(buffer, HEADER * 4);
  }

  /** The writer's: true where there is room for `length` words. */
  hasRoom(length: number): boolean {
    if (((this.tail - this.head) >>> 0) + length <= RING_WORDS) return true;
    this.head = Atomics.load(this.marks, HEAD) >>> 0;
    return ((this.tail - this.head) >>> 0) + length <= RING_WORDS;
  }

  /** The writer's: puts words, which the reader does not see yet. */
  put(from: Uint32Array, length: number): void {
    const start = this.tail & (RING_WORDS - 1);
    this.tail = (this.tail + length) >>> 0;
    if (length > LONG && start + length <= RING_WORDS) {
      this.words.set(length === from.length ? from : from.subarray(0, length), start);
      return;
    }
    for (let i = 0; i < length; i++) this.words[(start + i) & (RING_WORDS - 1)] = from[i]!;
  }

  /** The writer's: shows the reader what was put. */
  publish(): void {
    Atomics.store(this.marks, TAIL, this.tail | 0);
    if (Atomics.load(this.marks, ASLEEP) !== 0) Atomics.notify(this.marks, TAIL);
  }

  /** The reader's: words that can be taken. */
  available(): number {
    if (this.tail === this.head) this.tail = Atomics.load(this.marks, TAIL) >>> 0;
    return (this.tail - this.head) >>> 0;
  }

  /** The reader's: takes words, and gives their room back. */
  take(into: Uint32Array, length: number): void {
    const start = this.head & (RING_WORDS - 1);
    if (length > LONG && start + length <= RING_WORDS) into.set(this.words.subarray(start, start + length));
    else for (let i = 0; i < length; i++) into[i] = this.words[(start + i) & (RING_WORDS - 1)]!;
    this.head = (this.head + length) >>> 0;
    Atomics.store(this.marks, HEAD, this.head | 0);
  }

  /** The reader's: sleeps until there is something, or a while. */
  wait(ms: number): void {
    Atomics.store(this.marks, ASLEEP, 1);
    // Returns at once where the tail has moved since.
    Atomics.wait(this.marks, TAIL, this.head | 0, ms);
    Atomics.store(this.marks, ASLEEP, 0);
  }
}

/** What a message is about: a number below `MESSAGES`. It is sent in one word with the length. */
const MESSAGES = 16;

export type Message = number;

/** Takes a message: its words, and how many there are. The array is written again by the next message. */
export type Receiver = (from: number, message: Message, words: Uint32Array, length: number) => void;

/** A member's end of a team. */
export class Team {
  readonly size: number;
  /** Its number: member 0 decides and reports. */
  readonly index: number;
  private readonly out: readonly Ring[];
  private readonly in: readonly Ring[];
  private readonly control: Int32Array;
  private readonly label = new Uint32Array(1);
  private inbox: Uint32Array = new Uint32Array(1 << 12);
  private beat = 0;
  private readonly unpublished: number[];
  private receiver: Receiver = () => undefined;
  /** By member: the message that ends the present phase has come. */
  private readonly ended: boolean[];
  private endMessage: Message = 0;

  constructor(memory: TeamMemory, index: number) {
    this.size = memory.size;
    this.index = index;
    const ring = (from: number, to: number): Ring => new Ring(memory.rings[from * memory.size + to]!);
    const others = Array.from({ length: this.size }, (_, i) => i);
    this.out = others.map((i) => (i === index ? null! : ring(index, i)));
    this.in = others.map((i) => (i === index ? null! : ring(i, index)));
    this.control = new Int32Array(memory.control);
    this.unpublished = others.map(() => 0);
    this.ended = others.map(() => true);
  }

  /** The member that a state belongs to. */
  ownerOf(hash: number): number {
    return ((hash >>> 16) * this.size) >>> 16;
  }

  /** Begins a phase: until a member sends `end`, its messages go to `receiver`. */
  begin(end: Message, receiver: Receiver): void {
    this.endMessage = end;
    this.receiver = receiver;
    for (let i = 0; i < this.size; i++) this.ended[i] = i === this.index;
  }

  /** Sends a message: `head` words of `first`, then `second`. While the ring is full, what comes in is taken. */
  send(to: number, message: Message, first: Uint32Array, firstLength: number, second: Uint32Array = EMPTY): void {
    const ring = this.out[to]!;
    const length = firstLength + second.length;
    assert(length + 2 < RING_WORDS / 2, "explorer: a state is too long to be sent to another thread");
    if (!ring.hasRoom(length + 1)) {
      this.publish(to);
      this.waitFor(() => ring.hasRoom(length + 1), FULL_SLEEP_MS);
    }
    this.label[0] = message + length * MESSAGES;
    ring.put(this.label, 1);
    ring.put(first, firstLength);
    ring.put(second, second.length);
    this.unpublished[to]! += length;
    if (this.unpublished[to]! > 1 << 10) this.publish(to);
  }

  /** Sends the message that ends the phase to every other member. */
  end(words: Uint32Array): void {
    for (let to = 0; to < this.size; to++) {
      if (to === this.index) continue;
      this.send(to, this.endMessage, words, words.length);
      this.publish(to);
    }
  }

  /** Takes messages until every other member has ended the phase. */
  finish(): void {
    this.waitFor(() => this.ended.every(Boolean), SLEEP_MS);
  }

  /** Takes what has come in, without waiting. @returns true where there was something */
  drain(): boolean {
    let some = false;
    for (let from = 0; from < this.size; from++) {
      if (from === this.index) continue;
      const ring = this.in[from]!;
      while (!this.ended[from] && ring.available() > 0) {
        some = true;
        ring.take(this.label, 1);
        const message = this.label[0]! % MESSAGES;
        const length = Math.floor(this.label[0]! / MESSAGES);
        if (length > this.inbox.length) this.inbox = new Uint32Array(length * 2);
        ring.take(this.inbox, length);
        if (message === this.endMessage) this.ended[from] = true;
        this.receiver(from, message, this.inbox, length);
      }
    }
    return some;
  }

  /** Says that this member is alive: the others give up on one that is silent for a minute. */
  alive(): void {
    this.beat = (this.beat + 1) | 0;
    Atomics.store(this.control, BEATS + this.index, this.beat);
  }

  private publish(to: number): void {
    this.unpublished[to] = 0;
    this.out[to]!.publish();
  }

  private waitFor(condition: () => boolean, sleepMs: number): void {
    let idle = 0;
    let beats = "";
    let silent = 0;
    while (!condition()) {
      if (this.drain()) {
        idle = 0;
        continue;
      }
      if (++idle < SPINS) continue;
      this.alive();
      if (Atomics.load(this.control, FAILED) !== 0) throw new InternalError("explorer: another thread of the search failed");
      const now = this.control.subarray(BEATS).filter((_, i) => i !== this.index).join();
      silent = now === beats ? silent + 1 : 0;
      beats = now;
      if (silent > SILENT_SLEEPS) throw new InternalError("explorer: another thread of the search does not answer");
      const waiting = this.in.find((_, i) => i !== this.index && !this.ended[i]);
      if (waiting !== undefined) waiting.wait(sleepMs);
      else Atomics.wait(this.control, FAILED, 0, sleepMs);
    }
  }
}

const EMPTY = new Uint32Array(0);
