// SPDX-License-Identifier: MIT
/** `cbit.explore/1`: a search, random walks, or a replay. */

import { formatToken, type PageSight, type SeenReplay } from "../check/index.ts";
import type { BufferPage, Contents, FrameState } from "../kernel/index.ts";
import { domainName, pageStateName, type Platform } from "../machine/index.ts";
import { changeJson, findingJson, stepJson, viewJson } from "./json.ts";
import { type Json, print } from "./json-print.ts";
import { disagreements } from "./text-self-check.ts";
import { markedPages } from "./page-facts.ts";
import type { ReplayReport, SearchReport, SelfCheckReport, WalkReport } from "./reports.ts";

const contentsJson = ({ bytes, token }: Contents): { readonly bytes: string; readonly token: number | null } => ({ bytes, token });
const placesJson = (pages: readonly BufferPage[]): Json => pages.map(({ buf, page }) => ({ buf, page }));

function frameJson(frame: FrameState | null): Json {
  if (frame === null) return null;
  const { linear } = frame;
  return {
    pfn: frame.pfn,
    kind: frame.kind,
    pages: placesJson(frame.pages),
    bounces: placesJson(frame.bounces),
    linear: linear === null ? null : { cBit: linear.cBit, domain: domainName(linear.domain), cache: linear.cache },
    state: frame.state === null ? null : pageStateName(frame.state),
    cells: frame.cells.map((c) => ({
      at: c.at,
      size: c.size,
      memory: { ...contentsJson(c.memory), storedIn: domainName(c.memory.storedIn) },
      dirty: c.dirty.map((d) => ({ cBit: d.cBit, ...contentsJson(d) })),
    })),
  };
}

function pageJson(page: PageSight): { readonly [key: string]: Json } {
  return {
    frame: frameJson(page.frame),
    bounce: frameJson(page.bounce),
    views: page.views.map(viewJson),
    promised: page.promised.map((p) => ({ at: p.at, size: p.size, cpu: p.cpu, device: p.device, pending: p.pending })),
  };
}

function pagesJson(replay: SeenReplay, index: number, platform: Platform): Json {
  const pages = markedPages(replay.steps[index]!.pages, replay.steps[index - 1]?.pages ?? [], platform);
  return pages.map(({ buf, page, now, facts }) => ({
    buf,
    page,
    ...(now === null ? { gone: true } : { gone: false, ...pageJson(now) }),
    changed: facts.filter((f) => f.change !== null).map((f) => ({ what: f.key, change: f.change })),
  }));
}

/** `cbit.explore/1` for a replayed token. */
export function replayJson(report: ReplayReport): string {
  const { trace, replay, configuration } = report;
  return print({
    schema: "cbit.explore/1",
    mode: "replay",
    id: report.id,
    rule: report.rule,
    kernel: trace.kernel,
    policy: trace.policy,
    machine: trace.machine,
    device: trace.device,
    workload: trace.workload,
    steps: replay.steps.map((step, i) => ({
      ...stepJson(step),
      events: step.events.map((e) => ({ function: e.function, file: e.file, text: e.text })),
      changes: step.changes.map(changeJson),
      violations: step.violations.map((v) => ({ rule: v.rule, title: v.title, why: v.why.text, ref: v.why.ref, hint: v.hint })),
      pages: pagesJson(replay, i, configuration.platform),
    })),
    left: replay.left,
    replay: formatToken(trace),
  });
}

/** `cbit.explore/1` for random walks. */
export function walkJson({ kernel, policy, case: c }: WalkReport): string {
  return print({
    schema: "cbit.explore/1",
    mode: "random",
    kernel,
    policy,
    machine: c.machine,
    device: c.device,
    workload: c.workload,
    verdict: c.verdict,
    ...(c.reason === null ? {} : { reason: c.reason }),
    seed: c.plan.seed,
    walks: c.plan.walks,
    depth: c.plan.depth,
    walked: c.walked === null ? null : { walks: c.walked.walks, steps: c.walked.steps, states: c.walked.states, farthest: c.walked.depth, stopped: c.walked.stopped },
    reached: c.reached,
    missed: c.missed,
    findings: c.findings.map(findingJson),
  });
}

/** `cbit.explore/1` for a search. */
export function searchJson(report: SearchReport): string {
  const { kernel, policy, case: c, workload, checkpoint } = report;
  const { search } = c;
  return print({
    schema: "cbit.explore/1",
    mode: "search",
    kernel,
    policy,
    machine: c.machine,
    device: c.device,
    workload: workload.name,
    verdict: c.verdict,
    ...(c.reason === null ? {} : { reason: c.reason }),
    complete: c.complete,
    buffers: workload.buffers,
    pages: workload.pages,
    operations: workload.actions.length,
    bounds: { states: c.bounds.states, depth: c.bounds.depth, memory: c.bounds.memory ?? null, time: report.time },
    search:
      search === null
        ? null
        : {
            states: c.states,
            represents: search.represents,
            transitions: search.transitions,
            depth: search.depth,
            frontier: search.frontier,
            bytes: search.bytes,
            stopped: search.stopped,
            compact: report.compact,
            omission: search.omission,
            permutations: search.permutations,
            partialOrder: search.partialOrder,
            notExchanged: search.notExchanged,
          },
    reached: c.reached,
    resumed: report.resumed,
    checkpoint: checkpoint?.path ?? null,
    findings: c.findings.map(findingJson),
  });
}

/** `cbit.explore/1` for a self-check. */
export function selfCheckJson(report: SelfCheckReport): string {
  const { kernel, policy, configuration, driver, workload, result } = report;
  return print({
    schema: "cbit.explore/1",
    mode: "self-check",
    kernel,
    policy,
    machine: configuration.name,
    device: driver.name,
    workload: workload.name,
    searches: result.rows.map((r, i) => ({
      way: r.way,
      verdict: result.verdicts[i]!,
      states: r.states,
      represents: r.represents,
      transitions: r.transitions,
      depth: r.depth,
      complete: r.complete,
      stopped: r.stopped,
      permutations: r.permutations,
      found: r.found.length,
    })),
    pairs: { tried: result.pairs.tried, states: result.pairs.states, wrong: result.pairs.wrong.length },
    differences: disagreements(report),
  });
}
