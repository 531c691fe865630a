// SPDX-License-Identifier: MIT
/** `cbit explore --replay`: a token again, with the machine's state after each step. */

import { EXIT } from "../base/index.ts";
import { findingId, watchReplay } from "../check/index.ts";
import { replayJson, type ReplayReport, replayText } from "../report/index.ts";
import type { Context } from "./context.ts";
import { endedEarly, tokenCase } from "./token.ts";

export interface ReplayOptions {
  readonly kernel?: string;
  readonly patch?: readonly string[];
  readonly policy?: string;
  readonly json?: boolean;
}

/** Replays a token. @throws CbitError where it does not apply; as text, what there was to see up to there is printed before */
export async function exploreReplay(token: string, options: ReplayOptions, context: Context): Promise<void> {
  const { trace, configuration, driver, workload, kernel } = await tokenCase(token, options, context);
  const replay = watchReplay(kernel, workload, trace.operations);
  const rule = (replay.steps[replay.steps.length - 1]?.violations ?? replay.boot)[0]?.rule ?? null;
  const id = rule === null ? null : findingId(driver.name, configuration.name, rule);
  const report: ReplayReport = { id, rule, configuration, driver, trace, replay };
  const ended = endedEarly(trace, replay);
  if (options.json !== true) context.out(replayText(report, context.style));
  else if (ended === null) context.out(replayJson(report));
  if (ended !== null) throw ended;
  context.exit = rule === null ? EXIT.holds : EXIT.violation;
}
