// SPDX-License-Identifier: MIT
/** `cbit compare`: two kernels, or all mapping policies, over the same matrix. */

import type { Command } from "commander";
import { DEFAULT_KERNEL } from "../api/kernels.ts";
import { policiesReport, type PolicyKernel } from "../api/policies.ts";
import { EXIT, type ExitCode } from "../base/index.ts";
import { type Bounds, type ComparedCase, compareCases, DEFAULT_BOUNDS, isPolicyFile, type Workload } from "../check/index.ts";
import type { Configuration, DriverProfile, KernelFactory } from "../kernel/index.ts";
import { DRIVERS, POLICIES } from "../linux/index.ts";
import { type About, compareHtml, compareJson, compareMail, type CompareReport, compareSarif, compareSuites, compareText, DEFAULT_STORIES, junit, ktap, policiesHtml, policiesJson, type PatchedName, policiesText } from "../report/index.ts";
import { checkMatrix, DEFAULT_WORKLOAD, type Matrix, POLICIES_WORKLOAD, workloadNamed } from "../scenarios/index.ts";
import type { WantedKernels } from "../tree/index.ts";
import { aboutRun } from "./about.ts";
import type { Context } from "./context.ts";
import { examples } from "./examples.ts";
import { usageError } from "./failure.ts";
import { type FormatOptions, formatOptions, outputOf } from "./formats.ts";
import { explainCommand } from "./command-lines.ts";
import { interruptible } from "./interrupts.ts";
import { kernelNamed, patchedModel, wantedFor } from "./kernels.ts";
import { driversNamed, machinesNamed } from "./named.ts";
import { collect, positive, single } from "./options.ts";
import { policyOfFile } from "./policy-file.ts";
import { parseTreeSpec, treeOf } from "./tree-spec.ts";

interface CompareOptions extends FormatOptions {
  readonly policies?: boolean;
  readonly kernel?: string;
  readonly patch?: readonly string[];
  readonly policy?: readonly string[];
  readonly machine?: readonly string[];
  readonly device?: readonly string[];
  readonly workload?: string;
  readonly states: number;
  readonly depth: number;
  readonly all?: boolean;
}

/** What both modes look at. */
interface Selection {
  readonly machines: readonly Configuration[];
  readonly drivers: readonly DriverProfile[];
  readonly workload: Workload;
  readonly bounds: Bounds;
  readonly stories: number;
}

function selectionOf(options: CompareOptions): Selection {
  return {
    machines: machinesNamed(options.machine ?? []),
    drivers: driversNamed(options.device ?? [], DRIVERS),
    workload: options.workload !== undefined ? workloadNamed(options.workload) : options.policies === true ? POLICIES_WORKLOAD : DEFAULT_WORKLOAD,
    bounds: { states: options.states, depth: options.depth },
    stories: options.all === true ? Infinity : DEFAULT_STORIES,
  };
}

function matrixOf(factory: KernelFactory, { machines, drivers, workload, bounds }: Selection, name: string, context: Context): Matrix {
  return interruptible(() => checkMatrix(factory, machines, drivers, workload, { bounds }, (index, total, id) => {
    context.progress(`${name}: ${index + 1}/${total} ${id}`);
    return undefined;
  }));
}

/** 1 where something that held is broken; 4 or 5 where there was nothing to compare. */
export function exitOfComparison(cases: readonly ComparedCase[]): ExitCode {
  if (cases.some((c) => c.change === "broken")) return EXIT.violation;
  if (cases.some((c) => c.change === "unknown")) return EXIT.noVerdict;
  return cases.every((c) => c.change === "unsupported") ? EXIT.unsupported : EXIT.holds;
}

interface Pair {
  readonly before: KernelFactory;
  readonly after: KernelFactory;
  readonly patched: PatchedName | null;
}

