// SPDX-License-Identifier: MIT
/**
 * `node dist-bench/explore.js MODEL [--workers N] [--bug] [--symmetry]`: searches one model with N threads, prints what came of
 * it as JSON; exits 1 on a violation. With the bug the search ends where it is found. The other threads run this file too.
 */

import { parseArgs } from "node:util";
import { isMainThread, Worker, workerData } from "node:worker_threads";
import { CbitError, EXIT, InternalError } from "../dist/base/index.js";
import { search, type SearchResult } from "../dist/check/explorer/search.js";
import { Team, teamFailed, type TeamMemory, teamMemory } from "../dist/check/explorer/team.js";
import { MODELS } from "./models/index.ts";
import type { Model, Variant } from "./models/model.ts";

/** Printed on standard output. */
export interface Explored {
  readonly states: number;
  /** States without symmetry reduction. */
  readonly represents: number;
  readonly transitions: number;
  /** Steps of the counterexample; null where there is none. */
  readonly steps: number | null;
  readonly searchSeconds: number;
  /** Bytes of states and tables. */
  readonly bytes: number;
  /** The shortest counterexample. */
  readonly actions: readonly string[];
}

/** What a thread is told. */
interface Task {
  readonly model: string;
  readonly variant: Variant;
  readonly memory: TeamMemory;
  readonly index: number;
}

/** Room for all models. */
const BOUNDS = { states: 4_000_000, depth: 4_000_000 };

function modelNamed(name: string): Model {
  const model = MODELS.find((m) => m.name === name);
  if (model !== undefined) return model;
  const hint = `models: ${MODELS.map((m) => m.name).join(", ")}`;
  throw new CbitError({ code: "CBIT-100", exit: EXIT.usage, message: `no model is called ${JSON.stringify(name)}`, hint });
}

/** Searches alone, or as one member of a team. */
function searchAlone(model: Model, variant: Variant, team?: Team): SearchResult {
  const space = model.space(variant);
  const options = { bounds: BOUNDS, ...(team === undefined ? {} : { team }) };
  if (!variant.bug) return search(space, options);
  // As the other tools do: the first violation ends the search, once the states that are at hand are expanded.
  let violated = false;
  const judge = space.judge.bind(space);
  space.judge = (action) => {
    judge(action);
    if (space.violations.length > 0) violated = true;
  };
  return search(space, { ...options, stop: () => violated });
}

function searchAs({ model, variant, memory, index }: Task): SearchResult {
  try {
    return searchAlone(modelNamed(model), variant, new Team(memory, index));
  } catch (error) {
    teamFailed(memory);
    throw error;
  }
}

function searchWith(workers: number, model: Model, variant: Variant): SearchResult {
  if (workers === 1) return searchAlone(model, variant);
  const memory = teamMemory(workers);
  for (let index = 1; index < workers; index++) {
    const task: Task = { model: model.name, variant, memory, index };
    new Worker(new URL(import.meta.url), { workerData: task }).on("error", (error) => {
      throw error;
    });
  }
  return searchAs({ model: model.name, variant, memory, index: 0 });
}

function main(args: readonly string[]): number {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { workers: { type: "string", default: "1" }, bug: { type: "boolean", default: false }, symmetry: { type: "boolean", default: false } },
  });
  const model = modelNamed(positionals[0] ?? "");
  const start = performance.now();
  const result = searchWith(Number(values.workers), model, { bug: values.bug, symmetry: values.symmetry });
  const searchSeconds = (performance.now() - start) / 1000;
  if (!result.complete && result.found.length === 0) throw new InternalError(`${model.name}: the search is not complete`);
  const path = result.found[0]?.path;
  const explored: Explored = {
    states: result.states,
    represents: result.represents,
    transitions: result.transitions,
    steps: path === undefined ? null : path.length,
    searchSeconds,
    bytes: result.bytes,
    actions: (path ?? []).map((action) => model.nameOf(action)),
  };
  process.stdout.write(`${JSON.stringify(explored)}\n`);
  return path === undefined ? 0 : 1;
}

if (isMainThread) process.exitCode = main(process.argv.slice(2));
else searchAs(workerData as Task);
