// SPDX-License-Identifier: MIT
/** What the commands hand to the reports: values, no behaviour but the spelling of commands. */

import type { CaseResult, Finding, Replay, RuleId, Trace } from "../check/index.ts";
import type { Configuration, DriverProfile } from "../kernel/index.ts";

/** Stories that `cbit check` tells without --all. */
export const DEFAULT_STORIES = 12;

export interface CheckReport {
  readonly kernel: string;
  readonly policy: string | null;
  readonly workload: string;
  readonly cases: readonly CaseResult[];
  /** Stories that the text tells at most. */
  readonly stories: number;
  /** The command that explains a finding, with what is not the default. */
  explain(id: string): string;
}

/** One counterexample, or one replayed token. */
export interface ExplainReport {
  /** The case that was searched; null where a token was replayed. */
  readonly case: CaseResult | null;
  /** The finding's id; for a token the id of what the last step violates, null where nothing. */
  readonly id: string | null;
  readonly rule: RuleId | null;
  readonly configuration: Configuration;
  readonly driver: DriverProfile;
  readonly trace: Trace;
  readonly replay: Replay;
}

/** A case that has no such finding. */
export interface NotFoundReport {
  readonly id: string;
  readonly case: CaseResult;
  /** Findings that the case has instead. */
  readonly others: readonly Finding[];
}

/** One table of `cbit list`: the first column is the name. */
export interface ListSection {
  readonly name: string;
  readonly items: readonly ListItem[];
}

export interface ListItem {
  readonly name: string;
  readonly title: string;
  /** Further facts, by name. */
  readonly details: Readonly<Record<string, string | number | boolean | null | readonly string[]>>;
}

/** One thing that `cbit doctor` looked for. */
export interface DoctorCheck {
  readonly name: string;
  readonly ok: boolean;
  /** What needs it. */
  readonly neededBy: "model" | "tree";
  /** What was found, or what is wrong. */
  readonly found: string;
  /** Debian package that brings it; null where none does. */
  readonly package: string | null;
}

export interface DoctorReport {
  readonly checks: readonly DoctorCheck[];
  /** One line that installs all that is missing and has a package; null where nothing is missing. */
  readonly install: string | null;
}

/** One prepared tree. */
export interface TreeEntry {
  readonly path: string;
  readonly release: string;
  readonly key: string;
  readonly bytes: number;
}