/** A tree without and with patches. @throws CbitError: exit 2 for what is no tree or no patch, 3, 5 and 6 as `treeKernels` does */
async function patchedPair(spec: string, patches: readonly string[], wanted: WantedKernels, context: Context): Promise<Pair> {
  const tree = treeOf(spec);
  if (tree === null) throw patchedModel(spec);
  const named = parseTreeSpec(tree);
  if (named.patches.length > 0) throw usageError(`--patch needs a kernel source without patches, and got ${spec}`, "Name all patches with --patch, or compare two trees: cbit compare tree:A tree:B.");
  const { base, factory, patched } = await (await import("./tree-kernel.ts")).treeKernels({ ...named, patches }, wanted, context);
  return { before: base, after: factory, patched };
}

async function compareKernels(specs: readonly [string, string], options: CompareOptions, context: Context): Promise<void> {
  const output = outputOf("compare", options, context);
  const selection = selectionOf(options);
  const policies = options.policy ?? [];
  if (policies.length > 2) throw usageError(`--policy is given ${policies.length} times`, "Give it once for both kernels, or twice: for the first and for the second.");
  // One policy is for both; a tree has none.
  const policyOf = (spec: string, index: number): string | null => (treeOf(spec) !== null && policies.length < 2 ? null : (policies[index] ?? policies[0] ?? null));
  const wanted = wantedFor(selection.machines, selection.drivers, selection.workload);
  const named = (index: 0 | 1): Promise<KernelFactory> => kernelNamed(specs[index], policyOf(specs[index], index), context, [], wanted);
  const { before, after, patched }: Pair = options.patch === undefined ? { before: await named(0), after: await named(1), patched: null } : await patchedPair(specs[0], options.patch, wanted, context);
  const first = matrixOf(before, selection, before.name, context);
  // Two kernels of one module do the same.
  const twins = selection.machines.every((m) => selection.drivers.every((d) => before.build !== undefined && before.build(m, d) === after.build?.(m, d)));
  const matrices = [first, twins ? { ...first, kernel: after.name } : matrixOf(after, selection, after.name, context)] as const;
  context.progress("");
  const report: CompareReport = {
    before: matrices[0],
    after: matrices[1],
    patched,
    workload: selection.workload.name,
    cases: compareCases(matrices[0].cases, matrices[1].cases),
    subjects: { machines: selection.machines, devices: selection.drivers },
    stories: selection.stories,
    explain: (id, side) => explainCommand(side === "before" ? before : after, selection.workload, id),
  };
  context.exit = exitOfComparison(report.cases);
  const about = (): Promise<About> => aboutRun([before, after], context.exit, [...selection.machines, ...selection.drivers].map((o) => o.name));
  await output.print({
    text: (style) => compareText(report, style),
    json: () => compareJson(report),
    ktap: async () => ktap(compareSuites(report, await about())),
    junit: async () => junit(compareSuites(report, await about())),
    sarif: async () => compareSarif(report, await about()),
    html: async () => compareHtml(report, await about()),
    mail: async () => compareMail(report, await about()),
  });
}

/** The built-in policies, and those of modules that --policy names. */
async function policiesOf(named: readonly string[]): Promise<{ readonly name: string; readonly title: string }[]> {
  const known = named.find((n) => !isPolicyFile(n));
  if (known !== undefined) throw usageError(`--policy ${known} does not go with --policies: all that cbit knows are compared`, "Leave it out, or name a module with a policy of yours: --policy ./mine.mjs.");
  const own = [];
  for (const name of new Set(named)) own.push(await policyOfFile(name));
  return [...POLICIES, ...own];
}

