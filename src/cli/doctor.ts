// SPDX-License-Identifier: MIT
/** `cbit doctor`: what cbit needs, what of it is here, and one line that installs the rest; whether a folder is a kernel source that works. */

import type { Command } from "commander";
import { CbitError, EXIT } from "../base/index.ts";
import { type DoctorCheck, doctorJson, doctorText } from "../report/index.ts";
import { inspectSource, listTrees } from "../tree/index.ts";
import { cacheDirectory } from "./cache.ts";
import type { Context } from "./context.ts";
import { examples } from "./examples.ts";
import { createHost } from "./host.ts";
import { filled } from "./options.ts";
import { examinePrerequisites } from "./prerequisites.ts";
import { version } from "./version.ts";

interface DoctorOptions {
  readonly tree?: boolean;
  readonly json?: boolean;
}

/** Releases that the tests run with: "6.12.117" is one of 6.12. */
const KNOWN = ["6.1", "6.12"];

/** Whether a folder is a kernel source that can be used, and what has been made of it. */
async function source(path: string): Promise<DoctorCheck> {
  const row = (ok: boolean, found: string): DoctorCheck => ({ name: "source", ok, neededBy: "tree", found, package: null });
  const host = createHost(version());
  try {
    const { path: real, release } = await inspectSource(host, path);
    const known = KNOWN.includes(release.split(".").slice(0, 2).join("."));
    const modules = (await listTrees(host, cacheDirectory(process.env))).filter((m) => m.source === real).map((m) => m.module);
    const prepared = modules.length === 0 ? "not prepared yet" : `prepared: ${[...new Set(modules)].join(", ")}`;
    return row(known, `Linux ${release} at ${real}, ${known ? prepared : `which is not known to work: ${KNOWN.join(" and ")} are`}`);
  } catch (error) {
    if (!(error instanceof CbitError)) throw error;
    return row(false, `${error.message}${error.hint === undefined ? "" : `. ${error.hint}`}`);
  }
}

async function doctor(path: string | undefined, options: DoctorOptions, context: Context): Promise<void> {
  const here = examinePrerequisites(process.env);
  const tree = path === undefined ? null : await source(path);
  const report = tree === null ? here : { ...here, checks: [...here.checks, tree] };
  context.out(options.json === true ? doctorJson(report) : doctorText(report, context.style));
  const relevant = here.checks.filter((c) => options.tree === true || tree !== null || c.neededBy === "model");
  context.exit = !relevant.every((c) => c.ok) ? EXIT.environment : tree?.ok === false ? EXIT.tree : EXIT.holds;
}

/** Adds the command's options, help and action. */
export function define(command: Command, context: Context): void {
  command
    .description("Looks for what cbit needs on this computer. Exit 0 where the model can run. With a folder: whether it is a kernel source that works, too.")
    .argument("[path]", "an unpacked kernel source", (path: string) => filled("the path", path))
    .option("--tree", "exit 6 where something for kernel trees is missing, too")
    .option("--json", "print cbit.doctor/1 instead of text")
    .action((path: string | undefined, options: DoctorOptions) => doctor(path, options, context));
  examples(command, ["cbit doctor", "cbit doctor --tree --json", "cbit doctor ~/src/linux-source-6.12"]);
}
