// SPDX-License-Identifier: MIT
/** docs/reference/findings.md as text: the entries of known-causes.ts with what the tree shows of them. */

import { attributePhrase, type Finding, formatStep, resultPhrase, viewPhrase, writtenPhrase } from "../../../src/check/index.ts";
import { machineNamed } from "../../../src/cli/named.ts";
import type { View } from "../../../src/kernel/index.ts";
import { placesText } from "../../../src/report/grid.ts";
import { seenText } from "../../../src/report/steps.ts";
import type { RunResult } from "../../../src/scenarios/index.ts";
import { type FoundCause, placesOf } from "./gather.ts";
import type { FailedProbe, KnownCause, SuiteFinding } from "./known-causes.ts";

/** A root cause of the searches, as kept and as it ran again. */
export interface ShownCause {
  readonly found: FoundCause;
  readonly finding: Finding;
}

/** An entry with all that shows it. */
export interface Shown {
  readonly entry: KnownCause;
  readonly causes: readonly ShownCause[];
  readonly litmus: readonly { readonly file: string; readonly runs: readonly RunResult[] }[];
  readonly probes: readonly { readonly probe: FailedProbe; readonly outcome: string }[];
  readonly suites: readonly { readonly suite: SuiteFinding; readonly lines: readonly string[] }[];
}

/** A litmus file with its runs on the tree. */
export interface OlderStory {
  readonly file: string;
  readonly title: string;
  readonly runs: readonly RunResult[];
}

const cell = (text: string): string => text.replaceAll("|", "\\|");

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return [head, head.map(() => "---"), ...rows].map((row) => `| ${row.map(cell).join(" | ")} |`);
}

const fence = (lines: readonly string[], language: "sh" | "text"): string[] => ["```" + language, ...lines, "```"];

/** The steps with what reads were due and got, and how the last one ended. */
function stepLines({ replay }: Finding): string[] {
  return replay.steps.map((step, i) => {
    const { outcome } = step.result;
    const read = outcome === "done" && step.result.seen !== null;
    const end = outcome === "done" ? "" : `  -> ${resultPhrase(step.result)}`;
    const due = read && step.expected !== null ? `  -> due: ${writtenPhrase(step.expected)}; got: ${seenText(step)}` : "";
    return `${i + 1}. ${formatStep(step.operation)}${end}${due}`;
  });
}

/** The views that the finding is about: those of the page that was accessed, else of the pages that have views at the end. */
function viewRows({ replay, trace }: Finding): string[][] {
  const steps = replay.steps;
  const last = steps[steps.length - 1]!;
  const views = last.views.length > 0 ? last.views : (steps[steps.length - 2]?.views ?? []);
  const { operation } = last;
  const page = "page" in operation && typeof operation.page === "number" ? operation.page : 0;
  const { platform } = machineNamed(trace.machine);
  const chosen = ({ chosenBy: { function: fn, file } }: View): string => (file === "" ? fn : `\`${fn}\` (${file})`);
  // Frames by letters: where memory lies is nobody's affair.
  const shown = views.filter((v) => v.page === page);
  const frames = [...new Set(shown.map((v) => v.pfn))];
  const letter = (v: View): string => String.fromCharCode("A".charCodeAt(0) + frames.indexOf(v.pfn));
  return shown.map((v) => [String(v.buf), viewPhrase(v), attributePhrase(v, platform), v.cache ?? "-", letter(v), chosen(v)]);
}

function causeLines({ found, finding }: ShownCause): string[] {
  const rows = viewRows(finding);
  return [
    `**[${found.rule}](../rules/${found.rule}.md)**: ${finding.title}.`,
    "",
    `- root cause: ${found.cause}`,
    `- in ${placesOf(found).length} cells: ${placesText(placesOf(found)).join("; ")}`,
    `- workloads: ${found.workloads.join(", ")}`,
    "",
    `The shortest trace, ${finding.trace.device} on ${finding.trace.machine}:`,
    "",
    ...fence(stepLines(finding), "text"),
    "",
    ...(rows.length === 0 ? [] : [...table(["buffer", "who", "attribute", "cache", "frame", "chosen by"], rows), ""]),
    ...fence([`cbit explore --replay ${found.token} --kernel tree:PATH`], "sh"),
    "",
  ];
}

function litmusLines({ file, runs }: Shown["litmus"][number]): string[] {
  const broken = runs.filter((run) => run.broken.length > 0);
  const [first] = broken;
  if (first === undefined) return [];
  return [
    `[${file}](../../${file}) on ${[...new Set(broken.map((r) => r.machine))].join(", ")}:`,
    "",
    ...fence(first.steps.map((s, i) => `${i + 1}. ${s.text.replace(/^\w+: /, "").replace(/ ->.*$/, "").replace(/\s+#.*$/, "")}  -> ${s.result}`), "text"),
    "",
    ...first.broken.map((b) => `- [${b.violation.rule}](../rules/${b.violation.rule}.md) at \`${b.text.replace(/\s+#.*$/, "")}\`: ${b.violation.title}`),
    "",
    ...fence([`cbit run ${file} --kernel tree:PATH`], "sh"),
    "",
  ];
}

