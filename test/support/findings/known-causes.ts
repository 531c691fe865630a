// SPDX-License-Identifier: MIT
/**
 * What is known of the root causes that Linux 6.12 shows: written by hand, from the kernel's source. docs/reference/findings.md is made of
 * this and of what the tree shows; a root cause that stands in no entry makes test/tree/findings.test.ts fail.
 */

import type { RuleId } from "../../../src/check/index.ts";
import { DMA_CAUSES } from "./known-causes-dma.ts";
import { MACHINE_CAUSES } from "./known-causes-machine.ts";
import { TTM_CAUSES } from "./known-causes-ttm.ts";

/**
 * `known`: described before, where `refs` say. `consequence`: the cause is known, this effect of it was not described. `new`: not found
 * described anywhere that `refs` do not name.
 */
export type CauseStatus = "known" | "consequence" | "new";

/** A root cause of the searches, by rule and words. */
export interface NamedCause {
  readonly rule: RuleId;
  readonly cause: string;
}

/** What a device's probe comes to on a machine that can never hold it. */
export interface FailedProbe {
  readonly device: string;
  readonly machine: string;
}

/** Suites of the tree that come to something else on some machines, or alone. */
export interface SuiteFinding {
  readonly glob: string;
  /** Whether it is run on all machines, or on `none` alone, where its tests fail on a machine that has just booted. */
  readonly shows: "differences" | "alone";
}

export interface KnownCause {
  /** The anchor in the page. */
  readonly id: string;
  readonly title: string;
  readonly status: CauseStatus;
  /** Where it is described or seen: ids of the corpus (O1), commits, threads, litmus files. Markdown. */
  readonly refs: readonly string[];
  readonly causes: readonly NamedCause[];
  /** Litmus files that show it on the tree. */
  readonly litmus?: readonly string[];
  readonly probes?: readonly FailedProbe[];
  readonly suites?: readonly SuiteFinding[];
  /** Why it happens, with places in Linux 6.12.117. Markdown. */
  readonly why: string;
  readonly fix: string;
  /** How sure it is, and what of it is an assumption of the simulated machine. */
  readonly confidence: string;
}

/** All entries, what is new first. */
export const KNOWN_CAUSES: readonly KnownCause[] = (["new", "consequence", "known"] as const).flatMap((status) =>
  [...TTM_CAUSES, ...DMA_CAUSES, ...MACHINE_CAUSES].filter((c) => c.status === status),
);

/** Litmus files of the corpus that break a rule on 6.12 because 6.12 is so: fixes came later, or are proposals. */
export const OLDER_BUGS: readonly string[] = ["b02-ttm-per-device", "b16-defio-shadow", "b29-mmio-iopte", "b35-dynamic-pools", "s2-kexec", "s5-devmem"];

/** And those whose steps do by themselves what a driver did before its fix, or that are about advice. */
export const WRONG_BY_THEMSELVES: readonly string[] = ["b13-nvidia-sme-wrong", "b17-sme-mask-boundary", "b31-vtom-alias-private", "b33-freed-after-failure"];
