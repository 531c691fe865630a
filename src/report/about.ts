// SPDX-License-Identifier: MIT
/** What reports that leave the machine say beside their findings: who ran what on which kernel, and what the rules are. */

import type { RuleId } from "../check/index.ts";
import type { PatchedName } from "./reports.ts";

/** The state of a folder under git. */
export interface GitState {
  /** 40 hexadecimal digits. */
  readonly commit: string;
  /** As `git describe --tags --always` says it. */
  readonly describe: string;
  /** Null where HEAD is detached. */
  readonly branch: string | null;
  /** True where tracked files differ from the commit. */
  readonly dirty: boolean;
  /** Where it was cloned from, without passwords; null where that is not written down. */
  readonly remote: string | null;
}

/** A kernel source on disk. */
export interface TreeSource {
  /** Absolute. */
  readonly path: string;
  /** What its Makefile says, "6.12.117". */
  readonly release: string;
  /** Null where the folder is not the top of a git work tree. */
  readonly git: GitState | null;
  readonly patches: PatchedName["patches"];
}

/** A kernel that was asked. */
export interface KernelSource {
  /** "model:6.12" or "tree:PATH", with its patches. */
  readonly kernel: string;
  /** Null where the kernel's own code decides. */
  readonly policy: string | null;
  /** Null for models. */
  readonly tree: TreeSource | null;
}

/** A rule with the page about it. */
export interface RuleHelp {
  readonly id: RuleId;
  readonly level: "error" | "note";
  /** "somebody reads ciphertext". */
  readonly title: string;
  readonly question: string;
  /** Markdown, links and all. */
  readonly page: string;
  /** Where the page is. */
  readonly uri: string;
}

/** What a report is about, beside its findings. */
export interface About {
  /** Of cbit. */
  readonly version: string;
  /** Of Node, "20.19.0". */
  readonly node: string;
  /** The command line that it came from. */
  readonly commandLine: string;
  /** The same without its format and file, in ASCII. */
  readonly again: string;
  readonly exit: number;
  /** One kernel, or two: before and after. */
  readonly kernels: readonly KernelSource[];
  readonly rules: readonly RuleHelp[];
  /** Machines, devices and policies of the user's own, by their names: nobody else has them. */
  readonly files: readonly { readonly name: string; readonly text: string }[];
}
