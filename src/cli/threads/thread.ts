// SPDX-License-Identifier: MIT
/** The other side of `threads.ts`: a thread that does one job. */

import { writeSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import { CbitError } from "../../base/index.ts";
import { assistCase } from "../../check/index.ts";
import { planMatrix, searchPlanned, workloadNamed } from "../../scenarios/index.ts";
import { createContext } from "../context.ts";
import { kernelNamed, wantedFor } from "../kernels.ts";
import { deviceOf, machineOf } from "../token.ts";
import { counter, type Job, type MatrixAnswer, type MatrixJob, type SearchJob } from "./jobs.ts";
import { join } from "./recruit.ts";

/** The results, or the mistake that a user can mend: errors lose their class on the way between threads. */
function answerOf(work: () => MatrixAnswer): MatrixAnswer {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof CbitError)) throw error;
    const { code, exit, message, hint } = error;
    return { code, exit, message, ...(hint === undefined ? {} : { hint }) };
  }
}

async function doMatrix({ names, options, searched, next, deadline }: MatrixJob): Promise<void> {
  const [machines, devices] = [names.machines.map(machineOf), names.devices.map(deviceOf)];
  const factory = await kernelNamed(names.kernel, names.policy, createContext(process, true), [], wantedFor(machines, devices, workloadNamed(names.workload)));
  const limited = deadline === null ? options : { ...options, stop: () => Date.now() > deadline };
  const plan = planMatrix(factory, machines, devices, workloadNamed(names.workload), limited, searched);
  parentPort!.postMessage(answerOf(() => searchPlanned(plan, counter(next))));
}

async function doSearch({ names, options, joining }: SearchJob): Promise<void> {
  const build = async (): Promise<ReturnType<typeof assistCase>> => {
    const [machine, device] = [machineOf(names.machines[0]!), deviceOf(names.devices[0]!)];
    const factory = await kernelNamed(names.kernel, names.policy, createContext(process, true), [], wantedFor([machine], [device], workloadNamed(names.workload)));
    return assistCase(factory, machine, device, workloadNamed(names.workload));
  };
  try {
    await join(joining, build, (assist, from) => assist({ ...options, ...from }));
  } catch (error) {
    // The main thread waits for the team, not for messages: what happened would be lost.
    writeSync(2, `cbit: thread ${joining.index}: ${error instanceof Error ? error.stack : String(error)}\n`);
    throw error;
  }
}

const job = workerData as Job;
await (job.kind === "matrix" ? doMatrix(job) : doSearch(job));
