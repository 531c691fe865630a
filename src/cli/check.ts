// SPDX-License-Identifier: MIT
/** `cbit check`: a matrix of verdicts. */

import type { Command } from "commander";
import { DEFAULT_KERNEL } from "../api/kernels.ts";
import { EXIT, type ExitCode, shellWord } from "../base/index.ts";
import { type CaseResult, DEFAULT_BOUNDS } from "../check/index.ts";
import type { Configuration, DriverProfile, KernelFactory } from "../kernel/index.ts";
import { DRIVERS } from "../linux/index.ts";
import { type About, checkHtml, checkJson, checkMail, type CheckReport, checkSarif, checkSuites, checkText, DEFAULT_STORIES, junit, ktap } from "../report/index.ts";
import { DEFAULT_WORKLOAD, planMatrix } from "../scenarios/index.ts";
import { aboutRun } from "./about.ts";
import { caseOptions, explainCommand } from "./command-lines.ts";
import type { Context } from "./context.ts";
import { examples } from "./examples.ts";
import { type FormatOptions, formatOptions, outputOf } from "./formats.ts";
import { kernelNamed, wantedFor } from "./kernels.ts";
import { driversNamed, machinesNamed } from "./named.ts";
import { collect, positive, single } from "./options.ts";
import { duration, size } from "./quantities.ts";
import { further, saveCheckpoint } from "./save-checkpoint.ts";
import { searchProgress } from "./search-progress.ts";
import { subjectName, USUAL_REDUCTIONS } from "./subject.ts";
import { defaultWorkers, recruitFor, searchMatrix } from "./threads/threads.ts";
import { workloadOf } from "./workloads.ts";

interface CheckOptions extends FormatOptions {
  readonly kernel: string;
  readonly patch?: readonly string[];
  readonly policy?: string;
  readonly machine?: readonly string[];
  readonly device?: readonly string[];
  readonly workload: string;
  readonly buffers?: number;
  readonly pages?: number;
  readonly states: number;
  readonly depth: number;
  readonly time?: number;
  readonly memory?: number;
  readonly workers?: number;
  readonly all?: boolean;
  readonly reportOnly?: boolean;
}

/** The exit code of a matrix, as docs/reference/exit-codes.md has it. */
export function exitOf(cases: readonly CaseResult[], reportOnly: boolean): ExitCode {
  const has = (verdict: CaseResult["verdict"]): boolean => cases.some((c) => c.verdict === verdict);
  if (has("broken")) return reportOnly ? EXIT.holds : EXIT.violation;
  if (has("bounded")) return EXIT.noVerdict;
  return has("holds") ? EXIT.holds : EXIT.unsupported;
}

/** The driver that each device runs with; where machines have different ones, one of the tree. */
function driversUsed(factory: KernelFactory, machines: readonly Configuration[], devices: readonly DriverProfile[]): CheckReport["drivers"] {
  if (factory.driverUsed === undefined) return null;
  return devices.map((device) => {
    const used = machines.map((machine) => factory.driverUsed!(machine, device));
    return { device: device.name, ...(used.find((u) => u.source !== null) ?? used[0]!) };
  });
}

