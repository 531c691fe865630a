// SPDX-License-Identifier: MIT
/** `cbit explain`: a finding by its id, or a trace by its token. */

import type { Command } from "commander";
import { CbitError, EXIT, nearest } from "../base/index.ts";
import { checkCase, DEFAULT_BOUNDS, findingId, looksLikeToken, replayOn, rootCauseOf, type RuleId, RULES, type Trace, type Workload } from "../check/index.ts";
import type { Configuration, DriverProfile, KernelFactory } from "../kernel/index.ts";
import { DRIVERS } from "../linux/index.ts";
import { explainJson, type ExplainReport, explainText, notFoundJson, notFoundText, type ReducedTrace } from "../report/index.ts";
import { DEFAULT_WORKLOAD, reduceCase, workloadNamed } from "../scenarios/index.ts";
import { exitOf } from "./check.ts";
import { caseOptions, explainCommand } from "./command-lines.ts";
import type { Context } from "./context.ts";
import { examples } from "./examples.ts";
import { idsOfKey, keyedCases, type KeyedMatrix, looksLikeKey, printKeys } from "./explain-key.ts";
import { usageError } from "./failure.ts";
import { type FormatOptions, formatOptions, type Output, outputOf } from "./formats.ts";
import { interruptible } from "./interrupts.ts";
import { DEFAULT_KERNEL, kernelNamed, wantedFor } from "./kernels.ts";
import { driversNamed, machinesNamed } from "./named.ts";
import { collect, positive, shellWord, single } from "./options.ts";
import { searchProgress } from "./search-progress.ts";
import { nothingToTest, writeTest } from "./kunit-test.ts";
import { deviceOf, machineOf, tokenCase } from "./token.ts";

interface ExplainOptions extends FormatOptions {
  readonly kernel?: string;
  readonly patch?: readonly string[];
  readonly policy?: string;
  readonly machine?: readonly string[];
  readonly device?: readonly string[];
  readonly workload?: string;
  readonly states: number;
  readonly depth: number;
  readonly reportOnly?: boolean;
  readonly kunit?: boolean;
}

interface FindingName {
  readonly device: string;
  readonly machine: string;
  readonly rule: RuleId;
  /** Which of the rule's root causes, from 1. */
  readonly number: number;
}

function parseId(id: string): FindingName {
  const parts = /^([^@]+)@([^@]+)\/([^@/]+?)(?:\.([1-9]\d{0,2}))?$/.exec(id);
  if (parts === null) {
    throw new CbitError({
      code: "CBIT-107",
      exit: EXIT.usage,
      message: `"${id}" is neither a finding's id (DEVICE@MACHINE/RULE, or RULE.2 and so on) nor a token (cbit1/...)`,
      hint: "`cbit check` prints both; for instance amdgpu-gfx9@sme-zen2,iommu=off/ciphertext-read.",
    });
  }
  const [, device, machine, rule, number] = parts as unknown as [string, string, string, string, string | undefined];
  const known = RULES.find((r) => r.id === rule);
  if (known === undefined) {
    throw new CbitError({
      code: "CBIT-108",
      exit: EXIT.usage,
      message: `"${id}": unknown rule "${rule}"; nearest: ${nearest(rule, RULES.map((r) => r.id)).join(", ")}`,
      hint: "`cbit list rules` shows all rules.",
    });
  }
  return { device, machine, rule: known.id, number: Number(number ?? 1) };
}

function print(report: ExplainReport, output: Output<"explain">): Promise<void> {
  return output.print({ text: (style) => explainText(report, style), json: () => explainJson(report) });
}

/** What of a counterexample is needed; null for one that shows at boot. */
function reducedOf(factory: KernelFactory, configuration: Configuration, driver: DriverProfile, workload: Workload, rule: RuleId, trace: Trace): ReducedTrace | null {
  if (trace.operations.length === 0) return null;
  const { needs, irrelevant, simpler, machine, operations } = reduceCase(factory, configuration, driver, workload, rule, trace.operations);
  // A machine of a file keeps its name where nothing of it can be left out.
  return { needs, irrelevant, simpler, trace: { ...trace, machine: irrelevant.length === 0 ? trace.machine : machine, operations } };
}

/** @param also commands that tell other findings of the same cells */
async function explainId(id: string, also: readonly string[], options: ExplainOptions, output: Output<"explain">, context: Context): Promise<void> {
  const name = parseId(id);
  const configuration = machineOf(name.machine);
  const driver = deviceOf(name.device);
  const bounds = { states: options.states, depth: options.depth };
  const workload = workloadNamed(options.workload ?? DEFAULT_WORKLOAD.name);
  const factory = await kernelNamed(options.kernel ?? DEFAULT_KERNEL, options.policy ?? null, context, options.patch, wantedFor([configuration], [driver], workload));
  const result = interruptible(() => checkCase(factory, configuration, driver, workload, {
    bounds,
    progress: searchProgress(context, `${name.device}@${configuration.name}: `),
  }));
  context.progress("");
  const canonical = findingId(result.device, result.machine, name.rule, name.number);
  const finding = result.findings.find((f) => f.id === canonical);
  if (finding === undefined) {
    if (options.kunit === true) throw nothingToTest(canonical, result);
    const report = { id: canonical, case: result, others: result.findings };
    await output.print({ text: (style) => notFoundText(report, style), json: () => notFoundJson(report) });
    context.exit = result.verdict === "broken" && !result.complete ? EXIT.noVerdict : exitOf([result], true);
    return;
  }
  const { rule, cause, trace, replay } = finding;
  const reduced = reducedOf(factory, configuration, driver, workload, rule, trace);
  const report: ExplainReport = { case: result, id: canonical, rule, cause, configuration, driver, trace, replay, reduced, also };
  if (options.kunit === true) return writeTest(report, output);
  await print(report, output);
  context.exit = options.reportOnly === true ? EXIT.holds : EXIT.violation;
}

