// SPDX-License-Identifier: MIT
/** `cbit doctor`: what cbit needs, what of it is here, and one line that installs the rest. */

import type { Command } from "commander";
import { EXIT } from "../base/index.ts";
import { doctorJson, doctorText } from "../report/index.ts";
import type { Context } from "./context.ts";
import { examples } from "./examples.ts";
import { examinePrerequisites } from "./prerequisites.ts";

interface DoctorOptions {
  readonly tree?: boolean;
  readonly json?: boolean;
}

function doctor(options: DoctorOptions, context: Context): void {
  const report = examinePrerequisites(process.env);
  context.out(options.json === true ? doctorJson(report) : doctorText(report, context.style));
  const relevant = report.checks.filter((c) => options.tree === true || c.neededBy === "model");
  context.exit = relevant.every((c) => c.ok) ? EXIT.holds : EXIT.environment;
}

/** Adds the command's options, help and action. */
export function define(command: Command, context: Context): void {
  command
    .description("Looks for what cbit needs on this computer. Exit 0 where the model can run.")
    .option("--tree", "exit 6 where something for kernel trees is missing, too")
    .option("--json", "print cbit.doctor/1 instead of text")
    .action((options: DoctorOptions) => doctor(options, context));
  examples(command, ["cbit doctor", "cbit doctor --tree", "cbit doctor --json"]);
}
