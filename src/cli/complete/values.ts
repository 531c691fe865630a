// SPDX-License-Identifier: MIT
/** What options and arguments take, from the tables that the parsers read. */

import { RULES } from "../../check/index.ts";
import { CHANGES, DRIVERS, POLICIES, RELEASE_LIST } from "../../linux/index.ts";
import { PLATFORMS } from "../../machine/index.ts";
import { MACHINE_OPTIONS, spelled, valuesOf, WORKLOADS } from "../../scenarios/index.ts";
import { named, plainly, type Values } from "./candidate.ts";
import { ANY_FILE, endingIn, paths } from "./paths.ts";
import { treeOf } from "../tree-spec.ts";

/** True where a name turns into a path: what has a slash or begins with a dot or tilde. */
const isPath = (typed: string): boolean => /[/]|^[.~]/.test(typed);

/** The part in front of the last comma, with it, and the words in it. */
function behindComma(typed: string): { readonly kept: string; readonly words: readonly string[]; readonly begun: string } {
  const at = typed.lastIndexOf(",") + 1;
  return { kept: typed.slice(0, at), words: typed.slice(0, Math.max(0, at - 1)).split(","), begun: typed.slice(at) };
}

/** Names first; behind a comma the platform's options that are not given yet, behind "=" their values. */
export const machines: Values = (typed) => {
  if (isPath(typed)) return paths(typed, endingIn(".json"));
  const { kept, words, begun } = behindComma(typed);
  if (kept === "") return [...named(PLATFORMS), ...PLATFORMS.filter((p) => p.name === typed).map((p) => ({ value: `${p.name},`, title: "with options" }))];
  const platform = PLATFORMS.find((p) => p.name === words[0]);
  if (platform === undefined) return [];
  const given = words.slice(1).map((w) => w.split("=")[0]);
  const options = MACHINE_OPTIONS.filter((o) => o.without(platform) === null && !given.includes(o.name));
  const option = options.find((o) => begun.startsWith(`${o.name}=`));
  if (option === undefined) return options.map((o) => ({ value: `${kept}${o.name}=`, title: o.title }));
  const values = option.name === "iommu" ? platform.iommuModes : (option.words ?? []).map(spelled);
  if (values.length > 0) return values.map((v) => ({ value: `${kept}${option.name}=${v}`, title: v === spelled(option.usual ?? "") ? "usual" : "" }));
  return [{ value: `${kept}${begun}`, title: valuesOf(option) }];
};

export const devices: Values = (typed) => (isPath(typed) ? paths(typed, endingIn(".json")) : named(DRIVERS));

export const policies: Values = (typed) => (isPath(typed) ? paths(typed, endingIn(".mjs", ".js")) : named(POLICIES));

/** Releases, and behind "-" or "+" the changes that they have or do not have; or a folder. */
export const kernels: Values = (typed) => {
  const tree = treeOf(typed);
  if (tree !== null) return paths(tree, null).map(({ value }) => ({ value: `tree:${value}`, title: "" }));
  const release = [...RELEASE_LIST].sort((a, b) => b.name.length - a.name.length).find((r) => typed.startsWith(`model:${r.name}-`) || typed.startsWith(`model:${r.name}+`));
  if (release === undefined) return [...RELEASE_LIST.map((r) => ({ value: `model:${r.name}`, title: r.title })), { value: "tree:", title: "a kernel source folder" }];
  const at = Math.max(typed.lastIndexOf("-"), typed.lastIndexOf("+")) + 1;
  const removed = typed[at - 1] === "-";
  return CHANGES.filter((c) => release.changes.has(c.id) === removed).map((c) => ({ value: typed.slice(0, at) + c.id, title: c.title }));
};

/** Names; behind a comma how large they are to be. */
export const workloads: Values = (typed) => {
  const { kept, words } = behindComma(typed);
  if (kept === "") return named(WORKLOADS);
  return ["buffers=", "pages="].filter((o) => !words.some((w) => w.startsWith(o))).map((o) => ({ value: kept + o, title: `${o.slice(0, -1)} of the workload` }));
};

/** The id of a finding, a part at a time: device, machine, rule. */
export const findingIds: Values = async (typed) => {
  const at = typed.indexOf("@") + 1;
  if (at === 0) return DRIVERS.map((d) => ({ value: `${d.name}@`, title: d.title }));
  const slash = typed.indexOf("/", at) + 1;
  if (slash === 0) {
    const [begun, spec] = [typed.slice(0, at), typed.slice(at)];
    // One machine must be meant: where the mode of the IOMMU has to be named, a rule cannot follow before.
    const whole = (value: string): boolean => /[,=]$/.test(value) || value.includes(",iommu=") || PLATFORMS.find((p) => p.name === value.split(",")[0])?.defaultIommu !== null;
    return (await machines(spec)).map(({ value, title }) => ({ value: `${begun}${value}${/[,=]$/.test(value) ? "" : whole(value) ? "/" : ","}`, title }));
  }
  return RULES.map((r) => ({ value: typed.slice(0, slash) + r.id, title: r.title }));
};

export const patches: Values = (typed) => paths(typed, ANY_FILE);
export const anyFile: Values = (typed) => paths(typed, ANY_FILE);
export const folders: Values = (typed) => paths(typed, null);
export const litmusFiles: Values = (typed) => paths(typed, endingIn(".litmus"));

/** The lists of `cbit list`. */
export const lists: Values = async () => plainly((await import("../list.ts")).listNames());

export const modules: Values = async () => plainly((await import("../../tree/index.ts")).MODULES.map((m) => m.name));

export const suites: Values = async () => (await import("../../tree/index.ts")).SUITE_GROUPS.flatMap((g) => g.suites.map((s) => ({ value: s, title: g.of })));

/** Prepared trees by path and by key. */
export const preparedTrees: Values = async (typed) => {
  const [{ listTrees }, { createHost }, { cacheDirectory }, { version }] = await Promise.all([import("../../tree/index.ts"), import("../host.ts"), import("../cache.ts"), import("../version.ts")]);
  const trees = await listTrees(createHost(version()), cacheDirectory(process.env));
  return [...trees.flatMap((m) => [{ value: m.source, title: `Linux ${m.release}` }, { value: m.key, title: `${m.module} of ${m.source}` }]), ...paths(typed, null)];
};
