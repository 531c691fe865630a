// SPDX-License-Identifier: MIT
/** A thread that is a member of one team after the other, and searches what it is told. `teams.ts` compiles it and talks to it. */

import { parentPort } from "node:worker_threads";
import type { SearchOptions, SearchResult } from "../../src/check/explorer/options.ts";
import { search } from "../../src/check/explorer/search.ts";
import { Team, type TeamMemory, teamFailed } from "../../src/check/explorer/team.ts";
import { buildModel, type TeamModel } from "./team-model.ts";

export interface Job {
  readonly memory: TeamMemory;
  readonly index: number;
  readonly model: TeamModel;
  readonly options: SearchOptions;
}

export type Answer = { readonly result: SearchResult } | { readonly error: string };

const port = parentPort!;
port.on("message", ({ memory, index, model, options }: Job) => {
  let answer: Answer;
  try {
    answer = { result: search(buildModel(model), { ...options, team: new Team(memory, index) }) };
  } catch (error) {
    teamFailed(memory);
    answer = { error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
  port.postMessage(answer);
});
