// SPDX-License-Identifier: MIT
/** What can be wrong with a kernel's answers: lists of sentences, empty where nothing is. */

import { equalWords } from "../../src/base/index.ts";
import { CPU_ALIASES, type Kernel, type KernelEvent, type Operation, OPERATIONS, type StepResult, type View } from "../../src/kernel/index.ts";
import { FAULT_KINDS } from "../../src/machine/index.ts";
import type { Scenario } from "./scenarios.ts";

/** Everything of a state that the contract shows. */
export interface Shown {
  readonly words: Uint32Array;
  readonly views: readonly View[];
}

export function show(kernel: Kernel): Shown {
  return { words: kernel.save().slice(), views: kernel.views() };
}

/** How two states differ. */
export function differences(now: Shown, then: Shown): string[] {
  const text = ({ views }: Shown): string => JSON.stringify(views);
  return [
    ...(text(now) === text(then) ? [] : [`views: ${text(now)} instead of ${text(then)}`]),
    ...(equalWords(now.words, then.words) ? [] : ["the words of the state differ"]),
  ];
}

/** What a result has that its type does not promise. */
export function resultProblems(operation: Operation, result: StepResult): string[] {
  const reads = operation.op.endsWith("_read");
  const told = `${JSON.stringify(operation)} gives ${JSON.stringify(result)}`;
  switch (result.outcome) {
    case "done":
      if ((result.seen === null) === reads) return [`${told}: something is seen by reads and by nothing else`];
      return result.seen === null || /^[0-9a-f]{32}$/.test(result.seen.bytes) ? [] : [`${told}: 16 bytes are 32 digits`];
    case "error":
      return /^E[A-Z0-9]+$/.test(result.errno) && /^\w+$/.test(result.from) ? [] : [`${told}: an error has a name and a function`];
    case "fault":
      return FAULT_KINDS.includes(result.fault.fault) ? [] : [`${told}: no such fault`];
    default:
      return [told];
  }
}

/** What is wrong after a scenario's operation: accesses may fault, a machine without encryption must give the token. */
export function outcomeProblems(scenario: Scenario, kernel: Kernel, result: StepResult): string[] {
  const { run, token } = scenario;
  const told = `${JSON.stringify(run)} gives ${JSON.stringify(result)}`;
  const problems = resultProblems(run, result);
  const { platform } = kernel.configuration;
  const plain = platform.name === "none";
  // A new kernel that takes over a guest may meet pages that the old one left shared, and die of it.
  const mayFault = OPERATIONS[run.op].group === "access" || (run.op === "kexec" && platform.ownership !== "none");
  if (result.outcome !== "done" && (plain || !mayFault)) problems.push(told);
  if (token !== undefined && plain && (result.outcome !== "done" || result.seen?.token !== token)) problems.push(`${told} instead of token ${token}`);
  return problems;
}

const ORDER: readonly View["kind"][] = [...CPU_ALIASES, "device"];

/** What is wrong with the views after a scenario. */
export function viewProblems(scenario: Scenario, kernel: Kernel): string[] {
  const views = kernel.views();
  const { platform } = kernel.configuration;
  const problems: string[] = [];
  const keys = views.map((v) => (v.buf * 100 + v.page) * 100 + ORDER.indexOf(v.kind));
  if (keys.some((key, i) => i > 0 && key <= keys[i - 1]!)) problems.push("views are not in the order of buffer, page, kind, each once");
  const first = views.filter((v) => v.buf === 0 && v.page === 0);
  const kinds = first.map((v) => v.kind);
  for (const kind of scenario.has ?? []) if (!kinds.includes(kind)) problems.push(`no ${kind} view`);
  for (const kind of scenario.lacks ?? []) if (kinds.includes(kind)) problems.push(`a ${kind} view`);
  const linear = first.find((v) => v.kind === "linear");
  if (scenario.cache !== undefined && linear?.cache !== scenario.cache) problems.push(`linear view is ${linear?.cache}, not ${scenario.cache}`);
  // On arm64 6.12 knows nothing of realms: set_memory_*() changes no entry there.
  const decides = platform.cBit >= 0 && platform.encryption !== "cca";
  if (scenario.linear !== undefined && decides && linear?.cBit !== ((scenario.linear === "shared") === platform.setMeansShared)) problems.push(`linear view is not ${scenario.linear}`);
  return problems;
}

/** What is wrong with recorded events. */
export function eventProblems(events: readonly KernelEvent[]): string[] {
  return events
    .filter((e) => !/^[\w.]+( -> \w+)*$/.test(e.function) || !/^$|^[\w./-]+\.[chS](:\d+)?$/.test(e.file) || typeof e.text !== "string")
    .map((e) => `bad event ${JSON.stringify(e)}`);
}

/** Ways to name a buffer that is not there. */
export function mistakes(scenario: Scenario): Operation[] {
  const { run } = scenario;
  if (scenario.wrong !== undefined) return [scenario.wrong];
  return [{ ...run, buf: 3 }, { ...run, buf: 99 }] as Operation[];
}
