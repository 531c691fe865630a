// SPDX-License-Identifier: MIT
/** What can be wrong with a kernel's answers: lists of sentences, empty where nothing is. */

import { equalWords } from "../../src/base/index.ts";
import { CPU_ALIASES, type FrameState, type Kernel, type KernelEvent, type Operation, OPERATIONS, type StepResult, type View } from "../../src/kernel/index.ts";
import { FAULT_KINDS } from "../../src/machine/index.ts";
import type { Scenario } from "./scenarios.ts";

/** Everything of a state that the contract shows. */
export interface Shown {
  readonly words: Uint32Array;
  readonly views: readonly View[];
  readonly frames: readonly FrameState[];
}

export function show(kernel: Kernel): Shown {
  return { views: kernel.views(), frames: kernel.frames(), words: kernel.save().slice() };
}

/** How two states differ. */
export function differences(now: Shown, then: Shown): string[] {
  const text = ({ views }: Shown): string => JSON.stringify(views);
  const held = ({ frames }: Shown): string => JSON.stringify(frames);
  return [
    ...(held(now) === held(then) ? [] : [`frames: ${held(now)} instead of ${held(then)}`]),
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
  // Only x86 has set_memory_wc() and its kin; elsewhere they do nothing (include/linux/set_memory.h).
  const cache = scenario.cache !== undefined && kernel.configuration.platform.encryption === "cca" ? "WB" : scenario.cache;
  if (cache !== undefined && linear?.cache !== cache) problems.push(`linear view is ${linear?.cache}, not ${cache}`);
  // On arm64 6.12 knows nothing of realms: set_memory_*() changes no entry there.
  const decides = platform.cBit >= 0 && platform.encryption !== "cca";
  if (scenario.linear !== undefined && decides && linear?.cBit !== ((scenario.linear === "shared") === platform.setMeansShared)) problems.push(`linear view is not ${scenario.linear}`);
  return problems;
}

/** What is wrong with what the kernel says of frames. */
export function frameProblems(scenario: Scenario, kernel: Kernel): string[] {
  const frames = kernel.frames();
  const { platform } = kernel.configuration;
  const problems: string[] = [];
  if (frames.some((f, i) => i > 0 && f.pfn <= frames[i - 1]!.pfn)) problems.push("frames are not in the order of their numbers, each once");
  for (const f of frames) {
    if (f.pages.length + f.bounces.length === 0) problems.push(`frame ${f.pfn} is nobody's`);
    if ((f.state === null) !== (f.kind === "bar" || platform.ownership === "none")) problems.push(`frame ${f.pfn} has state ${f.state}`);
    const end = f.cells.reduce((at, c) => (c.at === at ? at + c.size : NaN), 0);
    if (end !== 4096) problems.push(`the cells of frame ${f.pfn} have gaps: ${JSON.stringify(f.cells)}`);
  }
  for (const v of kernel.views()) {
    const frame = frames.find((f) => f.pfn === v.pfn);
    const mine = (v.kind === "device" ? [...(frame?.pages ?? []), ...(frame?.bounces ?? [])] : (frame?.pages ?? [])).some((p) => p.buf === v.buf && p.page === v.page);
    if (!mine) problems.push(`no frame for ${JSON.stringify(v)}`);
    if (v.kind === "linear" && (frame?.linear?.cBit !== v.cBit || frame.linear.domain !== v.domain || frame.linear.cache !== v.cache)) problems.push(`frame ${v.pfn} has the linear map as ${JSON.stringify(frame?.linear)}, the view as ${JSON.stringify(v)}`);
  }
  const { run } = scenario;
  const place = "value" in run ? frames.find((f) => f.pages.some((p) => p.buf === run.buf && p.page === run.page)) : undefined;
  // Machines with encryption may stop the write.
  if ("value" in run && platform.name === "none" && place?.cells[0]?.memory.token !== run.value) problems.push(`${JSON.stringify(run)} is not in ${JSON.stringify(place)}`);
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