async function explainToken(token: string, options: ExplainOptions, output: Output<"explain">, context: Context): Promise<void> {
  const { trace, configuration, driver, workload, factory, kernel } = await tokenCase(token, options, context);
  const replay = replayOn(kernel, workload, trace.operations);
  const rule = replay.steps[replay.steps.length - 1]?.violations[0]?.rule ?? null;
  const id = rule === null ? null : findingId(driver.name, configuration.name, rule);
  const ran = { ...trace, operations: trace.operations.slice(0, replay.steps.length) };
  const reduced = rule === null ? null : reducedOf(factory, configuration, driver, workload, rule, ran);
  const cause = rule === null ? null : rootCauseOf(rule, replay.steps);
  const report: ExplainReport = { case: null, id, rule, cause, configuration, driver, trace, replay, reduced, also: [] };
  if (options.kunit === true) return writeTest(report, output);
  await print(report, output);
  context.exit = rule === null || options.reportOnly === true ? EXIT.holds : EXIT.violation;
}

/** The options that name the matrix of a letter, as words. */
function matrixWords({ factory, workload }: KeyedMatrix, { machine = [], device = [] }: ExplainOptions): string[] {
  return [...machine.flatMap((m) => ["--machine", m]), ...device.flatMap((d) => ["--device", d]), ...caseOptions(factory, workload)];
}

/** A letter of the matrix that the options name; null lists them. */
async function explainKey(key: string | null, options: ExplainOptions, context: Context): Promise<void> {
  const output = outputOf("explain", options, context);
  if (key === null && output.format !== "text") throw usageError(`--format ${output.format} needs an id, a token or a letter`, `\`cbit check --format ${output.format}\` has all findings.`);
  if (key === null && options.output !== undefined) throw usageError("--output needs an id, a token or a letter", "`cbit check --output FILE` writes all findings.");
  const machines = machinesNamed(options.machine ?? []);
  const drivers = driversNamed(options.device ?? [], DRIVERS);
  const workload = workloadNamed(options.workload ?? DEFAULT_WORKLOAD.name);
  const factory = await kernelNamed(options.kernel ?? DEFAULT_KERNEL, options.policy ?? null, context, options.patch, wantedFor(machines, drivers, workload));
  const matrix = { factory, machines, drivers, workload, bounds: { states: options.states, depth: options.depth } };
  const cases = await keyedCases(matrix, context);
  if (key === null) {
    printKeys(matrix, cases, (k) => ["cbit", "explain", k, ...matrixWords(matrix, options)].map(shellWord).join(" "), context);
    context.exit = exitOf(cases, true);
    return;
  }
  const [first, ...others] = idsOfKey(key, cases);
  await explainId(first, others.map((id) => explainCommand(factory, workload, id)), options, output, context);
}

function explain(what: string | undefined, options: ExplainOptions, context: Context): Promise<void> {
  if (what === undefined) return explainKey(null, options, context);
  if (looksLikeKey(what)) return explainKey(what, options, context);
  const other = options.machine !== undefined ? "--machine" : options.device !== undefined ? "--device" : null;
  if (other !== null) throw usageError(`${other} goes with a letter, not with "${what}"`, "An id and a token say which machine and device they are about.");
  if (options.kunit === true && (options.json === true || options.format !== undefined)) throw usageError("--kunit is a format of its own", "Leave --json and --format out; -o FILE says where the patch goes.");
  const output = outputOf("explain", options, context);
  return looksLikeToken(what) ? explainToken(what, options, output, context) : explainId(what, [], options, output, context);
}

/** Adds the command's options, help and action. */
export function define(command: Command, context: Context): void {
  const described = command
    .description("Tells one counterexample step by step: what each operation did, who sees the page how, and why that is wrong.")
    .argument("[id|token|letter]", "a finding's id or a replay token, as `cbit check` prints them; or the letter of a broken cell, with the options of that `cbit check`; nothing: what each letter stands for")
    .option("--kernel <KERNEL>", `model:6.12 or tree:PATH; a token brings its own (default: ${DEFAULT_KERNEL})`, single("--kernel"))
    .option("--patch <FILE>", "a patch of the tree, mbox or diff, applied to copies of its files; repeatable, in order", collect("--patch"))
    .option("--policy <NAME>", "how TTM picks the protection of its mappings (model only), or a module with one of yours", single("--policy"))
    .option("--machine <SPEC>", "with a letter or with nothing: the machines of the matrix; repeatable", collect("--machine"))
    .option("--device <NAME>", "with a letter or with nothing: the devices of the matrix; repeatable", collect("--device"))
    .option("--workload <NAME>", `what was tried in every order; a token brings its own (default: ${DEFAULT_WORKLOAD.name})`, single("--workload"))
    .option("--states <N>", "states to search at most", positive("--states"), DEFAULT_BOUNDS.states)
    .option("--depth <N>", "operations in a row at most", positive("--depth"), DEFAULT_BOUNDS.depth)
    .option("--report-only", "exit 0 where there is a violation too")
    .option("--kunit", "write a KUnit test for the kernel instead: a patch for git am");
  formatOptions(described, "explain", "cbit.explain/1").action((what: string | undefined, options: ExplainOptions) => explain(what, options, context));
  examples(command, [
    "cbit explain amdgpu-gfx9@sme-zen2,iommu=off/ciphertext-read",
    "cbit explain amdgpu-gfx9@sme-zen2,iommu=off/ciphertext-read --kunit -o test.patch",
    "cbit explain cbit1/model:6.12/encrypted/sev/vmwgfx/ttm-buffer/bo_create,bo_populate,bo_vmap",
  ]);
}
