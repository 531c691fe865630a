// SPDX-License-Identifier: MIT
/** `cbit explore --random`: walks through one configuration from a seed. */

import type { Subject } from "../api/subject.ts";
import { EXIT, type ExitCode } from "../base/index.ts";
import { type WalkCase, walkCase } from "../check/index.ts";
import { count, walkJson, walkText } from "../report/index.ts";
import type { Context } from "./context.ts";
import { interruptible } from "./interrupts.ts";

export interface RandomOptions {
  readonly walks: number;
  readonly depth: number;
  readonly seed: number;
  /** True once the time is up. */
  readonly stop: () => boolean;
  /** Findings that the text tells at most. */
  readonly shown: number;
  readonly json: boolean;
}

const EXITS: Readonly<Record<WalkCase["verdict"], ExitCode>> = { broken: EXIT.violation, "no verdict": EXIT.noVerdict, unsupported: EXIT.unsupported, refused: EXIT.unsupported };

/** Walks, prints and sets the exit code: 1 for a violation, else 4, for walks are no verdict. */
export function exploreRandom({ factory, configuration, driver, workload }: Subject, options: RandomOptions, context: Context): void {
  const { walks, depth, seed, stop } = options;
  const progress = (done: number, steps: number, states: number): void => context.progress(`${done}/${walks} walks, ${count(steps, "operation")}, ${count(states, "state")}`);
  const result = interruptible(() => walkCase(factory, configuration, driver, workload, { walks, depth, seed, stop, progress }));
  context.progress("");
  const report = { kernel: factory.name, policy: factory.policy, case: result, configuration, driver };
  context.out(options.json ? walkJson(report) : walkText(report, options.shown, context.style));
  context.exit = EXITS[result.verdict];
}
