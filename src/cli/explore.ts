// SPDX-License-Identifier: MIT
/** `cbit explore`: one configuration, searched within bounds, walked through at random, or along a token. */

import type { Subject } from "../api/subject.ts";
import { performance } from "node:perf_hooks";
import type { Command } from "commander";
import { DEFAULT_KERNEL } from "../api/kernels.ts";
import { DEFAULT_BOUNDS } from "../check/index.ts";
import { DEFAULT_STORIES } from "../report/index.ts";
import { DEFAULT_WORKLOAD } from "../scenarios/index.ts";
import { readCheckpoint } from "./checkpoint-file.ts";
import type { Context } from "./context.ts";
import { examples } from "./examples.ts";
import { exploreRandom } from "./explore-random.ts";
import { exploreReplay } from "./explore-replay.ts";
import { exploreSearch } from "./explore-search.ts";
import { exploreSelfCheck } from "./explore-self-check.ts";
import { usageError } from "./failure.ts";
import { kernelNamed, wantedFor } from "./kernels.ts";
import { collect, positive, single } from "./options.ts";
import { duration, seed, size } from "./quantities.ts";
import type { SubjectName } from "./subject.ts";
import { defaultWorkers } from "./threads/threads.ts";
import { deviceOf, machineOf } from "./token.ts";
import { workloadOf } from "./workloads.ts";
import { treeOf } from "./tree-spec.ts";

interface ExploreOptions {
  readonly machine?: string;
  readonly device?: string;
  readonly workload?: string;
  readonly buffers?: number;
  readonly pages?: number;
  readonly kernel?: string;
  readonly patch?: readonly string[];
  readonly policy?: string;
  readonly states?: number;
  readonly depth?: number;
  readonly time?: number;
  readonly memory?: number;
  readonly workers?: number;
  readonly compact?: boolean;
  /** Commander's `--no-` options: true unless given. */
  readonly symmetry: boolean;
  readonly partialOrder: boolean;
  readonly selfCheck?: boolean;
  readonly random?: number;
  readonly seed?: number;
  readonly checkpoint?: string;
  readonly resume?: string;
  readonly replay?: string;
  readonly all?: boolean;
  readonly json?: boolean;
}

/** How options are called on the command line. */
const FLAGS: Readonly<Record<string, string>> = { symmetry: "--no-symmetry", partialOrder: "--no-partial-order", selfCheck: "--self-check" };
const flagOf = (name: string): string => FLAGS[name] ?? `--${name}`;

/** What goes with each of them: everything else is about a single search. */
const WITH_REPLAY = ["replay", "kernel", "patch", "policy", "json"];
const WITH_RANDOM = ["random", "seed", "machine", "device", "workload", "buffers", "pages", "kernel", "patch", "policy", "depth", "time", "all", "json"];
const WITH_SELF_CHECK = ["selfCheck", "machine", "device", "workload", "buffers", "pages", "kernel", "patch", "policy", "states", "depth", "time", "memory", "workers", "json"];
const DEFAULT_SEED = 1;

/** @throws CbitError where an option was given that means nothing beside another */
function assertTogether(options: ExploreOptions): void {
  const given = Object.entries(options).filter(([name, value]) => value !== undefined && !((name === "symmetry" || name === "partialOrder") && value === true)).map(([name]) => name);
  const allow = (mode: string, allowed: readonly string[]): void => {
    const other = given.find((name) => !allowed.includes(name));
    if (other !== undefined) throw usageError(`${flagOf(other)} does not go with ${flagOf(mode)}`, `With ${flagOf(mode)} there may be ${allowed.filter((n) => n !== mode).map(flagOf).join(", ")}.`);
  };
  if (options.replay !== undefined) allow("replay", WITH_REPLAY);
  else if (options.random !== undefined) allow("random", WITH_RANDOM);
  else if (options.selfCheck === true) allow("selfCheck", WITH_SELF_CHECK);
  else if (options.seed !== undefined) throw usageError("--seed needs --random", "A search tries every order; --random 1000 --seed 1 walks.");
}

/** The configuration that the options name; what they leave out is a checkpoint's, or usual. */
async function subjectOf(options: ExploreOptions, from: SubjectName | null, context: Context): Promise<Subject> {
  const needed = (name: "machine" | "device"): string => {
    const value = options[name] ?? from?.[name];
    if (value !== undefined) return value;
    throw usageError(`--${name} is missing: one configuration is explored`, `\`cbit list ${name}s\` shows what there is; \`cbit check\` tries all.`);
  };
  const configuration = machineOf(needed("machine"));
  const driver = deviceOf(needed("device"));
  const workload = workloadOf(options.workload ?? from?.workload ?? DEFAULT_WORKLOAD.name, options);
  const spec = options.kernel ?? from?.kernel ?? DEFAULT_KERNEL;
  const policy = options.policy ?? (treeOf(spec) !== null ? null : (from?.policy ?? null));
  return { factory: await kernelNamed(spec, policy, context, options.patch, wantedFor([configuration], [driver], workload)), configuration, driver, workload };
}

