// SPDX-License-Identifier: MIT
/** `cbit list`: the names that other commands take, with what stands behind them. */

import type { Command } from "commander";
import { nearest } from "../base/index.ts";
import { type Action, formatStep, RULES, type Workload } from "../check/index.ts";
import { CHANGES, changeLink, DEFAULT_POLICY, DRIVERS, POLICIES, RELEASE_LIST } from "../linux/index.ts";
import { PLATFORMS } from "../machine/index.ts";
import { listJson, type ListSection, listText } from "../report/index.ts";
import { WORKLOADS } from "../scenarios/index.ts";
import { SERVICES, SHIMS, SLICE } from "../tree/index.ts";
import type { Context } from "./context.ts";
import { examples } from "./examples.ts";
import { usageError } from "./failure.ts";

/** When an action may run: "created, not populated". */
function conditionText(workload: Workload, action: Action): string {
  const named = (mask: number): string[] => workload.flags.filter((_, bit) => ((mask >>> bit) & 1) === 1);
  const conditions = [...named(action.requires), ...named(action.forbids).map((f) => `not ${f}`)];
  return conditions.length === 0 ? "any time" : conditions.join(", ");
}

function sections(): ListSection[] {
  return [
    {
      name: "machines",
      items: PLATFORMS.map((p) => ({
        name: p.name,
        title: p.title,
        details: { iommu: [...p.iommuModes], default_iommu: p.defaultIommu, swiotlb: ["default", "force", "noforce"], sources: p.refs },
      })),
    },
    {
      name: "devices",
      items: DRIVERS.map((d) => ({ name: d.name, title: d.title, details: { dma_bits: d.dmaMaskBits, coherent_bits: d.coherentMaskBits, sources: d.refs } })),
    },
    { name: "releases", items: RELEASE_LIST.map((r) => ({ name: r.name, title: r.title, details: { changes: r.changes.size, source: r.tree } })) },
    { name: "policies", items: POLICIES.map((p) => ({ name: p.name, title: p.title, details: { default: p.name === DEFAULT_POLICY, origin: p.origin } })) },
    { name: "rules", items: RULES.map((r) => ({ name: r.id, title: r.title, details: { question: r.question, severity: r.severity, page: r.docs, source: r.source } })) },
    { name: "workloads", items: WORKLOADS.map((w) => ({ name: w.name, title: w.title, details: Object.fromEntries(w.actions.map((a) => [formatStep(a.operation), conditionText(w, a)])) })) },
  ];
}

/** Long lists, only shown when asked for: the model's changes, and what a prepared tree consists of. */
function longSections(): ListSection[] {
  return [
    {
      name: "changes",
      items: CHANGES.map((c) => ({ name: c.id, title: c.title, details: { in: RELEASE_LIST.filter((r) => r.changes.has(c.id)).map((r) => r.name), asked_by: c.asks, link: changeLink(c) } })),
    },
    { name: "slice", items: SLICE.map((f) => ({ name: `${f.file}.c`, title: f.reason, details: f.required ? {} : { required: false } })) },
    {
      name: "services",
      items: [
        ...SHIMS.map((s) => ({ name: `guest/${s.file}`, title: s.reason, details: { kind: "shim", stands_for: s.for } })),
        ...[...SERVICES.values()].map((s) => ({ name: s.name, title: s.reason, details: s.kind === "value" ? { kind: s.kind, value: s.value } : { kind: s.kind } })),
      ],
    },
  ];
}

function list(what: string | undefined, json: boolean, context: Context): void {
  const all = [...sections(), ...longSections()];
  const names = all.map((s) => s.name);
  if (what !== undefined && !names.includes(what)) {
    throw usageError(`there is no list called "${what}"; nearest: ${nearest(what, names).join(", ")}`, `One of ${names.join(", ")}.`);
  }
  const wanted = what === undefined ? sections() : all.filter((s) => s.name === what);
  context.out(json ? listJson(wanted) : listText(wanted, context.style));
}

/** Adds the command's options, help and action. */
export function define(command: Command, context: Context): void {
  command
    .description("Lists the names that other commands take, with what stands behind them.")
    .argument("[what]", "machines, devices, releases, policies, rules or workloads (all of these where left out), changes (what --kernel model:6.12-ID switches), slice or services (what a prepared tree consists of)")
    .option("--json", "print cbit.list/1 instead of text")
    .action((what: string | undefined, options: { readonly json?: boolean }) => list(what, options.json === true, context));
  examples(command, ["cbit list", "cbit list changes", "cbit list policies --json"]);
}
