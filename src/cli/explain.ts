// SPDX-License-Identifier: MIT
/** `cbit explain`: a finding by its id, or a trace by its token. */

import type { Command } from "commander";
import { DEFAULT_KERNEL } from "../api/kernels.ts";
import { explainFinding, explainTrace } from "../api/explain.ts";
import { EXIT, shellWord } from "../base/index.ts";
import { DEFAULT_BOUNDS, looksLikeToken, parseFindingId } from "../check/index.ts";
import type { KernelFactory } from "../kernel/index.ts";
import { DRIVERS } from "../linux/index.ts";
import { type About, explainHtml, explainJson, explainMail, type ExplainReport, explainSarif, explainText, notFoundHtml, notFoundJson, notFoundMail, notFoundSarif, notFoundText } from "../report/index.ts";
import { DEFAULT_WORKLOAD, workloadNamed } from "../scenarios/index.ts";
import { exitOf } from "./check.ts";
import { aboutRun } from "./about.ts";
import { caseOptions, explainCommand } from "./command-lines.ts";
import type { Context } from "./context.ts";
import { examples } from "./examples.ts";
import { idsOfKey, keyedCases, type KeyedMatrix, looksLikeKey, printKeys } from "./explain-key.ts";
import { usageError } from "./failure.ts";
import { type FormatOptions, formatOptions, type Output, outputOf } from "./formats.ts";
import { interruptible } from "./interrupts.ts";
import { kernelNamed, wantedFor } from "./kernels.ts";
import { driversNamed, machinesNamed } from "./named.ts";
import { collect, positive, single } from "./options.ts";
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

function print(report: ExplainReport, factory: KernelFactory, output: Output<"explain">, context: Context): Promise<void> {
  const about = (): Promise<About> => aboutRun([factory], context.exit, [report.trace.machine, report.trace.device]);
  return output.print({
    text: (style) => explainText(report, style),
    json: () => explainJson(report),
    sarif: async () => explainSarif(report, await about()),
    html: async () => explainHtml(report, await about()),
    mail: async () => explainMail(report, await about()),
  });
}

/** @param also commands that tell other findings of the same cells */
async function explainId(id: string, also: readonly string[], options: ExplainOptions, output: Output<"explain">, context: Context): Promise<void> {
  const name = parseFindingId(id);
  const configuration = machineOf(name.machine);
  const driver = deviceOf(name.device);
  const bounds = { states: options.states, depth: options.depth };
  const workload = workloadNamed(options.workload ?? DEFAULT_WORKLOAD.name);
  const factory = await kernelNamed(options.kernel ?? DEFAULT_KERNEL, options.policy ?? null, context, options.patch, wantedFor([configuration], [driver], workload));
  const explained = interruptible(() => explainFinding({ factory, configuration, driver, workload }, name, { bounds, progress: searchProgress(context, `${name.device}@${configuration.name}: `) }));
  context.progress("");
  if (!explained.found) {
    const { report } = explained;
    const { case: result } = report;
    if (options.kunit === true) throw nothingToTest(report.id, result);
    context.exit = result.verdict === "broken" && !result.complete ? EXIT.noVerdict : exitOf([result], true);
    const about = (): Promise<About> => aboutRun([factory], context.exit, [result.machine, result.device]);
    await output.print({
      text: (style) => notFoundText(report, style),
      json: () => notFoundJson(report),
      sarif: async () => notFoundSarif(report, await about()),
      html: async () => notFoundHtml(report, await about()),
      mail: async () => notFoundMail(report, await about()),
    });
    return;
  }
  const report: ExplainReport = { ...explained.report, also, command: explainCommand(factory, workload, explained.report.id!) };
  if (options.kunit === true) return writeTest(report, output);
  context.exit = options.reportOnly === true ? EXIT.holds : EXIT.violation;
  await print(report, factory, output, context);
}

async function explainToken(token: string, options: ExplainOptions, output: Output<"explain">, context: Context): Promise<void> {
  const subject = await tokenCase(token, options, context);
  const report = explainTrace(subject);
  if (options.kunit === true) return writeTest(report, output);
  context.exit = report.rule === null || options.reportOnly === true ? EXIT.holds : EXIT.violation;
  await print(report, subject.factory, output, context);
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
  if (options.kunit === true && (options.json === true || options.format !== undefined)) throw usageError("--kunit is a format of its own", "Leave --json and --format out; -o FILE says where the patch goes.");
  if (what === undefined && options.kunit === true) throw usageError("--kunit needs an id, a token or a letter", "`cbit explain` lists the letters, `cbit check` prints ids.");
  if (what === undefined) return explainKey(null, options, context);
  if (looksLikeKey(what)) return explainKey(what, options, context);
  const other = options.machine !== undefined ? "--machine" : options.device !== undefined ? "--device" : null;
  if (other !== null) throw usageError(`${other} goes with a letter, not with "${what}"`, "An id and a token say which machine and device they are about.");
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
