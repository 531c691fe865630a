// SPDX-License-Identifier: MIT
/** `cbit list`: the names that other commands take, with what stands behind them. */

import type { Command } from "commander";
import { nearest } from "../base/index.ts";
import { type Action, formatStep, RULES, type Sometimes, sometimesText, whenText, type Workload } from "../check/index.ts";
import type { DriverProfile } from "../kernel/index.ts";
import { CHANGES, changeLink, DEFAULT_POLICY, DRIVERS, POLICIES, RELEASE_LIST } from "../linux/index.ts";
import { type Platform, PLATFORMS } from "../machine/index.ts";
import { listJson, type ListSection, listText } from "../report/index.ts";
import { deviceSchema, MACHINE_OPTIONS, machineSchema, spelled, WORKLOADS } from "../scenarios/index.ts";
import { MODULES, SERVICES, SHIMS, type SliceFile } from "../tree/index.ts";
import type { Context } from "./context.ts";
import { examples } from "./examples.ts";
import { usageError } from "./failure.ts";

interface ListOptions {
  readonly json?: boolean;
  readonly schema?: boolean;
}

const pluralOf = (name: string): string => (name.endsWith("y") ? `${name.slice(0, -1)}ies` : `${name}s`);

/** When an action may run: "created, not populated". */
/** The files of all modules, each once. */
function sliceFiles(): readonly SliceFile[] {
  return [...new Map(MODULES.flatMap((m) => m.files).map((f) => [f.file, f])).values()];
}

function conditionText(workload: Workload, action: Action): string {
  const named = (mask: number): string[] => workload.flags.filter((_, bit) => ((mask >>> bit) & 1) === 1);
  const conditions = [...named(action.requires), ...named(action.forbids).map((f) => `not ${f}`)];
  return conditions.length === 0 ? "any time" : conditions.join(", ");
}

/** What a search must come to, with where: "bounced where DMA is bounced". */
function propertyText(s: Sometimes): string {
  return s.when === undefined ? sometimesText(s) : `${sometimesText(s)} (${whenText(s.when)})`;
}

/** When each operation may run, and what a search of the workload must come to. */
function workloadDetails(w: Workload): ListSection["items"][number]["details"] {
  return { ...Object.fromEntries(w.actions.map((a) => [formatStep(a.operation), conditionText(w, a)])), must_reach: w.sometimes.map(propertyText) };
}

/** The options of a machine besides iommu=, with what they take: "tlb=yes|no", "ram=2..256". */
function optionsOf(platform: Platform): string[] {
  const options = MACHINE_OPTIONS.filter((o) => o.name !== "iommu" && o.without(platform) === null);
  return options.map((o) => `${o.name}=${o.words === null ? `${o.from}..${o.to}` : o.words.map(spelled).join("|")}`);
}

/** What a profile says; what is usual is left out. */
function deviceDetails(d: DriverProfile): ListSection["items"][number]["details"] {
  return {
    dma_bits: d.dmaMaskBits,
    coherent_bits: d.coherentMaskBits,
    use_dma_alloc: d.useDmaAlloc,
    use_dma32: d.useDma32,
    maps_itself: d.ownMapping,
    ...(d.noDma === true ? { no_dma: true } : {}),
    ...(d.cpuCopies === true ? { cpu_copies: true } : {}),
    ...(d.evictsToSystem === true ? { evicts_to_system: true } : {}),
    ...(d.ownSync === true ? { own_sync: true } : {}),
    caching: d.caching ?? "cached",
    vram: d.vram === true ? (d.vramCaching ?? "wc") : "none",
    ...(d.refuses === undefined ? {} : { refuses: `${d.refuses.when}: ${d.refuses.reason}` }),
    sources: d.refs,
  };
}