async function comparePolicies(options: CompareOptions, context: Context): Promise<void> {
  const kernel = options.kernel ?? DEFAULT_KERNEL;
  if (treeOf(kernel) !== null) throw usageError(`--policies does not go with --kernel ${kernel}: a tree's own code decides how pages are mapped`, "Use --kernel model:6.12, or compare two trees: cbit compare tree:A tree:B.");
  if (options.patch !== undefined) throw usageError("--patch does not go with --policies", "Patches are of a tree, policies of the model: cbit compare tree:PATH --patch FILE.");
  const output = outputOf("compare --policies", options, context);
  const selection = selectionOf(options);
  const policies = await policiesOf(options.policy ?? []);
  const runs: (PolicyKernel & Pick<Matrix, "cases">)[] = [];
  for (const { name, title } of policies) {
    const factory = await kernelNamed(kernel, name, context);
    runs.push({ policy: name, title, factory, cases: matrixOf(factory, selection, name, context).cases });
  }
  context.progress("");
  const report = policiesReport(runs, { machines: selection.machines, devices: selection.drivers, workload: selection.workload }, selection.stories);
  context.exit = EXIT.holds;
  await output.print({ text: (style) => policiesText(report, style), json: () => policiesJson(report), html: async () => policiesHtml(report, await aboutRun([runs[0]!.factory], context.exit)) });
}

function compare(kernels: readonly string[], options: CompareOptions, context: Context): Promise<void> {
  if (options.policies === true) {
    if (kernels.length > 0) throw usageError(`--policies takes no kernels as arguments, and got ${kernels.join(" ")}`, "Name one with --kernel: cbit compare --policies --kernel model:6.12.");
    return comparePolicies(options, context);
  }
  if (options.kernel !== undefined) throw usageError("--kernel goes with --policies only", "Name two kernels as arguments: cbit compare model:6.1 model:6.12.");
  if (options.patch !== undefined) {
    const [base, ...others] = kernels;
    if (base === undefined || others.length > 0) throw usageError(`--patch needs one kernel source, and got ${kernels.length === 0 ? "none" : kernels.length}`, "cbit compare tree:PATH --patch FILE: the tree as it is against the tree with the patch.");
    return compareKernels([base, base], options, context);
  }
  const [before, after, ...more] = kernels;
  if (before === undefined || after === undefined || more.length > 0) {
    throw usageError(`compare needs two kernels, and got ${kernels.length === 0 ? "none" : kernels.length}`, "cbit compare model:6.1 model:6.12, or cbit compare --policies.");
  }
  return compareKernels([before, after], options, context);
}

/** Adds the command's options, help and action. */
export function define(command: Command, context: Context): void {
  const described = command
    .description("Compares two kernels case by case, or with --policies all mapping policies: what holds, what breaks, what it costs.")
    .argument("[kernels...]", "two of model:RELEASE, model:RELEASE-CHANGE (without that change), tree:PATH")
    .option("--policies", "compare all mapping policies of one kernel")
    .option("--kernel <KERNEL>", `with --policies: the kernel (default: ${DEFAULT_KERNEL})`, single("--kernel"))
    .option("--patch <FILE>", "compare a tree with itself after this patch, mbox or diff; repeatable, in order", collect("--patch"))
    .option("--policy <NAME>", "mapping policy of the models, or a module with one; twice: of the first and of the second; with --policies a module besides", collect("--policy"))
    .option("--machine <SPEC>", "a machine as `cbit check` takes it; repeatable", collect("--machine"))
    .option("--device <NAME>", "a driver profile; repeatable", collect("--device"))
    .option("--workload <NAME>", `what is tried in every order (default: ${DEFAULT_WORKLOAD.name}; with --policies ${POLICIES_WORKLOAD.name})`, single("--workload"))
    .option("--states <N>", "states to search per case at most", positive("--states"), DEFAULT_BOUNDS.states)
    .option("--depth <N>", "operations in a row at most", positive("--depth"), DEFAULT_BOUNDS.depth)
    .option("--all", `tell all kinds of change, not the first ${DEFAULT_STORIES} only`);
  formatOptions(described, "compare", "cbit.compare/2").action((kernels: readonly string[], options: CompareOptions) => compare(kernels, options, context));
  examples(command, [
    "cbit compare --policies --machine sme-zen3 --machine sev",
    "cbit compare model:6.12 model:6.12 --policy encrypted --policy decrypt-dma-alloc-guest",
    "cbit compare tree:linux-6.12 --patch 0001-drm-ttm-fix.patch --machine sev",
  ]);
}
