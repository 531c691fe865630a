// SPDX-License-Identifier: MIT
/** `cbit tree services`: what a prepared tree's modules consist of, as text and as `cbit.services/1`. */

import { print } from "./json-print.ts";
import type { ModuleInventory, ServiceEntry, TreeServices } from "./reports.ts";
import type { Style } from "./style.ts";
import { count, wrap } from "./wrap.ts";

const KINDS = ["host", "value", "unreached"] as const;

const TITLES: Readonly<Record<ServiceEntry["kind"], string>> = {
  host: "services that cbit does, on the simulated machine",
  value: "services that are answered with a constant",
  unreached: "services that end the operation: only named, or on paths that are not taken",
};

/** Items with the same reason, in order of the first. */
function byReason<T extends { readonly reason: string }>(items: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(item.reason);
    if (group === undefined) groups.set(item.reason, [item]);
    else group.push(item);
  }
  return groups;
}

/** Each reason, and below it what it is the reason of. */
function grouped<T extends { readonly reason: string }>(items: readonly T[], show: (item: T) => string, style: Style): string[] {
  return [...byReason(items)].flatMap(([reason, group]) => [wrap(reason, style.width, "  ", "  "), style.dim(wrap(group.map(show).join(" "), style.width, "    ", "    "))]);
}

function countsOf({ files, shims, services }: ModuleInventory): Readonly<Record<"files" | "shims" | ServiceEntry["kind"], number>> {
  const of = (kind: ServiceEntry["kind"]): number => services.filter((s) => s.kind === kind).length;
  return { files: files.length, shims: shims.length, host: of("host"), value: of("value"), unreached: of("unreached") };
}

/** "80 of the kernel's own files, 22 shims, 90 services (10 host, 40 value, 40 unreached)". */
function summary(module: ModuleInventory): string {
  const n = countsOf(module);
  const files = `${n.files} of the kernel's own files`;
  return `${files}, ${count(n.shims, "shim")}, ${count(module.services.length, "service")} (${KINDS.map((kind) => `${n[kind]} ${kind}`).join(", ")})`;
}

/** What a module has and the first one does not; the first one whole. */
function beside(module: ModuleInventory, first: ModuleInventory): ModuleInventory {
  if (module === first) return module;
  const files = new Set(first.files.map((f) => f.file));
  const shims = new Set(first.shims.map((s) => s.file));
  const services = new Set(first.services.map((s) => s.name));
  return {
    ...module,
    files: module.files.filter((f) => !files.has(f.file)),
    shims: module.shims.filter((s) => !shims.has(s.file)),
    services: module.services.filter((s) => !services.has(s.name)),
  };
}

function section(title: string, lines: readonly string[], style: Style): string[] {
  return lines.length === 0 ? [] : [`${style.bold(title)}\n${lines.join("\n")}`];
}

function moduleText(module: ModuleInventory, first: ModuleInventory, style: Style): string[] {
  const shown = beside(module, first);
  const head = wrap(`${module.module}: ${summary(module)}${shown === module ? "" : `; what ${first.module} does not have:`}`, style.width);
  const service = (s: ServiceEntry): string => (s.kind === "value" && s.value !== 0 ? `${s.name}=${s.value}` : s.name);
  return [
    head,
    ...section("the kernel's own files, unmodified", grouped(shown.files, (f) => `${f.file}.c`, style), style),
    ...section("shims: C of cbit's, compiled with the tree's headers", shown.shims.flatMap((s) => [`  ${s.file}`, style.dim(wrap(`stands for ${s.standsFor}: ${s.reason}`, style.width, "    ", "    "))]), style),
    ...KINDS.flatMap((kind) => section(TITLES[kind], grouped(shown.services.filter((s) => s.kind === kind), service, style), style)),
  ];
}

/** Each module: how much of what, then all of it with the reasons; after the first module what is not in it. */
export function treeServicesText(tree: TreeServices, style: Style): string {
  const parts = [`Linux ${tree.release} at ${tree.path}`, ...tree.modules.flatMap((m) => moduleText(m, tree.modules[0]!, style))];
  return `${parts.join("\n\n")}\n`;
}

/** `cbit.services/1`. */
export function treeServicesJson({ path, release, modules }: TreeServices): string {
  return print({
    schema: "cbit.services/1",
    path,
    release,
    modules: modules.map((m) => ({
      module: m.module,
      key: m.key,
      counts: countsOf(m),
      files: m.files.map(({ file, reason }) => ({ file: `${file}.c`, reason })),
      shims: m.shims.map(({ file, standsFor, reason }) => ({ file, standsFor, reason })),
      services: m.services.map(({ name, kind, value, reason }) => ({ name, kind, value: kind === "value" ? value : null, reason })),
    })),
  });
}
