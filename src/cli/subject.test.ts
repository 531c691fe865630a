// SPDX-License-Identifier: MIT
import { describe, expect, it } from "vitest";
import { DRIVERS, createModelFactory, DEFAULT_POLICY } from "../linux/index.ts";
import { parseOneMachine, workloadNamed } from "../scenarios/index.ts";
import { type SubjectName, subjectDifferences, subjectFileName, subjectName } from "./subject.ts";

const factory = createModelFactory({ release: "6.12", policy: DEFAULT_POLICY });
const subject = { factory, configuration: parseOneMachine("sev"), driver: DRIVERS[0]!, workload: workloadNamed("ttm-buffer") };
const reductions = { compact: false, symmetry: true, partialOrder: true };
const name = subjectName(subject, reductions);

describe("a subject written down", () => {
  it("is the same each time, and has a file name of its own", () => {
    expect(subjectDifferences(name, subjectName(subject, reductions))).toEqual([]);
    expect(JSON.parse(JSON.stringify(name))).toEqual(name);
    expect(subjectFileName(name)).toMatch(/^[A-Za-z0-9@,=._-]+\.checkpoint$/);
    expect(subjectFileName(subjectName(subject, { ...reductions, compact: true }))).not.toBe(subjectFileName(name));
  });

  it.each<[string, Partial<SubjectName>, string]>([
    ["a tree that was built anew", { build: "0123" }, "the kernel tree has changed since"],
    ["another version", { cbit: "0.0.1" }, "the version of cbit is 0.0.1 in the file"],
    ["no policy", { policy: null }, "the policy is none in the file"],
    ["a reduction", { partialOrder: false }, "partial-order reduction is off in the file and on here"],
    ["a workload with other operations", { definitions: { ...name.definitions, workload: "0" } }, "the workload ttm-buffer is described otherwise than it was"],
  ])("tells %s", (_what, change, words) => {
    const differences = subjectDifferences({ ...name, ...change }, name);
    expect(differences.length).toBe(1);
    expect(differences[0]).toContain(words);
  });
});
