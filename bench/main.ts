// SPDX-License-Identifier: MIT
/** `npm run bench`: cbit beside SPIN and Rumur on the same models, in one run on one machine; then the Linux model, and a kernel tree beside kunit.py. */

import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { CbitError, EXIT, type ExitCode } from "../dist/base/index.js";
import { type BugComparison, compareBug, compareOn, disagreements, type ModelComparison } from "./comparison.ts";
import { measureLinux, requireBefore } from "./linux.ts";
import { MODELS } from "./models/index.ts";
import { Lab, requireTools, ROOT } from "./processes.ts";
import { bugText, headText, linuxText, lossesText, type Machine, modelText, targetsText } from "./report.ts";
import { measureTree } from "./tree.ts";
import { treeDisagreements, treeTargets, treeText } from "./tree-report.ts";
import { lossesOf, ratiosOf, targetsOf } from "./verdicts.ts";

const HELP = `npm run bench -- [OPTIONS]

  --quick           one run of each, not the median of three
  --runs N          runs of each
  --model NAME      this model only (${MODELS.map((m) => m.name).join(", ")}); repeatable
  --full            all workloads of the Linux model, not the default one alone
  --no-linux        without the Linux model
  --tree PATH       the kernel source to measure (default: Debian's linux-source-6.12, unpacked)
  --no-tree         without a kernel tree, which takes some minutes for each run
  --before FOLDER   a built checkout of another version, whose default matrix is timed too
  --json            the figures as JSON
  --write           the figures into docs/reference/benchmarks.md too

Exits 1 where the tools do not agree, 6 where one is not installed.
`;

interface Options {
  readonly runs: number;
  readonly models: readonly string[];
  readonly linux: boolean;
  readonly full: boolean;
  /** A kernel source; null: Debian's package; false: none. */
  readonly tree: string | null | false;
  readonly before: string | null;
  readonly json: boolean;
  readonly write: boolean;
  readonly help: boolean;
}

function usage(message: string): CbitError {
  return new CbitError({ code: "CBIT-100", exit: EXIT.usage, message, hint: "npm run bench -- --help" });
}

function optionsOf(args: readonly string[]): Options {
  try {
    const { values } = parseArgs({
      args: [...args],
      allowNegative: true,
      options: {
        quick: { type: "boolean", default: false },
        runs: { type: "string" },
        model: { type: "string", multiple: true, default: [] },
        full: { type: "boolean", default: false },
        linux: { type: "boolean", default: true },
        tree: { type: "string" },
        "no-tree": { type: "boolean", default: false },
        before: { type: "string" },
        json: { type: "boolean", default: false },
        write: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
    const runs = Number(values.runs ?? (values.quick ? 1 : 3));
    if (!Number.isInteger(runs) || runs < 1) throw usage(`--runs ${values.runs}: not a whole number above 0`);
    for (const name of values.model) {
      if (!MODELS.some((m) => m.name === name)) throw usage(`--model ${name}: there is no such model; there are ${MODELS.map((m) => m.name).join(", ")}`);
    }
    if (values.before !== undefined) requireBefore(values.before);
    return { runs, models: values.model, linux: values.linux, full: values.full, tree: values["no-tree"] ? false : (values.tree ?? null), before: values.before ?? null, json: values.json, write: values.write, help: values.help };
  } catch (error) {
    if (error instanceof TypeError && "code" in error) throw usage(error.message);
    throw error;
  }
}

function announce(what: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${what}`);
}

function machineOf(lab: Lab): Machine {
  const firstLine = (command: readonly string[]): string => lab.run(command, lab.newFolder(), [0, 1]).stdout.trim().split("\n")[0]!.replace(/ --.*| \(Debian[^)]*\)|Version |version v?/g, "");
  const all = cpus();
  return { cpu: all[0]?.model ?? process.arch, cores: all.length, versions: [`node ${process.version}`, ...[["spin", "-V"], ["rumur", "--version"], ["gcc", "--version"]].map(firstLine)] };
}

/** Puts the figures where the page has those of the last run: in its block of text. */
function writePage(figures: string): void {
  const path = join(ROOT, "docs", "reference", "benchmarks.md");
  const page = readFileSync(path, "utf8");
  writeFileSync(path, page.replace(/^```text\n[^]*?^```$/m, () => `\`\`\`text\n${figures.trim()}\n\`\`\``));
}

async function bench(options: Options, lab: Lab): Promise<ExitCode> {
  const told: string[] = [];
  const out = (text: string): void => {
    told.push(text);
    if (options.json) return;
    announce("");
    process.stdout.write(`${text}\n`);
  };
  const { runs } = options;
  const machine = machineOf(lab);
  out(headText(machine, runs));
  const models: ModelComparison[] = [];
  const bugs: BugComparison[] = [];
  for (const model of MODELS) {
    if (options.models.length > 0 && !options.models.includes(model.name)) continue;
    models.push(compareOn(lab, model, runs, announce));
    out(modelText(models.at(-1)!));
    if (model.bug === null) continue;
    bugs.push(compareBug(lab, model, runs, announce));
    out(bugText(bugs.at(-1)!));
  }
  const linux = options.linux ? measureLinux(lab, options, announce) : null;
  if (linux !== null) out(linuxText(linux));
  const tree = options.tree === false ? null : await measureTree(lab, options.tree, runs, announce);
  if (tree !== null) out(treeText(tree));
  const first = models.find((c) => c.model === MODELS[0]);
  if (first !== undefined) out(targetsText(first));
  out(lossesText(models));
  const wrong = [...disagreements(models, bugs), ...(tree === null ? [] : treeDisagreements(tree))];
  if (options.json) {
    const withRatios = models.map((c) => ({ ...c, ratios: ratiosOf(c), losses: lossesOf(c) }));
    process.stdout.write(`${JSON.stringify({ schema: "cbit.bench/1", machine, runs, models: withRatios, bugs, linux, tree: tree === null ? null : { ...tree, targets: treeTargets(tree) }, targets: first === undefined ? [] : targetsOf(first), disagreements: wrong }, (_, value: unknown) => (typeof value === "bigint" ? String(value) : value), 2)}\n`);
  } else {
    out(wrong.length === 0 ? "All tools agree." : ["The tools do not agree:", ...wrong.map((line) => `  ${line}`)].join("\n"));
  }
  if (options.write && wrong.length === 0) writePage(told.join("\n"));
  return wrong.length === 0 ? EXIT.holds : EXIT.violation;
}

async function main(args: readonly string[]): Promise<number> {
  try {
    const options = optionsOf(args);
    if (options.help) {
      process.stdout.write(HELP);
      return EXIT.holds;
    }
    requireTools();
    const lab = new Lab();
    try {
      return await bench(options, lab);
    } finally {
      lab.close();
    }
  } catch (error) {
    if (!(error instanceof CbitError)) throw error;
    process.stderr.write(`bench: ${error.message} [${error.code}]\n${error.hint === undefined ? "" : `  hint: ${error.hint}\n`}`);
    return error.exit;
  }
}

process.exitCode = await main(process.argv.slice(2));
