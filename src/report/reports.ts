// SPDX-License-Identifier: MIT
/** What the commands hand to the reports: values, no behaviour but the spelling of commands. */

import type { CaseResult, ComparedCase, Finding, PolicyCell, PolicyTally, Replay, RootCause, RuleId, SeenReplay, SelfCheckedCase, Trace, WalkCase, Workload } from "../check/index.ts";
import type { Configuration, Costs, DriverProfile, DriverUsed } from "../kernel/index.ts";

/** Stories that `cbit check` tells without --all. */
export const DEFAULT_STORIES = 12;

/** A matrix with its verdicts, and what a report of it needs besides. */
export interface CheckReport {
  readonly kernel: string;
  readonly policy: string | null;
  /** Which driver's code the devices of a tree ran with; null for models. */
  readonly drivers: readonly DeviceDriver[] | null;
  readonly workload: string;
  readonly cases: readonly CaseResult[];
  /** What the cases' names stand for. */
  readonly subjects: Subjects;
  /** Stories that the text tells at most. */
  readonly stories: number;
  /** The command that explains a finding, with what is not the default. */
  explain(id: string): string;
  /** What came of the checkpoint, where a bound ended the only search; null elsewhere. */
  readonly checkpoint: SavedCheckpoint | null;
  /** The command that searches one of several cases further; null where no bound ended a search. */
  readonly further: string | null;
}

/** The machines and devices of a matrix. */
export interface Subjects {
  readonly machines: readonly Configuration[];
  readonly devices: readonly DriverProfile[];
}

/** A device, and the code that it ran with. */
export interface DeviceDriver extends DriverUsed {
  readonly device: string;
}

/** A kernel as reports name it. */
export interface KernelName {
  readonly kernel: string;
  readonly policy: string | null;
}

/** Two kernels on the same cases. */
export interface CompareReport {
  readonly before: KernelName;
  readonly after: KernelName;
  readonly workload: string;
  /** What stands between both where the second is the first with patches; null elsewhere. */
  readonly patched: PatchedName | null;
  readonly cases: readonly ComparedCase[];
  readonly subjects: Subjects;
  readonly stories: number;
  explain(id: string, side: "before" | "after"): string;
}

/** Patches of a tree, and what they touch. */
export interface PatchedName {
  /** In order: each mail of each mbox, and each diff, which has no author and no subject. */
  readonly patches: readonly { readonly file: string; readonly author: string | null; readonly subject: string | null }[];
  /** Files of the tree that differ. */
  readonly files: readonly string[];
  /** What was compiled for them; nothing where cbit compiles none of the files. */
  readonly compiled: readonly string[];
  /** The file because of which all was compiled anew; null where that was not needed. */
  readonly copiedFor: string | null;
}

/** What one script of operations cost under each policy, on one machine with one device. */
export interface CostTable {
  readonly machine: string;
  readonly device: string;
  readonly rows: readonly CostRow[];
}

export interface CostRow {
  readonly policy: string;
  /** Null where the kernel does not count. */
  readonly costs: Costs | null;
  /** Pages that the host can read while the buffer is in use, beyond those from boot. */
  readonly sharedInUse: number;
  /** Where the script ended before its time; null where it did not. */
  readonly stopped: string | null;
  /** Operations that the kernel does not offer. */
  readonly skipped: readonly string[];
}

/** All policies on the same cases. */
export interface PoliciesReport {
  readonly kernel: string;
  readonly workload: string;
  /** The policy that the kernel has by itself. */
  readonly reference: string;
  readonly policies: readonly (PolicyTally & { readonly title: string })[];
  readonly cells: number;
  readonly brokenUnderAll: number;
  /** All cells. */
  readonly matrix: readonly PolicyCell[];
  readonly subjects: Subjects;
  /** Cells that the policies come to differ in, by what they come to. */
  readonly groups: readonly (readonly PolicyCell[])[];
  /** The operations that `costs` counted, "bo_create bo_populate". */
  readonly script: readonly string[];
  readonly costs: readonly CostTable[];
  readonly stories: number;
  /** What decides a cell: "SME, dma-direct, mask <= C-bit". */
  classOf(device: string, machine: string): string;
  explain(id: string, policy: string): string;
}

