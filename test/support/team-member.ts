// SPDX-License-Identifier: MIT
/** A thread that is a member of one team after the other, and searches what it is told. `teams.ts` compiles it and talks to it. */

import { parentPort } from "node:worker_threads";
import { type SearchOptions, type SearchResult, search } from "../../src/check/explorer/search.ts";
import type { Independence } from "../../src/check/explorer/space.ts";
import { Team, type TeamMemory, teamFailed } from "../../src/check/explorer/team.ts";
import { type RandomModel, rebuilt } from "./random-model.ts";

export interface Job {
  readonly memory: TeamMemory;
  readonly index: number;
  readonly model: RandomModel;
  readonly independence: Independence;
  readonly options: SearchOptions;
}

export type Answer = { readonly result: SearchResult } | { readonly error: string };

const port = parentPort!;
port.on("message", ({ memory, index, model, independence, options }: Job) => {
  let answer: Answer;
  try {
    answer = { result: search(rebuilt(model, independence), { ...options, team: new Team(memory, index) }) };
  } catch (error) {
    teamFailed(memory);
    answer = { error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
  port.postMessage(answer);
});