async function check(options: CheckOptions, context: Context): Promise<void> {
  const output = outputOf("check", options, context);
  const machines = machinesNamed(options.machine ?? []);
  const drivers = driversNamed(options.device ?? [], DRIVERS);
  const workload = workloadOf(options.workload, options);
  const factory = await kernelNamed(options.kernel, options.policy ?? null, context, options.patch, wantedFor(machines, drivers, workload));
  const bounds = { states: options.states, depth: options.depth, ...(options.memory === undefined ? {} : { memory: options.memory }) };
  const deadline = options.time === undefined ? null : Date.now() + options.time;
  const whole = planMatrix(factory, machines, drivers, workload, { bounds, ...(deadline === null ? {} : { stop: () => Date.now() > deadline }) });
  const [first] = whole.searches.map((at) => whole.cases[at]!);
  const only = whole.searches.length === 1 ? { factory, configuration: first!.machine, driver: first!.driver, workload } : null;
  const plan = only === null ? whole : { ...whole, options: { ...whole.options, keep: true, ...recruitFor(only, { bounds, keep: true }, options.workers ?? defaultWorkers()) } };
  const matrix = await searchMatrix(plan, only === null ? (options.workers ?? null) : 1, deadline, (index, total, name) => {
    context.progress(`${index + 1}/${total} ${name}`);
    return searchProgress(context, `${index + 1}/${total} ${name}: `);
  });
  context.progress("");
  const cut = matrix.cases.find((c) => c.search !== null && c.search.stopped !== null);
  const name = only === null || cut === undefined ? null : subjectName(only, USUAL_REDUCTIONS);
  const report: CheckReport = {
    ...matrix,
    subjects: { machines, devices: drivers },
    drivers: driversUsed(factory, machines, drivers),
    stories: options.all === true ? Infinity : DEFAULT_STORIES,
    explain: (id) => explainCommand(factory, workload, id),
    checkpoint: name === null ? null : saveCheckpoint(cut!, name, null, options.time ?? null),
    further: only !== null || cut === undefined ? null : ["cbit", "explore", "--machine", cut.machine, "--device", cut.device, ...caseOptions(factory, workload), ...further(cut.search!.stopped!, bounds, options.time ?? null)].map(shellWord).join(" "),
  };
  context.exit = exitOf(matrix.cases, options.reportOnly === true);
  const about = (): Promise<About> => aboutRun([factory], context.exit, [...machines, ...drivers].map((o) => o.name));
  await output.print({
    text: (style) => checkText(report, style),
    json: () => checkJson(report),
    ktap: async () => ktap(checkSuites(report, await about())),
    junit: async () => junit(checkSuites(report, await about())),
    sarif: async () => checkSarif(report, await about()),
    html: async () => checkHtml(report, await about()),
    mail: async () => checkMail(report, await about()),
  });
}

/** Adds the command's options, help and action. */
export function define(command: Command, context: Context): void {
  const described = command
    .description("Checks machines and devices: does everybody read what was written, whatever the order of operations?")
    .option("--kernel <KERNEL>", "model:6.12, or tree:PATH for a kernel source", single("--kernel"), DEFAULT_KERNEL)
    .option("--patch <FILE>", "a patch of the tree, mbox or diff, applied to copies of its files; repeatable, in order", collect("--patch"))
    .option("--policy <NAME>", "how TTM picks the protection of its mappings (model only), or a module with one of yours", single("--policy"))
    .option("--machine <SPEC>", "NAME[,iommu=off|identity|translated][,OPTION=VALUE]..., or a file; repeatable", collect("--machine"))
    .option("--device <NAME>", "a driver profile, or a file with one; repeatable", collect("--device"))
    .option("--workload <NAME>", "what is tried in every order", single("--workload"), DEFAULT_WORKLOAD.name)
    .option("--buffers <N>", "buffers that live at once (default: the workload's)", positive("--buffers"))
    .option("--pages <N>", "pages of each buffer, all of them accessed (default: the workload's)", positive("--pages"))
    .option("--states <N>", "states to search per case at most", positive("--states"), DEFAULT_BOUNDS.states)
    .option("--depth <N>", "operations in a row at most", positive("--depth"), DEFAULT_BOUNDS.depth)
    .option("--time <DURATION>", "end after this time, all cases together: 30s, 5m, 2h", duration("--time"))
    .option("--memory <SIZE>", "end a case where its states take more: 500M, 2G (default: 640M)", size("--memory"))
    .option("--workers <N>", "threads to search with (default: as many as pay)", positive("--workers"))
    .option("--all", `tell all stories, not the first ${DEFAULT_STORIES} only`)
    .option("--report-only", "exit 0 for broken cases too");
  formatOptions(described, "check", "cbit.check/1").action((options: CheckOptions) => check(options, context));
  examples(command, [
    "cbit check",
    "cbit check --machine sme-zen2,iommu=off --device amdgpu-gfx9 --policy force-dma-unencrypted",
    "cbit check --kernel tree:/usr/src/linux-source-6.12 --json",
  ]);
}