/** One counterexample, or one replayed token. */
export interface ExplainReport {
  /** The case that was searched; null where a token was replayed. */
  readonly case: CaseResult | null;
  /** The finding's id; for a token the id of what the last step violates, null where nothing. */
  readonly id: string | null;
  readonly rule: RuleId | null;
  /** The root cause of what the last step violates; null where it violates nothing. */
  readonly cause: RootCause | null;
  readonly configuration: Configuration;
  readonly driver: DriverProfile;
  readonly trace: Trace;
  readonly replay: Replay;
  /** What of it is needed; null where nothing is wrong or it shows at boot. */
  readonly reduced: ReducedTrace | null;
  /** Commands that tell what else is wrong in the same cells of a matrix; empty where no matrix was searched. */
  readonly also: readonly string[];
  /** The command that tells this again. */
  readonly command: string;
}

/** What a counterexample needs, and how it looks without the rest. */
export interface ReducedTrace {
  /** Options of the machine that it needs, "iommu=off", with what other values of them come to. */
  readonly needs: readonly { readonly option: string; readonly instead: readonly { readonly instead: string; readonly outcome: "same" | "other cause" | "nothing" | "does not run" }[] }[];
  readonly irrelevant: readonly string[];
  /** A simpler machine that shows the same; null where there is none. */
  readonly simpler: string | null;
  readonly trace: Trace;
}

/** A token that was run again, with what there was to see after each step. */
export interface ReplayReport {
  /** What the last step violates; null where nothing. */
  readonly id: string | null;
  readonly rule: RuleId | null;
  readonly configuration: Configuration;
  readonly driver: DriverProfile;
  readonly trace: Trace;
  readonly replay: SeenReplay;
}

/** The search of one case. */
export interface SearchReport extends KernelName {
  readonly case: CaseResult;
  readonly configuration: Configuration;
  readonly driver: DriverProfile;
  /** As far as driver and machine can take part. */
  readonly workload: Workload;
  readonly compact: boolean;
  /** Milliseconds that the search was given; null for no end. */
  readonly time: number | null;
  /** The file that it went on from; null where it began anew. */
  readonly resumed: string | null;
  /** What came of the checkpoint; null where the search ended by itself. */
  readonly checkpoint: SavedCheckpoint | null;
}

/** Where a search that ended early can go on from. */
export type SavedCheckpoint = { readonly path: string; readonly resume: string } | { readonly path: null; readonly why: string };

/** One case, searched with each reduction on and off. */
export interface SelfCheckReport extends KernelName {
  readonly configuration: Configuration;
  readonly driver: DriverProfile;
  /** As far as driver and machine can take part. */
  readonly workload: Workload;
  readonly result: SelfCheckedCase;
}

/** Random walks through one case. */
export interface WalkReport extends KernelName {
  readonly case: WalkCase;
  readonly configuration: Configuration;
  readonly driver: DriverProfile;
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

/** A function that a module calls and does not contain. */
export interface ServiceEntry {
  readonly name: string;
  /** `host`: cbit does it; `value`: a constant; `unreached`: a call ends the operation. */
  readonly kind: "host" | "value" | "unreached";
  /** The constant. */
  readonly value: number;
  readonly reason: string;
}

/** What a module consists of. */
export interface ModuleInventory {
  readonly module: string;
  readonly key: string;
  /** Of the kernel, without ".c". */
  readonly files: readonly { readonly file: string; readonly reason: string }[];
  readonly shims: readonly { readonly file: string; readonly standsFor: string; readonly reason: string }[];
  readonly services: readonly ServiceEntry[];
}

/** What the modules of a prepared tree consist of. */
export interface TreeServices {
  readonly path: string;
  readonly release: string;
  /** The contract's first. */
  readonly modules: readonly ModuleInventory[];
}

/** One prepared tree. */
export interface TreeEntry {
  /** Which module of it: the contract's, or one with a driver of the tree. */
  readonly module: string;
  readonly path: string;
  readonly release: string;
  readonly key: string;
  readonly bytes: number;
}
