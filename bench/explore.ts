// SPDX-License-Identifier: MIT
/**
 * `node dist-bench/explore.js MODEL [--workers N] [--at-once] [--bug] [--symmetry]`: searches one model with up to N threads,
 * prints what came of it as JSON; exits 1 on a violation. Threads are asked for when they pay, or at once. With the bug the search ends where it is found. The other threads run this file too.
 */

import { parseArgs } from "node:util";
import { isMainThread, Worker, workerData } from "node:worker_threads";
import { CbitError, EXIT, InternalError } from "../dist/base/index.js";
import type { Recruit, SearchOptions, SearchResult } from "../dist/check/explorer/options.js";
import { search } from "../dist/check/explorer/search.js";
import type { Space } from "../dist/check/explorer/space.js";
import { join, type Joining, recruitOf } from "../dist/cli/threads/recruit.js";
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
  readonly joining: Joining;
}

/**
 * States that one thread finds before it asks for others: it needs less than a second for them here, and a second thread has its code
 * compiled anew, and states sent to it. Kernels, whose steps cost a hundred times as much, ask after a few thousand (src/cli/threads).
 */
const ALONE = 1_000_000;

/** Room for all models. */
const BOUNDS = { states: 4_000_000, depth: 4_000_000 };

function modelNamed(name: string): Model {
  const model = MODELS.find((m) => m.name === name);
  if (model !== undefined) return model;
  const hint = `models: ${MODELS.map((m) => m.name).join(", ")}`;
  throw new CbitError({ code: "CBIT-100", exit: EXIT.usage, message: `no model is called ${JSON.stringify(name)}`, hint });
}

/** How a model is searched, whatever the number of threads. */
function optionsFor(space: Space, { bug }: Variant): SearchOptions {
  if (!bug) return { bounds: BOUNDS };
  // As the other tools do: the first violation ends the search, once the states that are at hand are expanded.
  let violated = false;
  const judge = space.judge.bind(space);
  space.judge = (action) => {
    judge(action);
    if (space.violations.length > 0) violated = true;
  };
  return { bounds: BOUNDS, stop: () => violated };
}

/** The other threads' part: the first one goes on alone until they have started. */
async function assist({ model, variant, joining }: Task): Promise<void> {
  const build = (): Space => modelNamed(model).space(variant);
  await join(joining, build, (space, from) => search(space, { ...optionsFor(space, variant), ...from }));
}

function recruitFor(workers: number, after: number, model: Model, variant: Variant): Recruit {
  return recruitOf(workers, after, (joining) => new Worker(new URL(import.meta.url), { workerData: { model: model.name, variant, joining } satisfies Task }));
}

function searchWith(workers: number, after: number, model: Model, variant: Variant): SearchResult {
  const space = model.space(variant);
  const options = optionsFor(space, variant);
  return search(space, workers === 1 ? options : { ...options, recruit: recruitFor(workers, after, model, variant) });
}

function main(args: readonly string[]): number {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { workers: { type: "string", default: "1" }, "at-once": { type: "boolean", default: false }, bug: { type: "boolean", default: false }, symmetry: { type: "boolean", default: false } },
  });
  const model = modelNamed(positionals[0] ?? "");
  const start = performance.now();
  const result = searchWith(Number(values.workers), values["at-once"] ? 0 : ALONE, model, { bug: values.bug, symmetry: values.symmetry });
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
else await assist(workerData as Task);
