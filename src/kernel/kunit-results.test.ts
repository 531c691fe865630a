// SPDX-License-Identifier: MIT
import { expect, it } from "vitest";
import { type MachineTests, testDifferences, type TestResult, type TestStatus } from "./kunit-results.ts";

const result = (name: string, status: TestStatus, more: Partial<TestResult> = {}): TestResult => ({ name, status, comment: "", parameters: [], log: [], warnings: [], stop: null, alone: null, ...more });
const machine = (name: string, ...tests: TestResult[]): MachineTests => ({ machine: name, unsupported: null, suites: [{ name: "s", head: [], tests }] });

it("finds what is not the same everywhere: results, places of WARNs, parameters, tests that are missing", () => {
  const parameters = (second: TestStatus): Partial<TestResult> => ({ parameters: [{ name: "p", status: "ok", comment: "" }, { name: "q", status: second, comment: "" }] });
  const warned = { warnings: [{ at: "a.c:1", frames: ["f"] }, { at: "a.c:1", frames: ["g"] }] };
  const machines = [
    machine("none", result("same", "ok"), result("t", "ok"), result("w", "ok"), result("p", "ok", parameters("ok")), result("gone", "ok")),
    machine("sev", result("same", "ok"), result("t", "not ok", { stop: { reason: "kernel BUG", at: "b.c:2", frames: [] } }), result("w", "ok", warned), result("p", "ok", parameters("skip"))),
    { machine: "cca", unsupported: "no", suites: [] },
  ];
  expect(testDifferences(machines)).toEqual([
    { suite: "s", test: "t", parameter: null, outcomes: [{ outcome: "ok", machines: ["none"] }, { outcome: "not ok: kernel BUG at b.c:2", machines: ["sev"] }] },
    { suite: "s", test: "w", parameter: null, outcomes: [{ outcome: "ok", machines: ["none"] }, { outcome: "ok with WARN at a.c:1", machines: ["sev"] }] },
    { suite: "s", test: "p", parameter: "q", outcomes: [{ outcome: "ok", machines: ["none"] }, { outcome: "skip", machines: ["sev"] }] },
    { suite: "s", test: "gone", parameter: null, outcomes: [{ outcome: "ok", machines: ["none"] }, { outcome: "did not run", machines: ["sev"] }] },
  ]);
  expect(testDifferences(machines.slice(0, 1))).toEqual([]);
});