function probeLines(probes: Shown["probes"]): string[] {
  if (probes.length === 0) return [];
  const rows = probes.map(({ probe, outcome }) => [probe.device, probe.machine, outcome]);
  const { device, machine } = probes[0]!.probe;
  return [...table(["device", "machine", "what comes of it"], rows), "", ...fence([`cbit check --machine ${machine} --device ${device} --kernel tree:PATH`], "sh"), ""];
}

function suiteLines({ suite: { glob, shows }, lines }: Shown["suites"][number]): string[] {
  return [...lines.map((l) => `- ${l}`), "", ...fence([`cbit kunit PATH ${glob}${shows === "differences" ? " --machine all" : ""}`], "sh"), ""];
}

const STATUS = { new: "new", consequence: "new consequence of a known cause", known: "known" } as const;

function section(shown: Shown): string[] {
  const { entry } = shown;
  return [
    `## ${entry.title}`,
    "",
    `<a id="${entry.id}"></a>${STATUS[entry.status]}${entry.refs.length === 0 ? "" : `; see ${entry.refs.join("; ")}`}`,
    "",
    `**Why.** ${entry.why.replaceAll("\n", " ")}`,
    "",
    `**A fix.** ${entry.fix}`,
    "",
    `**How sure.** ${entry.confidence}`,
    "",
    ...shown.causes.flatMap(causeLines),
    ...shown.litmus.flatMap(litmusLines),
    ...probeLines(shown.probes),
    ...shown.suites.flatMap(suiteLines),
  ];
}

/** What an entry was seen by, in a few words. */
function seenBy({ causes, litmus, probes, suites }: Shown): string {
  const rules = [...new Set([...causes.map((c) => c.found.rule), ...litmus.flatMap((l) => l.runs.flatMap((r) => r.broken.map((b) => b.violation.rule)))])];
  return [...rules, ...(probes.length > 0 ? ["probe"] : []), ...(suites.length > 0 ? ["KUnit"] : [])].join(", ");
}

/** The cells of an entry's root causes, each counted once. */
const cellsOf = ({ causes }: Shown): number => new Set(causes.flatMap((c) => placesOf(c.found).map((p) => `${p.device}@${p.machine}`))).size;

/** One line of the table of older bugs. */
function olderRow({ file, title, runs }: OlderStory): string[] {
  const broken = runs.filter((run) => run.broken.length > 0);
  const rules = [...new Set(broken.flatMap((run) => run.broken.map((b) => b.violation.rule)))];
  return [`[${file.replace(/^litmus\/|\.litmus$/g, "")}](../../${file})`, title, rules.map((r) => `[${r}](../rules/${r}.md)`).join(", "), [...new Set(broken.map((r) => r.machine))].join(", ")];
}

/** The page. @param release of the tree, "6.12.117" @param older litmus files of known bugs that the tree shows as well @param besides what is searched beside the default matrix */
export function findingsPage(release: string, shown: readonly Shown[], older: readonly OlderStory[], besides: { readonly machines: readonly string[]; readonly workloads: readonly string[] }): string {
  const rows = shown.map((s) => [`[${s.entry.title}](#${s.entry.id})`, STATUS[s.entry.status], seenBy(s), cellsOf(s) === 0 ? "-" : String(cellsOf(s))]);
  return [
    "# What Linux 6.12 shows",
    "",
    `Root causes that the real code of Linux ${release} shows on the simulated machines, each with the shortest trace and with what the source says about it. \`npm run findings\` makes this`,
    "page: it searches all built-in workloads on every machine with every device of the default matrix, and",
    `${besides.workloads.join(" and ")} on ${besides.machines.join(", ")} besides; it groups findings by rule and root cause, and runs`,
    "the litmus files, probes and KUnit suites that entries name. `test/tree/findings.test.ts` runs all that is listed again, and fails for a root cause without an entry.",
    "",
    "Ids such as O1 and B04 are those of the [litmus files](../../litmus/README.md). PATH is a folder with an unpacked Linux 6.12; a trace's operations are those of",
    "`cbit list workloads`. [Limits](../limits.md) has what the machine leaves out or assumes.",
    "",
    ...table(["finding", "", "seen by", "cells"], rows),
    "",
    ...shown.flatMap(section),
    "## Bugs of the corpus that 6.12 still has",
    "",
    "Their fixes came later or are proposals; each file says which commit or thread. `cbit run litmus --kernel tree:PATH` runs them all.",
    "",
    ...table(["file", "story", "rules broken", "machines"], older.map(olderRow)),
  ].join("\n").trimEnd() + "\n";
}
