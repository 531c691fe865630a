// SPDX-License-Identifier: MIT
/** `cbit run` as SARIF 2.1.0: a result for each place of a litmus file at which something else came than the file says. */

import type { About } from "./about.ts";
import { type Place, placeOf } from "./places.ts";
import { fingerprint } from "./root-groups.ts";
import { fileLocation, type JsonObject, type LogRule, sarifLog, toldLocation } from "./sarif-log.ts";
import type { LitmusFile, LitmusRun } from "./text-run.ts";
import { count } from "./wrap.ts";

const RULE: LogRule = {
  id: "litmus-outcome",
  level: "error",
  title: "a litmus file is not as it says",
  question: "Does each run of the file come to what stands behind its arrow?",
  page: "# litmus-outcome\n\nA litmus file says of a kernel, a machine and a device what must come of its operations. Here something else came.\n\n`cbit run FILE` tells the steps with what each came to.\n",
  uri: null,
};

/** Runs of one file that differ in the same way. */
interface Group {
  readonly file: LitmusFile;
  readonly first: LitmusRun;
  readonly runs: LitmusRun[];
  readonly text: string;
}

function groupsOf(files: readonly LitmusFile[]): Group[] {
  const groups = new Map<string, Group>();
  for (const file of files) {
    for (const run of file.runs.filter((r) => !r.ok)) {
      const text = `expected ${run.expected}, got ${run.got}`;
      const key = [file.file, run.line, text, ...run.differences.map((d) => `${d.line} ${d.got}`)].join("\n");
      const known = groups.get(key);
      if (known === undefined) groups.set(key, { file, first: run, runs: [run], text });
      else known.runs.push(run);
    }
  }
  return [...groups.values()];
}

const caseText = ({ kernel, machine, device }: LitmusRun): string => `${kernel} on ${machine} with ${device}`;

function resultOf({ file, first, runs, text }: Group): JsonObject {
  const at = (line: number): Place => ({ file: file.file, line, endLine: null });
  const related = [
    ...first.differences.map((d) => toldLocation({ place: at(d.line), text: `${d.text}: expected ${d.expected}, got ${d.got}` }, null)),
    ...first.broken.flatMap(({ line, violation }) => {
      const place = placeOf(violation.why.ref);
      return [toldLocation({ place: at(line), text: `${violation.rule}: ${violation.title}` }, null), ...(place === null ? [] : [toldLocation({ place, text: violation.why.text })])];
    }),
  ].map((location, id) => ({ id, ...location }));
  const steps = first.steps.map((s, i) => ({ location: { physicalLocation: fileLocation(at(s.line), null), message: { text: `${s.text} = ${s.result}` } }, nestingLevel: 0, executionOrder: i + 1 }));
  const key = fingerprint([file.file.split("/").at(-1)!, text, ...first.differences.map((d) => d.text)].join("\n"));
  return {
    ruleId: RULE.id,
    ruleIndex: 0,
    level: "error",
    kind: "fail",
    message: { text: `${file.title}: ${text}${first.reason === null ? "" : ` (${first.reason})`}. ${count(runs.length, "run")}: ${runs.map(caseText).join("; ")}.` },
    locations: [{ physicalLocation: fileLocation(at(first.line), null) }],
    ...(related.length === 0 ? {} : { relatedLocations: related }),
    ...(steps.length === 0 ? {} : { codeFlows: [{ threadFlows: [{ message: { text: caseText(first) }, locations: steps }] }] }),
    partialFingerprints: { "rootCause/v1": key, primaryLocationLineHash: `${key}:1` },
    properties: { runs: runs.map((r) => ({ kernel: r.kernel, policy: r.policy, machine: r.machine, device: r.device, expected: r.expected, got: r.got })) },
  };
}

/** The log, with a last line break. */
export function runSarif(files: readonly LitmusFile[], about: About): string {
  const runs = files.reduce((sum, f) => sum + f.runs.length, 0);
  return sarifLog({ about, rules: [RULE], results: groupsOf(files).map(resultOf), notifications: [], category: "run", description: `${count(files.length, "litmus file")}, ${count(runs, "run")}` });
}
