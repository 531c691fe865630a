// SPDX-License-Identifier: MIT
/** Findings as SARIF 2.1.0: one result for each root cause, with all cases that have it. */

import { attributePhrase, errorsOf, type Finding, formatToken, resultPhrase, type ReplayStep } from "../check/index.ts";
import type { Platform } from "../machine/index.ts";
import type { About } from "./about.ts";
import { explainedFinding } from "./explained.ts";
import { placesText } from "./grid.ts";
import { findingPlaces, type Place, placeOf, stepPlace } from "./places.ts";
import { policyPhrase } from "./policy-phrase.ts";
import type { CheckReport, CompareReport, ExplainReport, NotFoundReport, Subjects } from "./reports.ts";
import { fingerprint, type RootGroup, rootGroups, rootKey } from "./root-groups.ts";
import { fileLocation, type JsonObject, LIMITS, type Notification, sarifLog, toldLocation } from "./sarif-log.ts";
import { eventText, operationText, seenText } from "./steps.ts";
import { count } from "./wrap.ts";

/** What a group of findings is beside the baseline. Ref: SARIF 2.1.0, 3.27.24. */
type Baseline = "new" | "unchanged" | "absent";

/** Where to look when nothing more is known. */
const TTM: Place = { file: "drivers/gpu/drm/ttm/ttm_tt.c", line: null, endLine: null };

/** What a result needs beside its findings. */
interface Setting {
  readonly about: About;
  readonly subjects: Subjects;
  explain(id: string): string;
}

function platformOf({ machines }: Subjects, machine: string): Platform | null {
  return machines.find((m) => m.name === machine)?.platform ?? null;
}

function stepText(step: ReplayStep, platform: Platform | null): string {
  const result = resultPhrase(step.result);
  const changes = step.changes.filter((c) => c.view.page === 0 && c.change !== "gone").map((c) => `${c.view.kind} ${platform === null ? "" : attributePhrase(c.view, platform)}`.trim());
  const read = step.result.outcome === "done" && step.result.seen !== null ? [`got ${step.result.seen.bytes} (${seenText(step)})`] : [];
  return [
    `${operationText(step.operation)}${result === "done" ? "" : `: ${result}`}`,
    ...(changes.length === 0 ? [] : [`now ${changes.join(", ")}`]),
    ...read,
    ...step.violations.map((v) => `${v.rule}: ${v.title}`),
  ].join("; ");
}

/** The counterexample: a location for each step, with those of what the kernel did in it one level deeper. @param usual where nothing else is known */
function threadFlow({ replay, trace }: Finding, platform: Platform | null, usual: Place): JsonObject {
  const { steps } = replay;
  let order = 0;
  // GitHub refuses locations without a file.
  const at = (text: string, place: Place | null, nestingLevel: number, more: JsonObject = {}): JsonObject => ({
    location: { physicalLocation: fileLocation(place ?? usual), message: { text } },
    nestingLevel,
    executionOrder: ++order,
    ...more,
  });
  // Where there are too many, what the kernel did is left out first.
  const whole = steps.reduce((sum, s) => sum + 1 + s.events.length, 0) <= LIMITS.flowLocations;
  const locations = steps.slice(-LIMITS.flowLocations).flatMap((step, i) => [
    at(stepText(step, platform), stepPlace(step), 0, { importance: i === steps.length - 1 || step.violations.length > 0 ? "essential" : "important" }),
    ...(whole ? step.events.map((e) => at(eventText(e), placeOf(e.file), 1, { importance: "unimportant" })) : []),
  ]);
  return { message: { text: `${trace.device} on ${trace.machine}` }, locations };
}

function resultOf(group: RootGroup, baseline: Baseline | null, { about, subjects, explain }: Setting): JsonObject {
  const { first, findings, rule } = group;
  const { steps, boot } = first.replay;
  const platform = platformOf(subjects, first.trace.machine);
  const violation = (steps.at(-1)?.violations ?? boot).find((v) => v.rule === rule) ?? boot[0];
  const known = findingPlaces(first, platform);
  const driver = subjects.devices.find((d) => d.name === first.trace.device);
  const places = known.length > 0 ? known : [{ place: placeOf(driver?.refs[0] ?? "") ?? TTM, text: `the driver of ${first.trace.device}` }];
  const where = placesText(findings.map((f) => f.trace));
  const command = explain(first.id);
  const sentence = `${first.title.replace(/^[a-z]+(?= )/, (word) => word[0]!.toUpperCase() + word.slice(1))}.`;
  const because = steps.length === 0 ? "" : ` Cause: ${first.cause}.`;
  const why = violation === undefined ? "" : `${violation.why.text} (${violation.why.ref})`;
  const hint = violation?.hint ?? "";
  const key = fingerprint(rootKey(group));
  const shown = where.length <= 12 ? where : [...where.slice(0, 12), `${where.length - 12} more`];
  return {
    ruleId: rule,
    ruleIndex: about.rules.findIndex((r) => r.id === rule),
    level: first.severity === "error" ? "error" : "note",
    kind: "fail",
    ...(baseline === null ? {} : { baselineState: baseline }),
    message: {
      text: `${sentence}${because}\n${count(findings.length, "case")}: ${shown.join("; ")}.\n${why}\n${hint}\nStep by step: ${command}`,
      markdown: `${sentence}${because}\n\n**${count(findings.length, "case")}**: ${shown.join("; ")}.\n\n${why}\n\n${hint}\n\n    ${command}\n`,
    },
    locations: places.slice(0, 1).map((p) => toldLocation(p)),
    ...(places.length < 2 ? {} : { relatedLocations: places.slice(1).map((p, id) => ({ id, ...toldLocation(p) })) }),
    ...(steps.length === 0 ? {} : { codeFlows: [{ message: { text: "The shortest counterexample" }, threadFlows: [threadFlow(first, platform, places[0]!.place)] }] }),
    partialFingerprints: { "rootCause/v1": key, primaryLocationLineHash: `${key}:1` },
    properties: {
      finding: first.id,
      machine: first.trace.machine,
      device: first.trace.device,
      rootCause: first.cause,
      replay: formatToken(first.trace),
      explain: command,
      cases: findings.map((f) => ({ finding: f.id, machine: f.trace.machine, device: f.trace.device, replay: formatToken(f.trace) })),
    },
  };
}

