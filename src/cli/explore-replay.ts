// SPDX-License-Identifier: MIT
/** `cbit explore --replay`: a token again, with the machine's state after each step. */

import { watchTrace } from "../api/explain.ts";
import { EXIT } from "../base/index.ts";
import { replayJson, replayText } from "../report/index.ts";
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
  const report = watchTrace(await tokenCase(token, options, context));
  const { trace, replay, rule } = report;
  const ended = endedEarly(trace, replay);
  if (options.json !== true) context.out(replayText(report, context.style));
  else if (ended === null) context.out(replayJson(report));
  if (ended !== null) throw ended;
  context.exit = rule === null ? EXIT.holds : EXIT.violation;
}