function sections(): ListSection[] {
  return [
    {
      name: "machines",
      items: PLATFORMS.map((p) => ({
        name: p.name,
        title: p.title,
        details: { iommu: [...p.iommuModes], default_iommu: p.defaultIommu, options: optionsOf(p), sources: p.refs },
      })),
    },
    {
      name: "devices",
      items: DRIVERS.map((d) => ({ name: d.name, title: d.title, details: deviceDetails(d) })),
    },
    { name: "releases", items: RELEASE_LIST.map((r) => ({ name: r.name, title: r.title, details: { changes: r.changes.size, source: r.tree } })) },
    { name: "policies", items: POLICIES.map((p) => ({ name: p.name, title: p.title, details: { default: p.name === DEFAULT_POLICY, origin: p.origin } })) },
    { name: "rules", items: RULES.map((r) => ({ name: r.id, title: r.title, details: { question: r.question, severity: r.severity, page: r.docs, source: r.source } })) },
    { name: "workloads", items: WORKLOADS.map((w) => ({ name: w.name, title: w.title, details: workloadDetails(w) })) },
  ];
}

/** Long lists, only shown when asked for: the model's changes, and what a prepared tree consists of. */
function longSections(): ListSection[] {
  return [
    {
      name: "changes",
      items: CHANGES.map((c) => ({ name: c.id, title: c.title, details: { in: RELEASE_LIST.filter((r) => r.changes.has(c.id)).map((r) => r.name), asked_by: c.asks, link: changeLink(c) } })),
    },
    { name: "slice", items: sliceFiles().map((f) => ({ name: `${f.file}.c`, title: f.reason, details: f.required ? {} : { required: false } })) },
    {
      name: "services",
      items: [
        ...SHIMS.map((s) => ({ name: `guest/${s.file}`, title: s.reason, details: { kind: "shim", stands_for: s.for } })),
        ...[...SERVICES.values()].map((s) => ({ name: s.name, title: s.reason, details: s.kind === "value" ? { kind: s.kind, value: s.value } : { kind: s.kind } })),
      ],
    },
  ];
}

/** The schemas of files that users write, by the list that they belong to. */
const FILE_SCHEMAS: Readonly<Record<string, () => Record<string, unknown>>> = { machines: machineSchema, devices: () => deviceSchema(DRIVERS) };

function schema(what: string | undefined, context: Context): void {
  const make = what !== undefined && Object.hasOwn(FILE_SCHEMAS, what) ? FILE_SCHEMAS[what] : undefined;
  if (make === undefined) throw usageError(`--schema goes with ${Object.keys(FILE_SCHEMAS).join(" or ")}${what === undefined ? "" : `, not with "${what}"`}`, "For instance `cbit list devices --schema`.");
  context.out(`${JSON.stringify(make(), null, 2)}\n`);
}

/** What there are lists of. */
export const listNames = (): string[] => [...sections(), ...longSections()].map((s) => s.name);

function list(given: string | undefined, options: ListOptions, context: Context): void {
  const all = [...sections(), ...longSections()];
  const names = all.map((s) => s.name);
  // "device" means "devices".
  const what = given !== undefined && names.includes(pluralOf(given)) ? pluralOf(given) : given;
  if (options.schema === true) return schema(what, context);
  if (what !== undefined && !names.includes(what)) {
    throw usageError(`there is no list called "${what}"; nearest: ${nearest(what, names).join(", ")}`, `One of ${names.join(", ")}.`);
  }
  const wanted = what === undefined ? sections() : all.filter((s) => s.name === what);
  context.out(options.json === true ? listJson(wanted) : listText(wanted, context.style));
}

/** Adds the command's options, help and action. */
export function define(command: Command, context: Context): void {
  command
    .description("Lists the names that other commands take, with what stands behind them.")
    .argument("[what]", "machines, devices, releases, policies, rules or workloads (all of these where left out), changes (what --kernel model:6.12-ID switches), slice or services (what a prepared tree consists of)")
    .option("--json", "print cbit.list/1 instead of text")
    .option("--schema", "with devices or machines: print the JSON schema of their files")
    .action((what: string | undefined, options: ListOptions) => list(what, options, context));
  examples(command, ["cbit list", "cbit list policies --json", "cbit list devices --schema"]);
}