/** Cases without a verdict, by their reason. */
function notificationsOf(cases: CheckReport["cases"]): Notification[] {
  const reasons = new Map<string, { readonly id: Notification["id"]; readonly reason: string; readonly cases: CheckReport["cases"][number][] }>();
  for (const c of cases) {
    const id = c.verdict === "refused" || c.verdict === "unsupported" ? c.verdict : !c.complete && c.search !== null ? "bounded" : null;
    if (id === null) continue;
    const reason = c.reason ?? `not searched to the end, ${count(c.states, "state")}`;
    const known = reasons.get(`${id} ${reason}`);
    if (known === undefined) reasons.set(`${id} ${reason}`, { id, reason, cases: [c] });
    else known.cases.push(c);
  }
  return [...reasons.values()].map(({ id, reason, cases: some }) => ({ id, text: `${reason}: ${placesText(some).join("; ")}` }));
}

const policyName = (policy: string | null): string => policy ?? "own";

/** `cbit check`. */
export function checkSarif(report: CheckReport, about: About): string {
  const { kernel, policy, workload, subjects } = report;
  const setting: Setting = { about, subjects, explain: (id) => report.explain(id) };
  return sarifLog({
    about,
    rules: about.rules,
    results: rootGroups(report.cases.flatMap((c) => c.findings)).map((g) => resultOf(g, null, setting)),
    notifications: notificationsOf(report.cases),
    category: `check/${kernel}/${policyName(policy)}/${workload}`,
    description: `${count(report.cases.length, "case")} of ${workload} on ${kernel}, ${policyPhrase(policy)}`,
  });
}

/** `cbit explain`: one result, or none where nothing is wrong. */
export function explainSarif(report: ExplainReport, about: About): string {
  const { trace, configuration, driver } = report;
  const finding = explainedFinding(report);
  const setting: Setting = { about, subjects: { machines: [configuration], devices: [driver] }, explain: () => report.command };
  return sarifLog({
    about,
    rules: about.rules,
    results: finding === null ? [] : [resultOf(rootGroups([finding])[0]!, null, setting)],
    notifications: [],
    category: `explain/${trace.kernel}/${policyName(trace.policy)}/${trace.device}@${trace.machine}`,
    description: `one counterexample of ${trace.workload} on ${trace.kernel}, ${policyPhrase(trace.policy)}`,
  });
}

/** `cbit explain` of a finding that the case does not have. */
export function notFoundSarif({ id, case: c }: NotFoundReport, about: About): string {
  return sarifLog({ about, rules: about.rules, results: [], notifications: notificationsOf([c]), category: `explain/${about.kernels[0]?.kernel ?? ""}/${c.device}@${c.machine}`, description: `${id}: not found, the case is ${c.verdict}` });
}

/** `cbit compare`: the findings of the second kernel, and those of the first that are gone, each with its baselineState. */
export function compareSarif(report: CompareReport, about: About): string {
  const { before, after, workload, subjects } = report;
  const of: Readonly<Record<Baseline, Finding[]>> = { new: [], unchanged: [], absent: [] };
  for (const c of report.cases) {
    const old = new Set(c.before.findings.map(rootKey));
    const now = new Set(c.after.findings.map(rootKey));
    for (const f of c.after.findings) of[old.has(rootKey(f)) ? "unchanged" : "new"].push(f);
    for (const f of errorsOf(c.before)) if (!now.has(rootKey(f))) of.absent.push(f);
  }
  const states = ["new", "unchanged", "absent"] as const;
  return sarifLog({
    about,
    rules: about.rules,
    results: states.flatMap((state) => rootGroups(of[state]).map((g) => resultOf(g, state, { about, subjects, explain: (id) => report.explain(id, state === "absent" ? "before" : "after") }))),
    notifications: notificationsOf(report.cases.map((c) => c.after)),
    category: `compare/${before.kernel}/${policyName(before.policy)}/${after.kernel}/${policyName(after.policy)}/${workload}`,
    description: `${after.kernel} beside ${before.kernel}, ${count(report.cases.length, "case")} of ${workload}`,
  });
}
