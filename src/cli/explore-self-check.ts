// SPDX-License-Identifier: MIT
/** `cbit explore --self-check`: one configuration, searched with each reduction on and off. */

import type { Subject } from "../api/subject.ts";
import { performance } from "node:perf_hooks";
import { EXIT, type ExitCode } from "../base/index.ts";
import { type Bounds, REDUCTIONS, selfCheckCase, type SelfCheckedCase, suited, type Way } from "../check/index.ts";
import { disagreements, selfCheckJson, type SelfCheckReport, selfCheckText } from "../report/index.ts";
import { interruptible } from "./interrupts.ts";
import type { Context } from "./context.ts";
import { usageError } from "./failure.ts";
import { recruitFor } from "./threads/threads.ts";

export interface SelfCheckOptions {
  readonly bounds: Bounds;
  /** Milliseconds for each search; null for no end. */
  readonly time: number | null;
  /** Threads of one more search; 1 for none. */
  readonly workers: number;
  readonly json: boolean;
}

const EXITS: Readonly<Record<SelfCheckedCase["verdicts"][number], ExitCode>> = { broken: EXIT.violation, holds: EXIT.holds, bounded: EXIT.noVerdict };

/** Searches in all ways, prints, and sets the exit code: the verdict's where all agree, else that of a bug of cbit. */
export function exploreSelfCheck(subject: Subject, { bounds, time, workers, json }: SelfCheckOptions, context: Context): void {
  const { factory, configuration, driver, workload } = subject;
  const threads: Way[] = workers < 2 ? [] : [{ symmetry: true, partialOrder: true, workers, ...recruitFor(subject, { bounds, symmetry: true, partialOrder: true }, workers) }];
  const begin = performance.now();
  const result = interruptible(() => selfCheckCase(factory, configuration, driver, workload, { bounds, ways: [...REDUCTIONS, ...threads], stop: () => time !== null && performance.now() - begin >= time }));
  if (result === null) throw usageError(`${driver.name}@${configuration.name} does not boot on ${factory.name}: there is nothing to search`, "`cbit explore` without --self-check says why.");
  const report: SelfCheckReport = { kernel: factory.name, policy: factory.policy, configuration, driver, workload: suited(workload, driver, configuration), result };
  context.out(json ? selfCheckJson(report) : selfCheckText(report, context.style));
  context.exit = disagreements(report).length > 0 ? EXIT.internal : EXITS[result.verdicts[0]!];
}
