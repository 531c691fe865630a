// SPDX-License-Identifier: MIT
/** A litmus file as a value: the steps of a story, and the kernels that it is told on with what is expected there. */

import type { RuleId } from "../../check/index.ts";
import type { Configuration, CpuAlias, Operation } from "../../kernel/index.ts";
import type { FaultKind } from "../../machine/index.ts";

/** What stands behind an arrow: what the step must come to. */
export type Outcome =
  /** Done, whatever was read. */
  | { readonly kind: "ok" }
  /** Whatever it is. */
  | { readonly kind: "anything" }
  /** Read: the value of this number. */
  | { readonly kind: "value"; readonly value: number }
  /** Read: 16 zero bytes. */
  | { readonly kind: "zeros" }
  /** Read: bytes that nobody wrote. */
  | { readonly kind: "garbage" }
  /** A kernel function returned an error; null: any. */
  | { readonly kind: "error"; readonly errno: string | null }
  | { readonly kind: "fault"; readonly fault: FaultKind | null }
  | { readonly kind: "crash" };

/** A number that a check compares with. */
export interface Comparison {
  readonly operator: "=" | ">=" | "<=";
  readonly value: number;
}

/** What a live view must be like; null: not looked at. */
export interface ViewConditions {
  readonly present: boolean;
  /** The attribute bit as it stands in the entry or the address. */
  readonly bit: boolean | null;
  /** What the bit means on this platform. */
  readonly attribute: "private" | "shared" | null;
  readonly cache: string | null;
  readonly domain: string | null;
}

/** Names of counted costs, as checks and `Costs` spell them. */
export const COST_NAMES = {
  conversions: "conversions",
  converted_pages: "convertedPages",
  tlb_flushes: "tlbFlushes",
  cache_flushes: "cacheFlushes",
  hypercalls: "hypercalls",
  bounced_bytes: "bouncedBytes",
  shared_pages: "sharedPages",
} as const;
export type CostName = keyof typeof COST_NAMES;

export type Check =
  | { readonly what: "view"; readonly buf: number; readonly page: number; readonly kind: CpuAlias | "device"; readonly is: ViewConditions }
  | { readonly what: "page"; readonly buf: number; readonly page: number; readonly is: string }
  | { readonly what: "cost"; readonly is: readonly (readonly [CostName, Comparison])[] }
  /** Free frames that are not private. */
  | { readonly what: "freed"; readonly is: Comparison }
  /** How many WARN()s since the start or the last `reset costs`; a text that one of them must have. */
  | { readonly what: "warns"; readonly is: Comparison | string };

/** Where a statement is, as it was written. */
export interface Written {
  /** Counts from 1. */
  readonly line: number;
  /** The statement without comments, blanks squeezed. */
  readonly text: string;
}

export type Step = Written & { readonly label: string | null } & (
    | { readonly kind: "operation"; readonly operation: Operation; readonly outcome: Outcome }
    | { readonly kind: "check"; readonly check: Check }
    | { readonly kind: "reset" }
  );

/** What a run must come to. */
export type Expectation =
  /** Kernel or driver decline; with the rule `refusal` where they should not. */
  | { readonly kind: "refused"; readonly wrongly: boolean }
  | { readonly kind: "unsupported" }
  /** Exactly these rules of severity error, and these of severity advice; `not`: advice that must not be given. */
  | { readonly kind: "rules"; readonly rules: readonly RuleId[]; readonly not: readonly RuleId[] };

/** What a run changes in the steps: the outcome or the check of a labelled step. */
export type Override = { readonly kind: "outcome"; readonly outcome: Outcome } | { readonly kind: "check"; readonly check: Check };

/** One `run` line. It is run on each of its machines with each of its devices. */
export interface Run extends Written {
  /** "model:6.12-901c7280ca0d", not looked at here. */
  readonly kernel: string;
  readonly policy: string | null;
  readonly machines: readonly Configuration[];
  /** As they are written: "vmwgfx", "xe,mask=39". */
  readonly devices: readonly string[];
  readonly expect: Expectation;
  /** By label. */
  readonly overrides: ReadonlyMap<string, Override>;
}

export interface Litmus {
  readonly file: string;
  readonly title: string;
  readonly sources: readonly string[];
  /** Names of buffers, by number. */
  readonly buffers: readonly string[];
  /** Names of values, by number. */
  readonly values: ReadonlyMap<number, string>;
  readonly steps: readonly Step[];
  readonly runs: readonly Run[];
}
