// SPDX-License-Identifier: MIT
/** Searching with several threads: the cases of a matrix are dealt out one by one, the states of a single large case by their hash. */

import { availableParallelism } from "node:os";
import { performance } from "node:perf_hooks";
import { Worker } from "node:worker_threads";
import type { Subject } from "../../api/subject.ts";
import { CbitError } from "../../base/index.ts";
import type { CaseResult, Recruit } from "../../check/index.ts";
import { type CaseProgress, type Matrix, matrixOf, type MatrixPlan, searchPlanned } from "../../scenarios/index.ts";
import type { Configuration, DriverProfile } from "../../kernel/index.ts";
import { interruptible } from "../interrupts.ts";
import { counter, type Job, type MatrixAnswer, type PlainOptions, type CaseNames } from "./jobs.ts";
import { recruitOf } from "./recruit.ts";

/** States that a model's search finds before others are asked for: about what it does in the time that a thread takes to start. */
const ALONE = 4_000;

/** More threads than this were never measured. */
const MOST = 8;

/** How many threads are used for one case where nobody says. */
export function defaultWorkers(): number {
  return Math.min(MOST, availableParallelism());
}

/** When others are asked for a matrix: once it has been searched for a while, and the rest would take a thread longer than starting pays for. */
const WHILE_MS = 250;
const WORTH_MS = 1500;

function start(job: Job): Worker {
  return new Worker(new URL("./thread.js", import.meta.url), { workerData: job });
}

function plain({ bounds, symmetry, partialOrder, compact, keep }: PlainOptions): PlainOptions {
  return { bounds, ...(keep === undefined ? {} : { keep }), ...(symmetry === undefined ? {} : { symmetry }), ...(partialOrder === undefined ? {} : { partialOrder }), ...(compact === undefined ? {} : { compact }) };
}

/** What names cases to another thread. */
function namesOf({ factory, workload }: Pick<Subject, "factory" | "workload">, machines: readonly Configuration[], devices: readonly DriverProfile[]): CaseNames {
  const named = (all: readonly { readonly name: string }[]): string[] => [...new Set(all.map((one) => one.name))];
  return { kernel: factory.name, policy: factory.policy, machines: named(machines), devices: named(devices), workload: workload.name };
}

/**
 * Searches the cases of a plan.
 * @param workers threads, this one included; null for as many as pay @param deadline in ms as `Date.now()`
 */
export async function searchMatrix(plan: MatrixPlan, workers: number | null, deadline: number | null, progress?: CaseProgress): Promise<Matrix> {
  const buffer = new SharedArrayBuffer(4);
  const job: Job = { kind: "matrix", names: namesOf(plan, plan.cases.map((c) => c.machine), plan.cases.map((c) => c.driver)), options: plain(plan.options), searched: plan.cases.map((c) => c.searched), next: buffer, deadline };
  const others: Worker[] = [];
  const answers: Promise<ReadonlyMap<number, CaseResult>>[] = [];
  const recruit = (): void => {
    for (let n = Math.min(workers ?? defaultWorkers(), plan.searches.length) - 1; n > 0; n--) {
      const worker = start(job);
      others.push(worker);
      const answer = new Promise<ReadonlyMap<number, CaseResult>>((resolve, reject) => {
        worker.once("message", (message: MatrixAnswer) => ("code" in message ? reject(new CbitError(message)) : resolve(message)));
        worker.once("error", reject);
      });
      // An error here must not hide behind one of a thread that nobody waits for yet.
      answer.catch(() => undefined);
      answers.push(answer);
    }
  };
  if (workers !== null) recruit();
  const take = counter(buffer);
  const begin = performance.now();
  const next = (): number => {
    const n = take();
    const elapsed = performance.now() - begin;
    if (workers === null && others.length === 0 && elapsed > WHILE_MS && (elapsed / n) * (plan.searches.length - n) > WORTH_MS) recruit();
    return n;
  };
  try {
    const results = interruptible(() => searchPlanned(plan, next, progress));
    for (const answer of answers) for (const [at, result] of await answer) results.set(at, result);
    return interruptible(() => matrixOf(plan, results));
  } finally {
    await Promise.all(others.map((worker) => worker.terminate()));
  }
}

/** Threads for one case once it turns out to be large. @param workers threads, this one included; 1 gets nobody */
export function recruitFor(subject: Subject, options: PlainOptions, workers: number): { readonly recruit?: Recruit } {
  if (workers < 2) return {};
  const names = namesOf(subject, [subject.configuration], [subject.driver]);
  return { recruit: recruitOf(workers, ALONE, (joining) => start({ kind: "search", names, options: plain(options), joining })) };
}
