// SPDX-License-Identifier: MIT
/**
 * An SEV-SNP guest that converts pages between private and shared, and a host that may also do what nobody asked for: take a
 * page away, give it back, write to what is not the guest's. A page becomes shared as the guest's kernel does it: rescind
 * (PVALIDATE), ask the host by the GHCB, clear the C-bit; and private the other way round, with PVALIDATE last. There is one GHCB,
 * so one request at a time.
 *
 * What must hold is SNP's promise of integrity: what the guest reads of a page that it wrote while the page was valid is what it wrote.
 */

import { STEP_MOVED, STEP_SAME, type Space, type StepKind } from "../../dist/check/explorer/space.js";
import type { Model } from "./model.ts";
import { numbering, tabulate } from "./tables.ts";

const PAGES = 3;

/** A page is one word: the guest's phase in the low bits, flags above. Word 0 says whether a request is under way. */
const PHASE = 7;
/** C-bit set. Pages start here. */
const PRIVATE = 0;
const RESCINDED = 1;
const ASKED_SHARED = 2;
/** The host has made the page shared; the C-bit is still set. */
const GIVEN = 3;
/** C-bit clear. */
const SHARED = 4;
/** C-bit set; the host does not know yet. */
const CLAIMED = 5;
const ASKED_PRIVATE = 6;
/** The host has assigned the page; the guest has not validated it. */
const ASSIGNED_BACK = 7;

/** RMP: the page is the guest's; the guest has validated it. */
const ASSIGNED = 1 << 3;
const VALIDATED = 1 << 4;
/** Whoever stored last did so in plain; else the guest, encrypted. */
const PLAIN = 1 << 5;
/** The guest has stored there what it means to read again. */
const TRUSTED = 1 << 6;
const PAGE_VALUES = 1 << 7;

const NAMES = [
  "guest_read", "guest_write", "guest_fault", "rescind", "ask_shared", "clear_cbit", "shared_read", "shared_write", "set_cbit",
  "ask_private", "validate", "host_answer_shared", "host_answer_private", "host_take", "host_assign", "host_read", "host_write",
] as const;
type Name = (typeof NAMES)[number];
const KINDS = NAMES.length;

/** But for the GHCB: see `ASKS`. */
function mayRun(name: Name, page: number): boolean {
  const phase = page & PHASE;
  const assigned = (page & ASSIGNED) !== 0;
  const valid = assigned && (page & VALIDATED) !== 0;
  switch (name) {
    case "guest_read": case "guest_write": case "rescind": return phase === PRIVATE && valid;
    case "guest_fault": return phase === PRIVATE && !valid;
    case "ask_shared": return phase === RESCINDED;
    case "clear_cbit": return phase === GIVEN;
    case "shared_read": case "shared_write": return phase === SHARED && !assigned;
    case "set_cbit": return phase === SHARED;
    case "ask_private": return phase === CLAIMED;
    case "validate": return phase === ASSIGNED_BACK && assigned;
    case "host_answer_shared": return phase === ASKED_SHARED;
    case "host_answer_private": return phase === ASKED_PRIVATE;
    case "host_take": return assigned;
    case "host_assign": case "host_write": return !assigned;
    case "host_read": return true;
  }
}

function after(name: Name, page: number): number {
  const flags = page & ~PHASE;
  switch (name) {
    case "guest_read": case "guest_fault": case "shared_read": case "host_read": return page;
    case "guest_write": return (page & ~PLAIN) | TRUSTED;
    case "rescind": return (flags & ~(VALIDATED | TRUSTED)) | RESCINDED;
    case "ask_shared": return flags | ASKED_SHARED;
    case "clear_cbit": return flags | SHARED;
    case "shared_write": case "host_write": return page | PLAIN;
    case "set_cbit": return flags | CLAIMED;
    case "ask_private": return flags | ASKED_PRIVATE;
    case "validate": return flags | VALIDATED | PRIVATE;
    case "host_answer_shared": return (flags & ~(ASSIGNED | VALIDATED)) | GIVEN;
    case "host_answer_private": return (flags & ~VALIDATED) | ASSIGNED | ASSIGNED_BACK;
    case "host_take": return page & ~(ASSIGNED | VALIDATED);
    case "host_assign": return page | ASSIGNED;
  }
}

const { mayRun: MAY_RUN, after: AFTER } = tabulate(NAMES, PAGE_VALUES, mayRun, after);
const { object: PAGE_OF, kind: KIND_OF } = numbering(PAGES, KINDS);
/** The kinds that start a request, a bit each: not while one is under way. */
const ASKS = (1 << NAMES.indexOf("ask_shared")) | (1 << NAMES.indexOf("ask_private"));

function isAsked(page: number): boolean {
  const phase = page & PHASE;
  return phase === ASKED_SHARED || phase === ASKED_PRIVATE;
}

class PageState implements Space {
  readonly actions: number = PAGES * KINDS;
  readonly stateWords: number = 1 + PAGES;
  readonly state: Uint32Array = new Uint32Array(1 + PAGES);
  readonly violations: number[] = [];
  private entered: Uint32Array = this.state;

  start(): void {
    this.state.fill(PRIVATE | ASSIGNED | VALIDATED);
    this.state[0] = 0;
  }

  enter(words: Uint32Array): void {
    this.entered = words;
  }

  enabled(action: number): boolean {
    const { entered } = this;
    let may = MAY_RUN[entered[1 + PAGE_OF[action]!]!]!;
    if (entered[0] !== 0) may &= ~ASKS;
    return ((may >>> KIND_OF[action]!) & 1) !== 0;
  }

  step(action: number): StepKind {
    const { state, entered } = this;
    const word = 1 + PAGE_OF[action]!;
    const before = entered[word]!;
    const next = AFTER[KIND_OF[action]! * PAGE_VALUES + before]!;
    if (next === before) return STEP_SAME;
    for (let i = 0; i <= PAGES; i++) state[i] = entered[i]!;
    state[word] = next;
    if (isAsked(next)) state[0] = 1;
    else if (isAsked(before)) state[0] = 0;
    return STEP_MOVED;
  }

  judge(): void {
    if (this.violations.length > 0) this.violations.length = 0;
    const { entered } = this;
    let asked = 0;
    for (let i = 1; i <= PAGES; i++) {
      const page = entered[i]!;
      if (isAsked(page)) asked++;
      if ((page & (VALIDATED | TRUSTED | PLAIN)) === (VALIDATED | TRUSTED | PLAIN)) this.violations.push(0);
      if ((page & VALIDATED) !== 0 && ((page & ASSIGNED) === 0 || (page & PHASE) !== PRIVATE)) this.violations.push(1);
    }
    if (asked !== entered[0]) this.violations.push(2);
  }
}

export const pageState: Model = {
  name: "page-state",
  title: "3 pages of an SEV-SNP guest, private and shared",
  states: 52_855,
  transitions: 571_485,
  bug: null,
  space: () => new PageState(),
  orbits: null,
  nameOf: (action) => `${NAMES[KIND_OF[action]!]!} ${PAGE_OF[action]!}`,
};
