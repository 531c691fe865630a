// SPDX-License-Identifier: MIT
/** Compiles the C glue with the tree's own command for a TTM file, so that it sees the tree's headers and options. */

import { CbitError, EXIT } from "../../base/index.ts";
import type { Host } from "../host.ts";
import type { GlueFolder, ModuleSpec } from "../modules/index.ts";
import { type Dependency, parseCmd, parseRule } from "./dependencies.ts";
import { KNOWN_TO_WORK } from "./errors.ts";
import type { Overlay } from "../patch/overlay.ts";
import type { Source } from "./source.ts";
import { Units } from "./units.ts";

const MODEL = "drivers/gpu/drm/ttm/ttm_tt";

/** Where kbuild keeps the saved command of a target. */
export function cmdFile(build: string, file: string): string {
  const slash = file.lastIndexOf("/");
  return `${build}/${file.slice(0, slash)}/.${file.slice(slash + 1)}.ll.cmd`;
}

/** A module's glue, compiled. */
export interface Glue {
  readonly files: readonly GlueFile[];
  /** The files that all of it was made from. */
  readonly dependencies: readonly Dependency[];
}

export interface GlueFile {
  /** "contract/driver.c" and so on. */
  readonly name: string;
  /** The file with its IR. */
  readonly path: string;
}

const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** Where a folder's glue is compiled, with what command, and which of its files. */
interface Place {
  readonly folder: string;
  readonly command: string;
  readonly names: readonly string[];
}

/**
 * The IR of a module's glue; only what changed is compiled.
 * @param overlay what the compiler reads in place of the tree's files, once the glue was compiled for the tree itself: what read
 * any of them is compiled for it alone
 * @throws CbitError (exit 5) where the glue does not fit the tree's interfaces
 */
export async function compileGlue(host: Host, source: Source, build: string, module: ModuleSpec, overlay: Overlay | null): Promise<Glue> {
  const folders = await Promise.all(module.glue.map((glue) => compileFolder(host, source, build, glue, overlay)));
  return { files: folders.flatMap((f) => f.files), dependencies: folders.flatMap((f) => f.dependencies) };
}

/** What each file of a module's glue read when it was compiled for the tree itself, absolute, by name. */
export async function glueReads(host: Host, build: string, module: ModuleSpec): Promise<[string, readonly string[]][]> {
  const all = module.glue.map(async (glue) => {
    const names = (await host.list(`${host.guestDirectory}/${glue.folder}`)).filter((name) => name.endsWith(".c"));
    const place = `${build}/${ownFolder(host, glue)}`;
    return Promise.all(names.map(async (name): Promise<[string, readonly string[]]> => [`${glue.folder}/${name}`, await filesOf(host, build, place, name)]));
  });
  return (await Promise.all(all)).flat();
}

/** Checkouts of cbit have folders of their own. */
const ownFolder = (host: Host, glue: GlueFolder): string => `cbit-${host.hash(host.guestDirectory).slice(0, 8)}/${glue.folder}`;

async function filesOf(host: Host, build: string, folder: string, name: string): Promise<readonly string[]> {
  return parseRule(await host.readText(`${irFile(folder, name)}.d`)).map((f) => (f.startsWith("/") ? f : `${build}/${f}`));
}

const irFile = (folder: string, name: string): string => `${folder}/${name.replace(/\.c$/, ".ll")}`;

async function compileFolder(host: Host, source: Source, build: string, glue: GlueFolder, overlay: Overlay | null): Promise<Glue> {
  const { command } = parseCmd(await host.readText(cmdFile(build, glue.optionsOf ?? MODEL)));
  const options = command.replace(/-Wp,-MM?D,\S+/, "").replace(/ -emit-llvm .*$/, "");
  const from = `${host.guestDirectory}/${glue.folder}`;
  const folders = [...(glue.include ?? []).map((folder) => `${source.path}/${folder}`), `${source.path}/drivers/iommu/amd`, from, `${host.guestDirectory}/contract`, `${host.guestDirectory}/driver-own`, `${host.guestDirectory}/common`];
  const common = `${options} -w -fno-builtin -emit-llvm -S -fno-discard-value-names ${folders.map((f) => `-I${quote(f)}`).join(" ")}`;
  const names = (await host.list(from)).filter((name) => name.endsWith(".c"));
  const own = ownFolder(host, glue);
  const usual: Place = { folder: `${build}/${own}`, command: common, names };
  if (overlay === null) {
    const units = await compilePlace(host, source, build, from, usual);
    return { files: names.map((name) => ({ name: `${glue.folder}/${name}`, path: irFile(usual.folder, name) })), dependencies: units.dependenciesOf(names) };
  }
  const base = await Units.open(host, `${usual.folder}/units.json`, common);
  const affected = names.filter((name) => overlay.affects(base.readsOf(name)));
  const others = base.dependenciesOf(names.filter((name) => !affected.includes(name)));
  const patched: Place = { folder: `${overlay.out}/${own}`, command: `${common} ${overlay.options}`, names: affected };
  const units = affected.length === 0 ? null : await compilePlace(host, source, build, from, patched);
  return {
    files: names.map((name) => ({ name: `${glue.folder}/${name}`, path: irFile(affected.includes(name) ? patched.folder : usual.folder, name) })),
    dependencies: [...(units?.dependenciesOf(affected) ?? []), ...others],
  };
}

/** Compiles what changed there. Returns the record of it. */
async function compilePlace(host: Host, source: Source, build: string, from: string, { folder, command, names }: Place): Promise<Units> {
  await host.makeDirectory(folder);
  const units = await Units.open(host, `${folder}/units.json`, command);
  await units.refresh();
  const compile = async (name: string): Promise<void> => {
    const out = irFile(folder, name);
    const extra = [`-Wp,-MMD,${quote(`${out}.d`)}`, `-o ${quote(out)} ${quote(`${from}/${name}`)}`];
    const result = await host.run(["sh", "-c", `${command} ${extra.join(" ")}`], { cwd: build, env: { LC_ALL: "C" }, timeoutMs: 120_000 });
    if (result.status === 0) return;
    const first = result.stderr.split("\n").find((l) => l.includes("error:")) ?? result.stderr.split("\n")[0]!;
    throw new CbitError({
      code: "CBIT-252",
      exit: EXIT.unsupported,
      message: `tree ${source.path} (${source.release}): cbit's glue does not fit its interfaces: ${first.replace(`${host.guestDirectory}/`, "")}`,
      hint: `${KNOWN_TO_WORK} Please report the release.`,
    });
  };
  const present = await Promise.all(names.map((name) => host.stat(irFile(folder, name))));
  const todo = names.filter((name, i) => present[i] === null || !units.isCurrent(name));
  for (let i = 0; i < todo.length; i += host.processors) await Promise.all(todo.slice(i, i + host.processors).map(compile));
  await units.compiled(await Promise.all(todo.map(async (unit) => ({ unit, reads: await filesOf(host, build, folder, unit) }))));
  return units;
}