async function explore(options: ExploreOptions, context: Context): Promise<void> {
  assertTogether(options);
  if (options.replay !== undefined) return exploreReplay(options.replay, options, context);
  const resume = options.resume === undefined ? null : { path: options.resume, file: readCheckpoint(options.resume) };
  const from = resume?.file.subject ?? null;
  const subject = await subjectOf(options, from, context);
  const shown = options.all === true ? Infinity : DEFAULT_STORIES;
  const depth = options.depth ?? DEFAULT_BOUNDS.depth;
  const json = options.json === true;
  const { time = null } = options;
  if (options.random !== undefined) {
    const begin = performance.now();
    const stop = (): boolean => time !== null && performance.now() - begin >= time;
    return exploreRandom(subject, { walks: options.random, depth, seed: options.seed ?? DEFAULT_SEED, stop, shown, json }, context);
  }
  const bounds = { states: options.states ?? DEFAULT_BOUNDS.states, depth, ...(options.memory === undefined ? {} : { memory: options.memory }) };
  if (options.selfCheck === true) return exploreSelfCheck(subject, { bounds, time, workers: options.workers ?? 1, json }, context);
  exploreSearch(
    subject,
    {
      bounds,
      time,
      workers: options.workers ?? defaultWorkers(),
      compact: options.compact ?? from?.compact ?? false,
      symmetry: options.symmetry && (from?.symmetry ?? true),
      partialOrder: options.partialOrder && (from?.partialOrder ?? true),
      checkpoint: options.checkpoint ?? null,
      resume,
      shown,
      json,
    },
    context,
  );
}

/** Adds the command's options, help and action. */
export function define(command: Command, context: Context): void {
  command
    .description("Explores one configuration: every order of operations within bounds, random walks, or the machine's state along a token.")
    .option("--machine <SPEC>", "NAME[,iommu=off|identity|translated][,OPTION=VALUE]..., or a file", single("--machine"))
    .option("--device <NAME>", "a driver profile, or a file with one", single("--device"))
    .option("--workload <NAME>", `what is tried in every order (default: ${DEFAULT_WORKLOAD.name})`, single("--workload"))
    .option("--buffers <N>", "buffers that live at once (default: the workload's)", positive("--buffers"))
    .option("--pages <N>", "pages of each buffer, all of them accessed (default: the workload's)", positive("--pages"))
    .option("--kernel <KERNEL>", `model:6.12, or tree:PATH for a kernel source (default: ${DEFAULT_KERNEL})`, single("--kernel"))
    .option("--patch <FILE>", "a patch of the tree, mbox or diff, applied to copies of its files; repeatable, in order", collect("--patch"))
    .option("--policy <NAME>", "how TTM picks the protection of its mappings (model only), or a module with one of yours", single("--policy"))
    .option("--states <N>", `states to search at most (default: ${DEFAULT_BOUNDS.states})`, positive("--states"))
    .option("--depth <N>", `operations in a row at most (default: ${DEFAULT_BOUNDS.depth})`, positive("--depth"))
    .option("--time <DURATION>", "end after this time: 500ms, 30s, 5m, 2h", duration("--time"))
    .option("--memory <SIZE>", "end where states take more: 500M, 2G (default: 640M)", size("--memory"))
    .option("--workers <N>", "threads for a search that turns out to be large (default: one for each processor)", positive("--workers"))
    .option("--compact", "keep 64 bits of hash of each state: less memory, and a small probability to miss one")
    .option("--no-symmetry", "tell states apart that differ in which buffer is which")
    .option("--no-partial-order", "try independent operations in both orders everywhere")
    .option("--self-check", "search with each reduction on and off, and say where they differ; with --workers with threads too")
    .option("--checkpoint <FILE>", "where to leave a search that a bound ends (default: in the cache)", single("--checkpoint"))
    .option("--resume <FILE>", "go on from a checkpoint, which brings what it is about", single("--resume"))
    .option("--random <N>", "N random walks of --depth operations in place of a search", positive("--random"))
    .option("--seed <S>", `with --random: the same seed, the same walks (default: ${DEFAULT_SEED})`, seed("--seed"))
    .option("--replay <TOKEN>", "run a token again, on --kernel or its own, and print the machine's state after each step", single("--replay"))
    .option("--all", `tell all findings, not the first ${DEFAULT_STORIES} only`)
    .option("--json", "print cbit.explore/1 instead of text")
    .action((options: ExploreOptions) => explore(options, context));
  examples(command, [
    "cbit explore --machine sev --device vmwgfx --buffers 2 --time 30s",
    "cbit explore --machine sev-snp --device amdgpu-gfx9 --buffers 4 --pages 2 --random 1000 --seed 7",
    "cbit explore --replay cbit1/model:6.12/encrypted/sev/vmwgfx/ttm-buffer/bo_create,bo_populate,bo_vmap",
  ]);
}
